"""Every text for people has its Italian, and what a family sees its carers' languages, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from core.languages import FALLBACKS
from core.translation import catalogue, is_said

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^}]*\}")
KEYWORDS = {"mark": None, "_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
SKIPPED = {"tests", "node_modules", "build"}


FAMILIES = (ROOT / "core" / "locale" / "families.txt").read_text(encoding="utf-8").split()


def texts(files: list[str] | None = None) -> set[str | tuple[str, ...]]:
    """The texts in all files, or in `files` alone."""
    found = extract_from_dir(
        str(ROOT),
        METHODS,
        keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in SKIPPED and not Path(path).name.startswith("."),
    )
    return {message for name, _, message, _, _ in found if files is None or name in files}


@pytest.mark.parametrize("language", ["it", *FALLBACKS])
def test_the_catalogue_is_complete(language: str) -> None:
    wanted_of, missing, unlike = catalogue(language), [], []
    for text in sorted(texts(FAMILIES if language in FALLBACKS else None), key=str):
        key = text[0] if isinstance(text, tuple) else text
        entry = wanted_of.get(key)
        forms = entry.string if entry and isinstance(entry.string, tuple) else (entry.string if entry else "",)
        if not entry or not is_said(entry) or len(forms) not in (1, wanted_of.num_plurals):
            missing.append(text)
            continue
        wanted = {
            a or b for source in (text if isinstance(text, tuple) else (text,)) for a, b in PLACEHOLDER.findall(source)
        }
        if any({a or b for a, b in PLACEHOLDER.findall(form)} - wanted for form in forms):
            unlike.append(text)
    assert not missing, f"without {language}: {missing}"
    assert not unlike, f"placeholders that the source does not have: {unlike}"


def test_there_are_texts_to_translate() -> None:
    assert len(texts()) > 50
    assert len(texts(FAMILIES)) > 400
    assert sorted(FAMILIES) == FAMILIES
    assert all((ROOT / name).is_file() for name in FAMILIES)


@pytest.mark.parametrize("language", FALLBACKS)
def test_the_catalogue_of_carers_holds_nothing_else(language: str) -> None:
    keys = {text[0] if isinstance(text, tuple) else text for text in texts(FAMILIES)}
    held = {entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue(language) if entry.id}
    assert held == keys, "`make messages` makes it right"
