"""`vicino devices list`, `show` and `catalogue`: the models that are described."""

import json
from pathlib import Path

import msgspec
from rich.markdown import Markdown
from rich.table import Table

from cli import device_pages, screen
from core.errors import VicinoError
from devices.models import Model, find, kinds, models


class NotDescribedError(VicinoError):
    """The catalogue does not know a model."""


def listed(kind: str | None, protocol: str | None) -> list[Model]:
    """Return the models of a kind and a protocol. Raises `NotDescribedError` for a kind that there is not."""
    if kind is not None and kind not in kinds():
        raise NotDescribedError(f"There is no kind {kind!r}.", advice=f"Choose one of {', '.join(kinds())}.")
    return [model for model in models() if kind in (None, model.kind) and protocol in (None, model.protocol)]


def show_list(found: list[Model], *, as_json: bool) -> None:
    """Print one line for each model."""
    if as_json:
        fields = ("vendor", "model", "name", "kind", "protocol", "quantities")
        screen.results.print_json(json.dumps([{field: getattr(model, field) for field in fields} for model in found]))
        return
    table = Table("vendor", "model", "kind", "by", "reports", "runs on")
    for model in found:
        table.add_row(
            model.vendor, model.model, model.kind, model.protocol,
            device_pages.every(model.interval), device_pages.power(model),
        )  # fmt: skip
    screen.results.print(table)


def show_model(name: str, *, as_json: bool) -> None:
    """Print what is known of one model. Raises `NotDescribedError`."""
    model = find(name)
    if model is None:
        raise NotDescribedError(
            f"No model {name!r} is described.",
            kept="A device of it works all the same: its values are found and shown.",
            advice="`vicino devices list` names those that are. To describe it, add a file to devices/catalogue.",
        )
    if as_json:
        screen.results.print_json(msgspec.json.encode(model).decode())
    else:
        kind = kinds()[model.kind]
        head = f"**{kind.name.en} / {kind.name.it}**\n\n{model.advice('en')}\n\n*{model.advice('it')}*\n\n"
        tried = f"**Walk test.** {model.test.instruction.en}\n\n*{model.test.instruction.it}*\n\n"
        screen.results.print(Markdown(head + tried + device_pages.model_section(model)))


def write(folder: Path) -> None:
    """Write the pages of documentation into `folder`; pages that are there and no longer made are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = device_pages.pages()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    for file in folder.glob("*.md"):
        if file.name not in pages:
            file.unlink()
