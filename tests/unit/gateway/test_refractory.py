"""Activations that follow each other too closely count once; a state is right in the end, whatever happens."""

import itertools
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.gateway_config import ConfiguredDevice
from gateway.reading import Reading
from gateway.refractory import Moment, Refractory

DEVICE = ConfiguredDevice("a", refractory_s={"motion": 10, "occupancy": 300, "contact": 1, "vibration": 5})
START_MS = 1_700_000_000_000


class Told(NamedTuple):
    at_s: float
    value: float


class Home:
    """One series; what it tells is put down as seconds since the start and the value."""

    def __init__(self, quantity: str, device: ConfiguredDevice | None = DEVICE) -> None:
        self.sifting = Refractory[int](lambda key: device if key == "a" else None)
        self.name = f"a/{quantity}"
        self.told: list[Told] = []
        self.acknowledged: list[int] = []
        self.number = 0

    def say(self, at_s: float, value: float = 1.0, *, now_s: float | None = None, dated: bool = True) -> None:
        now_ms = round((at_s if now_s is None else now_s) * 1000)
        at_ms = START_MS + round(at_s * 1000)
        self.number += 1
        reading = Reading(self.name, value, "1", at_ms if dated else None, None, at_ms)
        sifted = self.sifting.take(reading, self.number, Moment(START_MS + now_ms, now_ms))
        self._note(list(sifted.told))
        self.acknowledged += sifted.forgotten
        if not sifted.held and all(token != self.number for _, token in sifted.told):
            self.acknowledged.append(self.number)

    def pass_to(self, now_s: float) -> None:
        self._note(self.sifting.due(round(now_s * 1000)))

    def _note(self, told: list[tuple[Reading, int]]) -> None:
        for reading, token in told:
            assert reading.arrived_ms is not None
            self.told.append(Told((reading.arrived_ms - START_MS) / 1000, reading.value))
            self.acknowledged.append(token)


def test_an_activation_too_soon_counts_once() -> None:
    home = Home("motion")
    for at_s in (0, 3, 9.9, 10, 25):
        home.say(at_s)
    assert home.told == [(0, 1), (10, 1), (25, 1)]
    assert sorted(home.acknowledged) == [1, 2, 3, 4, 5]


def test_a_bouncing_contact_opens_and_closes_once() -> None:
    home = Home("contact")
    for at_s, value in ((0, 0.0), (0.05, 1.0), (0.1, 0.0), (60, 1.0), (60.1, 0.0), (60.2, 1.0), (90, 0.0)):
        home.pass_to(at_s)
        home.say(at_s, value)
    assert home.told == [(0, 0), (60, 1), (90, 0)]


def test_a_door_that_is_closed_at_once_is_told_closed_as_of_then() -> None:
    home = Home("contact")
    home.say(0, 0.0)
    home.say(0.4, 1.0)
    assert home.told == [(0, 0)]
    assert home.sifting.next_due_ms() == 1000
    home.pass_to(0.9)
    assert 2 not in home.acknowledged
    home.pass_to(1.0)
    assert home.told == [(0, 0), (0.4, 1)]
    assert home.acknowledged == [1, 2]


def test_presence_within_the_time_is_one_presence_with_its_last_end() -> None:
    home = Home("occupancy")
    for at_s, value in ((0, 1.0), (60, 0.0), (90, 1.0), (150, 0.0)):
        home.say(at_s, value)
    home.pass_to(300)
    home.say(310, 1.0)
    assert home.told == [(0, 1), (150, 0), (310, 1)]


def test_what_waited_in_the_homes_broker_is_judged_by_its_own_times() -> None:
    home = Home("motion")
    for at_s in (0, 20, 40, 45):
        home.say(at_s, now_s=1000)
    assert home.told == [(0, 1), (20, 1), (40, 1)]


def test_without_a_time_of_its_own_the_arrival_counts() -> None:
    home = Home("motion")
    home.say(0, dated=False)
    home.say(5, dated=False)
    home.say(12, dated=False)
    assert home.told == [(0, 1), (12, 1)]


def test_a_clock_that_was_put_back_silences_nothing() -> None:
    home = Home("motion")
    home.say(1000)
    home.say(400)
    assert home.told == [(1000, 1), (400, 1)]


@pytest.mark.parametrize("quantity", ["sos_button", "smoke", "water_leak", "fall", "temperature", "presence"])
def test_safety_levels_and_what_is_not_configured_are_told_as_they_come(quantity: str) -> None:
    home = Home(quantity)
    for at_s in range(5):
        home.say(at_s)
    assert len(home.told) == 5


def test_not_even_a_broken_rule_silences_a_call_for_help() -> None:
    device = ConfiguredDevice("a")
    device.refractory_s["smoke"] = 60.0
    home = Home("smoke", device)
    home.say(0)
    home.say(1)
    assert len(home.told) == 2


steps = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 2, 100, 400]), st.sampled_from([0.0, 1.0])), max_size=25)


@given(st.sampled_from(["contact", "occupancy"]), steps)
def test_in_the_end_the_state_is_right_everything_is_acknowledged_once_and_time_goes_on(
    quantity: str, changes: list[tuple[float, float]]
) -> None:
    home = Home(quantity)
    now_s = 0.0
    for wait_s, value in changes:
        now_s = round(now_s + wait_s, 3)
        home.pass_to(now_s)
        home.say(now_s, value)
    home.pass_to(now_s + 3600)
    if changes:
        assert home.told[-1].value == changes[-1][1]
    assert sorted(home.acknowledged) == list(range(1, len(changes) + 1))
    times = [told.at_s for told in home.told]
    assert times == sorted(set(times))
    activations = [told.at_s for told in home.told if told.value == (0.0 if quantity == "contact" else 1.0)]
    limit = DEVICE.refractory_s[quantity]
    assert all(after - before >= limit - 1e-6 for before, after in itertools.pairwise(activations))
