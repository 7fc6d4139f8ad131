"""Removes what was worked out and is older than it may be kept: some homes at a time, each a transaction."""

import threading

from analytics.retention import repository
from core.clock import Clock
from core.database import Database
from core.retention import kept_from, night_of
from ingest.upkeep.reads import latest_touched

HOMES_AT_ONCE = 8


def remove(database: Database, clock: Clock, stop: threading.Event, name: str, days: int) -> int | None:
    """Go through a class if nobody has this night; return how many rows went, None where it is not time.

    Raises `psycopg.Error`; what is left over then, or where `stop` is set, goes in the next night.
    """
    now = clock.now()
    with database.transaction() as connection:
        before = kept_from(now, latest_touched(connection), days)
        if before is None or not repository.claim(connection, name, night_of(now), before):
            return None
        homes = repository.homes(connection)
    removed = 0
    for first in range(0, len(homes), HOMES_AT_ONCE):
        if stop.is_set():
            break
        with database.transaction() as connection:
            removed += repository.retire(connection, name, homes[first : first + HOMES_AT_ONCE], before)
    return removed
