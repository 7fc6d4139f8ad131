"""The last days of a home: where somebody was, hour by hour, and what is not known, as pictures and as figures."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from core.localtime import Interval, day_of
from dashboards.life import CONTEXT, LANES, Life
from dashboards.pictures.days import Caption, Mark, Stay, day_picture
from dashboards.pictures.scale import DayScale
from dashboards.wording import Words

DAYS = 7


class Day(NamedTuple):
    """One local day: its picture, and the same in words and figures."""

    name: str
    picture: str
    summary: str
    cells: tuple[str, ...]
    gap: str
    alerts: str


class Week(NamedTuple):
    """The days, the latest first, and the lanes of their pictures from top to bottom."""

    lanes: tuple[str, ...]
    days: tuple[Day, ...]


def begins(today: date) -> date:
    """Return the first of the days that are shown."""
    return today - timedelta(days=DAYS - 1)


def load(life: Life, words: Words) -> Week:
    """Return the last days of a home, today included."""
    today = day_of(life.until, life.zone)
    lanes = life.lanes()
    return Week(lanes, tuple(_day(today - timedelta(days=back), life, lanes, words) for back in range(DAYS)))


class Part(NamedTuple):
    """What of the life in a home lies within one day or night."""

    stays: list[Stay]
    gaps: list[Interval]
    marks: list[Mark]


def part_of(life: Life, scale: DayScale) -> Part:
    """Return what lies within a day or night."""
    return Part(
        [Stay(stay.lane, part) for stay in life.stays if (part := scale.clip(stay.interval)) is not None],
        [part for gap in life.unknown if (part := scale.clip(gap)) is not None],
        [mark for mark in life.marks if scale.interval.start <= mark.at < scale.interval.end],
    )


def _day(day: date, life: Life, lanes: Sequence[str], words: Words) -> Day:
    scale = DayScale(day, life.zone)
    part = part_of(life, scale)
    cells = tuple(cell([stay.interval for stay in part.stays if stay.lane == lane], words) for lane in lanes)
    gap = words.lasted(total(part.gaps)) if part.gaps else ""
    said = summary(part, words)
    told = [f"{words.say(LANES[lane])} {cell}" for lane, cell in zip(lanes, cells, strict=True) if cell]
    picture = day_picture(
        scale,
        lanes,
        part.stays,
        part.gaps,
        part.marks,
        until=life.until,
        caption=Caption(f"day-{day.isoformat()}", words.day(day), "; ".join([*told, said]) if told else said),
    )
    return Day(words.day(day), picture, said, cells, gap, str(len(part.marks)) if part.marks else "")


def total(intervals: Sequence[Interval]) -> timedelta:
    """Return how long some intervals last together."""
    return sum((interval.duration for interval in intervals), timedelta(0))


def cell(intervals: Sequence[Interval], words: Words) -> str:
    """Return in words how long some stays last together, and how many there are; "" where there is none."""
    if not intervals:
        return ""
    ngettext = words.translations.ngettext
    stays = ngettext("%(count)d stay", "%(count)d stays", len(intervals)) % {"count": len(intervals)}
    return f"{words.lasted(total(intervals))}, {stays}"


def summary(part: Part, words: Words) -> str:
    """Return what a reader must know of a day before looking at it: no movement, gaps, alerts."""
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    parts = []
    if all(stay.lane == CONTEXT for stay in part.stays):
        parts.append(gettext("no movement known"))
    if part.gaps:
        parts.append(gettext("%(duration)s without readings") % {"duration": words.lasted(total(part.gaps))})
    if part.marks:
        parts.append(ngettext("%(count)d alert", "%(count)d alerts", len(part.marks)) % {"count": len(part.marks)})
    return ", ".join(parts)
