"""What the catalogue of devices declares that tells silences apart."""

from collections.abc import Collection
from functools import cache

from analytics.frames import HOUR, SECOND
from analytics.silence.evidence import Traits
from core.vocabulary import BY_NAME, Kind, Retention
from devices import models

# A gateway repeats a level that has not changed every hour, and of a device that tells technical values alone its link
# quality every six: what a device reports more often is not all heard.
LEVELS_AGAIN, TECHNICAL_AGAIN = HOUR, 6 * HOUR


def traits_of(model: str, quantities: Collection[str]) -> Traits:
    """Return what is declared of a device of a model: nothing of one that the catalogue does not have."""
    found = models.find(model)
    if found is None:
        return Traits()
    seconds = found.interval.seconds
    interval = None if seconds is None else seconds * SECOND + _held_back(frozenset(quantities))
    return Traits(interval, found.power.source == "mains" and not found.power.backup)


@cache
def _held_back(quantities: frozenset[str]) -> int:
    """Return for how long a gateway may keep to itself what such a device repeats (microseconds)."""
    told = {BY_NAME[name] for name in quantities}
    if any(each.kind is not Kind.LEVEL and each.retention is not Retention.TECHNICAL for each in told):
        return 0
    return LEVELS_AGAIN if any(each.retention is not Retention.TECHNICAL for each in told) else TECHNICAL_AGAIN
