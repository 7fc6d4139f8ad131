"""The last days, one column each with its name: the higher a column, the further out of the ordinary."""

from collections.abc import Sequence

from dashboards.pictures.states import BOTTOM, GAP, HEIGHT, HEIGHTS, TOP, Column
from dashboards.pictures.svg import element, percent, picture, text


def week_picture(
    identity: str, columns: Sequence[Column], names: Sequence[str], *, title: str, description: str
) -> str:
    """Return the days as SVG, each with its name below; one that is not known is dashed and empty."""
    count = max(1, len(columns))
    parts = [element("line", class_="tick", x1="0%", x2="100%", y1=BOTTOM, y2=BOTTOM)]
    for place, (column, name) in enumerate(zip(columns, names, strict=True)):
        if column.tone is not None:
            tall = (BOTTOM - TOP) * HEIGHTS[column.tone]
            x, width = percent((place + GAP / 2) / count), percent((1 - GAP) / count)
            kind = f"state-{column.tone.key}"
            parts.append(element("rect", class_=kind, x=x, y=BOTTOM - tall, width=width, height=tall, rx=2))
        middle = percent((place + 0.5) / count)
        parts.append(text("text", name, class_="label", x=middle, y=HEIGHT - 6, text_anchor="middle"))
    return picture(identity, title, description, "".join(parts), HEIGHT)
