"""Within which time half and nine tenths of something were over, on a scale from a second to two weeks.

Each step to the right is so many times as long, not so much longer: a call for help takes seconds, a battery days.
"""

import math
from collections.abc import Sequence

from dashboards.pictures.svg import element, percent, picture, text

HEIGHT, AXIS_HEIGHT = 22, 20
MIDDLE = HEIGHT / 2
LONGEST_S = 14 * 86_400.0
TICKS_S = (60.0, 600.0, 3_600.0, 86_400.0)


def place(seconds: float) -> float:
    """Return where a duration stands, from 0 (a second, or less) to 1 (two weeks, or more)."""
    return math.log(min(max(seconds, 1.0), LONGEST_S)) / math.log(LONGEST_S)


def times_picture(identity: str, median_s: float | None, p90_s: float | None, *, title: str, description: str) -> str:
    """Return the picture as SVG: a bar until half are over, a line until nine tenths are.

    A time that nobody can tell yet runs to the end, dashed.
    """
    parts = [element("rect", class_="ground", x="0%", y=2, width="100%", height=HEIGHT - 4)]
    parts += [_tick(seconds, HEIGHT) for seconds in TICKS_S]
    middle = 1.0 if median_s is None else place(median_s)
    shown = "state-unknown" if median_s is None else "told"
    parts.append(element("rect", class_=shown, x="0%", y=5, width=percent(max(middle, 0.004)), height=HEIGHT - 10))
    if median_s is not None:
        far = 1.0 if p90_s is None else place(p90_s)
        line: dict[str, str | float] = {"x1": percent(middle), "x2": percent(far), "y1": MIDDLE, "y2": MIDDLE}
        parts.append(element("line", class_="gap-lines reach" if p90_s is None else "reach", **line))
        if p90_s is not None:
            parts.append(element("circle", class_="reach-end", cx=percent(far), cy=MIDDLE, r=5))
    return picture(identity, title, description, "".join(parts), HEIGHT)


def times_axis(names: Sequence[str]) -> str:
    """Return the scale as SVG, with a name for each of `TICKS_S`; the pictures say everything without it."""
    parts = [
        text("text", name, class_="label", x=percent(place(seconds)), y=14, text_anchor="middle")
        for seconds, name in zip(TICKS_S, names, strict=True)
    ]
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="picture",
        aria_hidden="true",
        width="100%",
        height=AXIS_HEIGHT,
    )


def _tick(seconds: float, height: float) -> str:
    at = percent(place(seconds))
    return element("line", class_="tick", x1=at, x2=at, y1=2, y2=height - 2)
