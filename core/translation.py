"""Gettext translations, read from the `.po` files under `core/locale`.

The msgid is the English text, so English needs no file. A translator is passed to what it words; there is no
language of the process.

In `LANGUAGES` everything is said, and sentences that are kept are kept in each of them. The other `READ` languages are
those of family carers: what a family sees is said in them, which `test_languages_of_carers.py` holds them to, and any
text that is not comes whole in the language that its reader understands best after their own.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Written = Literal["it", "en"]

LANGUAGES: tuple[Written, ...] = ("it", "en")
# Whoever cares for somebody in Italy understands Italian better than English.
FALLBACKS: Mapping[str, Written] = {"ro": "it", "uk": "it"}
READ: tuple[str, ...] = (*LANGUAGES, *FALLBACKS)
# As those call them who speak them.
LANGUAGE_NAMES: Mapping[str, str] = {"it": "Italiano", "en": "English", "ro": "Română", "uk": "Українська"}
LOCALES: Mapping[str, str] = {"it": "it_IT", "en": "en_GB", "ro": "ro_RO", "uk": "uk_UA"}
LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "vicino"


def mark(message: str) -> str:
    """Mark a text for extraction where it is written down but not yet worded in a language."""
    return message


def written(language: str) -> Written:
    """Return in which of the languages of everything `language` is answered; English where it is not known."""
    return language if language in LANGUAGES else FALLBACKS.get(language, "en")


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
