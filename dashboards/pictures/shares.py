"""What a whole is made of: one bar, its parts side by side in the order in which they are given."""

from collections.abc import Sequence
from typing import NamedTuple

from dashboards.pictures.svg import element, percent, picture

HEIGHT = 18


class Part(NamedTuple):
    """A part of the whole: how it is drawn, and how much it is."""

    look: str
    amount: float


def shares_picture(identity: str, parts: Sequence[Part], *, title: str, description: str, whole: float = 0.0) -> str:
    """Return the picture as SVG. With a `whole` that is more than the parts, several bars can be compared."""
    total = max(whole, sum(part.amount for part in parts))
    drawn = [element("rect", class_="ground", x="0%", y=1, width="100%", height=HEIGHT - 2)]
    left = 0.0
    for part in parts:
        if part.amount > 0:
            share = part.amount / total
            drawn.append(
                element(
                    "rect", class_=f"part {part.look}", x=percent(left), y=1, width=percent(share), height=HEIGHT - 2
                )
            )
            left += share
    return picture(identity, title, description, "".join(drawn), HEIGHT)
