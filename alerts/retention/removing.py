"""Removes alerts that were closed longer ago than they may be kept: some at a time, each slice a transaction."""

import threading

from alerts.retention import repository
from core.clock import Clock
from core.database import Database
from core.retention import kept_from, night_of
from ingest.upkeep.reads import latest_touched

AT_ONCE = 100  # alerts, with some dozens of rows each
NAME = "alerts"


def remove(database: Database, clock: Clock, stop: threading.Event, name: str, days: int) -> int | None:
    """Go through closed alerts if nobody has this night; return how many rows went, None where it is not time.

    Raises `psycopg.Error`; what is left over then, or where `stop` is set, goes in the next night.
    """
    now = clock.now()
    with database.transaction() as connection:
        before = kept_from(now, latest_touched(connection), days)
        if before is None or not repository.claim(connection, name, night_of(now), before):
            return None
    removed = 0
    while not stop.is_set():
        with database.transaction() as connection:
            alerts = repository.too_old(connection, before, AT_ONCE)
            removed += repository.retire(connection, alerts, before)
        if len(alerts) < AT_ONCE:
            break
    more = True
    while more and not stop.is_set():
        with database.transaction() as connection:
            gone = repository.retire_left_over(connection, before, AT_ONCE)
        removed += sum(gone)
        more = max(gone) == AT_ONCE
    return removed
