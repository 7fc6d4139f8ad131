"""What is known of the registered series, and when it is looked up again."""

from datetime import UTC, datetime

import pytest

from core.clock import SimulatedClock
from devices.reads import Series
from ingest.series import ROUTES, SAFETY_ROUTE, Directory


class Registry:
    """The registered series, and which reads were made of them."""

    def __init__(self):
        self.rows = []
        self.reads = []

    def add(self, gateway, name, quantity_id):
        number = len(self.rows) + 1
        self.rows.append(Series(gateway, 1, number if name else None, name, quantity_id, 9, 1))

    def load(self, keys):
        self.reads.append(keys)
        return [row for row in self.rows if keys is None or row.gateway_key in keys]


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def clock():
    return SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def directory(clock):
    return Directory(clock)


def test_a_series_is_known_with_what_judging_needs(registry, directory):
    registry.add("a", "bath/temperature", 40)
    registry.add("a", "cord/sos_button", 20)
    directory.refresh_if_due(registry.load)
    series = directory.of_gateway("a")
    assert (series["bath/temperature"].unit, series["bath/temperature"].binary) == ("Cel", False)
    assert ROUTES[series["bath/temperature"].route] == "level"
    assert (series["cord/sos_button"].route, series["cord/sos_button"].binary) == (SAFETY_ROUTE, True)


def test_a_gateway_without_series_is_known_and_an_unknown_quantity_is_left_out(registry, directory):
    registry.add("empty", None, None)
    registry.add("later", "x/y", 32_000)
    directory.refresh_if_due(registry.load)
    assert directory.of_gateway("empty") == {}
    assert directory.of_gateway("later") == {}
    assert directory.of_gateway("nobody") is None


def test_all_is_read_again_after_a_minute_and_when_told_to_forget(registry, directory, clock):
    directory.refresh_if_due(registry.load)
    clock.advance(59)
    directory.refresh_if_due(registry.load)
    assert len(registry.reads) == 1
    clock.advance(1)
    directory.refresh_if_due(registry.load)
    assert len(registry.reads) == 2
    directory.forget()
    directory.refresh_if_due(registry.load)
    assert len(registry.reads) == 3


def test_a_gateway_is_looked_up_again_at_most_once_a_second(registry, directory, clock):
    directory.refresh_if_due(registry.load)
    registry.add("new", "x/temperature", 40)
    assert directory.look_again(["new"], registry.load)
    assert directory.of_gateway("new")
    assert not directory.look_again(["new"], registry.load)
    assert directory.look_again(["new", "other"], registry.load)
    assert registry.reads == [None, ["new"], ["other"]]
    clock.advance(1)
    assert directory.look_again(["new"], registry.load)


def test_a_series_that_moved_is_known_at_its_new_gateway_only(registry, directory):
    registry.add("old", "x/temperature", 40)
    directory.refresh_if_due(registry.load)
    registry.rows = []
    registry.add("new", "x/temperature", 40)
    directory.look_again(["old", "new"], registry.load)
    assert directory.of_gateway("old") is None
    assert "x/temperature" in directory.of_gateway("new")
    assert directory.is_elsewhere("x/temperature")
    registry.rows = []
    directory.refresh(registry.load)
    assert not directory.is_elsewhere("x/temperature")
