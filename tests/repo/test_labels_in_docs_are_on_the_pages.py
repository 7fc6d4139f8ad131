"""What the pages for people call a label of the screen, in italics, stands among the Italian texts."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "tutorial.md", *sorted((ROOT / "docs" / "how-to").glob("*.md"))]
LABEL = re.compile(r"(?<![*\w])\*([^*\s][^*]*)\*(?![*\w])")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# Names of languages are not translated.
AS_THEY_ARE = {"English", "Italiano"}


def italian() -> set[str]:
    """Return all Italian texts, those with placeholders also without them."""
    with (ROOT / "core" / "locale" / "it" / "LC_MESSAGES" / "vicino.po").open("rb") as file:
        catalogue = read_po(file)
    said = {
        text
        for message in catalogue
        if message.id
        for text in ([message.string] if isinstance(message.string, str) else message.string)
    }
    return said | {PLACEHOLDER.sub("", text).strip(" :") for text in said}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_labels_are_those_of_the_screen(page: Path) -> None:
    labels = {" ".join(label.split()) for label in LABEL.findall(page.read_text(encoding="utf-8"))}
    unknown = labels - italian() - AS_THEY_ARE
    assert not unknown
