"""An indicator over weeks, months or a year against the person's own usual band, with what was going on and alerts.

Below it stands how much of each day's data there is. A day without a figure is hatched: it is never a zero.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from dashboards.concern import Concern
from dashboards.pictures.days import HEADS, Caption, hatching
from dashboards.pictures.svg import element, percent, picture, text

TOP, BOTTOM = 26.0, 150.0  # of the plot
COVERAGE_TOP, COVERAGE_TALL = 158.0, 14.0
HEIGHT = 196.0
STRIP = 4.0  # for what was going on, in pixels
MARKS = 12.0  # where the alerts stand
DOTS = 45  # days up to which each value is a disc of its own
ENOUGH = 0.8  # of the data, from which on a day is judged
WIDE = 1000  # units of the width that is stretched


class Value(NamedTuple):
    """One day: the value and the usual band (None where there is none), the share of the data, what is marked on it.

    `going_on` are the numbers of what was going on.
    """

    value: float | None
    low: float | None
    high: float | None
    middle: float | None
    coverage: float
    alert: Concern | None = None
    going_on: tuple[int, ...] = ()

    @property
    def is_outside(self) -> bool:
        """Whether the value lies outside of the usual band; it does not where no band is known."""
        if self.value is None or self.low is None or self.high is None:
            return False
        return not self.low <= self.value <= self.high


class Axis(NamedTuple):
    """What the picture reaches from and to, the words for both ends, and days by their place, with their names."""

    least: float
    most: float
    least_said: str
    most_said: str
    days: Sequence[tuple[int, str]]

    def y(self, value: float) -> float:
        """Return where a value stands, in pixels from the top."""
        share = (value - self.least) / (self.most - self.least) if self.most > self.least else 0.0
        return BOTTOM - (BOTTOM - TOP) * min(1.0, max(0.0, share))


def series_picture(values: Sequence[Value], axis: Axis, caption: Caption) -> str:
    """Return the picture as SVG, one value a day, the earliest first."""
    count = max(1, len(values))
    parts = [
        hatching(caption.identity),
        element("rect", class_="ground", y=TOP, width="100%", height=BOTTOM - TOP),
        *[_column(place, count, value, caption) for place, value in enumerate(values)],
        _stretched(values, axis, count),
        *[_day(place / count, name) for place, name in axis.days],
        *[_point(place, count, value, axis) for place, value in enumerate(values)],
        *[_alert(place, count, value.alert) for place, value in enumerate(values) if value.alert is not None],
        *_numbers(values, count),
        text("text", axis.most_said, class_="label halo", x=4, y=TOP + 14),
        text("text", axis.least_said, class_="label halo", x=4, y=BOTTOM - 4),
    ]
    return picture(caption.identity, caption.title, caption.description, "".join(parts), HEIGHT)


def _column(place: int, count: int, value: Value, caption: Caption) -> str:
    """Return what fills the column of a day: hatching where nothing is known, a strip where something was going on."""
    x, wide = percent(place / count), percent(1 / count)
    found = ""
    if value.value is None:
        fill = f"url(#{caption.identity}-hatch)"
        found += element("rect", class_="gap-ground", x=x, y=TOP, width=wide, height=BOTTOM - TOP)
        found += element("rect", class_="gap-fill", x=x, y=TOP, width=wide, height=BOTTOM - TOP, fill=fill)
    if value.going_on:
        found += element("rect", class_="going-on", x=x, y=TOP, width=wide, height=STRIP)
    return found


def _stretched(values: Sequence[Value], axis: Axis, count: int) -> str:
    """Return the band, its middle, the line through the values, and the share of the data, stretched to the width."""
    bands: list[str] = []
    edges: list[str] = []
    middles: list[str] = []
    line: list[str] = []
    enough: list[str] = []
    poor: list[str] = []
    step = WIDE / count
    for place, value in enumerate(values):
        x, y = place * step, COVERAGE_TOP + COVERAGE_TALL * (1 - value.coverage)
        bar = f"M{_n(x)} {_n(y)}h{_n(step * 0.9)}V{_n(COVERAGE_TOP + COVERAGE_TALL)}h-{_n(step * 0.9)}z"
        (enough if value.coverage >= ENOUGH else poor).append(bar)
        if value.low is not None and value.high is not None:
            top, bottom = axis.y(value.high) - 2, axis.y(value.low) + 2
            bands.append(f"M{_n(x)} {_n(top)}h{_n(step)}V{_n(bottom)}h-{_n(step)}z")
            edges.append(f"M{_n(x)} {_n(top)}h{_n(step)}M{_n(x)} {_n(bottom)}h{_n(step)}")
        if value.middle is not None:
            middles.append(f"M{_n(x)} {_n(axis.y(value.middle))}h{_n(step)}")
    for known, group in groupby(enumerate(values), key=lambda pair: pair[1].value is not None):
        places = list(group)
        if known:
            points = [f"{_n((place + 0.5) * step)} {_n(axis.y(one.value or 0.0))}" for place, one in places]
            line.append("M" + "L".join(points))
    paths = (
        ("band-fill", bands),
        ("band-edge still", edges),
        ("band-middle still", middles),
        ("value-line still", line),
        ("enough", enough),
        ("poor", poor),
    )
    content = "".join(element("path", class_=kind, d="".join(found)) for kind, found in paths if found)
    return element(
        "svg", content, width="100%", height=HEIGHT, viewBox=f"0 0 {WIDE} {_n(HEIGHT)}", preserveAspectRatio="none"
    )


def _point(place: int, count: int, value: Value, axis: Axis) -> str:
    if value.value is None or (count > DOTS and not value.is_outside):
        return ""
    small = count > DOTS
    if value.is_outside:
        shape = element("path", class_="outside", d="M0-8 7.5 6h-15z", transform="scale(.6)" if small else "scale(1)")
    else:
        shape = element("circle", class_="inside", r=4)
    return element("svg", shape, x=percent((place + 0.5) / count), y=axis.y(value.value), overflow="visible")


def _alert(place: int, count: int, concern: Concern | None) -> str:
    if concern is None:
        return ""
    head = element("path", d=HEADS[concern], class_=f"mark-{concern.key} mark-edge")
    return element("svg", head, x=percent((place + 0.5) / count), y=MARKS, overflow="visible")


def _numbers(values: Sequence[Value], count: int) -> list[str]:
    """Return the number of what was going on where it begins; one that follows too closely waits for its turn below."""
    found, seen = [], set()
    for place, value in enumerate(values):
        new = [number for number in value.going_on if number not in seen]
        seen.update(new)
        if new:
            said = " ".join(map(str, new))
            found.append(text("text", said, class_="label halo", x=percent(place / count), dx=2, y=TOP + STRIP + 14))
    return found


def _day(x: float, name: str) -> str:
    anchor = "start" if x < 0.08 else ("end" if x > 0.92 else "middle")  # noqa: PLR2004 - near the edges
    tick = element("line", class_="tick", x1=percent(x), x2=percent(x), y1=TOP, y2=BOTTOM)
    return tick + text("text", name, class_="label", x=percent(x), y=HEIGHT - 6, text_anchor=anchor)


def _n(value: float) -> str:
    return f"{round(value, 2):g}"
