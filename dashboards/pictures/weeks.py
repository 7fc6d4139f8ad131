"""A value of each week: a column for each, on a scale that is written beside it."""

from collections.abc import Sequence

from dashboards.pictures.svg import element, percent, picture, text

HEIGHT = 150
TOP, BOTTOM = 22, 122


def weeks_picture(
    identity: str,
    values: Sequence[float | None],
    ends: tuple[str, str],
    top: str,
    *,
    title: str,
    description: str,
    ceiling: float,
) -> str:
    """Return the picture as SVG.

    A week without a value (None) has no column. `ends` are the names of the first and the last week, `top` what the
    highest line stands for; two pictures with the same `ceiling` can be compared.
    """
    width = 1 / max(1, len(values))
    parts = [
        element("line", class_="tick", x1="0%", x2="100%", y1=level, y2=level)
        for level in (TOP, (TOP + BOTTOM) / 2, BOTTOM)
    ]
    for week, value in enumerate(values):
        height = (BOTTOM - TOP) * min(1.0, (value or 0.0) / ceiling)
        if height > 0:
            column: dict[str, str | float] = {"x": percent(week * width + width * 0.1), "width": percent(width * 0.8)}
            parts.append(element("rect", class_="told", **column, y=BOTTOM - height, height=height))
    parts.append(text("text", top, class_="label", x="0%", y=TOP - 7))
    parts += [
        text("text", name, class_="label", x=percent(x), y=HEIGHT - 10, text_anchor=anchor)
        for x, anchor, name in ((0.0, "start", ends[0]), (1.0, "end", ends[1]))
    ]
    return picture(identity, title, description, "".join(parts), HEIGHT)
