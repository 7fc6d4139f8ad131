"""How connections behave when the line or the process at one end is gone; the chaos harness cuts real lines."""

import socket

import psycopg
import pytest

from core.database import CONNECT_S, UNHEARD_MS, Database, Role


@pytest.fixture
def database(database_url):
    with Database(database_url, Role.SERVICE, name="test") as database:
        yield database


def shown(connection, name):
    return next(iter(connection.execute(f"SHOW {name}").fetchone().values()))


def test_both_ends_of_every_connection_give_up_a_dead_line_within_seconds(database):
    with database.transaction() as pooled:
        own = database.connect()
        try:
            for connection in (pooled, own):
                assert shown(connection, "tcp_user_timeout") == str(UNHEARD_MS)
                assert shown(connection, "tcp_keepalives_idle") == "3"
                with socket.socket(fileno=connection.fileno()) as ours:
                    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNHEARD_MS
                    assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 3
                    ours.detach()
                assert connection.info.get_parameters()["connect_timeout"] == str(CONNECT_S)
        finally:
            own.close()


def test_a_transaction_that_copies_does_not_hold_others_up_for_ever(database):
    connection = database.connect()
    assert shown(connection, "idle_in_transaction_session_timeout") == "30s"
    connection.close()


def test_what_a_frozen_process_has_locked_is_free_again_within_its_time(database_url, database):
    with Database(database_url, Role.SERVICE, name="frozen", frozen_s=0.3) as frozen:
        with pytest.raises(psycopg.Error), frozen.transaction() as connection:  # noqa: PT012
            connection.execute("LOCK registry.organisation")
            # Waits for the lock until the server ends the other's transaction, which says nothing any more.
            with database.transaction() as other:
                other.execute("SET LOCAL lock_timeout = '20s'")
                other.execute("LOCK registry.organisation")
            connection.execute("SELECT 1")
        with frozen.transaction() as connection:
            assert connection.execute("SELECT 1 AS one").fetchone()["one"] == 1
