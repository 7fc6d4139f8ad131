"""In which languages something is said, and what they are called.

In `LANGUAGES` everything is said, and sentences that are kept are kept in each of them. The other `READ` languages are
those of family carers: what a family sees is said in them, which `test_languages_of_carers.py` holds them to, and any
text that is not comes whole in the language that its reader understands best after their own.
"""

from collections.abc import Mapping
from typing import Literal

Written = Literal["it", "en"]

LANGUAGES: tuple[Written, ...] = ("it", "en")
# Whoever cares for somebody in Italy understands Italian better than English.
FALLBACKS: Mapping[str, Written] = {"ro": "it", "uk": "it"}
READ: tuple[str, ...] = (*LANGUAGES, *FALLBACKS)
# As those call them who speak them.
LANGUAGE_NAMES: Mapping[str, str] = {"it": "Italiano", "en": "English", "ro": "Română", "uk": "Українська"}
LOCALES: Mapping[str, str] = {"it": "it_IT", "en": "en_GB", "ro": "ro_RO", "uk": "uk_UA"}


def written(language: str) -> Written:
    """Return in which of the languages of everything `language` is answered; English where it is not known."""
    return language if language in LANGUAGES else FALLBACKS.get(language, "en")
