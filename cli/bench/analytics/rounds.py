"""What falls due when: the runs of a night that make a day final, and the ticks of the day after it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from psycopg import Connection

from analytics.moments import MOMENTS
from cli.bench.analytics import repository
from cli.bench.analytics.history import ONE_DAY, ZONE, Span
from core.database import Row
from core.localtime import local_instant

TICK = timedelta(minutes=5)
FIRST_TICK = timedelta(hours=3)  # after noon: somebody is up and about
LATER = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def begin(connection: Connection[Row], days: Span) -> None:
    """Have every gateway there for long, and the calendar where it is just before the first run."""
    repository.gateways_came(connection, days.end - timedelta(days=60))
    repository.set_calendar(connection, days.last + ONE_DAY)


def nightly(connection: Connection[Row], days: Span) -> Iterator[datetime]:
    """Yield the instants at which the calendar has the last day computed; it alone is due then, in every home."""
    for moment in MOMENTS:
        now = local_instant(days.last + ONE_DAY, moment, ZONE)
        repository.make_due(connection, [days.last], now)
        _speak(connection, days, now)
        repository.spread_looks(connection, now + LATER)
        yield now


def ticks(connection: Connection[Row], days: Span, number: int) -> Iterator[datetime]:
    """Yield instants at which the day after is due in every home, readings having come in from each.

    The looks at devices and for contexts, which are due every ten minutes and every hour, fall on the homes in turn.
    """
    today = days.last + ONE_DAY
    first = local_instant(today, MOMENTS[-1], ZONE) + FIRST_TICK
    for index in range(number):
        now = first + index * TICK
        if index == 0:
            repository.make_due(connection, [today], now)
            repository.spread_looks(connection, now - TICK)
        _speak(connection, days, now)
        repository.readings_come(connection, now - TICK)
        yield now
        if index == 0:
            # The first has computed the day from nothing, looked at everything, and is none of those that follow.
            repository.spread_looks(connection, now + TICK)
            repository.spread_contexts(connection, now + TICK)


def _speak(connection: Connection[Row], days: Span, now: datetime) -> None:
    repository.gateways_speak(connection, days.end - timedelta(days=60), now)
