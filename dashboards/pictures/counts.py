"""How often something was told on each of the last days: a column for each day."""

from collections.abc import Sequence

from dashboards.pictures.svg import element, percent, picture, text

HEIGHT = 64
TOP, BOTTOM = 6, 44
LEAST_CEILING = 3  # so that a single one does not look like many


def counts_picture(
    identity: str, counts: Sequence[int], ends: tuple[str, str], *, title: str, description: str, ceiling: int = 0
) -> str:
    """Return the picture as SVG.

    `ends` are the names of the first and the last day; two pictures with the same `ceiling` can be compared.
    """
    highest = max([LEAST_CEILING, ceiling, *counts])
    width = 1 / max(1, len(counts))
    parts = [element("line", class_="tick", x1="0%", x2="100%", y1=BOTTOM, y2=BOTTOM)]
    for day, count in enumerate(counts):
        if count:
            height = (BOTTOM - TOP) * count / highest
            left = percent(day * width + width * 0.1)
            column: dict[str, str | float] = {
                "x": left,
                "y": BOTTOM - height,
                "width": percent(width * 0.8),
                "height": height,
            }
            parts.append(element("rect", class_="told", **column))
    parts += [
        text("text", name, class_="label", x=percent(x), y=HEIGHT - 5, text_anchor=anchor)
        for x, anchor, name in ((0.0, "start", ends[0]), (1.0, "end", ends[1]))
    ]
    return picture(identity, title, description, "".join(parts), HEIGHT)
