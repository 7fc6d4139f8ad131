"""A device that a gateway has found, before it is installed."""

from collections.abc import Sequence
from typing import NamedTuple


class Found(NamedTuple):
    """A device as a gateway has found it: its key there, its model, and the series it reports ("quantity/channel")."""

    gateway: str
    key: str
    model: str
    series: Sequence[str]
