"""What happens to the warmth of a home: a heat wave, a heating that fails."""

import math
from datetime import datetime

from simulator.events.event import Event
from simulator.habits import milliseconds

HOUR_MS = 3_600_000
WARMING_H = 20.0  # in which walls take up two thirds of a heat wave
HEATING_H = 5.0  # in which a heating that works again brings back two thirds
AFTERNOON_H = 17  # local mean time at which a room in a heat wave is warmest, about


def heat_wave(home: str, start: datetime, end: datetime, warmer_k: float) -> Event:
    """Return: the home is up to so many kelvin warmer than in an ordinary week of the season."""
    return Event("heat_wave", home, start, end, {"warmer_k": warmer_k})


def heating_failure(home: str, start: datetime, end: datetime, falls_k: float, hours: float) -> Event:
    """Return: the heating is off, and the home cools towards `falls_k` less, two thirds of it within `hours`."""
    return Event("heating_failure", home, start, end, {"falls_k": falls_k, "hours": hours})


def heated(event: Event, at_ms: int, room: str) -> float:
    """Return by how many kelvin a room is warmer at an instant, more in the afternoon, a little less in the bedroom."""
    most = float(event.changed["warmer_k"]) * (0.9 if room == "bedroom" else 1.0)
    hour = at_ms / HOUR_MS % 24
    daily = 1 + 0.15 * math.cos(2 * math.pi * (hour - AFTERNOON_H + 1) / 24)
    return most * daily * _reached(event, at_ms, WARMING_H, WARMING_H)


def cooled(event: Event, at_ms: int, _: str) -> float:
    """Return by how many kelvin a room is warmer at an instant: less than nothing."""
    return -float(event.changed["falls_k"]) * _reached(event, at_ms, float(event.changed["hours"]), HEATING_H)


def _reached(event: Event, at_ms: int, rising_h: float, falling_h: float) -> float:
    """Return which share is reached at an instant: exponentially up from the start, down again from the end."""
    start, end = milliseconds(event.start), milliseconds(event.end)
    if at_ms < start:
        return 0.0
    up = 1 - math.exp(-(min(at_ms, end) - start) / HOUR_MS / rising_h)
    return up if at_ms < end else up * math.exp(-(at_ms - end) / HOUR_MS / falling_h)
