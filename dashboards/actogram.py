"""Weeks and months of a home, one row a day: where somebody was, or how much somebody moved, and what is not known."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from babel.dates import format_date

import alerts.reads
import analytics.reads
import ingest.reads
import registry.reads
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import NAMES as CONTEXTS
from core.database import View
from core.localtime import Interval, day_of, local_day
from core.translation import mark
from dashboards.life import ALERTS, LANES, OUT, SILENCE, marks_of
from dashboards.pictures import actogram as drawing
from dashboards.pictures.actogram import GAP, Filled, Geometry, Row, binned
from dashboards.pictures.days import Caption, Mark
from dashboards.pictures.scale import DayScale
from dashboards.stays_of_days import Numbers, Where, shown, spent_in
from dashboards.wording import Words

MINUTE_MS = 60_000
ONE_DAY = timedelta(days=1)
# Days that can be chosen, with the minutes of a stretch and the height of a row.
PERIODS: Mapping[int, tuple[int, Geometry]] = {7: (5, Geometry(30, 4)), 30: (10, Geometry(18)), 90: (15, Geometry(12))}
DEFAULT = 30
# How high a look is in its row, so that rooms are told apart without their colour: at rest low, up and about high.
HEIGHTS: Mapping[str, float] = {
    "bedroom": 0.35,
    "living": 0.55,
    "other": 0.55,
    "hall": 0.7,
    "entrance": 0.7,
    "kitchen": 0.8,
    "bathroom": 1.0,
    "outside": 0.15,
    OUT: 0.15,
    GAP: 1.0,
    "movement": 1.0,
}
# A minute in the bathroom shows in its stretch: it would drown in the hours around it.
BUSY = 0.95  # of the hours with movement are not busier than those drawn at full height
SHOWN_FROM = {"bathroom": MINUTE_MS}


class What(StrEnum):
    """What the rows show, beside the one lane that may be chosen."""

    ROOMS = "rooms"
    MOVEMENT = "movement"


WHATS: Mapping[str, str] = {What.ROOMS: mark("All rooms"), What.MOVEMENT: mark("Movement by the hour")}


class Chosen(NamedTuple):
    """What is asked for: how many days, what of them, and whether each row shows the day after it as well."""

    days: int = DEFAULT
    what: str = What.ROOMS
    double: bool = False

    def path(self, **changes: int | str | bool) -> str:
        """Return the query of an address that asks for this, with some changes."""
        other = self._replace(**changes)  # type: ignore[arg-type]
        return f"?days={other.days}&show={other.what}{'&plot=double' if other.double else ''}"


class Line(NamedTuple):
    """A day in the table behind the picture."""

    day: date
    name: str
    cells: tuple[str, ...]
    gap: str
    alerts: str
    going_on: str


class Period(NamedTuple):
    """A context that is marked with a number."""

    number: int
    name: str
    when: str


class Shown(NamedTuple):
    """What the page shows: the picture with what stands around it, what it says in words, and the table behind it."""

    lanes: tuple[tuple[str, str], ...]
    picture: str
    axes: tuple[str, str]
    labels: str
    numbers: str
    summary: str
    contexts: tuple[Period, ...]
    rows: tuple[Line, ...]


class Stored(NamedTuple):
    """What is read for it: days from the first to the last, and what of them is known."""

    zone: ZoneInfo
    now: datetime
    days: tuple[date, ...]
    lanes: tuple[str, ...]
    stays: Mapping[str, tuple[Numbers, Numbers]]
    movement: Mapping[date, Sequence[float | None]]
    silences: tuple[Interval, ...]
    marks: tuple[Mark, ...]
    contexts: tuple[Context, ...]


def load(view: View, home: registry.reads.Home, contexts: Contexts, now: datetime, days: int) -> Stored:
    """Return what is stored of the last days of a home. Readings are looked at for the last two of them alone."""
    last = day_of(now, home.zone)
    first = last - (days - 1) * ONE_DAY
    start, lately = local_day(first, home.zone).start, local_day(last - ONE_DAY, home.zone).start
    kinds = {room.room_id: room.kind for room in registry.reads.seen_rooms(view, home.home_id)}
    found = analytics.reads.stays(view, home.home_id, start, now)
    stays = {}
    for lane in LANES:
        rooms = [room for room, kind in kinds.items() if kind == lane] if lane != OUT else [analytics.reads.OUT]
        there = np.isin(found.room_id, rooms)
        if there.any():
            stays[lane] = (found.start_ms[there], found.end_ms[there])
    movement = {row["day"]: row["value"] for row in analytics.reads.hourly_activity(view, home.home_id, first, last)}
    return Stored(
        home.zone,
        now,
        tuple(first + ahead * ONE_DAY for ahead in range(days)),
        tuple(stays),
        stays,
        movement,
        tuple(ingest.reads.silences_of_home(view, home.home_id, lately - SILENCE, now, SILENCE)),
        marks_of(alerts.reads.alerts_of_home(view, home.home_id, ALERTS), now),
        tuple(one for one in contexts.acting if one.interval.end > start and one.start < now),
    )


def shown_days(stored: Stored, chosen: Chosen, words: Words) -> Shown:
    """Return the picture of what is stored, what it says, and the table behind it."""
    gettext = words.translations.gettext
    minutes, geometry = PERIODS[chosen.days]
    which = numbered(stored.contexts)
    grid = _grid(stored, minutes)
    looks = _looks(grid, chosen)
    rows = [_row(number, looks, stored, chosen, grid, which, words) for number in range(len(stored.days))]
    lines = _lines(stored, grid, which, words)
    title = gettext("The last %(count)d days, one row a day") % {"count": chosen.days}
    summary = _summary(stored, grid, lines, words)
    if chosen.what == What.MOVEMENT:
        empty = gettext("Movement is counted when a day is over: today is still empty.")
        summary = f"{summary} {empty}"
    rows.reverse()
    lines.reverse()
    return Shown(
        tuple((lane, words.say(LANES[lane])) for lane in stored.lanes),
        drawing.actogram(rows, geometry, Caption("actogram", title, summary), double=chosen.double),
        (
            drawing.hours("actogram-hours", gettext("Hours of the day"), double=chosen.double),
            drawing.hours("actogram-hours-below", gettext("Hours of the day"), double=chosen.double),
        ),
        drawing.row_labels(rows, geometry),
        drawing.numbers(rows, geometry),
        summary,
        tuple(
            Period(number, words.say(CONTEXTS[one.kind]), period(one, stored.zone, stored.now, words))
            for number, one in which
        ),
        tuple(lines),
    )


class Grid(NamedTuple):
    """The days cut into stretches: from where on each day is, how much was spent where, and what is not known."""

    begins: list[int]
    minutes: int
    where: Where
    unknown: list[bool]
    later: int


def _grid(stored: Stored, minutes: int) -> Grid:
    step = minutes * MINUTE_MS
    intervals = [local_day(day, stored.zone) for day in stored.days]
    start, end = _ms(intervals[0].start), _ms(intervals[-1].end)
    edges = np.arange(start, end + 1, step, dtype=np.int64)
    begins = [(_ms(one.start) - start) // step for one in intervals] + [len(edges) - 1]
    spent = [spent_in(*stored.stays[lane], edges) for lane in stored.lanes]
    where = Where(stored.lanes, np.array(spent, dtype=np.int64).reshape(len(stored.lanes), len(edges) - 1))
    later = int((_ms(stored.now) - start) // step) + 1
    unknown: list[bool] = []
    for number, day in enumerate(stored.days):
        bins = begins[number + 1] - begins[number]
        hours = stored.movement.get(day)
        if hours is None:
            unknown += _silent(intervals[number], bins, minutes, stored)
        else:
            unknown += [hours[_hour(day, place, bins, minutes, stored)] is None for place in range(bins)]
    return Grid(begins, minutes, where, unknown, later)


def _hour(day: date, place: int, bins: int, minutes: int, stored: Stored) -> int:
    """Return the hour of the clock in which a stretch of a day begins."""
    if bins * minutes == 24 * 60:
        return place * minutes // 60
    start = local_day(day, stored.zone).start
    return (start + timedelta(minutes=place * minutes)).astimezone(stored.zone).hour


def _silent(day: Interval, bins: int, minutes: int, stored: Stored) -> list[bool]:
    """Return which stretches of a day lie in silences; all of them where silences are not known that far back."""
    if day.start < stored.now - timedelta(days=2):
        return [True] * bins
    middles = [day.start + timedelta(minutes=(place + 0.5) * minutes) for place in range(bins)]
    return [any(gap.start <= middle < gap.end for gap in stored.silences) for middle in middles]


def _row(
    number: int, looks: Sequence[str], stored: Stored, chosen: Chosen, grid: Grid,
    numbered: Sequence[tuple[int, Context]], words: Words,
) -> Row:  # fmt: skip
    day = stored.days[number]
    scale = DayScale(day, stored.zone)
    first, last = grid.begins[number], grid.begins[number + 1]
    unknown = grid.unknown[first:last]
    filled = [GAP if lost else look for look, lost in zip(looks[first:last], unknown, strict=True)]
    filled = filled[: max(0, grid.later - first)]
    parts = binned(scale, filled, grid.minutes, HEIGHTS)
    if chosen.what == What.MOVEMENT:
        parts = [part for part in parts if part.look == GAP] + _movement(day, scale, stored)
    return Row(
        scale,
        parts,
        [one for one in stored.marks if scale.interval.start <= one.at < scale.interval.end],
        [
            (scale.fraction(one.start), scale.fraction(one.interval.end), which)
            for which, one in numbered
            if one.start < scale.interval.end and one.interval.end > scale.interval.start
        ],
        _label(day, stored, chosen.days, words),
        scale.fraction(stored.now) if chosen.what != What.MOVEMENT or day in stored.movement else 0.0,
    )


def _looks(grid: Grid, chosen: Chosen) -> list[str]:
    if chosen.what in (What.ROOMS, What.MOVEMENT):
        return shown(grid.where, SHOWN_FROM) if chosen.what == What.ROOMS else [""] * grid.where.spent.shape[1]
    if chosen.what not in grid.where.lanes:
        return [""] * grid.where.spent.shape[1]
    number = grid.where.lanes.index(chosen.what)
    least = min(MINUTE_MS, grid.minutes * MINUTE_MS // 2)
    return [chosen.what if spent >= least else "" for spent in grid.where.spent[number].tolist()]


def _movement(day: date, scale: DayScale, stored: Stored) -> list[Filled]:
    """Return a bar for each hour, as high as somebody moved in it, against the busy hours of all days."""
    moved = [value for hours in stored.movement.values() for value in hours if value]
    most = max(1.0, float(np.quantile(moved, BUSY))) if moved else 1.0
    hours = stored.movement.get(day) or ()
    return [
        Filled(scale.hour(hour), scale.hour(hour) + 1 / 24, What.MOVEMENT, min(1.0, value / most))
        for hour, value in enumerate(hours)
        if value
    ]


def _label(day: date, stored: Stored, days: int, words: Words) -> str:
    if days <= 30:  # noqa: PLR2004 - the longer periods have no room for each day
        return format_date(day, "EEE d MMM", locale=words.locale)
    return words.short_day(day) if day.weekday() == 0 or day == stored.days[-1] else ""


def _lines(stored: Stored, grid: Grid, numbered: Sequence[tuple[int, Context]], words: Words) -> list[Line]:
    found = []
    for number, day in enumerate(stored.days):
        first, last = grid.begins[number], grid.begins[number + 1]
        interval = local_day(day, stored.zone)
        spent = grid.where.spent[:, first:last].sum(axis=1).tolist()
        lost = _lost(grid, first, last)
        alerts_told = sum(interval.start <= one.at < interval.end for one in stored.marks)
        going_on = [
            f"{which} {words.say(CONTEXTS[one.kind])}"
            for which, one in numbered
            if one.start < interval.end and one.interval.end > interval.start
        ]
        found.append(
            Line(
                day,
                format_date(day, "EEE d MMM", locale=words.locale),
                tuple(words.lasted(timedelta(milliseconds=each)) if each >= MINUTE_MS else "" for each in spent),
                words.lasted(lost) if lost else "",
                str(alerts_told) if alerts_told else "",
                ", ".join(going_on),
            )
        )
    return found


def _lost(grid: Grid, first: int, last: int) -> timedelta:
    return sum(grid.unknown[first : min(last, grid.later)]) * timedelta(minutes=grid.minutes)


def _summary(stored: Stored, grid: Grid, lines: Sequence[Line], words: Words) -> str:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    passed = min(grid.later, len(grid.unknown))
    known = 1 - sum(grid.unknown[:passed]) / max(1, passed)
    said = [
        gettext("%(first)s to %(last)s: %(percent)s of the time is known.")
        % {
            "first": words.short_day(stored.days[0]),
            "last": words.short_day(stored.days[-1]),
            "percent": words.percent(known),
        }
    ]
    days = [number for number in range(len(lines) - 1) if not lines[number].gap]
    if days and stored.lanes:
        parts = []
        for place, lane in enumerate(stored.lanes):
            spent = [grid.where.spent[place, grid.begins[one] : grid.begins[one + 1]].sum() for one in days]
            middle = timedelta(milliseconds=float(np.median(spent)))
            if middle >= timedelta(minutes=1):
                parts.append(f"{words.say(LANES[lane])} {words.lasted(middle)}")
        said.append(gettext("On a typical day: %(what)s.") % {"what": ", ".join(parts)})
    start = local_day(stored.days[0], stored.zone).start
    told = sum(one.at >= start for one in stored.marks)
    if told:
        said.append(ngettext("%(count)d alert.", "%(count)d alerts.", told) % {"count": told})
    if stored.contexts:
        names = dict.fromkeys(words.say(CONTEXTS[one.kind]) for one in stored.contexts)
        said.append(gettext("Going on in between: %(what)s.") % {"what": ", ".join(names)})
    return " ".join(said)


def numbered(contexts: Iterable[Context]) -> list[tuple[int, Context]]:
    """Return what was going on with the numbers by which pictures mark it: the latest is the first."""
    return list(enumerate(sorted(contexts, key=lambda one: one.start, reverse=True), start=1))


def period(one: Context, zone: ZoneInfo, now: datetime, words: Words) -> str:
    """Return from when to when something was going on, in words."""
    start = words.moment(one.start, zone, now)
    if one.end is None:
        return words.translations.gettext("since %(start)s") % {"start": start}
    said = {"start": start, "end": words.moment(one.end, zone, now)}
    return words.translations.gettext("%(start)s to %(end)s") % said


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
