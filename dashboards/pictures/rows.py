"""Values one below the other, each with its name and what it is in words: as bars, or as points with an interval."""

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

# A name, under it the value in words, under that the bar: beside each other they would meet on a telephone.
ROW, NAME_AT, SAID_AT, TOP, BOTTOM = 66, 15, 33, 40, 54
LINE, LONGEST = 17, 36  # pixels; letters that a telephone has room for
MIDDLE = (TOP + BOTTOM) / 2


class Row(NamedTuple):
    """A value with its name and in words; with `low` and `high` it is a point in an interval. None: not told."""

    name: str
    said: str
    value: float | None
    low: float | None = None
    high: float | None = None


def rows_picture(identity: str, rows: Sequence[Row], *, title: str, whole: float = 0.0) -> str:
    """Return the picture as SVG; `whole` is the end of the scale where that is more than the largest value."""
    most = max([whole, *(max(row.value or 0, row.high or 0) for row in rows)]) or 1.0
    drawn: list[str] = []
    top = 0.0
    for row in rows:
        *first, last = wrap(row.name, LONGEST) or [""]
        for line in first:
            drawn.append(text("text", line, class_="label", x="0%", y=top + NAME_AT))
            top += LINE
        drawn.append(text("text", last, class_="label", x="0%", y=top + NAME_AT))
        drawn.append(text("text", row.said, class_="label is-strong", x="0%", y=top + SAID_AT))
        # The scale, from nothing to `most`.
        drawn.append(element("rect", class_="ground", x="0%", y=top + TOP, width="100%", height=BOTTOM - TOP))
        drawn += _drawn(row, top, most)
        top += ROW
    description = "; ".join(f"{row.name}: {row.said}" for row in rows)
    return picture(identity, title, description, "".join(drawn), top)


def _drawn(row: Row, top: float, most: float) -> list[str]:
    if row.value is None:
        return []
    at = percent(row.value / most)
    if row.low is None or row.high is None:
        return [element("rect", class_="told", x="0%", y=top + TOP, width=at, height=BOTTOM - TOP)]
    ends = {"x1": percent(row.low / most), "x2": percent(row.high / most)}
    return [
        element("line", class_="reach", y1=top + MIDDLE, y2=top + MIDDLE, **ends),
        element("circle", class_="reach-end", cx=at, cy=top + MIDDLE, r=5),
    ]
