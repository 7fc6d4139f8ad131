"""The finding about a day that the learned detector finds worth a look."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from analytics.explanation import Sentence, based_on, in_both, written_day
from analytics.findings import Finding
from analytics.learned.model import Learned, Why
from analytics.learned.movement import PARTS, Part
from core.localtime import Interval, local_instant

KIND = "learned"
MILDEST, MOST = 0.3, 1.0
SERIOUS = 2.0  # times the threshold at which it is as severe as it gets


def finding(why: Why, model: Learned, day: date, coverage: float, zone: ZoneInfo) -> Finding:
    """Return the finding about a day of a home; `why` is what its score rests on, `coverage` what was seen of it."""
    part = PARTS[why.part]
    said = _said(why, part, day, coverage)
    return Finding(
        family="wellbeing",
        kind=KIND,
        severity=round(min(MOST, MILDEST + (MOST - MILDEST) * (why.score - 1) / (SERIOUS - 1)), 3),
        interval=Interval(local_instant(day, time(part.first), zone), local_instant(day, time(part.last), zone)),
        coverage=coverage,
        detector=model.name,
        detector_version=model.version,
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "day": day.isoformat(),
            "score": round(why.score, 3),
            "figures": _rounded(why.values),
            "added": _rounded(why.added),
            "model": {
                "days": model.days,
                "labelled": model.labelled,
                "until": date.fromordinal(model.until).isoformat(),
            },
        },
    )


def begins_within(day: date, zone: ZoneInfo) -> Interval:
    """Return in which time the finding about a day begins."""
    first, last = PARTS[0], PARTS[-1]
    start, end = (local_instant(day, time(hour), zone) for hour in (first.first, last.last))
    return Interval(start, end - timedelta(microseconds=1))


def _said(why: Why, part: Part, day: date, coverage: float) -> Sentence:
    def word(language: str, t: NullTranslations) -> str:
        count = round(why.values["transitions"])
        text = t.ngettext(
            "Seen to go from room to room %(count)d time on %(day)s between %(from)d:00 and %(to)d:00.",
            "Seen to go from room to room %(count)d times on %(day)s between %(from)d:00 and %(to)d:00.",
            count,
        ) % {"count": count, "day": written_day(day, language), "from": part.first, "to": part.last}
        learned = t.gettext(
            "A model that has learned from days on which people with dementia were agitated finds the day worth a look."
        )
        return " ".join((text, learned, based_on(coverage, t)))

    return in_both(word)


def _rounded(figures: Mapping[str, float]) -> dict[str, Any]:
    return {name: round(value, 3) for name, value in figures.items()}
