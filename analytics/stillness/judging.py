"""The findings about quiet times: a stillness of somebody who is at home, and an absence that is longer than ever.

What is said of a time begins with its last sign, which names it: it is restated as the time goes on and when it ends,
and withdrawn if readings that come in late show that somebody moved. What is not known to its end is neither confirmed
nor refuted by going on.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.coverage import LIMIT
from analytics.explanation import Sentence
from analytics.findings import Finding
from analytics.frames import MINUTE, ROOMS, instant
from analytics.stillness import words
from analytics.stillness.absence import FLOOR
from analytics.stillness.detector import Expected, Reason
from analytics.stillness.habit import shortest
from analytics.stillness.quiet import Quiet, Where, minute_of
from analytics.stillness.seen import Still
from analytics.stillness.words import Period
from core.localtime import Interval, day_of

STILLNESS, LONG_ABSENCE = "stillness", "long_absence"
KINDS = (STILLNESS, LONG_ABSENCE)
# A possible fall wakes people at night, somebody who is late does not (`alerts.policy.HIGH_SEVERITY`).
SEVERITY = {STILLNESS: 0.7, LONG_ABSENCE: 0.3}
RISES = {STILLNESS: 0.3, LONG_ABSENCE: 0.2}  # at twice the time that is worth a finding
_ROOM_KINDS = {number: kind for kind, number in ROOMS.items()}


class Judged(NamedTuple):
    """What is to be told, and the beginnings (microseconds) of times of which what was said before still holds."""

    findings: list[Finding]
    held: list[int]


def judge(
    stills: Sequence[Still],
    expected: Callable[[date], Expected],
    rooms: Mapping[int, int],
    zone: ZoneInfo,
    *,
    heard: bool,
    doubted: Callable[[Quiet], tuple[int, ...]] = lambda _: (),
) -> Judged:
    """Judge quiet times; `expected` returns what is usual as the days before a day tell, `rooms` are their kinds.

    Nothing new is said of a time that goes on where the gateway is not `heard`, nor where too little is known. Of one
    that would be told it is asked which rooms are `doubted` to be seen: they make patient like those that are not.
    """
    findings, held = [], []
    for still in stills:
        reason = None
        if (still.quiet.ended or heard) and _may_be_long(still, zone):
            usual = expected(day_of(instant(still.quiet.start), zone))
            reason = usual.explain(still, zone)
            if reason.score >= 1 and still.quiet.where is not Where.AWAY:
                still = _doubting(still, doubted(still.quiet))  # noqa: PLW2901 - what is told names them
                reason = usual.explain(still, zone)
        if reason is not None and reason.score >= 1 and still.coverage >= LIMIT:
            findings.append(_finding(still, reason, rooms, zone))
        elif not still.decided or not (still.quiet.ended or heard) or still.coverage < LIMIT:
            held.append(still.quiet.start)
    return Judged(findings, held)


def _doubting(still: Still, rooms: tuple[int, ...]) -> Still:
    return still._replace(blind=tuple(sorted({*still.blind, *rooms})))


def _may_be_long(still: Still, zone: ZoneInfo) -> bool:
    """Tell whether a time is as long as any must be at least: of most it need not even be asked what is expected."""
    quiet = still.quiet
    least = FLOOR if quiet.where is Where.AWAY else shortest(minute_of(quiet.start, zone))
    return (quiet.end - quiet.start) / MINUTE >= least


def _finding(still: Still, reason: Reason, rooms: Mapping[int, int], zone: ZoneInfo) -> Finding:
    quiet = still.quiet
    kind = LONG_ABSENCE if quiet.where is Where.AWAY else STILLNESS
    said = _said(still, reason, rooms, zone)
    return Finding(
        family="wellbeing",
        kind=kind,
        severity=round(min(1.0, SEVERITY[kind] + RISES[kind] * (reason.score - 1)), 3),
        interval=Interval(instant(quiet.start), instant(quiet.end)),
        coverage=still.coverage,
        detector=Expected.name,
        detector_version=Expected.version,
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "minutes": round(reason.minutes, 1),
            "limit": round(reason.limit, 1),
            "usual": None if reason.usual is None else round(reason.usual, 1),
            "days": reason.days,
            "score": round(reason.score, 3),
            "room_id": quiet.room_id or None,
            "where": quiet.where.name.lower(),
            "blind_rooms": list(still.blind),
            "ended": quiet.ended,
        },
    )


def _said(still: Still, reason: Reason, rooms: Mapping[int, int], zone: ZoneInfo) -> Sentence:
    quiet = still.quiet
    since, until = (instant(at).astimezone(zone) for at in (quiet.start, quiet.end))
    period = Period(since, until, quiet.ended)
    if quiet.where is Where.AWAY:
        return words.long_absence(period, reason.usual, reason.days, ever=reason.ever, coverage=still.coverage)
    return words.stillness(
        period,
        _ROOM_KINDS[rooms.get(quiet.room_id, 0)],
        reason.usual,
        reason.days,
        in_bed=quiet.where is Where.IN_BED,
        blind=[_ROOM_KINDS[rooms.get(room, 0)] for room in still.blind],
        coverage=still.coverage,
    )
