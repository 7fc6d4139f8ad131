"""Gettext translations, read from the `.po` files under `core/locale`.

The msgid is the English text, so English needs no file. A translator is passed to what it words; there is no
language of the process.
"""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: tuple[str, ...] = ("it", "en")
LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "vicino"


def mark(message: str) -> str:
    """Mark a text for extraction where it is written down but not yet worded in a language."""
    return message


@cache
def translator(language: str) -> gettext.NullTranslations:
    """Return the translations of `language`; English where the language is not known."""
    path = LOCALE_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
