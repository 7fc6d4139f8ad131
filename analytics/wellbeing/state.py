"""The words for how a day stands."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from analytics.change.day import Sign
from analytics.change.domains import Domain
from analytics.contexts.kinds import ContextKind


class State(StrEnum):
    """How a person's day stands. One that was not seen well enough is never green."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


class Because(StrEnum):
    """Why a day has no colour."""

    CONTEXT = "context"  # something was going on, in which what is usual does not hold
    COVERAGE = "coverage"  # too little was seen of the day
    LEARNING = "learning"  # too little is known of what is usual
    SENSORS = "sensors"  # nothing in the home shows any part of life


class Sight(StrEnum):
    """Whether a part of life could be judged on a day."""

    JUDGED = "judged"
    LEARNING = "learning"
    NOT_SEEN = "not seen"
    CONTEXT = "context"
    NO_SENSOR = "no sensor"


class Part(NamedTuple):
    """A part of life on a day.

    While it is learned, `known` of `needed` days are there. `shown_by` are the indicators that the home's sensors can
    give of it; `context` is for what it is not judged.
    """

    domain: Domain
    sight: Sight
    known: int
    needed: int
    shown_by: tuple[str, ...]
    context: ContextKind | None = None


class Contribution(NamedTuple):
    """What makes a day stand out: a part of life, something that was told, or both.

    `kind` is the indicator or the kind of finding; `points` how far it lies beyond what is told, in orders of
    magnitude (negative: short of it); `share` its part of the whole, from 0 to 1. `domain` and `sign` are there where a
    part of life shows it, `finding_id` and `severity` where it was told.
    """

    kind: str
    points: float
    share: float
    domain: Domain | None = None
    sign: Sign | None = None
    finding_id: int | None = None
    severity: float | None = None


class DayState(NamedTuple):
    """How a day of a home stands.

    `score` is what all contributions come to, on the scale of their points: 0 or more is out of the ordinary. None
    where nothing could be judged. `coverage` is the share of the day that was seen, from 0 to 1. `because` is there
    where the day has no colour; `contexts` are those for which something was not judged, whatever the colour;
    `kept_back` what they keep from being told, by kind. `threshold` is the rarity from which on a change is told.
    """

    day: date
    state: State
    score: float | None
    coverage: float
    because: Because | None
    contexts: tuple[ContextKind, ...]
    contributions: tuple[Contribution, ...]
    parts: tuple[Part, ...]
    kept_back: Mapping[str, ContextKind]
    threshold: float

    @property
    def judged(self) -> int:
        """How many parts of life were judged."""
        return sum(part.sight is Sight.JUDGED for part in self.parts)

    @property
    def shown(self) -> int:
        """How many parts of life the sensors of the home can show."""
        return sum(part.sight is not Sight.NO_SENSOR for part in self.parts)
