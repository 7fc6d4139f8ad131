"""Which batteries are changed, why, and on which way."""

from datetime import UTC, datetime

import pytest

from analytics.replacement import Cells, Why, cells_of, due, round_of, to_bring
from analytics.silence.battery import Forecast
from devices.reads import Device
from registry.reads import Home


def home(home_id, municipality, address):
    return Home(
        home_id, f"p{home_id}", 1, "service", f"h{home_id}", f"Home {home_id}", municipality, address, "", "Europe/Rome"
    )


def device(device_id, home_id, model="", room_id=None, quantities=("battery",), retired_at=None):
    return Device(
        device_id, home_id, "gw", f"k{device_id}", "", model, room_id, "", [*quantities], retired_at, None, None
    )


def walk(*addresses):
    """Return the order in which one due battery in each home is changed."""
    homes = {number: home(number, *where) for number, where in enumerate(addresses)}
    falling = dict.fromkeys(homes, Forecast(5, 1, 1, 1))
    found = round_of(homes, [device(number, number) for number in homes], {}, falling, (), within=30)
    return [(stop.home.municipality, stop.home.address) for stop in found.stops]


def test_the_way_goes_by_municipality_street_and_number_as_numbers():
    way = [
        ("Borgo", "Via Po 3"),
        ("Pieve", "Piazza Garibaldi"),
        ("Pieve", "Via Roma, 9"),
        ("Pieve", "via Roma 9/B"),
        ("Pieve", "Via Roma 10"),
    ]
    assert walk(*reversed(way)) == way


@pytest.mark.parametrize(
    ("battery", "silent", "why"),
    [
        (Forecast(60, 90, 45, 120), False, None),
        (Forecast(60, 40, 30, 60), False, Why.SOON),
        (Forecast(10, None, None, None), False, Why.LOW),
        (Forecast(9, 3, 2, 4), False, Why.LOW),
        (Forecast(60, 90, 45, 120), True, Why.EMPTY),
        (None, True, Why.EMPTY),
    ],
)
def test_a_battery_is_due_for_a_reason(battery, silent, why):
    forecasts = {} if battery is None else {7: battery}
    found = round_of({1: home(1, "", "")}, [device(7, 1)], {}, forecasts, {7} if silent else (), within=30)
    assert [stop.why for stop in found.stops] == [why]
    assert len(due(found.stops)) == (why is not None)


def test_what_is_elsewhere_or_was_taken_away_is_not_on_the_way():
    installed = [device(1, 1), device(2, 2), device(3, 1, retired_at=datetime(2026, 1, 1, tzinfo=UTC))]
    low = dict.fromkeys((1, 2, 3), Forecast(5, 1, 1, 1))
    found = round_of({1: home(1, "", "")}, installed, {}, low, (), within=30)
    assert [stop.device.device_id for stop in found.stops] == [1]


def test_what_never_says_how_its_battery_is_is_counted_unless_it_says_when_it_is_low():
    assert cells_of("SBBT-002C").pieces > 0
    installed = [
        device(1, 1, "SBBT-002C", quantities=("sos_button",)),
        device(2, 1, "SBBT-002C", quantities=("sos_button", "battery_low")),
        device(3, 1, "a plug nobody knows", quantities=("power",)),
    ]
    found = round_of({1: home(1, "", "")}, installed, {}, {}, (), within=30)
    assert (found.stops, found.untold) == ([], 1)


def test_what_to_bring_is_added_up_by_type_and_what_is_not_known_comes_last():
    known = cells_of("SBBT-002C")
    installed = [device(1, 1, "SBBT-002C"), device(2, 1), device(3, 1, "SBBT-002C")]
    low = dict.fromkeys((1, 2, 3), Forecast(5, 1, 1, 1))
    stops = round_of({1: home(1, "", "")}, installed, {}, low, (), within=30).stops
    assert to_bring(stops) == [Cells(known.kind, 2 * known.pieces), Cells("", 1)]
