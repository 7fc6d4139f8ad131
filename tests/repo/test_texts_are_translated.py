"""Every text for people has its Italian, with the same placeholders."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^}]*\}")
KEYWORDS = {"mark": None, "_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
SKIPPED = {"tests", "node_modules", "build"}


def texts() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(
        str(ROOT),
        METHODS,
        keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in SKIPPED and not Path(path).name.startswith("."),
    )
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["it"])
def test_the_catalogue_is_complete(language: str) -> None:
    with (ROOT / "core" / "locale" / language / "LC_MESSAGES" / "vicino.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    missing, unlike = [], []
    for text in sorted(texts(), key=str):
        key = text[0] if isinstance(text, tuple) else text
        entry = catalogue.get(key)
        forms = entry.string if entry and isinstance(entry.string, tuple) else (entry.string if entry else "",)
        if not entry or entry.fuzzy or not all(forms):
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
