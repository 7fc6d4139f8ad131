"""A device that a gateway has found, before it is installed."""

from collections.abc import Sequence
from typing import NamedTuple

from devices import models


class Found(NamedTuple):
    """A device as a gateway has found it: its key there, its model, and the series it reports ("quantity/channel")."""

    gateway: str
    key: str
    model: str
    series: Sequence[str]


def found(
    gateway: str, key: str, vendor: str, model: str, quantities: Sequence[str], *, is_declared: bool = False
) -> Found:
    """Return a device as it is to be installed.

    Its model is called as the catalogue calls it, with the vendor: others sell different things under the same name.
    Where the device's system has not declared what it reports (`is_declared`), `quantities` is only what has been heard
    so far; what the catalogue says that the model reports is added to it: a button has not been pressed yet.
    """
    known = models.find(model, vendor)
    series = list(quantities)
    if known is not None and not is_declared:
        heard = {each.partition("/")[0] for each in quantities}
        series += [each for each in known.quantities if each not in heard]
    return Found(gateway, key, models.full_name(model, vendor), series)
