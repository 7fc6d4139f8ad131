"""Air and light in a home: slow curves that depend on the instant alone."""

import math
from typing import NamedTuple

from simulator import chance

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Climate(NamedTuple):
    """What sets one home apart: usual temperature (Cel), usual relative humidity (%), how far the day swings (K)."""

    temperature: float
    humidity: float
    swing: float
    phase: float


def draw_climate(seed: int, home: str) -> Climate:
    """Return the climate of `home`."""
    rng = chance.stream(seed, home, "climate")
    return Climate(
        chance.around(rng, 20.5, 0.7, 19.0, 22.0), rng.uniform(42, 55), rng.uniform(0.5, 1.1), rng.uniform(0, 6.28)
    )


def temperature(
    climate: Climate, at_ms: int, midnight_ms: int, season: float, room: str, *, warmer: float = 0.0
) -> float:
    """Return the air temperature of a room in Cel; `season` goes from -1 (January) to 1 (July).

    `warmer` is by how many kelvin something out of the ordinary makes it warmer, or colder.
    """
    hour = (at_ms - midnight_ms) / HOUR_MS
    cooler = 1.2 if room == "bedroom" else 0.0
    weather = 0.5 * math.sin(2 * math.pi * at_ms / (6.3 * DAY_MS) + climate.phase)
    daily = climate.swing * math.sin(2 * math.pi * (hour - 10) / 24)
    return round(climate.temperature - cooler + 5.5 * max(0.0, season) + weather + daily + warmer, 2)


def humidity(climate: Climate, at_ms: int, midnight_ms: int, season: float, room: str, *, warmer: float = 0.0) -> float:
    """Return the relative humidity of a room in %: the warmer the hour, the lower; `warmer` as for `temperature`."""
    above = temperature(climate, at_ms, midnight_ms, season, room, warmer=warmer) - climate.temperature
    weather = 5 * math.sin(2 * math.pi * at_ms / (4.1 * DAY_MS) + 2 * climate.phase)
    return round(min(85.0, max(22.0, climate.humidity - 1.1 * above + 4 * season + weather)), 2)


def illuminance(at_ms: int, midnight_ms: int, season: float) -> int:
    """Return the daylight in a room in lx."""
    hour = (at_ms - midnight_ms) / HOUR_MS
    half_day = 6 + 1.6 * season
    height = math.cos(math.pi * (hour - 13) / (2 * half_day)) if abs(hour - 13) < half_day else 0.0
    return round(2 + 220 * height * (1 + 0.3 * season))
