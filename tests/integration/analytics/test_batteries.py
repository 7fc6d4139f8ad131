"""From what devices told of their batteries to the round on which they are changed."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from analytics.batteries import batteries
from cli.batteries import Line, round_of, show
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENSORS = (("bedroom", "bedroom", "battery", ""), ("kitchen", "kitchen", "battery", "fridge"))


class Opened:
    """What the command needs of an installation."""

    def __init__(self, database):
        self._database = database

    def database(self):
        return self

    def __enter__(self):
        return self._database

    def __exit__(self, *_):
        pass


@pytest.fixture
def homes(installation):
    """Three homes in two municipalities; in each, one battery falls by 1 % a day and one does not."""
    made = {}
    organisation = installation.organisation()
    for number, (municipality, address) in enumerate(
        (("Pieve", "Via Roma 10"), ("Borgo", "Via Po 3"), ("Pieve", "Via Roma 9")), start=1
    ):
        home = installation.home(organisation, sensors=SENSORS)
        installation.connection.execute(
            "UPDATE registry.home SET municipality = %s, address = %s WHERE home_id = %s",
            (municipality, address, home.home_id),
        )
        falling, steady = home.series_in_order
        for offset in range(30):
            day = NOW - timedelta(days=offset)
            for series, value in ((falling, 10 + number + offset), (steady, 80)):
                installation.connection.execute(
                    "INSERT INTO ingest.daily_technical VALUES (%s, %s, 1, 1, %s, %s, %s, %s, %s)",
                    (series, day, *[value] * 5),
                )
        made[address] = home
    return made


def test_what_falls_has_a_forecast_and_what_does_not_has_none(database, homes):
    with database.transaction() as connection:
        found = batteries(connection, NOW)
    days = sorted(one.days for one in found.values() if one.days is not None)
    assert days == pytest.approx([8, 9, 10], abs=0.6)
    assert sum(one.days is None for one in found.values()) == 3


def test_the_round_goes_by_municipality_street_and_number(database, homes, capsys):
    clock = SimulatedClock(NOW)
    stops = round_of(Opened(database), clock, municipality=None, within=30, everything=False)
    assert [(stop.municipality, stop.address) for stop in stops] == [
        ("Borgo", "Via Po 3"), ("Pieve", "Via Roma 9"), ("Pieve", "Via Roma 10"),
    ]  # fmt: skip
    assert all(stop.due and stop.room == "bedroom" for stop in stops)
    assert len(round_of(Opened(database), clock, municipality="Pieve", within=30, everything=True)) == 4
    assert round_of(Opened(database), clock, municipality=None, within=1, everything=False) == []

    show(stops, as_json=True, as_csv=False)
    assert [one["address"] for one in json.loads(capsys.readouterr().out)] == [stop.address for stop in stops]
    show([stops[0]._replace(address="=1+1")], as_json=False, as_csv=True)
    header, line = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert tuple(header) == Line._fields
    assert line[1] == "'=1+1"


def test_a_battery_that_was_changed_begins_anew(installation, database, homes):
    installation.connection.execute("UPDATE devices.device SET battery_changed_at = %s", (NOW - timedelta(days=3),))
    with database.transaction() as connection:
        assert {one.days for one in batteries(connection, NOW).values()} == {None}
