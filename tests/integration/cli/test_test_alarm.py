"""What `vicino gateway test-alarm` waits for, with simulated time on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts.test_alarm import announce, state_of
from cli.test_alarm import wait_for
from core.clock import SimulatedClock
from core.database import Database, Role

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "WITH town AS (INSERT INTO registry.organisation (key, name, kind) VALUES ('t', 'T', 'service')"
            " RETURNING organisation_id)"
            " INSERT INTO registry.home (organisation_id, key, name) SELECT organisation_id, 'h1', 'H' FROM town"
        )
    with Database(database_url, Role.SERVICE, name="test", maximum=2) as made:
        yield made


def test_it_ends_with_the_announced_time(database: Database) -> None:
    clock = SimulatedClock(NOW)
    with database.transaction() as connection:
        test = announce(connection, "h1", clock.now(), timedelta(minutes=1))
    assert wait_for(database, test, clock).pressed_at is None
    assert timedelta(minutes=1) <= clock.now() - NOW < timedelta(minutes=1, seconds=2)


def test_it_ends_with_the_press(database: Database) -> None:
    clock = SimulatedClock(NOW)
    pressed = NOW + timedelta(seconds=20)
    with database.transaction() as connection:
        test = announce(connection, "h1", clock.now(), timedelta(minutes=10))
        connection.execute("UPDATE alerts.test_alarm SET pressed_at = %s, urgent_id = 1", (pressed,))
    assert wait_for(database, test, clock).pressed_at == pressed
    assert clock.now() - NOW < timedelta(seconds=5)
    with database.transaction() as connection:
        assert state_of(connection, test).pressed_at == pressed
