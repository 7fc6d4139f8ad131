"""Which sensors have answered in a walk test."""

from datetime import UTC, datetime, timedelta

import pytest

from core.vocabulary import CALLS
from devices import models
from devices.walk import KINDS, Heard, standings, tried

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def heard(quantity, value, after_s=5, device=1):
    return Heard(device, quantity, START + timedelta(seconds=after_s), value)


def standing(quantities, *readings, model=""):
    (found,) = standings({1: tried(model, quantities)}, sorted(readings, key=lambda each: each.at), START)
    return found


@pytest.mark.parametrize(
    ("quantities", "kind"),
    [
        (("occupancy", "illuminance", "battery"), "motion"),
        (("contact", "battery"), "contact"),
        (("sos_button", "battery"), "sos_button"),
        (("smoke", "temperature", "battery"), "smoke"),
        (("bed_occupancy", "occupancy"), "bed"),
        (("power", "energy"), "plug"),
        (("temperature", "humidity", "battery"), "climate"),
    ],
)
def test_a_device_nobody_described_is_tried_as_the_kind_that_reports_the_like(quantities, kind):
    assert tried("", quantities).test == models.kinds()[kind].walk_test


def test_what_reports_by_itself_is_not_tried():
    assert tried("", ("battery", "link_quality")).test is None
    assert tried("", ()).test is None


def test_each_kind_that_a_quantity_names_is_in_the_catalogue_and_answers_by_it():
    for quantity, kind in KINDS:
        assert quantity in models.kinds()[kind].walk_test.answers, (quantity, kind)


def test_a_described_device_is_tried_as_the_catalogue_says():
    for model in models.models():
        assert tried(model.model, ("battery",)).test == model.test


@pytest.mark.parametrize(
    ("quantities", "reading", "answers"),
    [
        (("occupancy",), heard("occupancy", 1), True),
        (("occupancy",), heard("occupancy", 0), False),
        (("occupancy", "battery"), heard("battery", 90), False),
        (("contact",), heard("contact", 0), True),
        (("contact",), heard("contact", 1), False),
        (("sos_button",), heard("sos_button", 1), True),
        (("power",), heard("power", 0), True),
        (("temperature",), heard("temperature", 20.5), True),
        (("occupancy",), heard("occupancy", 1, -1), False),
        (("temperature",), heard("temperature", 20.5, -3600), False),
        (("battery",), heard("battery", 80, -3600), True),
        (("battery",), heard("battery", 80, -3 * 3600), False),
    ],
)
def test_only_what_was_done_since_the_beginning_answers(quantities, reading, answers):
    assert (standing(quantities, reading).answered_at is not None) is answers


@pytest.mark.parametrize("quantity", sorted(CALLS))
@pytest.mark.parametrize("model", ["", "of the catalogue"])
def test_what_calls_for_help_answers_by_its_call_alone(quantity, model):
    if model:
        model = next(each.model for each in models.models() if quantity in each.quantities)
    quantities = (quantity, "battery", "link_quality", "presence")
    for reading in (heard(quantity, 0), heard("battery", 90), heard("link_quality", 90), heard("presence", 1)):
        found = standing(quantities, reading, model=model)
        assert (found.answered_at, found.only_heard_at) == (None, reading.at), reading.quantity
    found = standing(quantities, heard("battery", 90), heard(quantity, 1, 9), model=model)
    assert (found.answered_at, found.only_heard_at) == (START + timedelta(seconds=9), None)


def test_a_smoke_alarm_of_which_only_the_battery_is_installed_does_not_answer_by_it():
    model = next(each.model for each in models.models() if each.kind == "smoke")
    found = standing(("battery",), heard("battery", 90), model=model)
    assert (found.answered_at, found.only_heard_at) == (None, START + timedelta(seconds=5))


def test_what_was_heard_before_the_test_is_not_heard_in_it():
    found = standing(("occupancy", "battery"), heard("battery", 80, -60))
    assert (found.heard_at, found.only_heard_at) == (START - timedelta(seconds=60), None)


def test_battery_and_signal_are_the_latest_that_are_known():
    found = standing(
        ("occupancy", "battery", "link_quality"), heard("battery", 80, -86_400), heard("battery", 75, -3600),
        heard("link_quality", 120, -60), heard("occupancy", 1),
    )  # fmt: skip
    assert (found.battery, found.link_quality, found.signal_strength) == (75, 120, None)
    assert found.answered_at == found.heard_at == START + timedelta(seconds=5)


def test_what_others_say_is_not_its_answer():
    found = standings(
        {1: tried("", ("occupancy",)), 2: tried("", ("occupancy",))}, [heard("occupancy", 1, device=2)], START
    )
    assert [each.answered_at is not None for each in found] == [False, True]


def test_the_catalogue_says_by_what_a_device_answers():
    after = heard("humidity", 60)
    assert standing(("temperature", "humidity"), heard("temperature", 20.5, -60), model="SNZB-02").answered_at is None
    assert standing(("temperature", "humidity"), after, model="SNZB-02").answered_at == after.at
