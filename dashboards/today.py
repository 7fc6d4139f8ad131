"""Today by room, as a large timeline up to now, and the same as a list."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from core.localtime import Interval, day_of
from dashboards.life import CONTEXT, LANES, Life
from dashboards.pictures.days import LARGE, Caption, Stay, day_picture, hours_axis
from dashboards.pictures.scale import DayScale
from dashboards.reads import LastSeen
from dashboards.week import Part, cell, part_of, summary
from dashboards.wording import Words

NO_ROOM = "other"


class Line(NamedTuple):
    """A line of the table behind a picture: from when to when, where or what, and how long."""

    when: str
    what: str
    lasted: str


class Timeline(NamedTuple):
    """A picture with the names of its lanes, the hours above it, what it says in a line, and the table behind it."""

    lanes: tuple[str, ...]
    axis: str
    picture: str
    summary: str
    rows: tuple[Line, ...]


def load(life: Life, seen: LastSeen | None, words: Words) -> Timeline:
    """Return today, from midnight to now. `seen` is the last movement that is known."""
    gettext = words.translations.gettext
    today = day_of(life.until, life.zone)
    scale = DayScale(today, life.zone)
    part = part_of(life, scale)
    lanes = tuple(lane for lane in LANES if any(stay.lane == lane for stay in part.stays))
    ringed = None
    if seen is not None and scale.interval.start <= seen.at and seen.room_kind in LANES:
        ringed = Stay(seen.room_kind, Interval(seen.at, min(seen.at, life.until)))
        lanes = tuple(lane for lane in LANES if lane in {*lanes, seen.room_kind})
    # Where nobody was seen anywhere, what is not known needs room to be seen.
    lanes = lanes or life.rooms or (NO_ROOM,)
    said = _said(part, lanes, words)
    moved = _moved(seen, life.until, words)
    title = gettext("Today until %(time)s") % {"time": words.clock(life.until, life.zone)}
    return Timeline(
        tuple(words.say(LANES[lane]) for lane in lanes),
        hours_axis("today-hours", gettext("Hours of the day"), step=3),
        day_picture(
            scale,
            lanes,
            part.stays,
            part.gaps,
            part.marks,
            until=life.until,
            caption=Caption("today-picture", title, f"{said} {moved}"),
            size=LARGE,
            seen=ringed,
        ),
        said,
        tuple(
            lines(
                [(stay.interval, words.say(LANES[stay.lane])) for stay in part.stays if stay.lane != CONTEXT],
                part,
                life,
                words,
            )
        ),
    )


def _said(part: Part, lanes: tuple[str, ...], words: Words) -> str:
    told = [
        f"{words.say(LANES[lane])} {cell([stay.interval for stay in part.stays if stay.lane == lane], words)}"
        for lane in lanes
        if lane != CONTEXT and any(stay.lane == lane for stay in part.stays)
    ]
    rest = summary(part, words)
    sentence = "; ".join([*told, rest] if rest else told)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _moved(seen: LastSeen | None, now: datetime, words: Words) -> str:
    gettext = words.translations.gettext
    if seen is None:
        return gettext("No movement is known.")
    said = {"where": words.place(seen.room_kind), "ago": words.ago(seen.at, now)}
    return gettext("Last movement: %(where)s, %(ago)s.") % said


def lines(stays: Iterable[tuple[Interval, str]], part: Part, life: Life, words: Words) -> list[Line]:
    """Return what a picture shows as lines, the latest first: stays by name, and the gaps and alerts of a part."""
    gettext = words.translations.gettext
    found = [*stays]
    found += [(gap, gettext("no data")) for gap in part.gaps]
    found += [(Interval(mark.at, mark.at), gettext("alert")) for mark in part.marks]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [_line(interval, what, life, words) for interval, what in found]


def _line(interval: Interval, what: str, life: Life, words: Words) -> Line:
    """Return one thing that is shown as a line; how long it lasted where that is a minute and more."""
    lasted = words.lasted(interval.duration) if interval.duration >= timedelta(minutes=1) else ""
    return Line(_span(interval, life, words), what, lasted)


def _span(interval: Interval, life: Life, words: Words) -> str:
    start = words.clock(interval.start, life.zone)
    if interval.end >= life.until:
        return words.translations.gettext("since %(start)s") % {"start": start}
    end = words.clock(interval.end, life.zone)
    return start if start == end else f"{start}-{end}"
