"""The indicators of a home in words, as a small picture and as a table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import analytics.reads
import registry.reads
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import NAMES as CONTEXTS
from analytics.figures import FIGURES, Figure, Tongue, ends_in_words
from analytics.indicators import INDICATORS
from core.database import View
from core.localtime import day_of
from core.translation import mark
from dashboards.pictures.band import Point, band_picture, is_inside
from dashboards.wording import Words

DAYS = 14
Row = Mapping[str, Any]


# What the page of a person has room for: one or two of each part of life, where the home's sensors show them.
NOT_JUDGED = mark("not judged: %(why)s")
SHOWN = ("night_bathroom_visits", "sleep_duration", "longest_stillness", "activity", "meals", "outings")


class Shown(NamedTuple):
    """One indicator as the page shows it, to its last `day`; a row is day, value, usual range, share of the data."""

    kind: str
    day: date
    name: str
    sentence: str
    picture: str
    rows: tuple[tuple[str, str, str, str], ...]


def rows(view: View, home: registry.reads.Home, now: datetime) -> list[Row]:
    """Return the indicators of the last days as they are stored, ordered by kind and day."""
    last = day_of(now, home.zone)
    return list(analytics.reads.indicators(view, home.home_id, last - timedelta(days=DAYS - 1), last))


def load(
    stored: Sequence[Row], home: registry.reads.Home, contexts: Contexts, now: datetime, words: Words
) -> list[Shown]:
    """Return some indicators of the last days, in the order of `SHOWN`; what `contexts` explain is not judged."""
    first = day_of(now, home.zone) - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=ahead) for ahead in range(DAYS)]
    by_kind = {
        kind: {row["day"]: row for row in found}
        for kind, found in groupby(stored, key=lambda row: row["kind"])
        if kind in SHOWN
    }
    return [
        shown(kind, by_kind[kind], days, _reasons(kind, days, contexts, words), words)
        for kind in SHOWN
        if kind in by_kind
    ]


def _reasons(kind: str, days: Sequence[date], contexts: Contexts, words: Words) -> dict[date, str]:
    """Return why an indicator is not judged on the days on which it is not."""
    window = INDICATORS[kind].interval
    found = {day: contexts.excludes(kind, window(day, contexts.zone)) for day in days}
    return {day: words.say(CONTEXTS[context]) for day, context in found.items() if context is not None}


def shown(
    kind: str, rows: Mapping[date, Row], days: Sequence[date], not_judged: Mapping[date, str], words: Words
) -> Shown:
    """Return one indicator in words, picture and table; `not_judged` has the days with a context, and which."""
    figure, tongue = FIGURES[kind], Tongue.of(words.language)
    gettext = words.translations.gettext
    points = [_point(day, rows.get(day), judged=day not in not_judged) for day in days if day <= max(rows)]
    said = sentence(rows[max(rows)], figure, not_judged.get(max(rows), ""), words)
    table = [
        (
            words.short_day(point.day),
            gettext("no verdict") if point.value is None else figure.written(point.value, tongue),
            _not_judged(not_judged[point.day], words)
            if point.day in not_judged
            else usual(point.low, point.high, figure, tongue),
            words.percent(rows[point.day]["coverage"]) if point.day in rows else "",
        )
        for point in reversed(points)
    ]
    outside = sum(not is_inside(point) for point in points)
    known = sum(point.value is not None for point in points)
    picture = band_picture(
        f"indicator-{kind}",
        points,
        [words.short_day(points[0].day), words.short_day(points[-1].day)],
        title=words.say(figure.name),
        description=gettext("%(known)d of %(days)d days known, %(outside)d of them outside the usual range. %(last)s")
        % {"known": known, "days": len(points), "outside": outside, "last": said},
    )
    return Shown(kind, max(rows), words.say(figure.name), said, picture, tuple(table))


def _point(day: date, row: Row | None, *, judged: bool = True) -> Point:
    """Return a day of the picture; one that is not judged has no band to lie in."""
    if row is None:
        return Point(day, None, None, None)
    return Point(day, row["value"], row["low"], row["high"]) if judged else Point(day, row["value"], None, None)


def _not_judged(why: str, words: Words) -> str:
    return words.say(NOT_JUDGED) % {"why": why}


def usual(low: float | None, high: float | None, figure: Figure, tongue: Tongue) -> str:
    """Return the ends of the usual range in words; "" where none is known."""
    if low is None or high is None:
        return ""
    return ends_in_words(low, high, figure.written, figure.between, tongue)


def sentence(row: Row, figure: Figure, not_judged: str, words: Words) -> str:
    """Return what an indicator came to on a day, against what is usual; `not_judged` says why it is not judged ("")."""
    gettext = words.translations.gettext
    point = _point(row["day"], row)
    day = words.day(row["day"])
    if point.value is None:
        return gettext("%(day)s: no verdict, only %(percent)s of the data are there.") % {
            "day": day, "percent": words.percent(row["coverage"])
        }  # fmt: skip
    tongue = Tongue.of(words.language)
    value, band = figure.written(point.value, tongue), usual(point.low, point.high, figure, tongue)
    if not_judged:
        said = {"day": day, "value": value, "why": _not_judged(not_judged, words)}
        return gettext("%(day)s: %(value)s; %(why)s.") % said
    if not band:
        return gettext("%(day)s: %(value)s; still learning what is usual.") % {"day": day, "value": value}
    return gettext("%(day)s: %(value)s; usually %(usual)s.") % {"day": day, "value": value, "usual": band}
