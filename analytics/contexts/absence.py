"""Long absence: the door to the outside was the last sign, and since then nobody has moved for longer than ever.

Or nobody moves though the sensors report and no door was the last sign: that is a question, never an answer, for
somebody may have fallen. An absence is over when somebody has been at home again for `BACK`; a neighbour who waters the
plants does not end it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import Proposal
from analytics.contexts.traces import Traces, share_known

NAME = "absence"
HOUR = 3600
LONG = 8 * HOUR  # by the door, and longer than usual
SURE = 12 * HOUR
TIMES = 1.25  # the longest absence that there was before
UNEXPLAINED = 24 * HOUR  # without a door
BACK = 2 * HOUR
UNKNOWN_AT_MOST = 0.25
ASKING, ACTING = 0.6, 0.85  # how sure it is
NO_DOOR = 0.3


class Gap(NamedTuple):
    """A time without a sign of anybody, in seconds; `end` is None where it goes on."""

    start: int
    end: int | None
    by_door: bool
    known: float

    def lasts(self, now: int) -> int:
        """Return how long it lasts, up to now where it goes on."""
        return (now if self.end is None else self.end) - self.start


def absences(days: Mapping[date, Traces]) -> list[Proposal]:
    """Return the absences that the traces of days tell of, in order."""
    known = [days[day] for day in sorted(days)]
    if not known:
        return []
    now = known[-1].until
    gaps = _joined(_gaps(known), now)
    found = []
    usual = 0
    for gap in gaps:
        lasts = gap.lasts(now)
        enough = max(LONG, TIMES * usual) if gap.by_door else UNEXPLAINED
        if lasts >= enough and gap.known >= 1 - UNKNOWN_AT_MOST:
            found.append(_proposal(gap, lasts))
        elif gap.by_door and gap.end is not None:
            usual = max(usual, lasts)
    return found


def _proposal(gap: Gap, lasts: int) -> Proposal:
    confidence = (ACTING if lasts >= SURE else ASKING) if gap.by_door else NO_DOOR
    return Proposal(
        NAME,
        ContextKind.AWAY,
        datetime.fromtimestamp(gap.start, tz=UTC),
        None if gap.end is None else datetime.fromtimestamp(gap.end, tz=UTC),
        confidence,
        {"by_door": gap.by_door, "hours": round(lasts / HOUR, 1)},
    )


def _gaps(days: Sequence[Traces]) -> list[Gap]:
    """Return the silences of at least two hours, in order, also those across midnight; the last may go on."""
    found: list[tuple[int, int | None, bool]] = []
    last: int | None = None
    by_door = False
    for one in days:
        if one.first is None:
            continue
        if last is not None and one.first - last >= 2 * HOUR:
            found.append((last, one.first, by_door))
        found += [(start, end, left) for start, end, left, _ in one.silences]
        last, by_door = one.last, one.left_by_door
    followed = days[-1].followed
    if last is not None and (followed or days[-1].until) - last >= 2 * HOUR:
        found.append((last, followed, by_door))
    unknown = [each for one in days for each in one.unknown]
    return [Gap(start, end, left, share_known(start, end or days[-1].until, unknown)) for start, end, left in found]


def _joined(gaps: Sequence[Gap], now: int) -> list[Gap]:
    """Join long absences between which somebody was there for less than `BACK`; one is over only after as long."""
    found: list[Gap] = []
    for gap in gaps:
        before = found[-1] if found else None
        if (
            before is not None
            and before.end is not None
            and gap.by_door
            and before.by_door
            and min(before.lasts(now), gap.lasts(now)) >= LONG
            and gap.start - before.end < BACK
        ):
            known = min(before.known, gap.known)
            found[-1] = Gap(before.start, gap.end, by_door=True, known=known)
        else:
            found.append(gap)
    if found and found[-1].end is not None and now - found[-1].end < BACK and found[-1].lasts(now) >= SURE:
        found[-1] = found[-1]._replace(end=None)
    return found
