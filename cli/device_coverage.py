"""How much of what a list of device models exposes is mapped, ignored on purpose, or unknown."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli.screen import results
from core.errors import VicinoError
from devices.decoders.zigbee.coverage import Coverage, coverage
from devices.decoders.zigbee.ignored import KINDS

_SHOWN = 30  # required properties that are not mapped, in the table


class _Model(msgspec.Struct):
    exposes: list[Any]
    model: str = ""


class CoverageError(VicinoError):
    """A list of models that cannot be read."""


def measure(file: Path) -> Coverage:
    """Return the coverage of the models in `file`, one JSON object a line, packed with gzip or not.

    Raises `CoverageError` if the file cannot be read whole.
    """
    return coverage((each.model, each.exposes) for each in _models(file))


def show(found: Coverage, *, unknown: int, as_json: bool) -> None:
    """Print the figures, and the `unknown` most frequent unknown properties."""
    if as_json:
        print(json.dumps(_figures(found, unknown), indent=2, ensure_ascii=False))
        return
    counts = Table("figure", "properties", box=SIMPLE_HEAD)
    for name, value in _counts(found).items():
        counts.add_row(name.replace("_", " "), str(value))
    results.print(counts)
    kinds = Table("ignored because", "properties", "why", box=SIMPLE_HEAD)
    for kind in KINDS:
        kinds.add_row(kind.name, str(found.ignored[kind.name]), kind.reason)
    results.print(kinds)
    if unknown:
        names = Table("unknown", "models", box=SIMPLE_HEAD)
        for name, count in found.unknown.most_common(unknown):
            names.add_row(name, str(count))
        results.print(names)
    for each in found.unmapped[:_SHOWN]:
        results.print(f"required and not mapped: {each.model}: {each.name} ({each.kind})", style="red", markup=False)


def _figures(found: Coverage, unknown: int) -> dict[str, Any]:
    figures: dict[str, Any] = {
        **_counts(found),
        "quantities": dict(sorted(found.mapped.items())),
        "ignored_kinds": {kind.name: found.ignored[kind.name] for kind in KINDS},
        "required_unmapped_properties": [
            {"model": each.model, "property": each.name, "type": each.kind} for each in found.unmapped
        ],
    }
    if unknown:
        figures["unknown_properties"] = dict(found.unknown.most_common(unknown))
    return figures


def _counts(found: Coverage) -> dict[str, int]:
    return {
        "models": found.models,
        "mapped": found.mapped.total(),
        "ignored": found.ignored.total(),
        "unknown": found.unknown.total(),
        "required": found.required,
        "required_unmapped": len(found.unmapped),
    }


def _models(file: Path) -> Iterator[_Model]:
    decoder = msgspec.json.Decoder(_Model)
    try:
        with gzip.open(file, "rb") if file.name.endswith(".gz") else file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield decoder.decode(line)
                except (msgspec.MsgspecError, RecursionError) as error:
                    raise CoverageError(
                        f"Line {number} of {file.name} is no model with a list of exposes: {error}",
                        advice='Give one JSON object a line, as {"model": "...", "exposes": [...]}.',
                    ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise CoverageError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or error}",
            advice="Name a file of JSON lines that ends in .jsonl, or in .jsonl.gz if it is packed with gzip.",
        ) from error
