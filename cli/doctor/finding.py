"""What a check says."""

from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is: an error keeps somebody from being helped or data from being safe, a warning may come to that."""

    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """What is wrong, and what to do, in a line each; neither names a person or a home by name."""

    level: Level
    wrong: str
    advice: str


class NotKnownError(Exception):
    """A check cannot look: what it would have to know is not known here."""


def error(wrong: str, advice: str) -> Finding:
    """Return what must not stay so."""
    return Finding(Level.ERROR, wrong, advice)


def warning(wrong: str, advice: str) -> Finding:
    """Return what ought not to stay so."""
    return Finding(Level.WARNING, wrong, advice)
