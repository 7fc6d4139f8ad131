"""Every kind of alert says what to do first, and where there may be danger when to call for help."""

import pytest

from alerts.lifecycle import Family
from dashboards.guidance import CALL, CALM, DANGER, GO, HELP, WATER, steps
from dashboards.wording import Words


@pytest.mark.parametrize("kind", ["sos_button", "fall"])
def test_whoever_calls_is_called_then_somebody_goes_then_112(kind):
    assert steps(kind, Family.SAFETY, 1.0, Words("en")) == [CALL, GO, HELP]


@pytest.mark.parametrize("kind", ["smoke", "gas", "carbon_monoxide"])
def test_where_the_air_kills_112_comes_first(kind):
    assert steps(kind, Family.SAFETY, 1.0, Words("en"))[0] == DANGER


def test_water_is_closed_first():
    assert steps("water_leak", Family.SAFETY, 0.5, Words("en")) == [WATER, GO]


@pytest.mark.parametrize(("kind", "severity"), [("stillness", 0.5), ("night_absence", 0.4), ("sleep_duration", 0.8)])
def test_who_may_lie_on_the_floor_or_is_much_changed_is_called_at_once(kind, severity):
    assert steps(kind, Family.WELLBEING, severity, Words("en"))[0] == CALL


def test_a_change_waits_for_the_day_and_what_is_technical_has_its_own_words():
    assert steps("meals", Family.WELLBEING, 0.4, Words("en")) == [CALM]
    assert steps("device_silence", Family.TECHNICAL, 0.9, Words("en")) == []


def test_it_is_said_in_italian():
    assert steps("sos_button", Family.SAFETY, 1.0, Words("it"))[2].endswith("chiama il 112.")
