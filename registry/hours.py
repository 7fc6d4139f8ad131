"""Hours of the day."""

import re
from typing import NamedTuple

MINUTES = 1440
_HOURS = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-\u2013]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")


class Hours(NamedTuple):
    """Hours of the day, in minutes since midnight; where they end before they begin, they go on past midnight."""

    start: int = 0
    end: int = MINUTES

    @property
    def is_always(self) -> bool:
        """Whether they are the whole day."""
        return (self.start, self.end) == (0, MINUTES)

    def __str__(self) -> str:
        """Return the hours as they are written, "" for the whole day."""
        return "" if self.is_always else f"{_clock(self.start)}-{_clock(self.end)}"

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Return the hours that `str` wrote. Raises `ValueError` for any other text."""
        if not text.strip():
            return cls()
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} are no hours")
        numbers = [int(each) for each in found.groups()]
        start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3] or MINUTES
        if start >= MINUTES or end > MINUTES or start == end:
            raise ValueError(f"{text!r} are no hours")
        return cls(start, end)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
