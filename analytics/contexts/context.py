"""A context of a home: what, from when to when, and how sure we are."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from analytics.contexts.kinds import LASTING, LEARNING, NEVER_BY_ITSELF, ContextKind, aspect_of
from core.localtime import Interval

ENOUGH = 0.7  # the confidence from which a proposal acts before anybody has answered it
FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Standing(StrEnum):
    """Who says so: the system alone, or a person."""

    PROPOSED = "proposed"  # by the system; nobody has answered yet
    ENTERED = "entered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # a proposal that the system itself no longer makes, or an entry that was taken back


class Context(NamedTuple):
    """A context of a home from `start` to `end` (None: it goes on). `confidence` (0 to 1) is of a proposal."""

    kind: ContextKind
    start: datetime
    end: datetime | None
    standing: Standing = Standing.ENTERED
    confidence: float = 1.0

    @property
    def interval(self) -> Interval:
        """From when to when; what goes on ends in a far future."""
        return Interval(self.start, FAR if self.end is None else self.end)

    @property
    def unjudged(self) -> Interval:
        """From when to when what it affects is not judged: what lasts is got used to after `LEARNING`."""
        start, end = self.interval
        return Interval(start, min(end, start + LEARNING) if self.kind in LASTING else end)

    @property
    def acts(self) -> bool:
        """Whether it has an effect: said by a person, or proposed with enough confidence and not refused."""
        if self.standing is Standing.PROPOSED:
            return self.confidence >= ENOUGH
        return self.standing in (Standing.ENTERED, Standing.CONFIRMED)

    def may_silence(self, kind: str) -> bool:
        """Tell whether its standing is enough to keep findings of this kind from being raised."""
        return self.standing is not Standing.PROPOSED or aspect_of(kind) not in NEVER_BY_ITSELF
