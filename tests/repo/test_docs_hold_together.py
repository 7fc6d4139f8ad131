"""What the pages of documentation point at exists: files, headings, commands and their options."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from cli.__main__ import app
from tests.repo.test_repository import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]
FENCED = re.compile(r"^(?P<fence> *```).*?^(?P=fence)[^\S\n]*$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4,}|\t)\S.*\n?)+", re.MULTILINE)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
CALL = re.compile(r"(?:^|[\s(=/;])(?<!--rm )vicino +(?!vicino )(\S.*)")
END = re.compile(r"\s[|&;>#]|\)")
OPTION = re.compile(r"--[a-z][a-z-]*")

of_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    times: dict[str, int] = {}
    found = set()
    for heading in HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{anchor}-{times[anchor]}" if anchor in times else anchor)
        times[anchor] = times.get(anchor, 0) + 1
    return found


def broken_links(page: Path) -> list[str]:
    """Return the targets of links to files of the repository, or headings in them, that are not there."""
    found = []
    for target in LINK.findall(SPAN.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))):
        name, _, anchor = unquote(target).partition("#")
        file = (page.parent / name).resolve() if name else page
        if re.match("[a-z]+:", target):
            continue
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            found.append(target)
    return found


def code(text: str) -> Iterator[str]:
    """Yield what stands in blocks, line by line with continued lines joined, and in code spans."""
    for found in FENCED.finditer(text):
        yield from found.group().replace("\\\n", " ").splitlines()
    rest = FENCED.sub("", text)
    for found in INDENTED.finditer(rest):
        yield from found.group().replace("\\\n", " ").splitlines()
    for span in SPAN.findall(rest):
        yield " ".join(span.split())


def calls(text: str) -> list[str]:
    """Return what follows each call of the command, up to its end."""
    return [END.split(found.group(1), maxsplit=1)[0] for line in code(text) for found in CALL.finditer(line)]


def wrong_with(call: str) -> str:
    """Return what of a call does not exist; nothing if all does."""
    command: Any = typer.main.get_command(app)
    words = call.split()
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    alone = not getattr(command, "commands", None) or command.invoke_without_command
    if words and re.fullmatch("[a-z][a-z-]*", words[0]) and not alone:
        return words[0]
    known = {"--help", *(name for parameter in command.params for name in parameter.opts + parameter.secondary_opts)}
    return " ".join(option for option in OPTION.findall(call) if option not in known)


@of_each_page
def test_every_link_points_at_a_file_and_a_heading_that_there_are(page: Path) -> None:
    assert not broken_links(page)


@of_each_page
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    wrong = {call: what for call in calls(page.read_text(encoding="utf-8")) if (what := wrong_with(call))}
    assert not wrong


def test_what_does_not_exist_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b`: c\n\n[x](page.md#a-b-c) [y](page.md#d) [z](none.md) [w](https://example.org)\n")
    assert broken_links(page) == ["page.md#d", "none.md"]
    spans, block = "`vicino gateway\nenrol HOME --nope` and `vicino nope`", "$(vicino up --data D \\\n --port 1) # --x"
    text = f"{spans}\n\n```sh\n{block}\n```\n"
    assert {call: wrong_with(call) for call in calls(text)} == {
        "up --data D   --port 1": "",
        "gateway enrol HOME --nope": "--nope",
        "nope": "nope",
    }
    assert wrong_with("COMMAND --help") == wrong_with("backup --data DIR --to FILE --key-file KEY") == ""
    assert wrong_with("gateway") == ""
    assert wrong_with("gateway nope") == "nope"
