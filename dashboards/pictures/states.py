"""How the days of a home stand, as a strip: the higher a column, the further out of the ordinary."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dashboards.concern import Concern
from dashboards.pictures.svg import element, percent, picture, text

HEIGHT = 96
TOP, BOTTOM = 8, 72
GAP = 0.14  # of a column, left free between two
HEIGHTS = {Concern.USUAL: 0.25, Concern.LOOK: 0.65, Concern.ACT: 1.0, Concern.UNKNOWN: 0.4}


class Column(NamedTuple):
    """One day: how it stands, None where nothing is stated."""

    day: date
    tone: Concern | None


def states_picture(
    columns: Sequence[Column], week: int, labels: tuple[str, str, str], *, title: str, description: str
) -> str:
    """Return the strip as SVG; the last `week` days stand behind a line.

    `labels` name the first day, the first of the week, and the last. A day that is not known is dashed and empty, so
    that shape and height say what the colour does.
    """
    count = max(1, len(columns))
    parts = [element("line", class_="tick", x1="0%", x2="100%", y1=BOTTOM, y2=BOTTOM)]
    for place, column in enumerate(columns):
        if column.tone is not None:
            tall = (BOTTOM - TOP) * HEIGHTS[column.tone]
            x, width = percent((place + GAP / 2) / count), percent((1 - GAP) / count)
            kind = f"state-{column.tone.key}"
            parts.append(element("rect", class_=kind, x=x, y=BOTTOM - tall, width=width, height=tall, rx=2))
    border = percent(1 - week / count) if count > week else "0%"
    if count > week:
        parts.append(element("line", class_="tick", x1=border, x2=border, y1=0, y2=HEIGHT - 4))
    first, of_week, last = labels
    placed = [("0%", "start", first), (border, "end", of_week), ("100%", "end", last)]
    if count > week:
        parts += [
            text("text", label, class_="label", x=x, y=HEIGHT - 6, dx=-4 if x == border else 0, text_anchor=anchor)
            for x, anchor, label in placed
        ]
    return picture("states", title, description, "".join(parts), HEIGHT)
