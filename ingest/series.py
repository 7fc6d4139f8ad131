"""Which series each gateway may report: what is known of the registered devices, kept fresh in memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.clock import Clock
from core.vocabulary import BY_ID, Kind, Quantity, Retention
from devices.reads import Series as Registered

ROUTES: tuple[Retention, ...] = tuple(Retention)
SAFETY_ROUTE = len(ROUTES)  # safety readings lie among the events and go to the urgent outbox as well

Columns = npt.NDArray[Any]

_KINDS: dict[str, type] = {
    "series_id": np.int32,
    "home_id": np.int32,
    "minimum": np.float64,
    "maximum": np.float64,
    "binary": np.bool_,
    "route": np.int16,
}

Load = Callable[[Sequence[str] | None], Iterable[Registered]]


class Series(NamedTuple):
    """One registered series, with all that judging a reading of it needs.

    `route` is the position in `ROUTES` of the table it is kept in, or `SAFETY_ROUTE`. `binary` ones are 0 or 1.
    """

    series_id: int
    home_id: int
    quantity_id: int
    unit: str
    minimum: float
    maximum: float
    binary: bool
    route: int


class SeriesTable:
    """Series by position, to judge the readings of many at once. It only grows: a position stays what it was."""

    def __init__(self) -> None:
        self.series: list[Series] = []
        self._columns: dict[str, Columns] = {}
        self._known = -1

    def add(self, series: Series) -> int:
        """Add a series; return its position."""
        self.series.append(series)
        return len(self.series) - 1

    def columns(self) -> Mapping[str, Columns]:
        """Return the numeric fields of `Series` by name, each as one column by position."""
        if self._known != len(self.series):
            self._known = len(self.series)
            self._columns = {
                name: np.array([getattr(each, name) for each in self.series], kind) for name, kind in _KINDS.items()
            }
        return self._columns


class Place(NamedTuple):
    """Where a series stands in a `SeriesTable`, and how its unit is written in a pack ("" for 1)."""

    position: int
    unit: str


# By "device/", the base name of its records, and the rest of a series' name.
Places = Mapping[str, Mapping[str, Place]]


class Directory:
    """The registered gateways and their series by gateway key and name, including what is known not to exist.

    All of it is read again every `refresh_s` seconds, and at once for a gateway of which something unknown came,
    at most every `miss_s` seconds for each.
    """

    def __init__(self, clock: Clock, *, refresh_s: float = 60.0, miss_s: float = 1.0) -> None:
        self._clock = clock
        self._refresh_s = refresh_s
        self._miss_s = miss_s
        self._gateways: dict[str, dict[str, Series]] = {}
        self._places: dict[str, Places] = {}
        self.table = SeriesTable()
        self._homes: dict[str, int] = {}
        self._owners: Counter[str] = Counter()
        self._read_at: float | None = None
        self._looked: dict[str, float] = {}

    def of_gateway(self, key: str) -> Mapping[str, Series] | None:
        """Return the series of a gateway by name, or None if there is no such gateway."""
        return self._gateways.get(key)

    def places_of(self, key: str) -> Places | None:
        """Return where the series of a gateway stand in `table`, or None if there is no such gateway."""
        return self._places.get(key)

    def home_of(self, key: str) -> int | None:
        """Return the home in which a gateway stands, or None if there is no such gateway."""
        return self._homes.get(key)

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether some gateway has a series of this name."""
        return name in self._owners

    def refresh_if_due(self, load: Load) -> None:
        """Read all again if the last time is long enough ago."""
        if self._read_at is None or self._clock.monotonic() - self._read_at >= self._refresh_s:
            self.refresh(load)

    def refresh(self, load: Load) -> None:
        """Read all again."""
        rows = list(load(None))
        self._gateways = _grouped(rows)
        # A new one: what was judged by the old one may not be stored yet.
        self.table = SeriesTable()
        self._places = {key: _placed(series, self.table) for key, series in self._gateways.items()}
        self._homes = {row.gateway_key: row.home_id for row in rows}
        self._owners = Counter(name for series in self._gateways.values() for name in series)
        self._read_at = self._clock.monotonic()

    def forget(self) -> None:
        """Let the next `refresh_if_due` read all again, because something turned out not to be so any more."""
        self._read_at = None

    def look_again(self, keys: Iterable[str], load: Load) -> bool:
        """Read these gateways again where that was not done just now; tell whether anything was read."""
        now = self._clock.monotonic()
        self._looked = {key: at for key, at in self._looked.items() if now - at < self._miss_s}
        wanted = sorted(set(keys) - self._looked.keys())
        if not wanted:
            return False
        rows = list(load(wanted))
        found = _grouped(rows)
        self._homes = {key: home for key, home in self._homes.items() if key not in wanted}
        self._homes |= {row.gateway_key: row.home_id for row in rows}
        for key in wanted:
            self._owners.subtract(self._gateways.pop(key, {}).keys())
            self._places.pop(key, None)
            if key in found:
                self._gateways[key] = found[key]
                self._places[key] = _placed(found[key], self.table)
                self._owners.update(found[key].keys())
            self._looked[key] = now
        self._owners = +self._owners
        return True


def _grouped(rows: Iterable[Registered]) -> dict[str, dict[str, Series]]:
    gateways: dict[str, dict[str, Series]] = {}
    for row in rows:
        series = gateways.setdefault(row.gateway_key, {})
        if row.series_id is None or row.name is None or row.quantity_id is None:
            continue
        # A quantity of a later version is not known here: its readings are rejected until this process is renewed.
        quantity = BY_ID.get(row.quantity_id)
        if quantity is not None:
            series[row.name] = _series(row.series_id, row.home_id, quantity)
    return gateways


def _placed(series: Mapping[str, Series], table: SeriesTable) -> Places:
    places: dict[str, dict[str, Place]] = {}
    for name, each in series.items():
        device, slash, rest = name.partition("/")
        places.setdefault(device + slash, {})[rest] = Place(table.add(each), "" if each.unit == "1" else each.unit)
    return places


def _series(series_id: int, home_id: int, quantity: Quantity) -> Series:
    return Series(
        series_id=series_id,
        home_id=home_id,
        quantity_id=quantity.id,
        unit=quantity.unit,
        minimum=quantity.minimum,
        maximum=quantity.maximum,
        binary=quantity.kind in (Kind.STATE, Kind.EVENT),
        route=SAFETY_ROUTE if quantity.safety else ROUTES.index(quantity.retention),
    )
