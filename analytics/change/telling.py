"""From a change to the finding that tells it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from analytics.change.day import DomainDay, Sign
from analytics.change.runs import Run
from analytics.change.wording import told
from analytics.findings import Finding
from analytics.frames import Episode, instant
from analytics.indicators import INDICATORS
from core.localtime import Interval

NAME = "change"
VERSION = "1"
MILDEST = 0.3
SERIOUS = 4.0  # orders of magnitude beyond the threshold at which a change is as severe as it gets


EpisodesOf = Callable[[date, Interval], Sequence[Episode]]


def finding(run: Run, threshold: float, coverage: float, zone: ZoneInfo, episodes_of: EpisodesOf) -> Finding:
    """Return the finding about a change; it begins where the change was first told and keeps that beginning.

    `coverage` is that of the days it speaks of, from 0 to 1; `episodes_of` is asked for the episodes that touch the
    interval of the day that shows it most: its evidence.
    """
    most, first = run.most, run.first
    sign = _of_kind(most, run.kind)
    others = [each for each in most.signs if each.kind != sign.kind]
    began = INDICATORS[run.kind].interval(run.begins, zone).start
    end = max(INDICATORS[each.signs[0].kind].interval(each.day, zone).end for each in (run.last, most))
    said = told(sign, most.day, others, first.day if run.last.day != first.day else None, coverage)
    return Finding(
        family="wellbeing",
        kind=run.kind,
        severity=round(min(1.0, MILDEST + (1 - MILDEST) * (most.rarity - threshold) / SERIOUS), 3),
        interval=Interval(began, end),
        coverage=coverage,
        detector=NAME,
        detector_version=VERSION,
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            **_sign(sign),
            "domain": str(most.domain),
            "pace": str(most.pace),
            "rarity": round(most.rarity, 2),
            "together": most.joint and {"pattern": most.joint.pattern, "rarity": round(most.joint.rarity, 2)},
            "day": most.day.isoformat(),
            "episodes": [
                {"kind": e.kind, "start": instant(e.start).isoformat(), "end": instant(e.end).isoformat()}
                for e in episodes_of(most.day, INDICATORS[run.kind].interval(most.day, zone))
                if e.kind == INDICATORS[run.kind].evidence
            ],
            "threshold": threshold,
            "shift": most.shift,
            "others": [_sign(each) for each in others],
            "shown_on": [first.day.isoformat(), run.last.day.isoformat()],
        },
    )


def _sign(sign: Sign) -> Mapping[str, object]:
    return {
        "kind": sign.kind,
        "unit": INDICATORS[sign.kind].unit,
        "days": sign.days,
        "value": round(sign.value, 3),
        "usual": sign.usual and sign.usual._asdict(),
        "rarity": round(sign.rarity, 2),
        "is_missing": sign.is_missing,
    }


def _of_kind(day: DomainDay, kind: str) -> Sign:
    """Return the sign of some kind on a day, or the rarest where the day does not show that one."""
    return next((sign for sign in day.signs if sign.kind == kind), day.signs[0])
