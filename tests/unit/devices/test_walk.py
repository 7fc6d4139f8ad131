"""Which sensors have answered in a walk test."""

from datetime import UTC, datetime, timedelta

import pytest

from devices.walk import Deed, Heard, Tried, deed_of, standings

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def heard(quantity, value, after_s=5, device=1):
    return Heard(device, quantity, START + timedelta(seconds=after_s), value)


def standing(quantities, *readings):
    (found,) = standings({1: Tried(quantities)}, sorted(readings, key=lambda each: each.at), START)
    return found


@pytest.mark.parametrize(
    ("quantities", "deed"),
    [
        (("occupancy", "illuminance", "battery"), Deed.WALK),
        (("contact", "battery"), Deed.OPEN),
        (("sos_button", "battery"), Deed.PRESS),
        (("smoke", "battery"), Deed.TEST),
        (("bed_occupancy", "occupancy"), Deed.LIE),
        (("power", "energy"), Deed.SWITCH),
        (("temperature", "humidity", "battery"), Deed.WAIT),
        ((), Deed.WAIT),
    ],
)
def test_what_to_do_is_told_by_what_it_measures(quantities, deed):
    assert deed_of(quantities) is deed


@pytest.mark.parametrize(
    ("quantities", "reading", "answers"),
    [
        (("occupancy",), heard("occupancy", 1), True),
        (("occupancy",), heard("occupancy", 0), False),
        (("occupancy", "battery"), heard("battery", 90), False),
        (("contact",), heard("contact", 0), True),
        (("contact",), heard("contact", 1), False),
        (("sos_button",), heard("sos_button", 1), True),
        (("smoke",), heard("smoke", 0), True),
        (("power",), heard("power", 0), True),
        (("temperature",), heard("temperature", 20.5), True),
        (("occupancy",), heard("occupancy", 1, -1), False),
        (("temperature",), heard("temperature", 20.5, -3600), True),
        (("temperature",), heard("temperature", 20.5, -3 * 3600), False),
    ],
)
def test_only_what_was_done_since_the_beginning_answers(quantities, reading, answers):
    assert (standing(quantities, reading).answered_at is not None) is answers


def test_battery_and_signal_are_the_latest_that_are_known():
    found = standing(
        ("occupancy", "battery", "link_quality"), heard("battery", 80, -86_400), heard("battery", 75, -3600),
        heard("link_quality", 120, -60), heard("occupancy", 1),
    )  # fmt: skip
    assert (found.battery, found.link_quality, found.signal_strength) == (75, 120, None)
    assert found.answered_at == found.heard_at == START + timedelta(seconds=5)


def test_what_others_say_is_not_its_answer():
    found = standings({1: Tried(("occupancy",)), 2: Tried(("occupancy",))}, [heard("occupancy", 1, device=2)], START)
    assert [each.answered_at is not None for each in found] == [False, True]


def test_the_catalogue_says_by_what_a_device_answers():
    warmed = Tried(("temperature", "humidity", "battery"), ("temperature", "humidity"))
    before, after = heard("temperature", 20.5, -60), heard("humidity", 60)
    (found,) = standings({1: warmed}, [before], START)
    assert found.answered_at is None
    (found,) = standings({1: warmed}, [before, after], START)
    assert found.answered_at == after.at
