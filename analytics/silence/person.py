"""Whether the person is away, or at home and does not move; neither is a technical matter.

A stillness is confirmed only as far as *every* movement sensor has reported since: one that has just died has not, so
what it does not see is nobody's stillness. Someone is away when the door to the outside was the last thing that moved.
Nobody is who has only just come back, who lies in bed as its sensor says, or whom a radar sees.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analytics.activity import HALF
from analytics.episodes.outing import SHORTEST, leaving
from analytics.frames import HOUR, Instants, Signs, Span, instant
from analytics.silence.evidence import NOTHING, Evidence
from analytics.silence.verdict import Cause, Silence, Subject, Verdict

PERSON = Subject("person", 0)
LONGEST_FACTOR = 1.9  # times the longest usual silence that touches an hour of the day
DAY_FLOOR, CEILING = 3 * HOUR, 16 * HOUR
USUAL = 0.9
LEARNED_DAYS = 5
LYING = frozenset({"bed_occupancy", "chair_occupancy", "presence"})


def verdict(evidence: Evidence, signs: Signs, lost: Sequence[Span]) -> Verdict | None:
    """Return whether the person is away or still, by the signs of somebody in the home; None where neither is known.

    In the time of `lost`, signs may have been lost: nothing is known of it, and of an absence that it touches neither.
    """
    at, door = signs.at[~signs.left], signs.door[~signs.left]
    if not len(at) or not evidence.home.watching:
        return None
    last = int(at[-1])
    spoke = [evidence.reports.get(each, NOTHING) for each in evidence.home.watching]
    confirmed = min(int(reports[-1]) if len(reports) else 0 for reports in spoke)
    seen_from = max([last, *(span.end for span in lost if span.end > last)])
    silence = Span(seen_from, max(seen_from, confirmed))
    if silence.length < SHORTEST:
        return None
    if not _lies(evidence, last) and leaving(at, door, len(at) - 1):
        if seen_from > last:
            return None
        sure = 0.7 if silence.length < 2 * HOUR else 0.9
        return Verdict(PERSON, Silence.PERSON_AWAY, Cause.NONE, last, None, sure)
    if _beyond_usual(silence, at, door, evidence):
        return Verdict(PERSON, Silence.PERSON_STILL, Cause.NONE, silence.start, None, 0.85)
    return None


def _lies(evidence: Evidence, last: int) -> bool:
    """Tell whether a sensor that holds says that somebody lies or sits there, as it has said since the last sign."""
    said = [each for series in evidence.series.values() for each in series if each.quantity in LYING]
    return any(value[-1] >= HALF and at[-1] > last for _, at, value in said if len(at))


def _beyond_usual(silence: Span, at: Instants, door: npt.NDArray[np.bool_], evidence: Evidence) -> bool:
    limits = _limits(at[:-1], door[:-1], evidence, silence.start)
    if limits is None:
        return False
    used, begin = 0.0, silence.start
    while begin < silence.end and used <= 1:
        end = min((begin // HOUR + 1) * HOUR, silence.end)
        used += (end - begin) / limits[_hour(begin, evidence)]
        begin = end
    return used > 1


def _limits(
    at: Instants, door: npt.NDArray[np.bool_], evidence: Evidence, until: int
) -> npt.NDArray[np.float64] | None:
    """Return, for each hour of the local clock, how long a silence that touches it may be (microseconds)."""
    days: dict[int, npt.NDArray[np.float64]] = {}
    at = np.append(at, until)
    for index in range(len(at) - 1):
        length = int(at[index + 1] - at[index])
        if length < SHORTEST or door[index]:
            continue
        begin = int(at[index]) // HOUR * HOUR
        while begin < at[index + 1]:
            local = instant(begin).astimezone(evidence.home.zone)
            row = days.setdefault(local.date().toordinal(), np.zeros(24))
            row[local.hour] = max(row[local.hour], length)
            begin += HOUR
    if len(days) < LEARNED_DAYS:
        return None
    usual = np.quantile(np.array(list(days.values())), USUAL, axis=0, method="higher")
    limits: npt.NDArray[np.float64] = np.clip(LONGEST_FACTOR * usual, DAY_FLOOR, CEILING)
    return limits


def _hour(at: int, evidence: Evidence) -> int:
    return instant(at).astimezone(evidence.home.zone).hour
