"""What applying a description changed."""

from collections.abc import Iterable
from typing import NamedTuple


class Count(NamedTuple):
    """How many things of one kind were made, changed, or were right already."""

    made: int
    changed: int
    unchanged: int


class Changes(NamedTuple):
    """Counts by kind of thing, and by kind the keys of what is there but no longer described; that was kept."""

    counts: dict[str, Count]
    missing: dict[str, tuple[str, ...]]

    def and_(self, other: "Changes") -> "Changes":
        """Return both together."""
        return Changes({**self.counts, **other.counts}, {**self.missing, **other.missing})

    @property
    def any(self) -> bool:
        """Whether anything was made or changed."""
        return any(count.made or count.changed for count in self.counts.values())


def count_of(wanted: int, made: Iterable[bool]) -> Count:
    """Return the count for `wanted` rows of which those in `made` were touched: True made, False changed."""
    touched = list(made)
    return Count(sum(touched), len(touched) - sum(touched), wanted - len(touched))
