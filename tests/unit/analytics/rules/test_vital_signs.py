"""Vital signs: off by default; limits, a gain of weight, the person's own range."""

import re

import pytest

from analytics.frames import HOUR
from analytics.rules.catalogue import RULES
from analytics.rules.standing import Mode, default
from analytics.rules.vital_signs import Limits, VitalSettings, VitalSigns
from core.places import RoomKind
from tests.unit.analytics.made import sensor, sensors
from tests.unit.analytics.rules.made import DAY, ONE_DAY, moment, past, seen
from tests.unit.analytics.test_explanation import DISEASES

SERIES = 40


def measured(quantity, value, before=(), **settings):
    layout = sensors(sensor(SERIES, quantity, RoomKind.BATHROOM))
    values = {DAY - (len(before) - n) * ONE_DAY: each for n, each in enumerate(before)}
    scene = seen([] if value is None else [(moment("8:00"), SERIES, value)], layout=layout)
    return VitalSigns().judge(scene, past(values=values), VitalSettings(**settings))


def test_they_are_off_where_nobody_switched_them_on():
    assert default("vital_signs").mode is Mode.OFF
    assert [rule.name for rule in RULES.values() if rule.mode is Mode.OFF] == ["vital_signs"]


def test_nothing_measured_is_nothing():
    assert measured("body_weight", None, [70.0] * 20) == []


@pytest.mark.parametrize(
    ("value", "before", "en", "it"),
    [
        (
            72.0,
            [70.0],
            "2.0 kg more than 1 day before (70.0 kg). Told from 2.0 kg on.",
            "2,0 kg in più rispetto a 1 giorno prima",
        ),
        (
            73.4,
            [70.1, 71.6, 71.9],
            "3.3 kg more than 3 days before (70.1 kg)",
            "3,3 kg in più rispetto a 3 giorni prima",
        ),
        (71.9, [70.0], None, None),
        (75.0, [70.0, 73.5, 73.5, 73.5], None, None),
    ],
    ids=["singular", "plural", "too little", "too long ago"],
)
def test_a_gain_of_weight_within_days(value, before, en, it):
    found = measured("body_weight", value, before)
    assert len(found) == (en is not None)
    for one in found:
        assert en in one.said.en
        assert it in one.said.it
        assert one.evidence["reason"] == "gain"


@pytest.mark.parametrize(
    ("quantity", "value", "limits", "said"),
    [
        ("oxygen_saturation", 88.0, Limits(low=90), "Oxygen saturation 88 % on Tuesday 10 February. The lower limit"),
        ("systolic_pressure", 180.0, Limits(high=180), "The upper limit that was set is 180 mmHg."),
        ("heart_rate", 210.0, Limits(40, 120), "Pulse 210 /min"),
        ("heart_rate", 80.0, Limits(40, 120), None),
    ],
)
def test_limits_that_were_set(quantity, value, limits, said):
    found = measured(quantity, value, limits={quantity: limits})
    assert [said in one.said.en for one in found] == ([] if said is None else [True])
    assert all(one.kind == f"vital_{quantity}" for one in found)
    assert measured(quantity, value) == []


@pytest.mark.parametrize(("value", "found"), [(120.0, True), (60.0, True), (90.0, False)])
def test_the_own_range_counts_both_ways(value, found):
    before = [88.0, 90, 92, 89, 91, 90, 90, 88, 92, 90, 89, 91, 90, 90, 91]
    told = measured("heart_rate", value, before)
    assert bool(told) is found
    for one in told:
        assert "usually 88 /min to 92 /min. Known of 15 days." in one.said.en
        assert "Valore abituale calcolato su 15 giorni." in one.said.it
    assert measured("heart_rate", value, before, own_range=False) == []


def test_no_sentence_names_a_disease():
    said = [
        one.said
        for quantity, value in (("body_weight", 80.0), ("heart_rate", 150.0), ("body_temperature", 40.0))
        for one in measured(quantity, value, [70.0] * 14, limits={quantity: Limits(high=value)})
    ]
    assert said
    assert not any(
        DISEASES.search(text) or re.search("scompens|cuore|heart failure", text) for one in said for text in one
    )


def test_what_is_not_plausible_does_not_count():
    assert measured("body_weight", 900.0, [70.0]) == []


def test_it_speaks_of_the_day_up_to_the_last_measurement():
    (one,) = measured("body_weight", 75.0, [70.0])
    assert one.about == (moment("0:00"), moment("8:00"))
    assert one.about.end - one.about.start == 8 * HOUR
