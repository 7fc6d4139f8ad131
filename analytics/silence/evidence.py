"""What the classifier is given, and the reports of each device in it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.activity import HALF
from analytics.frames import Columns, Instants, columns
from analytics.layout import Layout, layout
from analytics.sensors import ACTIVATIONS, CHANGES, REACHED
from ingest.transitions import Transition

NOTHING: Instants = np.array([], dtype=np.int64)
NO_VALUES: npt.NDArray[np.float64] = np.array([], dtype=np.float64)


class Traits(NamedTuple):
    """What the catalogue declares of a device: its check-in interval (microseconds) and whether it needs mains.

    None where it is not declared.
    """

    interval: int | None = None
    mains: bool | None = None


class Gateway(NamedTuple):
    """A gateway: its devices, what changed in its words (in order), and when it was last heard (microseconds).

    `systems` tells by which of its systems devices were found, as far as that is known.
    """

    gateway_id: int
    devices: frozenset[int]
    transitions: Sequence[Transition]
    heard_at: int | None
    systems: Mapping[int, str] = MappingProxyType({})


class Series(NamedTuple):
    """The readings of one series, ordered by time."""

    quantity: str
    times: Instants
    values: npt.NDArray[np.float64]


class Home(NamedTuple):
    """What is installed in a home, worked out once for many looks.

    `series` gives device and quantity by series, `watching` the devices that tell of movement; `beside` the movement
    sensors in the room of each door to the outside.
    """

    zone: ZoneInfo
    layout: Layout
    series: Mapping[int, tuple[int, str]]
    traits: Mapping[int, Traits]
    watching: frozenset[int]
    beside: Mapping[int, tuple[int, ...]]


def home_of(zone: ZoneInfo, sensors: pd.DataFrame, declared: Mapping[int, Traits]) -> Home:
    """Return a home by its `sensors` (see `analytics.frames`) and what is declared of its devices."""
    sensed = layout(sensors)
    device = dict(zip(sensed.series.tolist(), sensed.device.tolist(), strict=True))
    series = {int(key): (device[key], str(name)) for key, name in sensors["quantity"].items()}  # type: ignore[call-overload]
    quantities: dict[int, set[str]] = {}
    for device_id, quantity in series.values():
        quantities.setdefault(device_id, set()).add(quantity)
    moving = [device[key] for key in sensed.moving.tolist()]
    room = dict(zip(moving, sensed.room_id.tolist(), strict=True))
    doors = {device_id for device_id, leads_out in zip(moving, sensed.door.tolist(), strict=True) if leads_out}
    return Home(
        zone,
        sensed,
        series,
        {each: _traits(declared.get(each, Traits()), quantities[each]) for each in quantities},
        frozenset(moving),
        {door: tuple(each for each in room if each not in doors and room[each] == room[door]) for door in doors},
    )


def _traits(declared: Traits, quantities: set[str]) -> Traits:
    if declared.mains is not None:
        return declared
    on_mains = not quantities & {"battery", "battery_low"} and bool(quantities & {"power", "energy"})
    return declared._replace(mains=on_mains)


class Evidence:
    """A `home` as it is known at `now` (microseconds): its readings and gateways.

    `readings` is the table of `analytics.frames`: those that have arrived by `now`, from about two weeks.
    """

    def __init__(self, now: int, home: Home, readings: pd.DataFrame | Columns, gateways: Sequence[Gateway]) -> None:
        self.now = now
        self.home = home
        self.readings = readings
        self.gateways = gateways

    @cached_property
    def series(self) -> dict[int, list[Series]]:
        """The series of each device, by its id."""
        at, ids, value = columns(self.readings)
        order = np.argsort(ids, kind="stable")
        ids, at, value = ids[order], at[order], value[order]
        keys = sorted(self.home.series)
        firsts = np.searchsorted(ids, keys)
        lasts = np.searchsorted(ids, keys, side="right")
        found: dict[int, list[Series]] = {}
        for key, first, last in zip(keys, firsts, lasts, strict=True):
            device_id, quantity = self.home.series[key]
            found.setdefault(device_id, []).append(Series(quantity, at[first:last], value[first:last]))
        return found

    @cached_property
    def reports(self) -> dict[int, Instants]:
        """When each device has reported anything itself, by id, each instant once."""
        return {
            device: distinct(
                np.sort(np.concatenate([NOTHING, *(each.times for each in series if each.quantity != REACHED)]))
            )
            for device, series in self.series.items()
        }

    def unreached_since(self, device_id: int) -> int | None:
        """Return since when its own system has said that it does not reach a device, of which nothing came since."""
        said = next((each for each in self.series.get(device_id, ()) if each.quantity == REACHED), None)
        if said is None or not len(said.times):
            return None
        _, times, values = said
        if values[-1] >= HALF:
            return None
        reached = np.flatnonzero(values >= HALF)
        since = int(times[reached[-1] + 1 if len(reached) else 0])
        reports = self.reports[device_id]
        return None if len(reports) and reports[-1] > since else since

    @cached_property
    def signs(self) -> dict[int, Instants]:
        """When each movement sensor gave a sign of somebody, as `analytics.activity` takes it, by device."""
        return {
            device: distinct(np.sort(np.concatenate([_signs(each) for each in series])))
            for device, series in self.series.items()
            if device in self.home.watching
        }


def distinct(at: Instants) -> Instants:
    """Return ordered instants, each once."""
    if len(at) < 2:  # noqa: PLR2004 - one is distinct
        return at
    new = np.empty(len(at), dtype=bool)
    new[0] = True
    np.not_equal(at[1:], at[:-1], out=new[1:])
    return at[new]


def _signs(series: Series) -> Instants:
    quantity, times, values = series
    if quantity not in ACTIVATIONS | CHANGES:
        return NOTHING
    on = values >= HALF
    return times[1:][np.diff(on)] if quantity in CHANGES else times[on]
