"""The contexts of a home on a strip of days: a lane for each kind, a bar for each."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

HEAD = 20  # for the names of the weeks, in pixels
LANE = 22  # height of a lane in pixels; the style sheet gives the names beside it the same
BAR = 16
NARROWEST = 0.012  # of the width, so that a visit of two hours can be seen


class Bar(NamedTuple):
    """A context on the strip: its lane, from where to where (0 to 1), and its look.

    The look is `asked` where nobody has answered, else `said`.
    """

    lane: int
    left: float
    right: float
    look: str


class Strip(NamedTuple):
    """The days of a strip: from `first` on so many, where the present is (0 to 1), and some days with their names."""

    first: date
    days: int
    now: float
    named: Sequence[tuple[int, str]]


def calendar_picture(strip: Strip, lanes: int, bars: Sequence[Bar], *, title: str, description: str) -> str:
    """Return the strip as SVG; `title` and `description` say the same in words."""
    height = HEAD + LANE * lanes
    rest = percent(1 - strip.now)
    parts = [
        element("rect", class_="ground", x="0%", y=HEAD, width="100%", height=height - HEAD),
        element("rect", class_="later", x=percent(strip.now), y=HEAD, width=rest, height=height - HEAD),
        *[_line("tick-soft", 0, HEAD + LANE * lane, 1, HEAD + LANE * lane) for lane in range(1, lanes)],
    ]
    for day, name in strip.named:
        x = day / strip.days
        parts += [_line("tick", x, HEAD, x, height), text("text", name, class_="label", x=percent(x), y=14)]
    parts += [_bar(bar) for bar in bars]
    parts.append(_line("now", strip.now, HEAD - 4, strip.now, height))
    return picture(f"contexts-{strip.first.isoformat()}", title, description, "".join(parts), height)


def _line(kind: str, left: float, top: float, right: float, bottom: float) -> str:
    return element("line", class_=kind, x1=percent(left), x2=percent(right), y1=top, y2=bottom)


def _bar(bar: Bar) -> str:
    width = max(bar.right - bar.left, NARROWEST)
    left = max(0.0, min(bar.left, bar.right - width))
    top = HEAD + LANE * bar.lane + (LANE - BAR) / 2
    kind = f"context-{bar.look}"
    return element("rect", class_=kind, x=percent(left), y=top, width=percent(width), height=BAR, rx=3)
