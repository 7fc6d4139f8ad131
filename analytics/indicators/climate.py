"""Cold, heat and air: for how many hours the home was outside what is safe."""

from collections.abc import Callable
from datetime import time
from typing import Any

import numpy as np

from analytics.frames import HOUR, MINUTE, Flags, Instants, Span
from analytics.indicators.protocol import MIDNIGHT, Direction, OfDay
from analytics.observed import Observed, Track, held
from analytics.profiles.profile import Hours
from analytics.sensors import Sensors
from core.places import RoomKind

STEP = 10 * MINUTE
COLD, HOT_DAY, HOT_NIGHT = 18.0, 28.0, 26.0  # °C
STALE = 1500.0  # ppm
DRY, DAMP = 30.0, 70.0  # %
OUTDOORS = frozenset({RoomKind.OUTSIDE, ""})
DAY, NIGHT = (time(8), time(22)), (time(22), time(8))

Test = Callable[[Hours], Flags]


def hours_where(observed: Observed, window: Span, quantity: str, test: Test, room: str = "") -> float | None:
    """Return for how many hours of `window` the home's value of a quantity passes a test, in steps of ten minutes.

    The home's value is the mean over its rooms (over those of the kind `room`, where there are any), each by its last
    report of the last three hours. None where that is known for less than half of the window.
    """
    moments = np.arange(window.start, window.end, STEP, dtype=np.int64)
    value = _home(_tracks(observed, quantity, room), moments)
    known = ~np.isnan(value)
    if 2 * int(known.sum()) < len(moments):
        return None
    return round(float(np.sum(test(value[known]))) * STEP / HOUR, 4)


def _tracks(observed: Observed, quantity: str, room: str) -> list[Track]:
    rooms = [t for t in observed.tracks if t.source.quantity == quantity and t.source.room_kind not in OUTDOORS]
    return [track for track in rooms if track.source.room_kind == room] or rooms


def _home(tracks: list[Track], moments: Instants) -> Hours:
    total, count = np.zeros(len(moments)), np.zeros(len(moments))
    for track in tracks:
        value = held(track, moments)
        known = ~np.isnan(value)
        total[known] += value[known]
        count += known
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _measuring(quantity: str) -> Callable[[Sensors], Flags]:
    def watched(sensors: Sensors) -> Flags:
        return sensors.measuring(quantity) & ~sensors.in_rooms(*OUTDOORS)

    return watched


def _exposure(quantity: str, test: Test, room: str = "") -> dict[str, Any]:
    def hours(observed: Observed, window: Span) -> float | None:
        return hours_where(observed, window, quantity, test, room)

    return {"value": hours, "watched": _measuring(quantity), "unit": "h", "direction": Direction.MORE}


def _between(times: tuple[time, time]) -> dict[str, Any]:
    return {"begins": times[0], "ends": times[1]}


_TEMPERATURE = "temperature sensors in rooms (mean over them; by night those of the bedroom where there are any)"

INDICATORS = (
    OfDay(
        kind="cold_hours",
        formula="Hours with less than 18 °C indoors.",
        rests_on=_TEMPERATURE,
        source="WHO housing and health guidelines 2018: at least 18 °C indoors",
        spread_floor=0.5,
        least_excess=3.0,
        **_exposure("temperature", lambda value: value < COLD),
        **_between(DAY),
    ),
    OfDay(
        kind="heat_hours",
        formula="Hours with more than 28 °C indoors.",
        rests_on=_TEMPERATURE,
        source="PMC6422495 (no threshold is agreed; 28 to 30 °C by day)",
        spread_floor=0.5,
        least_excess=3.0,
        **_exposure("temperature", lambda value: value > HOT_DAY),
        **_between(DAY),
    ),
    OfDay(
        kind="night_heat_hours",
        formula="Hours with more than 26 °C in the bedroom.",
        rests_on=_TEMPERATURE,
        source="PMC6422495 (26 °C by night)",
        spread_floor=0.5,
        least_excess=3.0,
        **_exposure("temperature", lambda value: value > HOT_NIGHT, RoomKind.BEDROOM),
        **_between(NIGHT),
    ),
    OfDay(
        kind="stale_air_hours",
        formula="Hours with more than 1,500 ppm of carbon dioxide.",
        source="commonly advised: below 1,000 to 1,500 ppm",
        rests_on="carbon dioxide sensors in rooms (mean)",
        spread_floor=0.5,
        least_excess=4.0,
        **_exposure("carbon_dioxide", lambda value: value > STALE),
        begins=MIDNIGHT,
        ends=MIDNIGHT,
    ),
    OfDay(
        kind="humidity_hours",
        formula="Hours with less than 30 % or more than 70 % relative humidity.",
        source="commonly advised: 30 to 70 %",
        rests_on="humidity sensors in rooms (mean over them)",
        spread_floor=0.5,
        least_excess=6.0,
        **_exposure("humidity", lambda value: (value < DRY) | (value > DAMP)),
        begins=MIDNIGHT,
        ends=MIDNIGHT,
    ),
)
