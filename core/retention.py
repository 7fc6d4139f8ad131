"""No longer than was decided: classes of data whose time is over go by night, a slice at a time.

Each service removes what it owns. Of several processes of one, one does it each night: it claims the class for the
night in the database. Days are counted back from now, but never from later than a day after the latest that came in, so
that a clock that jumps ahead removes nothing.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from psycopg_pool import PoolTimeout

from core.clock import Clock
from core.log import logger
from core.metrics import Figure

ROME = ZoneInfo("Europe/Rome")
# When few people look and no day is computed: days are final at noon.
BEGINS = timedelta(hours=3, minutes=17)
LOOKS_EVERY_S = 600.0
MARGIN = timedelta(days=1)
REMOVED = Figure("vicino_retention_removed_total", "Rows removed because their time was over, by class.", ("source",))


def night_of(now: datetime) -> date:
    """Return the night that is the latest to have begun at an instant, by the day on whose morning it was."""
    return (now.astimezone(ROME) - BEGINS).date()


def believable(now: datetime, latest: datetime | None) -> datetime | None:
    """Return the instant from which days may be counted back, None where nothing came in yet.

    It is `now`, but never much later than `latest`, the hour of the latest readings, so that a clock that jumps ahead
    removes nothing. When they were received does not count: that was told by the same clock.
    """
    return None if latest is None else min(now, latest + MARGIN)


def kept_from(now: datetime, latest: datetime | None, days: int) -> datetime | None:
    """Return the instant from which on all is kept; None where nothing is to go.

    `latest` is when the latest came in, None where nothing did; 0 `days` keep for ever.
    """
    counted_from = believable(now, latest)
    return counted_from - timedelta(days=days) if days and counted_from is not None else None


def keep(
    days: Mapping[str, int],
    remove: Callable[[str, int], int | None],
    count: Callable[[str, int], None],
    clock: Clock,
    stop: threading.Event,
) -> threading.Thread:
    """Look every ten minutes whether a class is to be gone through, until `stop` is set; return the thread that does.

    `remove` is given a class and its days, and returns how many rows went, None where it is not time. What the database
    cannot do now is done the next time; `count` is told what was done.
    """

    def look(name: str, kept: int) -> None:
        try:
            removed = remove(name, kept)
        except (psycopg.Error, PoolTimeout) as error:
            logger().warning("what is too old stays for now", source=name, error=type(error).__name__)
            return
        if removed is not None:
            count(name, removed)
            logger().info("what is too old is gone", source=name, days=kept, count=removed)

    def run() -> None:
        while not clock.wait(stop, LOOKS_EVERY_S):
            for name, kept in days.items():
                if kept and not stop.is_set():
                    look(name, kept)

    thread = threading.Thread(target=run, name="retention", daemon=True)
    thread.start()
    return thread
