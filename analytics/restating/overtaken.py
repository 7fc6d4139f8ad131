"""After an upgrade: what an earlier version computed is computed again, or what is usual would be of two sorts."""

from datetime import timedelta

from analytics.restating import repository
from core.clock import Clock
from core.database import Database

# What is usual looks back four weeks, and what it is compared with two weeks more.
DAYS = timedelta(days=42)
# Between two homes, so that what goes on in a home never waits for the past of all others.
PAUSE = timedelta(seconds=10)


def restate(database: Database, clock: Clock) -> int:
    """Make the days due that another version computed, once for each version; return how many.

    What is found about them is dated as what it is about, and alerts nobody: it is too old for that.
    """
    now = clock.now()
    with database.transaction() as connection:
        if not repository.take_version(connection):
            return 0
        return repository.make_overtaken_due(connection, (now - DAYS).date(), now, PAUSE)
