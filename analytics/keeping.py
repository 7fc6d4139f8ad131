"""What is kept of each day for later ones: when the sensors spoke, the quiet times, how warm the rooms were."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.frames import HOUR, MINUTE, micros, span
from analytics.home_day import HomeDay, Rhythm
from analytics.repository import Home
from analytics.rules import repository as rules
from analytics.rules.temperatures import temperatures
from analytics.stillness import repository as quiet_times
from core.localtime import local_day


def is_kept(one: HomeDay, kept: Rhythm | None, home: Home, now: datetime) -> bool:
    """Tell whether what later days ask of a day was stored within this hour, as far as it goes; `kept` is of it.

    Nothing but later days, and an hourly look for contexts, asks for it: it need not be written every five minutes.
    The hours begin at another minute in every home, so that not all are written at once.
    """
    own, at = span(local_day(one.day, home.zone)), micros(now)
    if kept is None or kept.last_at is None or kept.last_at < own.start or not at < own.end - HOUR:
        return False
    begins = home.home_id % 12 * 5 * MINUTE
    return (kept.last_at + begins) // HOUR == (at + begins) // HOUR


def keep(connection: Connection[DictRow], home: Home, computed: Sequence[HomeDay]) -> None:
    """Store what later days ask of some days: when the sensors spoke, the quiet times, how warm the rooms were."""
    repository.put_rhythms(connection, home.home_id, [one.rhythm for one in computed])
    repository.put_device_rhythms(
        connection,
        home.home_id,
        [(one.day, device, rhythm) for one in computed for device, rhythm in one.devices.items()],
    )
    quiet_times.put_quiet_days(connection, home, [one.quiet for one in computed])
    rules.put_temperatures(
        connection,
        home,
        {one.day: temperatures(one.scene.tracks, one.day, home.zone, one.scene.window.end) for one in computed},
    )
