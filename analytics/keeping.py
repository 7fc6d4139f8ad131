"""What is kept of each day for later ones: when the sensors spoke, the quiet times, how warm the rooms were."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.digests import repository as digests
from analytics.digests.digest import Digest
from analytics.frames import HOUR, MINUTE, micros, span
from analytics.home_day import Before, HomeDay
from analytics.repository import Home
from analytics.rules import repository as rules
from analytics.rules.temperatures import temperatures
from analytics.rules.warmth import DAYS
from analytics.stillness import repository as quiet_times
from core.localtime import local_day

ONE_DAY = timedelta(days=1)
TEMPERATURES = timedelta(days=DAYS)  # before a day, of which a rule that finds nothing asks


def is_kept(one: HomeDay, kept_at: int | None, home: Home, now: datetime) -> bool:
    """Tell whether what later days ask of a day was stored within this hour, as far as it goes.

    `kept_at` is when the home last spoke by what is stored of the day (microseconds), None where nothing is.

    Nothing but later days, and an hourly look for contexts, asks for it: it need not be written every five minutes.
    The hours begin at another minute in every home, so that not all are written at once.
    """
    own, at = span(local_day(one.day, home.zone)), micros(now)
    if kept_at is None or kept_at < own.start or not at < own.end - HOUR:
        return False
    begins = home.home_id % 12 * 5 * MINUTE
    return (kept_at + begins) // HOUR == (at + begins) // HOUR


def keep(connection: Connection[DictRow], home: Home, computed: Sequence[HomeDay]) -> None:
    """Store what later days ask of some days: when the sensors spoke, the quiet times, how warm the rooms were.

    What was digested of them for later days is forgotten.
    """
    if not computed:
        return
    digests.forget_digests(connection, home.home_id, min(one.day for one in computed))
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


def digest_of(
    connection: Connection[DictRow], home: Home, day: date, known: Digest | None, now: datetime
) -> Digest | None:
    """Return what the days before tell of a day: as it is `known`; else it is made for a day that goes on."""
    if known is not None or local_day(day, home.zone).end <= now:
        return known
    before = Before.of(repository.memory_of(connection, home.home_id, day).before(day))
    first = day - TEMPERATURES
    made = Digest(day, before, first, rules.temperatures_of(connection, home.home_id, first, day - ONE_DAY))
    digests.put_digest(connection, home, made)
    return made
