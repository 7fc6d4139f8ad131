"""One that fails holds up no other; a database that is away does."""

from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from alerts.due import for_each

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


class Database:
    """Counts what was committed."""

    def __init__(self):
        self.committed = 0

    @contextmanager
    def transaction(self):
        yield self
        self.committed += 1


def test_one_that_fails_holds_up_no_other():
    database = Database()

    def act(connection, each, now):
        assert (connection, now) == (database, NOW)
        if each == 2:
            raise ValueError(each)
        return each

    assert for_each(database, NOW, "thing", lambda _: [1, 2, 3], act) == 4
    assert database.committed == 3  # the look, and two of three


def test_a_database_that_is_away_is_waited_for():
    def act(connection, each, now):
        raise psycopg.OperationalError

    with pytest.raises(psycopg.OperationalError):
        for_each(Database(), NOW, "thing", lambda _: [1], act)
