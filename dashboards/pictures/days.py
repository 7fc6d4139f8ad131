"""A day or a night as a picture of 24 hours: a lane for each kind of room, what is not known hatched, alerts marked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from core.localtime import Interval
from dashboards.concern import Concern
from dashboards.pictures.scale import DayScale
from dashboards.pictures.svg import element, percent, picture, text

MARK_ROOM = 14  # above the lanes, for the heads of the marks
NIGHT_ENDS, NIGHT_BEGINS = 6, 22  # hours that are shaded
HOURS = range(0, 24, 3)
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


class Size(NamedTuple):
    """The height of a lane and of a bar in it, in pixels; the style sheet gives the names beside it the same."""

    lane: float
    bar: float


SMALL, LARGE = Size(15, 11), Size(26, 20)


class Caption(NamedTuple):
    """What names a picture on its page, and says the same as it does."""

    identity: str
    title: str
    description: str


def day_picture(
    scale: DayScale,
    lanes: Sequence[str],
    stays: Sequence[Stay],
    unknown: Sequence[Interval],
    marks: Sequence[Mark],
    *,
    until: datetime,
    caption: Caption,
    size: Size = SMALL,
    seen: Stay | None = None,
) -> str:
    """Return the picture of one local day, or of a night, as SVG.

    `lanes` are kinds of rooms, or of what somebody does, from top to bottom; `unknown` stretches without data, which
    cover what was believed of them. Nothing is drawn after `until` (the present). `seen` is the last movement: it is
    ringed at its end.
    """
    height = MARK_ROOM + size.lane * len(lanes)
    skipped = scale.missing()
    shown = [mark for mark in marks if scale.interval.start <= mark.at < scale.interval.end]
    parts = [
        hatching(caption.identity),
        _column("ground", 0, 1, height),
        *[_column("night", left, right, height) for left, right in scale.between(NIGHT_BEGINS, NIGHT_ENDS)],
        *[_tick(scale.hour(hour), hour, height) for hour in HOURS if scale.hour(hour) > 0],
        *[_stay(scale, lanes, stay, size) for stay in stays if stay.lane in lanes],
        *[_hatched(caption.identity, _fractions(scale, interval), height) for interval in unknown],
        _column("later", *skipped, height) if skipped else "",
        _now(scale.fraction(until), height) if scale.interval.start <= until < scale.interval.end else "",
        _ring(scale, lanes, seen, size) if seen is not None and seen.lane in lanes else "",
        *[_mark(scale, mark, height) for mark in shown],
    ]
    return picture(caption.identity, caption.title, caption.description, "".join(parts), height)


def hours_axis(identity: str, title: str, begins: int = 0, step: int = 6) -> str:
    """Return the hours that stand above the days, as SVG; where it is narrow only every sixth is shown.

    A day that begins at noon has its hours in that order.
    """
    parts = []
    for ahead in range(0, 25, step):
        anchor = {0: "start", 24: "end"}.get(ahead, "middle")
        hour = str(ahead if not begins else (begins + ahead) % 24)
        kind = "label label-fine" if ahead % 6 else "label"
        parts.append(text("text", hour, class_=kind, x=percent(ahead / 24), y=13, text_anchor=anchor))
    return picture(identity, title, title, "".join(parts), 18)


def swatch(kind: str) -> str:
    """Return a small sample for the key: `gap`, `night`, `now`, `seen` or a concern."""
    if kind == "gap":
        content = hatching("key") + element("rect", class_="gap-ground", width="100%", height="100%")
        content += element("rect", class_="gap", width="100%", height="100%", fill="url(#key-hatch)")
    elif kind == "night":
        content = element("rect", class_="night", width="100%", height="100%")
    elif kind == "now":
        content = element("line", class_="now", x1="50%", x2="50%", y1=0, y2="100%")
    elif kind == "seen":
        content = element("svg", _ringed(), x="50%", y="50%", overflow="visible")
    else:
        head = element("path", d=HEADS[Concern[kind.upper()]], class_=f"mark-{kind}")
        content = element("svg", head, x="50%", y="50%", overflow="visible")
    return element("svg", content, xmlns="http://www.w3.org/2000/svg", class_="picture", aria_hidden="true")


def _fractions(scale: DayScale, interval: Interval) -> tuple[float, float]:
    return scale.fraction(interval.start), scale.fraction(interval.end)


def hatching(identity: str) -> str:
    """Return the pattern of what is not known, for a picture with this name."""
    line = element("path", d="M-2 10 10-2M4 16 16 4", class_="gap-lines")
    tile = element("pattern", line, id=f"{identity}-hatch", width=12, height=12, patternUnits="userSpaceOnUse")
    return element("defs", tile)


def _column(kind: str, left: float, right: float, height: float, **more: str | float) -> str:
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


def _line(kind: str, x: float, top: float, height: float) -> str:
    return element("line", class_=kind, x1=percent(x), x2=percent(x), y1=top, y2=height)


def _tick(x: float, hour: int, height: float) -> str:
    return _line("tick-soft" if hour % 6 else "tick", x, MARK_ROOM, height)


def _stay(scale: DayScale, lanes: Sequence[str], stay: Stay, size: Size) -> str:
    if scale.clip(stay.interval) is None:
        return ""
    left, right = _fractions(scale, stay.interval)
    width = max(right - left, NARROWEST)
    x = percent(min(left, 1 - width))
    top = MARK_ROOM + size.lane * list(lanes).index(stay.lane) + (size.lane - size.bar) / 2
    return element("rect", class_=f"stay-{stay.lane}", x=x, y=top, width=percent(width), height=size.bar, rx=1.5)


def _ring(scale: DayScale, lanes: Sequence[str], seen: Stay, size: Size) -> str:
    middle = MARK_ROOM + size.lane * (list(lanes).index(seen.lane) + 0.5)
    return element("svg", _ringed(), x=percent(scale.fraction(seen.interval.end)), y=middle, overflow="visible")


def _ringed() -> str:
    return element("circle", class_="seen-edge", r=7) + element("circle", class_="seen", r=6)


def _hatched(identity: str, fractions: tuple[float, float], height: float) -> str:
    left, right = fractions
    if right <= left:
        return ""
    hatch = _column("gap", left, right, height, fill=f"url(#{identity}-hatch)")
    return _column("gap-ground", left, right, height) + hatch


def _now(x: float, height: float) -> str:
    return _column("later", x, 1, height) + _line("now", x, 4, height)


def _mark(scale: DayScale, mark: Mark, height: float) -> str:
    x, kind = scale.fraction(mark.at), f"mark-{mark.concern.key}"
    head = element("path", d=HEADS[mark.concern], class_=f"{kind} mark-edge")
    at_top = element("svg", head, x=percent(x), y=MARK_ROOM / 2, overflow="visible")
    return _line(kind, x, MARK_ROOM, height) + at_top
