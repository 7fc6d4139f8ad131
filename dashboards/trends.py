"""Views of one part of life over weeks, months or a year: its indicators against the person's own usual band."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import Any, NamedTuple

import alerts.reads
import analytics.reads
import registry.reads
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import NAMES as CONTEXTS
from analytics.figures import FIGURES, Tongue
from analytics.indicators import INDICATORS
from core.database import View
from core.localtime import Interval, day_of, local_day
from core.translation import mark
from dashboards.actogram import Period, numbered, period
from dashboards.concern import Concern
from dashboards.indicators import DAYS, NOT_JUDGED, SHOWN, sentence, usual
from dashboards.life import ALERTS, marks_of
from dashboards.pictures.days import Caption, Mark
from dashboards.pictures.series import Axis, Value, series_picture
from dashboards.wording import Words

Row = Mapping[str, Any]
ONE_DAY = timedelta(days=1)
PERIODS = (30, 90, 365)
DEFAULT = 90
COUNTS = mark("%(known)d of %(days)d days known, %(outside)d of them outside the usual range.")
LISTED = 120  # days up to which each has a line of its own in the table: nobody reads more
CLOCK = frozenset({"sleep_start", "sleep_end"})  # an hour of the clock: nothing begins at zero


class Part(StrEnum):
    """A part of life that has a view of its own; its name is that in the address."""

    SLEEP = "sleep"
    BATHROOM = "bathroom"
    OUTINGS = "outings"
    MEALS = "meals"
    MOVEMENT = "movement"
    CLIMATE = "climate"


NAMES: Mapping[Part, str] = {
    Part.SLEEP: mark("Sleep and nights"),
    Part.BATHROOM: mark("Bathroom"),
    Part.OUTINGS: mark("Going out"),
    Part.MEALS: mark("Meals"),
    Part.MOVEMENT: mark("Movement"),
    Part.CLIMATE: mark("Warmth and air"),
}
KINDS: Mapping[Part, tuple[str, ...]] = {
    Part.SLEEP: (
        "sleep_duration", "sleep_start", "sleep_end", "sleep_interruptions", "time_in_bed", "night_walking",
        "night_door",
    ),
    Part.BATHROOM: ("night_bathroom_visits", "activity_bathroom"),
    Part.OUTINGS: ("outings", "time_out", "company"),
    Part.MEALS: ("meals", "hot_drinks", "food_uses", "activity_kitchen"),
    Part.MOVEMENT: (
        "activity", "longest_stillness", "room_changes", "walking_time", "interdaily_stability",
        "intradaily_variability", "relative_amplitude", "room_entropy",
    ),
    Part.CLIMATE: ("cold_hours", "heat_hours", "night_heat_hours", "stale_air_hours", "humidity_hours"),
}  # fmt: skip


class Line(NamedTuple):
    """A day in the table behind a picture."""

    day: date
    name: str
    value: str
    usual: str
    coverage: str
    marked: str


class Trend(NamedTuple):
    """One indicator: what it is called, what it comes to, picture and table, and the figures for a closer look."""

    kind: str
    name: str
    sentence: str
    typical: str
    picture: str
    rows: tuple[Line, ...]
    figures: Mapping[str, Any]
    by_week: bool


class Stored(NamedTuple):
    """What is read for a view; `before` are the rows of as many days before the first one."""

    home: registry.reads.Home
    now: datetime
    days: tuple[date, ...]
    by_kind: Mapping[str, Mapping[date, Row]]
    before: Mapping[str, Sequence[Row]]
    marks: tuple[Mark, ...]
    contexts: Contexts
    numbered: tuple[tuple[int, Context], ...]


def load(view: View, home: registry.reads.Home, contexts: Contexts, now: datetime, part: Part, count: int) -> Stored:
    """Return what is stored about a part of life, of the last `count` days and of as many before them."""
    last = day_of(now, home.zone)
    first = last - (count - 1) * ONE_DAY
    rows = analytics.reads.indicators(view, home.home_id, first - count * ONE_DAY, last, KINDS[part])
    by_kind: dict[str, dict[date, Row]] = {}
    before: dict[str, list[Row]] = {}
    for kind, found in groupby(rows, key=lambda row: row["kind"]):
        for row in found:
            if row["day"] >= first:
                by_kind.setdefault(kind, {})[row["day"]] = row
            else:
                before.setdefault(kind, []).append(row)
    start = local_day(first, home.zone).start
    acting = [one for one in contexts.acting if one.interval.end > start and one.start < now]
    return Stored(
        home,
        now,
        tuple(first + ahead * ONE_DAY for ahead in range(count)),
        by_kind,
        before,
        marks_of(alerts.reads.alerts_of_home(view, home.home_id, ALERTS), now),
        contexts,
        tuple(numbered(acting)),
    )


def lately(
    rows: Sequence[Row], home: registry.reads.Home, contexts: Contexts, marks: tuple[Mark, ...], now: datetime
) -> Stored:
    """Return the same of what the page of a person shows of the last days, from `rows` ordered by kind and day."""
    last = day_of(now, home.zone)
    by_kind = {
        kind: {row["day"]: row for row in found}
        for kind, found in groupby(rows, key=lambda row: row["kind"])
        if kind in SHOWN
    }
    days = tuple(last - back * ONE_DAY for back in reversed(range(DAYS)))
    start = local_day(days[0], home.zone).start
    acting = [one for one in contexts.acting if one.interval.end > start and one.start < now]
    return Stored(home, now, days, by_kind, {}, marks, contexts, tuple(numbered(acting)))


def trends(stored: Stored, kinds: Sequence[str], words: Words) -> list[Trend]:
    """Return those of some indicators that the home has, in their order."""
    return [_trend(kind, stored, words) for kind in kinds if kind in stored.by_kind]


def going_on(stored: Stored, words: Words) -> list[Period]:
    """Return what was going on, by the numbers that stand on the pictures."""
    return [
        Period(number, words.say(CONTEXTS[one.kind]), period(one, stored.home.zone, stored.now, words))
        for number, one in stored.numbered
    ]


def _trend(kind: str, stored: Stored, words: Words) -> Trend:
    figure, rows = FIGURES[kind], stored.by_kind[kind]
    # What is not over yet has no figure, and what was before the home had any was not looked at: neither is a gap.
    days = [day for day in stored.days if min(rows) <= day <= max(rows)]
    windows = [INDICATORS[kind].interval(day, stored.home.zone) for day in days]
    marked = _marked(windows, stored)
    not_judged = {
        day: words.say(CONTEXTS[why])
        for day, window, near in zip(days, windows, marked.near, strict=True)
        if near and (why := stored.contexts.excludes(kind, window)) is not None
    }
    values = [
        _value(rows.get(day), alert, numbers, judged=day not in not_judged)
        for day, alert, numbers in zip(days, marked.alerts, marked.numbers, strict=True)
    ]
    last = max(rows)
    said = sentence(rows[last], figure, not_judged.get(last, ""), words)
    typical = _typical(kind, values, stored, words)
    name = words.say(figure.name)
    caption = Caption(f"series-{kind}", name, _described(values, said, typical, words))
    by_week = len(days) > LISTED
    lines = (
        _line(kind, day, value, not_judged.get(day), stored, words)
        for day, value in zip(reversed(days), reversed(values), strict=True)
    )
    return Trend(
        kind,
        name,
        said,
        typical,
        series_picture(values, _axis(kind, values, days, words), caption),
        tuple(_weeks(kind, days, values, stored, words) if by_week else lines),
        _figures(kind, days, values),
        by_week,
    )


class Marked(NamedTuple):
    """What is marked on each of some days: the gravest alert, the numbers of what was going on.

    `near` tells whether anything was going on at all in what the day's figure looks at.
    """

    near: list[bool]
    alerts: list[Concern | None]
    numbers: list[tuple[int, ...]]


def _marked(windows: Sequence[Interval], stored: Stored) -> Marked:
    """Return what is marked on the days with these windows. A year has more days than there are marks: look by mark."""
    # What spans several days is marked on the last of them.
    lasts = [Interval(max(one.start, one.end - timedelta(days=1, hours=1)), one.end) for one in windows]
    near = [False] * len(windows)
    alerts: list[Concern | None] = [None] * len(windows)
    numbers: list[tuple[int, ...]] = [()] * len(windows)
    for number, context in stored.numbered:
        for place in _touched(windows, context.interval):
            near[place] = True
        for place in _touched(lasts, context.interval):
            numbers[place] += (number,)
    for one in stored.marks:
        for place in _touched(lasts, Interval(one.at, one.at + timedelta(microseconds=1))):
            earlier = alerts[place]
            alerts[place] = one.concern if earlier is None else min(earlier, one.concern)
    return Marked(near, alerts, numbers)


def _touched(windows: Sequence[Interval], interval: Interval) -> range:
    """Return the places of the windows, in order of both ends, that an interval touches."""
    first = bisect_right(windows, interval.start, key=lambda one: one.end)
    return range(first, bisect_left(windows, interval.end, key=lambda one: one.start))


def _value(row: Row | None, alert: Concern | None, numbers: tuple[int, ...], *, judged: bool) -> Value:
    if row is None:
        return Value(None, None, None, None, 0.0, alert, numbers)
    found = Value(row["value"], row["low"], row["high"], row["median"], row["coverage"], alert, numbers)
    return found if judged else found._replace(low=None, high=None, middle=None)


def _axis(kind: str, values: Sequence[Value], days: Sequence[date], words: Words) -> Axis:
    figure, tongue = FIGURES[kind], Tongue.of(words.language)
    known = [each for one in values for each in (one.value, one.low, one.high) if each is not None]
    lowest, highest = min(known, default=0.0), max(known, default=1.0)
    # Where all lies in the upper half, the lower one would be empty. What is counted begins at none all the same.
    far = INDICATORS[kind].unit != "1" and lowest > highest / 2
    least = math.floor(lowest) if kind in CLOCK or far else min(0, math.floor(lowest))
    most = max(math.ceil(highest), least + 1)
    middle = len(days) // 2
    named = [
        (0, words.short_day(days[0])),
        (middle, words.short_day(days[middle])),
        (len(days), words.short_day(days[-1])),
    ]
    return Axis(least, most, figure.written(least, tongue), figure.written(most, tongue), named)


def _typical(kind: str, values: Sequence[Value], stored: Stored, words: Words) -> str:
    """Return the median of the days in words, and that of as many before them where half of those are known."""
    gettext, figure, tongue = words.translations.gettext, FIGURES[kind], Tongue.of(words.language)
    known = [one.value for one in values if one.value is not None]
    if not known:
        return ""
    said: dict[str, Any] = {"days": len(known), "value": figure.written(median(known), tongue)}
    before = [row["value"] for row in stored.before.get(kind, ()) if row["value"] is not None]
    if len(before) < len(stored.days) / 2:
        return gettext("On a typical day (%(days)d known): %(value)s.") % said
    said |= {"before": figure.written(median(before), tongue), "earlier": len(before)}
    return gettext("On a typical day (%(days)d known): %(value)s; before that (%(earlier)d known): %(before)s.") % said


def _described(values: Sequence[Value], said: str, typical: str, words: Words) -> str:
    known = sum(one.value is not None for one in values)
    counted = {"known": known, "days": len(values), "outside": sum(one.is_outside for one in values)}
    counts = words.say(COUNTS) % counted
    return " ".join(part for part in (counts, typical, said) if part)


def _line(kind: str, day: date, value: Value, not_judged: str | None, stored: Stored, words: Words) -> Line:
    gettext, figure, tongue = words.translations.gettext, FIGURES[kind], Tongue.of(words.language)
    marked = [gettext("alert")] if value.alert is not None else []
    kinds = dict(stored.numbered)
    marked += [f"{number} {words.say(CONTEXTS[kinds[number].kind])}" for number in value.going_on]
    band = usual(value.low, value.high, figure, tongue)
    if not_judged is not None:
        band = words.say(NOT_JUDGED) % {"why": not_judged}
    return Line(
        day,
        words.short_day(day),
        gettext("no verdict") if value.value is None else figure.written(value.value, tongue),
        band,
        words.percent(value.coverage),
        ", ".join(marked),
    )


def _weeks(kind: str, days: Sequence[date], values: Sequence[Value], stored: Stored, words: Words) -> list[Line]:
    """Return a line for each week, the latest first: its middle day, how much is known, what is marked in it."""
    gettext, figure, tongue = words.translations.gettext, FIGURES[kind], Tongue.of(words.language)
    kinds = dict(stored.numbered)
    found = []
    for _, group in groupby(zip(days, values, strict=True), key=lambda pair: pair[0].isocalendar()[:2]):
        week = list(group)
        known = [one.value for _, one in week if one.value is not None]
        band = next((one for _, one in reversed(week) if one.low is not None), None)
        alerted = sum(one.alert is not None for _, one in week)
        numbers = dict.fromkeys(number for _, one in week for number in one.going_on)
        marked = [gettext("alert")] if alerted else []
        marked += [f"{number} {words.say(CONTEXTS[kinds[number].kind])}" for number in numbers]
        found.append(
            Line(
                week[-1][0],
                f"{words.short_day(week[0][0])} - {words.short_day(week[-1][0])}",
                figure.written(median(known), tongue) if known else gettext("no verdict"),
                "" if band is None else usual(band.low, band.high, figure, tongue),
                words.percent(sum(one.coverage for _, one in week) / len(week)),
                ", ".join(marked),
            )
        )
    return found[::-1]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _figures(kind: str, days: Sequence[date], values: Sequence[Value]) -> dict[str, Any]:
    """Return the figures for a closer look: days since 1970, values, the ends of the band."""
    return {
        "unit": "clock" if kind in CLOCK else INDICATORS[kind].unit,
        "days": [(day - date(1970, 1, 1)).days for day in days],
        "value": [_short(one.value) for one in values],
        "low": [_short(one.low) for one in values],
        "high": [_short(one.high) for one in values],
        "alert": [one.alert.key if one.alert is not None else None for one in values],
        "going_on": [bool(one.going_on) for one in values],
    }
