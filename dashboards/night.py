"""The last night of a home, from noon to noon: sleep, visits to the bathroom, walking about, against what is usual."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from analytics.figures import FIGURES, Tongue, ends_in_words
from analytics.indicators import INDICATORS, Direction
from core.localtime import Interval, day_of
from core.translation import mark
from dashboards.life import OUT, Life
from dashboards.pictures.days import LARGE, Caption, Stay, day_picture, hours_axis
from dashboards.pictures.scale import NOON, DayScale
from dashboards.today import Line, lines
from dashboards.week import Part, part_of, summary, total
from dashboards.wording import Words

Row = Mapping[str, Any]
HOUR = timedelta(hours=1)
ELSEWHERE = "elsewhere"
NAMES: Mapping[str, str] = {
    OUT: mark("out of the home"),
    ELSEWHERE: mark("in other rooms"),
    "night_door": mark("front door used"),
    "night_walk": mark("walking about"),
    "bathroom_visit": mark("in the bathroom"),
    "in_bed": mark("in bed"),
    "sleep": mark("lying still"),
}
SHOWN = ("sleep", "in_bed", "bathroom_visit", "night_walk", "night_door")
BED = ("bedroom", "bathroom")
FIGURES_OF_NIGHT = ("sleep_duration", "sleep_interruptions", "night_bathroom_visits", "night_walking", "night_door")


class Fact(NamedTuple):
    """A figure of the night, what is usual, and whether it lies outside of that."""

    name: str
    value: str
    usual: str
    is_outside: bool


class Night(NamedTuple):
    """A night as picture, figures and list; `name` says which, `is_over` whether it is."""

    name: str
    is_over: bool
    lanes: tuple[str, ...]
    axis: str
    picture: str
    summary: str
    facts: tuple[Fact, ...]
    rows: tuple[Line, ...]


def load(life: Life, indicators: Sequence[Row], words: Words) -> Night:
    """Return the night that ends today at noon. `indicators` are rows of the last days, ordered by kind and day."""
    gettext = words.translations.gettext
    today = day_of(life.until, life.zone)
    day = today - timedelta(days=1)
    scale = DayScale(day, life.zone, NOON)
    part = part_of(life, scale)
    stays = [*_done(life, scale), *_places(part)]
    lanes = tuple(lane for lane in NAMES if any(stay.lane == lane for stay in stays))
    lanes = lanes or ("bathroom_visit", "in_bed")
    is_over = life.until >= scale.interval.end
    facts = tuple(_facts(day, life, indicators, words, is_over=is_over))
    name = gettext("From %(first)s to %(last)s") % {"first": words.day(day), "last": words.day(today)}
    told = [f"{fact.name}: {fact.value}{f' ({fact.usual})' if fact.usual else ''}" for fact in facts]
    said = summary(part, words)
    return Night(
        name,
        is_over,
        tuple(words.say(NAMES[lane]) for lane in lanes),
        hours_axis("night-hours", gettext("Hours of the night"), begins=12),
        day_picture(
            scale,
            lanes,
            stays,
            part.gaps,
            part.marks,
            until=life.until,
            caption=Caption("night-picture", name, "; ".join([*told, said] if said else told)),
            size=LARGE,
        ),
        said,
        facts,
        tuple(lines([(stay.interval, words.say(NAMES[stay.lane])) for stay in stays], part, life, words)),
    )


def _done(life: Life, scale: DayScale) -> list[Stay]:
    """Return what somebody did in a night."""
    found = [
        (row["kind"], scale.clip(Interval(row["started_at"], max(row["ended_at"], row["started_at"] + HOUR / 3600))))
        for row in life.episodes
        if row["kind"] in SHOWN
    ]
    return [Stay(kind, interval) for kind, interval in found if interval is not None]


def _places(part: Part) -> list[Stay]:
    """Return the stays out of the home, and in rooms that are not slept in."""
    return [
        Stay(OUT if stay.lane == OUT else ELSEWHERE, stay.interval)
        for stay in part.stays
        if stay.lane not in (*BED, "context")
    ]


def _facts(day: date, life: Life, indicators: Sequence[Row], words: Words, *, is_over: bool) -> list[Fact]:
    by_kind = {kind: list(rows) for kind, rows in groupby(indicators, key=lambda row: row["kind"])}
    found = []
    for kind in FIGURES_OF_NIGHT:
        rows = by_kind.get(kind, [])
        stored = next((row for row in rows if row["day"] == day), None)
        band = next((row for row in reversed(rows) if row["low"] is not None and row["day"] <= day), None)
        window = INDICATORS[kind].interval(day, life.zone)
        if not rows or life.until < window.start:
            continue
        found.append(_fact(kind, stored, band, _so_far(kind, life, window), words, is_over=is_over))
    return found


def _so_far(kind: str, life: Life, window: Interval) -> float | None:
    """Return what the episodes of a night come to until now; None where too much of it is not known."""
    shown = [
        row
        for row in life.episodes
        if row["kind"] == INDICATORS[kind].evidence and window.start <= row["started_at"] < window.end
    ]
    if any(gap.start < window.end and gap.end > window.start for gap in life.unknown):
        return None
    if kind == "sleep_duration":
        return total([Interval(row["started_at"], row["ended_at"]) for row in shown]) / HOUR if shown else None
    if kind == "night_bathroom_visits":
        shown = _asleep(shown, life.episodes, window)
    if kind == "night_walking":
        return float(sum(row["readings"] for row in shown))
    return float(len(shown))


def _asleep(visits: Sequence[Row], episodes: Sequence[Row], window: Interval) -> list[Row]:
    """Return the visits to the bathroom of who has gone to sleep; all of them where nothing tells of lying down."""
    asleep = [row for row in episodes if row["kind"] == "sleep" and row["ended_at"] > window.start]
    if not asleep:
        return [] if any(row["kind"] == "in_bed" for row in episodes) else list(visits)
    return [row for row in visits if any(one["started_at"] <= row["started_at"] < one["ended_at"] for one in asleep)]


def _fact(
    kind: str, stored: Row | None, band: Row | None, so_far: float | None, words: Words, *, is_over: bool
) -> Fact:
    gettext, tongue, figure = words.translations.gettext, Tongue.of(words.language), FIGURES[kind]
    usual, is_outside = "", False
    value = so_far if stored is None else stored["value"]
    if band is not None:
        ends = ends_in_words(band["low"], band["high"], figure.written, figure.between, tongue)
        usual = gettext("usually %(usual)s") % {"usual": ends}
        is_outside = value is not None and _is_outside(kind, value, band, tongue, is_whole=stored is not None)
    if value is None:
        said = gettext("not known yet") if stored is None and not is_over else gettext("no verdict")
    elif stored is None and not is_over:
        said = gettext("%(value)s so far") % {"value": figure.written(value, tongue)}
    else:
        said = figure.written(value, tongue)
    return Fact(words.say(figure.name), said, usual, is_outside)


def _is_outside(kind: str, value: float, band: Row, tongue: Tongue, *, is_whole: bool) -> bool:
    """Tell whether a figure lies outside of what is usual in a way that matters, and can be read off what is written.

    What still goes on has not come to less than usual yet.
    """
    way, written = INDICATORS[kind].direction, FIGURES[kind].written
    low, high, said = written(band["low"], tongue), written(band["high"], tongue), written(value, tongue)
    more = value > band["high"] and said != high and way in (Direction.MORE, Direction.BOTH)
    return more or (is_whole and value < band["low"] and said != low and way in (Direction.LESS, Direction.BOTH))
