"""What a carer's language does not say while something is worded, so that a test can refuse it."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager

from core.languages import FALLBACKS
from core.translation import translator


class Unsaid(gettext.NullTranslations):
    """The fallback of a language, which notes what it is asked for."""

    def __init__(self, behind: gettext.NullTranslations) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._behind = behind

    def gettext(self, message: str) -> str:
        self.asked.append(message)
        return self._behind.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        self.asked.append(one)
        return self._behind.ngettext(one, many, count)


@contextmanager
def unsaid(language: str) -> Iterator[list[str]]:
    """Note what `language` leaves to its fallback until the end of the block."""
    translations = translator(language)
    before = translations._fallback
    notes = Unsaid(translator(FALLBACKS[language]))
    translations._fallback = notes
    try:
        yield notes.asked
    finally:
        translations._fallback = before
