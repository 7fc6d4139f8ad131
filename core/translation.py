"""Gettext translations, read from the `.po` files under `core/locale`.

The msgid is the English text, so English needs no file. A translator is passed to what it words; there is no
language of the process. In which languages something is said stands in `core.languages`.
"""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.languages import FALLBACKS

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "vicino"


def mark(message: str) -> str:
    """Mark a text for extraction where it is written down but not yet worded in a language."""
    return message


@cache
def translator(language: str) -> gettext.NullTranslations:
    """Return the translations of `language`; English where the language is not known.

    What a carer's language does not say comes from its fallback, text by text.
    """
    path = catalogue_path(language)
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _complete(catalogue(language)))
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    if language in FALLBACKS:
        translations.add_fallback(translator(FALLBACKS[language]))
    return translations


def catalogue_path(language: str) -> Path:
    """Return where the texts of a language are."""
    return LOCALE_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(language: str) -> Catalog:
    """Return the texts of a language, with its plural forms. Raises `FileNotFoundError` where there are none."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def is_said(message: Message) -> bool:
    """Tell whether a text is translated, in all of its plural forms."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(forms) and not message.fuzzy


def _complete(texts: Catalog) -> Catalog:
    """Return `texts` without those that lack a form: they would be empty where the form is needed."""
    for message in [message for message in texts if message.id and not is_said(message)]:
        texts.delete(message.id, message.context)
    return texts
