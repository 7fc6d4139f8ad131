"""A day as a picture of 24 hours: one lane for each kind of room, what is not known hatched, alerts marked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.localtime import Interval
from dashboards.concern import Concern
from dashboards.pictures.scale import DayScale
from dashboards.pictures.svg import element, percent, picture, text

LANE = 15  # height of a lane in pixels; the style sheet gives the names beside it the same
BAR = 11
MARK_ROOM = 14  # above the lanes, for the heads of the marks
NIGHT_ENDS, NIGHT_BEGINS = 6, 22  # hours that are shaded
TICKS = (3, 6, 9, 12, 15, 18, 21)
NARROWEST = 0.0022  # of the width: about three minutes, so that a short visit can be seen
HEADS = {  # the shapes of concern, small: octagon, triangle, square
    Concern.ACT: "M-3-7h6l4 4v6l-4 4h-6l-4-4v-6z",
    Concern.LOOK: "M0-7 7 6H-7z",
    Concern.UNKNOWN: "M-5.5-5.500h11v11h-11z",
    Concern.USUAL: "M-5.500 0a5.500 5.500 0 1 1 11 0 5.500 5.500 0 1 1-11 0z",
}


class Stay(NamedTuple):
    """Somebody was seen in a room of this kind."""

    lane: str
    interval: Interval


class Mark(NamedTuple):
    """Something that is marked on the day: an alert."""

    at: datetime
    concern: Concern


def day_picture(
    scale: DayScale,
    lanes: Sequence[str],
    stays: Sequence[Stay],
    unknown: Sequence[Interval],
    marks: Sequence[Mark],
    *,
    until: datetime,
    title: str,
    description: str,
) -> str:
    """Return the picture of one local day as SVG.

    `lanes` are kinds of rooms from top to bottom; `unknown` stretches without data. Nothing is drawn after `until`
    (the present). `title` and `description` say the same in words.
    """
    identity = f"day-{scale.day.isoformat()}"
    height = MARK_ROOM + LANE * len(lanes)
    skipped = scale.missing()
    shown = [mark for mark in marks if scale.interval.start <= mark.at < scale.interval.end]
    parts = [
        _hatching(identity),
        _column("ground", 0, 1, height),
        _column("night", scale.hour(0), scale.hour(NIGHT_ENDS), height),
        _column("night", scale.hour(NIGHT_BEGINS), scale.hour(24), height),
        *[_tick(scale.hour(hour), hour, height) for hour in TICKS],
        *[_hatched(identity, _fractions(scale, interval), height) for interval in unknown],
        *[_stay(scale, lanes, stay) for stay in stays if stay.lane in lanes],
        _column("later", *skipped, height) if skipped else "",
        _now(scale.fraction(until), height) if scale.interval.start <= until < scale.interval.end else "",
        *[_mark(scale, mark, height) for mark in shown],
    ]
    return picture(identity, title, description, "".join(parts), height)


def hours_axis(title: str) -> str:
    """Return the hours that stand above the days, as SVG."""
    parts = []
    for hour in (0, 6, 12, 18, 24):
        anchor = {0: "start", 24: "end"}.get(hour, "middle")
        parts.append(text("text", str(hour), class_="label", x=percent(hour / 24), y=13, text_anchor=anchor))
    return picture("hours", title, title, "".join(parts), 18)


def swatch(kind: str) -> str:
    """Return a small sample for the key: `gap`, `night` or a concern."""
    if kind == "gap":
        content = _hatching("key") + element("rect", class_="gap-ground", width="100%", height="100%")
        content += element("rect", class_="gap", width="100%", height="100%", fill="url(#key-hatch)")
    elif kind == "night":
        content = element("rect", class_="night", width="100%", height="100%")
    else:
        head = element("path", d=HEADS[Concern[kind.upper()]], class_=f"mark-{kind}")
        content = element("svg", head, x="50%", y="50%", overflow="visible")
    return element("svg", content, xmlns="http://www.w3.org/2000/svg", class_="picture", aria_hidden="true")


def _fractions(scale: DayScale, interval: Interval) -> tuple[float, float]:
    return scale.fraction(interval.start), scale.fraction(interval.end)


def _hatching(identity: str) -> str:
    line = element("path", d="M-2 10 10-2M4 16 16 4", class_="gap-lines")
    tile = element("pattern", line, id=f"{identity}-hatch", width=12, height=12, patternUnits="userSpaceOnUse")
    return element("defs", tile)


def _column(kind: str, left: float, right: float, height: int, **more: str | float) -> str:
    """Return a rectangle over all lanes, from one fraction of the width to another."""
    return element(
        "rect",
        class_=kind,
        x=percent(left),
        y=MARK_ROOM,
        width=percent(right - left),
        height=height - MARK_ROOM,
        **more,
    )


def _line(kind: str, x: float, top: float, height: int) -> str:
    return element("line", class_=kind, x1=percent(x), x2=percent(x), y1=top, y2=height)


def _tick(x: float, hour: int, height: int) -> str:
    return _line("tick-soft" if hour % 6 else "tick", x, MARK_ROOM, height)


def _stay(scale: DayScale, lanes: Sequence[str], stay: Stay) -> str:
    if scale.clip(stay.interval) is None:
        return ""
    left, right = _fractions(scale, stay.interval)
    width = max(right - left, NARROWEST)
    x = percent(min(left, 1 - width))
    top = MARK_ROOM + LANE * list(lanes).index(stay.lane) + (LANE - BAR) / 2
    return element("rect", class_=f"stay-{stay.lane}", x=x, y=top, width=percent(width), height=BAR, rx=1.5)


def _hatched(identity: str, fractions: tuple[float, float], height: int) -> str:
    left, right = fractions
    if right <= left:
        return ""
    hatch = _column("gap", left, right, height, fill=f"url(#{identity}-hatch)")
    return _column("gap-ground", left, right, height) + hatch


def _now(x: float, height: int) -> str:
    return _column("later", x, 1, height) + _line("now", x, 4, height)


def _mark(scale: DayScale, mark: Mark, height: int) -> str:
    x, kind = scale.fraction(mark.at), f"mark-{mark.concern.key}"
    head = element("path", d=HEADS[mark.concern], class_=f"{kind} mark-edge")
    at_top = element("svg", head, x=percent(x), y=MARK_ROOM / 2, overflow="visible")
    return _line(kind, x, MARK_ROOM, height) + at_top
