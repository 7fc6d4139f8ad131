"""The second radio of a simulated home: its Bluetooth devices, and what a gateway makes of what is heard of them."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import SystemClock
from core.vocabulary import BY_NAME
from devices import models
from gateway.dialects.ble import Ble
from gateway.interpretation import Interpreter
from simulator import ble, scenario
from simulator.__main__ import homes_of
from simulator.habits import milliseconds
from simulator.home import SimulatedHome
from simulator.plan import PLANS
from simulator.settings import SimulatorSettings

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 20, 0, 0, tzinfo=UTC)
HOURS = 48


def home(index: int = 0) -> SimulatedHome:
    return SimulatedHome(3, index, ROME, plan=PLANS[index]._replace(ble=True))


def heard(start: datetime, end: datetime, index: int = 0) -> list[ble.RawMessage]:
    return [message for message in home(index).messages(start, end) if "/BTtoMQTT/" in message.topic]


WHOLE = heard(START, START + timedelta(hours=HOURS))


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, HOURS * 3_600_000), max_size=3))
def test_an_interval_split_anywhere_gives_the_same_messages(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), HOURS * 3_600_000]
    pieces = []
    for begin, end in pairwise(edges):
        pieces += heard(START + timedelta(milliseconds=begin), START + timedelta(milliseconds=end))
    assert pieces == WHOLE


def test_all_that_a_home_says_is_in_order() -> None:
    plan = PLANS[0]._replace(ble=True, lorawan=True)
    said = [message.at for message in SimulatedHome(3, 0, ROME, plan=plan).messages(START, START + timedelta(days=2))]
    assert said == sorted(said)


def test_the_first_homes_have_bluetooth_and_the_last_lorawan_if_the_settings_say_so() -> None:
    settings = SimulatorSettings(
        broker_url="mqtt://127.0.0.1", simulator_homes=3, simulator_ble_homes=1, simulator_lorawan_homes=1
    )
    plans = [made.plan for made in homes_of(settings, SystemClock())]
    assert [(plan.ble, plan.lorawan) for plan in plans] == [(True, False), (False, False), (False, True)]


def test_other_homes_say_what_they_said_before() -> None:
    end = START + timedelta(days=1)
    plain = list(SimulatedHome(3, 0, ROME).messages(START, end))
    assert [message for message in home().messages(START, end) if "/BTtoMQTT/" not in message.topic] == plain


def test_advertisements_are_heard_by_two_receivers_and_not_all_of_them() -> None:
    by_receiver = Counter(message.topic.split("/")[-3] for message in WHOLE)
    assert set(by_receiver) == set(ble.RECEIVERS)
    thermometer = [message for message in WHOLE if json.loads(message.payload)["type"] == "THB"]
    expected = HOURS * 6 * len(ble.RECEIVERS)
    assert 0.5 * expected < len(thermometer) < 0.75 * expected


def test_a_gateway_makes_one_measurement_of_each() -> None:
    days = 14
    simulated = home()
    end = START + timedelta(days=days)
    interpreter = Interpreter(Ble(simulated.ble_base), lambda _: None)
    readings = [
        reading
        for message in simulated.messages(START, end)
        for reading in interpreter.take(
            message.topic, message.payload, milliseconds(message.at), restated=message.retain
        )
    ]
    kinds = Counter(reading.name.split("/")[1] for reading in readings)
    body = ble.draw_body(simulated.seed, simulated.key)
    first = date(2026, 3, 20)
    measured: Counter[str] = Counter()
    for day in (first + timedelta(days=number) for number in range(-1, days + 1)):
        for kind, taken in ble.measurements(body, simulated.ble_day(day)).items():
            measured[kind] += sum(START <= ble.instant_of(at) < end - timedelta(minutes=2) for at, _ in taken)
    assert kinds["body_weight"] == measured["scale"]
    assert kinds["systolic_pressure"] == kinds["diastolic_pressure"] == measured["blood_pressure"]
    assert measured["scale"] >= days / 2
    assert not interpreter.refused
    for reading in readings:
        quantity = BY_NAME[reading.name.split("/")[1]]
        assert quantity.minimum <= reading.value <= quantity.maximum, reading


@pytest.mark.parametrize("index", range(4))
def test_a_person_stays_the_same_from_day_to_day_and_drifts_over_months(index: int) -> None:
    simulated = home(index)
    body = ble.draw_body(simulated.seed, simulated.key)
    weights = [
        said["weight"]
        for number in range(300)
        for _, said in ble.measurements(body, simulated.ble_day(date(2026, 1, 1) + timedelta(days=number)))["scale"]
    ]
    assert max(abs(one - other) for one, other in pairwise(weights)) < 2.5
    assert 0.05 < max(weights) - min(weights) < 8
    assert abs(mean(weights) - body.weight_kg) < 3


def test_a_home_without_power_is_not_heard() -> None:
    start = datetime.combine(START.date(), time(6), UTC)
    silent = home().with_events([scenario.gateway_silent(home().key, start, start + timedelta(hours=6))])
    messages = [m for m in silent.messages(START, START + timedelta(days=1)) if "/BTtoMQTT/" in m.topic]
    assert messages
    assert not [message for message in messages if start <= message.at < start + timedelta(hours=6)]


def test_its_devices_are_in_the_registry_and_their_models_in_the_catalogue() -> None:
    entry = home().registry_entry()
    keys = {device["key"] for device in entry["devices"]}
    said = {json.loads(message.payload)["id"].replace(":", "").lower() for message in WHOLE}
    assert said <= keys
    for model in ble.MODELS[:2]:
        found = models.find(model.model_id)
        assert found is not None
        assert set(model.quantities) == set(found.quantities)
