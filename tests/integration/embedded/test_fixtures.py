"""The fixtures of `tests/conftest.py`, on which every other integration test rests."""

import os

import psycopg
import pytest

from core.mqtt import BrokerAddress, Connection

_seen: set[str] = set()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_migrated_database_of_its_own(database_url, turn):
    assert database_url not in _seen
    _seen.add(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM vicino.migration WHERE folder = 'registry'").fetchone()[0]
        connection.execute("CREATE TABLE mine ()")


def test_the_broker_answers(broker_url):
    connection = Connection(BrokerAddress.parse(broker_url), "fixture-test")
    connection.start()
    assert connection.wait_connected(60)
    connection.stop()


def test_settings_of_an_installation_do_not_reach_the_tests():
    allowed = [name for name in os.environ if name.startswith("VICINO_")]
    assert all(name.startswith("VICINO_TEST_") or name == "VICINO_DATA_DIR" for name in allowed)


def test_the_recorded_data_are_a_folder(shared_data):
    assert shared_data.is_dir()
