"""A day by the hour: in which hours somebody moved, in which nobody did, and of which nothing is known."""

from collections.abc import Sequence
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

HEIGHT = 92
TOP, BOTTOM = 6, 68
GAP = 0.16  # of a column, left free between two
MUCH = 15  # movements in an hour from which on a column does not grow
LEAST = 0.15  # of the height: one movement is seen, and somebody who turns over in bed does not look awake all night
NAMED = 6  # every so many hours the clock is written


class Hour(NamedTuple):
    """An hour: how often somebody moved in it, None where nothing was heard; `ahead` where it has yet to come."""

    moves: int | None
    ahead: bool


def hours_picture(identity: str, hours: Sequence[Hour], *, title: str, description: str) -> str:
    """Return the day as SVG. What is not known is dashed, no movement a flat line: shape says what height cannot."""
    count = max(1, len(hours))
    parts = [element("line", class_="tick", x1="0%", x2="100%", y1=BOTTOM, y2=BOTTOM)]
    for place, hour in enumerate(hours):
        x, width = percent((place + GAP / 2) / count), percent((1 - GAP) / count)
        if hour.ahead:
            continue
        if hour.moves is None:
            tall = (BOTTOM - TOP) * 0.4
            parts.append(element("rect", class_="state-unknown", x=x, y=BOTTOM - tall, width=width, height=tall, rx=2))
        elif hour.moves:
            tall = (BOTTOM - TOP) * max(LEAST, min(1.0, hour.moves / MUCH))
            parts.append(element("rect", class_="moved", x=x, y=BOTTOM - tall, width=width, height=tall, rx=2))
        else:
            parts.append(element("rect", class_="still", x=x, y=BOTTOM - 3, width=width, height=3))
    for hour_of_day in range(0, count + 1, NAMED):
        at = min(hour_of_day, count)
        anchor = "start" if at == 0 else "end" if at == count else "middle"
        parts.append(
            text("text", f"{hour_of_day}:00", class_="label", x=percent(at / count), y=HEIGHT - 6, text_anchor=anchor)
        )
    return picture(identity, title, description, "".join(parts), HEIGHT)
