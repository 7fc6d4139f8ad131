"""Sleep: when it begins and ends, how long it is, how often it is interrupted, and the time in bed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.episodes import in_bed, sleep
from analytics.frames import HOUR, Episode, Flags, Span, instant, overlap
from analytics.indicators.protocol import NOON, Direction, OfDay
from analytics.observed import LYING, Observed
from analytics.sensors import Sensors, movement_in
from core.places import RoomKind

PIR = "Estimation of rest-activity patterns using motion sensors, EMBC 2010, 10.1109/IEMBS.2010.5628022; PMC8235297"
RESTS_ON = "the sensor in the bed; without one, movement in the bedroom and everywhere else"


def sleep_start(observed: Observed, window: Span) -> float | None:
    """Return when the night's sleep begins, in hours of the local clock after the midnight before; 24.5 is 0:30."""
    asleep = _asleep(observed, window)
    return None if asleep is None else _clock(observed, asleep.start)


def sleep_end(observed: Observed, window: Span) -> float | None:
    """Return when the night's sleep ends, in hours of the local clock after the midnight before it; 31 is 7:00."""
    asleep = _asleep(observed, window)
    return None if asleep is None else _clock(observed, asleep.end)


def sleep_duration(observed: Observed, window: Span) -> float | None:
    """Return how long the night's sleep is, without the times somebody was up; unit: hours."""
    asleep = _asleep(observed, window)
    if asleep is None:
        return None
    up = sum(rising.end - rising.start for rising in _risings(observed, asleep))
    return (asleep.end - asleep.start - up) / HOUR


def sleep_interruptions(observed: Observed, window: Span) -> float | None:
    """Return how often somebody got up from the night's sleep; unit: times."""
    asleep = _asleep(observed, window)
    return None if asleep is None else float(len(_risings(observed, asleep)))


def time_in_bed(observed: Observed, window: Span) -> float:
    """Return the time in bed from noon to noon, naps included; unit: hours."""
    return sum(overlap(Span(e.start, e.end), window) for e in observed.of(in_bed.KIND)) / HOUR


def _asleep(observed: Observed, window: Span) -> Episode | None:
    return next((e for e in observed.of(sleep.KIND) if window.start <= e.start < window.end), None)


def _risings(observed: Observed, asleep: Episode) -> list[Episode]:
    return [e for e in observed.of(sleep.RISING) if asleep.start <= e.start < asleep.end]


def _clock(observed: Observed, at: int) -> float:
    # By the clock, not by what has passed: who sleeps until seven gets up at seven on the night of a change, too.
    local = instant(at).astimezone(observed.zone).replace(tzinfo=UTC)
    midnight = datetime(observed.day.year, observed.day.month, observed.day.day, tzinfo=UTC)
    return round((local - midnight) / timedelta(hours=1), 4)


def watched(sensors: Sensors) -> Flags:
    """Return the sensors in the bed, else all that tell of movement if one of them is in the bedroom."""
    beds = sensors.measuring(*LYING)
    if beds.any():
        return beds
    return sensors.moving & movement_in(RoomKind.BEDROOM)(sensors).any()


_NIGHT: dict[str, Any] = {"begins": NOON, "ends": NOON, "watched": watched, "rests_on": RESTS_ON}

INDICATORS = (
    OfDay(
        kind="sleep_start",
        unit="h",
        value=sleep_start,
        direction=Direction.LATER,
        evidence=sleep.KIND,
        source=PIR,
        formula="Beginning of the first 15 minutes without movement in the night's longest rest, by the local clock "
        "(hours after midnight; 24.5 is half past midnight).",
        spread_floor=0.35,
        least_excess=1.0,
        **_NIGHT,
    ),
    OfDay(
        kind="sleep_end",
        unit="h",
        value=sleep_end,
        direction=Direction.BOTH,
        evidence=sleep.KIND,
        source=PIR,
        formula="End of the last 15 minutes without movement in that rest, by the local clock (31 is seven o'clock).",
        spread_floor=0.35,
        least_excess=1.0,
        **_NIGHT,
    ),
    OfDay(
        kind="sleep_duration",
        unit="h",
        value=sleep_duration,
        direction=Direction.BOTH,
        evidence=sleep.KIND,
        source=PIR,
        formula="From start to end of sleep, less the times somebody was up.",
        spread_floor=0.5,
        least_excess=1.5,
        **_NIGHT,
    ),
    OfDay(
        kind="sleep_interruptions",
        unit="1",
        value=sleep_interruptions,
        direction=Direction.MORE,
        evidence=sleep.RISING,
        source=PIR,
        formula="How often somebody was out of bed for a minute or more between start and end of sleep; without a "
        "sensor in the bed, how often somebody was seen outside the bedroom.",
        spread_floor=0.75,
        least_excess=2.0,
        **_NIGHT,
    ),
    OfDay(
        kind="time_in_bed",
        unit="h",
        value=time_in_bed,
        direction=Direction.MORE,
        evidence=in_bed.KIND,
        source=PIR,
        formula="Sum of the stretches in bed from noon to noon, naps included.",
        spread_floor=0.75,
        least_excess=2.0,
        **_NIGHT,
    ),
)
