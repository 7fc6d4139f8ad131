"""The accepted readings of a message: one by one, or by columns where all of it is as gateways write it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from core.vocabulary import Flag
from ingest.series import SeriesTable

BINARY = (0, 1)
UNLIKELY = Flag.OUT_OF_RANGE.value


class Reading(NamedTuple):
    """One accepted reading; `at_ms` is in milliseconds since 1970, `value` in the unit of its quantity.

    `route` says where it is kept (`ingest.series.ROUTES`), `home_id` and `quantity_id` what it is about.
    """

    series_id: int
    at_ms: int
    value: float
    flags: int
    route: int
    home_id: int
    quantity_id: int


class Accepted(Sequence[Reading]):
    """All readings of a message that has nothing to reject, not made yet: most are only ever needed as columns.

    `positions` are those of their series in `table`, `at_ms` times in milliseconds since 1970 that are still to be
    rounded, `flags` those of the whole message.
    """

    __slots__ = ("at_ms", "flags", "positions", "table", "values")

    def __init__(
        self, table: SeriesTable, positions: list[int], at_ms: list[float], values: list[float], flags: int
    ) -> None:
        self.table = table
        self.positions = positions
        self.at_ms = at_ms
        self.values = values
        self.flags = flags

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, index: int) -> Reading: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Reading]: ...
    def __getitem__(self, index: int | slice) -> Reading | Sequence[Reading]:
        return list(self)[index]

    def __iter__(self) -> Iterator[Reading]:
        series = self.table.series
        for position, at_ms, value in zip(self.positions, self.at_ms, self.values, strict=True):
            known = series[position]
            plausible = known.minimum <= value <= known.maximum and not (known.binary and value not in BINARY)
            flags = self.flags if plausible else self.flags | UNLIKELY
            yield Reading(known.series_id, round(at_ms), value, flags, known.route, known.home_id, known.quantity_id)
