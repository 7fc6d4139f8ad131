"""The round on which batteries are changed: which ones, why, in which order, and what to bring.

The order is that of the map as far as addresses tell it: municipality, street, house number, and within a home by room.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from analytics.silence.battery import LOW, Forecast
from devices import models
from devices.reads import Device
from registry.reads import Home

_HOUSE = re.compile(r"^(?P<street>.*?)[\s,]*(?P<number>\d+)(?P<rest>\D*)$")
TELLING = frozenset({"battery", "battery_low", "voltage"})
UNKNOWN = Forecast(None, None, None, None)


class Why(StrEnum):
    """Why a battery is to be changed."""

    EMPTY = "empty"  # its device has fallen silent for it
    LOW = "low"
    SOON = "soon"  # it may be empty within the time that was asked for


class Cells(NamedTuple):
    """The batteries of a device: their type, "" where the catalogue does not say, and how many."""

    kind: str
    pieces: int


class Stop(NamedTuple):
    """A battery on the round; `why` is None of one that need not be changed now. `room` is a name, "" without one."""

    home: Home
    device: Device
    room: str
    battery: Forecast
    cells: Cells
    why: Why | None


class Round(NamedTuple):
    """The stops in their order, and how many devices run on a battery of which nothing will be known."""

    stops: list[Stop]
    untold: int


def round_of(
    homes: Mapping[int, Home],
    installed: Iterable[Device],
    rooms: Mapping[int, str],
    forecasts: Mapping[int, Forecast],
    silent: Collection[int],
    *,
    within: float,
) -> Round:
    """Return the batteries of which anything is known, those due within so many days with the reason.

    `homes` are by id, what stands in others is left out; `rooms` are names by id; `forecasts` and the devices that are
    `silent` for their battery by the device's id.
    """
    stops, untold = [], 0
    for device in installed:
        home = homes.get(device.home_id)
        if home is None or device.retired_at is not None:
            continue
        battery, cells = forecasts.get(device.device_id), cells_of(device.model)
        if battery is None and device.device_id not in silent:
            untold += cells.pieces > 0 and TELLING.isdisjoint(device.quantities)
            continue
        why = _why(battery or UNKNOWN, within, is_silent=device.device_id in silent)
        room = "" if device.room_id is None else rooms.get(device.room_id, "")
        stops.append(Stop(home, device, room, battery or UNKNOWN, cells, why))
    return Round(sorted(stops, key=_on_the_way), untold)


def due(stops: Iterable[Stop]) -> list[Stop]:
    """Return the stops at which a battery is to be changed."""
    return [stop for stop in stops if stop.why is not None]


def to_bring(stops: Iterable[Stop]) -> list[Cells]:
    """Return how many batteries of each type are needed; of devices that the catalogue does not know, one each."""
    needed: Counter[str] = Counter()
    for stop in stops:
        needed[stop.cells.kind] += max(1, stop.cells.pieces)
    return [Cells(kind, needed[kind]) for kind in sorted(needed, key=lambda kind: (kind == "", kind))]


def cells_of(model: str) -> Cells:
    """Return the batteries of a model as the catalogue knows them, also those that are only for power cuts."""
    found = models.find(model)
    return Cells("", 0) if found is None else Cells(found.power.battery, found.power.count)


def _why(battery: Forecast, within: float, *, is_silent: bool) -> Why | None:
    if is_silent:
        return Why.EMPTY
    if battery.percent is not None and battery.percent <= LOW:
        return Why.LOW
    if battery.earliest is not None and battery.earliest <= within:
        return Why.SOON
    return None


def _on_the_way(stop: Stop) -> tuple[str, str, int, str, str, str, str]:
    home = stop.home
    match = _HOUSE.match(home.address)
    street, number, rest = (match["street"], int(match["number"]), match["rest"]) if match else (home.address, 0, "")
    return home.municipality, street.casefold(), number, rest, home.key, stop.room, stop.device.key
