"""The contexts of a home on a strip of days: each a bar, one lane where they do not overlap."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

HEAD = 20  # for the names of the weeks, in pixels
LANE = 22
BAR = 16
NARROWEST = 0.012  # of the width, so that a visit of two hours can be seen


class Bar(NamedTuple):
    """A context on the strip: from where to where (0 to 1), and its look: `asked` if nobody has answered, or `said`."""

    left: float
    right: float
    look: str


def lanes_of(bars: Sequence[Bar]) -> list[int]:
    """Return the lane of each bar, from the top: the first in which it overlaps none before it."""
    ends: list[float] = []
    found = []
    for bar in bars:
        lane = next((number for number, end in enumerate(ends) if end <= bar.left), len(ends))
        ends[lane : lane + 1] = [max(bar.right, bar.left + NARROWEST)]
        found.append(lane)
    return found


def calendar_picture(
    first: date, days: int, today: float, bars: Sequence[Bar], weeks: Sequence[tuple[int, str]], *, title: str,
    description: str,
) -> str:  # fmt: skip
    """Return the strip as SVG: `days` from `first` on, `today` as a fraction, `weeks` are days and their names."""
    lanes = lanes_of(bars)
    height = HEAD + LANE * max(1, max(lanes, default=0) + 1)
    parts = [element("rect", class_="ground", x="0%", y=HEAD, width="100%", height=height - HEAD)]
    for day, name in weeks:
        x = percent(day / days)
        parts.append(element("line", class_="tick", x1=x, x2=x, y1=HEAD, y2=height))
        parts.append(text("text", name, class_="label", x=x, y=14))
    rest = percent(1 - today)
    parts.append(element("rect", class_="later", x=percent(today), y=HEAD, width=rest, height=height - HEAD))
    for bar, lane in zip(bars, lanes, strict=True):
        left, right = bar.left, max(bar.right, bar.left + NARROWEST)
        top = HEAD + LANE * lane + (LANE - BAR) / 2
        parts.append(
            element(
                "rect",
                class_=f"context-{bar.look}",
                x=percent(min(left, 1 - NARROWEST)),
                y=top,
                width=percent(right - left),
                height=BAR,
                rx=3,
            )
        )
    parts.append(element("line", class_="now", x1=percent(today), x2=percent(today), y1=HEAD - 4, y2=height))
    return picture(f"contexts-{first.isoformat()}", title, description, "".join(parts), height)
