"""An indicator of the last days against the person's own usual band."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture, text

HEIGHT = 120
TOP, BOTTOM = 12, 96


class Point(NamedTuple):
    """One day: the value and the usual band, each None where there is none."""

    day: date
    value: float | None
    low: float | None
    high: float | None


def is_inside(point: Point) -> bool:
    """Tell whether the value lies in the usual band; it does where no band is known."""
    if point.value is None or point.low is None or point.high is None:
        return True
    return point.low <= point.value <= point.high


def band_picture(identity: str, points: Sequence[Point], labels: Sequence[str], *, title: str, description: str) -> str:
    """Return the picture as SVG.

    `labels` are the names of the days; the first, the middle and the last are written. A value inside the band is
    a disc, one outside a triangle, a day without a verdict a dashed ring on the ground line.
    """
    ceiling = max([1.0, *[x for point in points for x in (point.value, point.high) if x is not None]]) * 1.1
    width = 1 / max(1, len(points))

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * max(0.0, value) / ceiling

    parts = [element("line", class_="tick", x1="0%", x2="100%", y1=BOTTOM, y2=BOTTOM)]
    for index, point in enumerate(points):
        if point.low is not None and point.high is not None:
            left, top, bottom = percent(index * width), y(point.high) - 2, y(point.low) + 2
            right = percent((index + 1) * width)
            parts.append(element("rect", class_="band-fill", x=left, y=top, width=percent(width), height=bottom - top))
            parts += [
                element("line", class_="band-edge", x1=left, x2=right, y1=edge, y2=edge) for edge in (top, bottom)
            ]
    for index, point in enumerate(points):
        middle = percent((index + 0.5) * width)
        if point.value is None:
            shape, height = element("circle", class_="missing", r=5), float(BOTTOM)
        elif is_inside(point):
            shape, height = element("circle", class_="inside", r=5), y(point.value)
        else:
            shape, height = element("path", class_="outside", d="M0-8 7.500 6h-15z"), y(point.value)
        parts.append(element("svg", shape, x=middle, y=height, overflow="visible"))
    parts += _labels(labels)
    return picture(identity, title, description, "".join(parts), HEIGHT)


def _labels(labels: Sequence[str]) -> list[str]:
    if not labels:
        return []
    placed = [(0.0, "start", labels[0]), (1.0, "end", labels[-1])]
    return [
        text("text", label, class_="label", x=percent(x), y=HEIGHT - 4, text_anchor=anchor)
        for x, anchor, label in placed
    ]
