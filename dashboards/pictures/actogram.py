"""An actogram: days under each other, one row a day, the latest first, filled by where somebody was.

A row may show the day after it as well, beside it (double-plotted), so that a night is never cut. What fills the rows
is drawn as one path for each look, in minutes of the day, and stretched to the width: a rectangle for each stay would
weigh five times as much.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

from dashboards.pictures.days import HEADS, NIGHT_BEGINS, NIGHT_ENDS, Caption, Mark, hatching
from dashboards.pictures.scale import DayScale
from dashboards.pictures.svg import element, percent, picture, text

MINUTES = 1440
GAP = "gap"  # the look of what is not known
STRIP = 2.5  # for what was going on, in pixels
MARK_SCALE = 0.72
NARROWEST = 4.0  # minutes of a day: what is going on for less is drawn as long as that


class Filled(NamedTuple):
    """A part of a row that is filled: from one fraction of the day to another, with a look, to a height of 0 to 1."""

    left: float
    right: float
    look: str
    height: float


class Row(NamedTuple):
    """One day: what fills it, alerts, and what was going on, each as fractions of the day and as a number."""

    scale: DayScale
    filled: Sequence[Filled]
    marks: Sequence[Mark] = ()
    going_on: Sequence[tuple[float, float, int]] = ()
    label: str = ""
    later: float = 1.0  # from where on the day has not been yet


class Geometry(NamedTuple):
    """How high a row is, in pixels, and how much of that is left free."""

    pitch: float
    free: float = 2.0

    def top(self, row: int) -> float:
        """Return where a row begins."""
        return row * self.pitch


def binned(scale: DayScale, looks: Sequence[str], minutes: int, heights: Mapping[str, float]) -> list[Filled]:
    """Return what fills a day, by the look of each of its stretches of so many minutes ("" for nothing).

    A day has as many of them as it lasts, 23 to 25 hours: what is skipped in spring stays free, what comes twice in
    autumn is half as wide. Those that look alike and follow each other are one.
    """
    start, step = scale.interval.start, timedelta(minutes=minutes)
    skipped = scale.missing()
    found: list[Filled] = []
    at = 0
    for look, group in groupby(looks):
        count = len(list(group))
        first, last = start + at * step, start + (at + count) * step
        at += count
        if not look:
            continue
        left, right = scale.fraction(first), scale.fraction(last)
        if skipped is not None and left < skipped[0] and right > skipped[1]:
            found += [Filled(left, skipped[0], look, heights[look]), Filled(skipped[1], right, look, heights[look])]
        elif skipped is not None and right == skipped[1]:
            found.append(Filled(left, skipped[0], look, heights[look]))
        else:
            found.append(Filled(left, right, look, heights[look]))
    return found


def actogram(rows: Sequence[Row], geometry: Geometry, caption: Caption, *, double: bool = False) -> str:
    """Return the picture as SVG: `rows` from top to bottom, the latest day first."""
    height = geometry.pitch * len(rows)
    nights = rows[0].scale.between(NIGHT_BEGINS, NIGHT_ENDS) if rows else []
    ground = [
        element("rect", class_="ground", width="100%", height=height),
        *[element("rect", class_="night", x=percent(a), width=percent(b - a), height=height) for a, b in nights],
        *[element("line", class_="tick", x1=percent(h / 24), x2=percent(h / 24), y2=height) for h in (6, 12, 18)],
    ]
    drawn = element(
        "g",
        _stretched(rows, geometry, height)
        + "".join(_over(row, geometry, number, caption) for number, row in enumerate(rows)),
        id=f"{caption.identity}-rows",
    )
    marks = "".join(_mark(row, mark, geometry, number) for number, row in enumerate(rows) for mark in row.marks)
    if not double:
        content = "".join(ground) + drawn + marks
    else:
        again = element("use", href=f"#{caption.identity}-rows", y=geometry.pitch)
        again += element("rect", class_="later", width="100%", height=geometry.pitch)
        content = _half("0%", height, "".join(ground) + drawn) + _half("50%", height, "".join(ground) + again)
        content += _half("0%", height, marks)
    return picture(caption.identity, caption.title, caption.description, hatching(caption.identity) + content, height)


def row_labels(rows: Sequence[Row], geometry: Geometry) -> str:
    """Return the names of the days beside the rows as SVG; the table says them to those who do not see it."""
    return _beside([(number, row.label) for number, row in enumerate(rows) if row.label], len(rows), geometry, "end")


def numbers(rows: Sequence[Row], geometry: Geometry) -> str:
    """Return the numbers of what was going on beside the latest row of each as SVG."""
    seen: set[int] = set()
    found = []
    for number, row in enumerate(rows):
        new = [which for _, _, which in row.going_on if which not in seen]
        seen.update(new)
        if new:
            found.append((number, " ".join(str(which) for which in dict.fromkeys(new))))
    return _beside(found, len(rows), geometry, "start")


def hours(identity: str, title: str, *, double: bool = False) -> str:
    """Return the hours above or below the rows, as SVG."""
    days = 2 if double else 1
    parts = []
    for ahead in range(0, 24 * days + 1, 6):
        anchor = {0: "start", 24 * days: "end"}.get(ahead, "middle")
        hour = ahead if ahead == 24 * days else ahead % 24
        shown = 24 if hour == 24 * days else hour
        kind = "label label-fine" if double and ahead % 12 else "label"
        parts.append(text("text", str(shown), class_=kind, x=percent(ahead / 24 / days), y=13, text_anchor=anchor))
    return picture(identity, title, title, "".join(parts), 18)


def sample(look: str, height: float) -> str:
    """Return a small sample of a look for the key, as high as it is in a row."""
    tall = 14 * height
    content = element("rect", class_=f"fill-{look}", y=14 - tall, width="100%", height=tall)
    return element("svg", content, xmlns="http://www.w3.org/2000/svg", class_="picture", aria_hidden="true", height=14)


def _stretched(rows: Sequence[Row], geometry: Geometry, height: float) -> str:
    """Return what fills the rows, in minutes of the day from left to right."""
    bar = geometry.pitch - geometry.free
    paths: dict[str, list[str]] = {}
    for number, row in enumerate(rows):
        bottom = geometry.top(number) + geometry.pitch - geometry.free / 2
        for part in row.filled:
            if part.look == GAP:
                continue
            left, wide = _short(part.left * MINUTES), _short((part.right - part.left) * MINUTES)
            tall = _short(bar * part.height)
            paths.setdefault(part.look, []).append(
                f"M{left} {_short(bottom - bar * part.height)}h{wide}v{tall}h-{wide}z"
            )
    content = "".join(element("path", class_=f"fill-{look}", d="".join(found)) for look, found in paths.items())
    return element(
        "svg", content, width="100%", height=height, viewBox=f"0 0 {MINUTES} {_short(height)}",
        preserveAspectRatio="none",
    )  # fmt: skip


def _over(row: Row, geometry: Geometry, number: int, caption: Caption) -> str:
    """Return what lies over what fills a row: what is not known, what was going on, what is still to come."""
    top, tall = geometry.top(number) + geometry.free / 2, geometry.pitch - geometry.free
    parts = []
    for part in row.filled:
        if part.look == GAP:
            box: dict[str, str | float] = {
                "x": percent(part.left),
                "y": top,
                "width": percent(part.right - part.left),
                "height": tall,
            }
            parts.append(element("rect", class_="gap-ground", **box))
            parts.append(element("rect", class_="gap-fill", fill=f"url(#{caption.identity}-hatch)", **box))
    skipped = row.scale.missing()
    ahead = [(row.later, 1.0)] if row.later < 1 else []
    for left, right in [*([skipped] if skipped else []), *ahead]:
        parts.append(element("rect", class_="later", x=percent(left), y=top, width=percent(right - left), height=tall))
    for left, right, _ in row.going_on:
        wide = max(right - left, NARROWEST / MINUTES)
        x = percent(min(left, 1 - wide))
        parts.append(element("rect", class_="going-on", x=x, y=top, width=percent(wide), height=STRIP))
    return "".join(parts)


def _mark(row: Row, mark: Mark, geometry: Geometry, number: int) -> str:
    head = element(
        "path", d=HEADS[mark.concern], class_=f"mark-{mark.concern.key} mark-edge", transform=f"scale({MARK_SCALE})"
    )
    middle = geometry.top(number) + geometry.pitch / 2
    return element("svg", head, x=percent(row.scale.fraction(mark.at)), y=middle, overflow="visible")


def _half(x: str, height: float, content: str) -> str:
    return element("svg", content, x=x, width="50%", height=height)


def _beside(found: Sequence[tuple[int, str]], count: int, geometry: Geometry, anchor: str) -> str:
    at = "100%" if anchor == "end" else "0%"
    parts = [
        text("text", words, class_="label", x=at, y=geometry.top(number) + geometry.pitch / 2 + 4, text_anchor=anchor)
        for number, words in found
    ]
    height = geometry.pitch * count
    return element(
        "svg", "".join(parts), xmlns="http://www.w3.org/2000/svg", class_="picture", aria_hidden="true", width="100%",
        height=height,
    )  # fmt: skip


def _short(value: float) -> str:
    return f"{round(value, 2):g}"
