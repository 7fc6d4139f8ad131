"""When sirens sound and contacts are told, whatever happens in whatever order."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.gateway_config import GatewayConfig, Siren
from core.messages import BatchProperties
from core.senml import Measurement, encode
from core.topics import Leaf
from gateway.reading import Batch
from gateway.rules.calls import PRESSED_AGAIN_S, TOLD_AGAIN_S, Call, Calls, calls_in

SIREN = Siren("siren", "ON", "OFF", ["sos_button", "smoke"], seconds=60)
LIGHT = Siren("light", "ON", "OFF", ["sos_button"], seconds=120)
SIRENS = [SIREN, LIGHT]
CONFIG = GatewayConfig(version="1", sirens=SIRENS, siren_after_s=5, tell_after_s=30)


def sos(sequence: int = 1) -> Call:
    return Call(sequence, "button/sos_button", 0)


def test_with_a_connection_it_sounds_only_without_stored() -> None:
    calls = Calls()
    calls.uplink(0, up=True)
    calls.called(sos(), 10, CONFIG)
    assert calls.sounding(SIRENS, 14.9) == []
    assert calls.sounding(SIRENS, 15) == SIRENS
    calls.stored(1)
    assert calls.sounding(SIRENS, 16) == []
    assert calls.to_tell(100) == []


def test_without_a_connection_it_sounds_at_once_and_stops_by_itself() -> None:
    calls = Calls()
    calls.called(sos(), 10, CONFIG)
    assert calls.sounding(SIRENS, 10) == SIRENS
    assert calls.sounding(SIRENS, 70) == [LIGHT]
    assert calls.sounding(SIRENS, 130) == []


def test_a_connection_that_is_lost_or_comes_back_without_stored_is_no_help() -> None:
    calls = Calls()
    calls.uplink(0, up=True)
    calls.called(sos(), 10, CONFIG)
    calls.uplink(12, up=False)
    assert calls.sounding(SIRENS, 12) == SIRENS
    calls.uplink(13, up=True)
    assert calls.sounding(SIRENS, 13) == SIRENS


def test_water_has_no_siren_here_and_is_told_all_the_same() -> None:
    calls = Calls()
    leak = Call(3, "sink/water_leak", 0)
    calls.called(leak, 0, CONFIG)
    assert calls.sounding(SIRENS, 1) == []
    assert calls.to_tell(29) == []
    assert calls.to_tell(30) == [leak]
    assert calls.to_tell(31) == []


def test_a_withdrawn_sos_is_silent_and_a_fire_is_not() -> None:
    calls = Calls()
    smoke = Call(2, "kitchen/smoke", 0)
    calls.called(sos(), 0, CONFIG)
    calls.called(smoke, 0, CONFIG)
    calls.withdrawn()
    assert calls.sounding(SIRENS, 1) == [SIREN]
    assert calls.to_tell(30) == [smoke]
    calls.called(sos(4), 31, CONFIG)
    assert calls.sounding(SIRENS, 31) == SIRENS


def test_a_device_that_repeats_its_call_is_told_of_seldom() -> None:
    calls = Calls()
    told = 0
    for second in range(0, 3600, 10):
        calls.called(Call(second + 1, "kitchen/smoke", 0), second, CONFIG)
        told += len(calls.to_tell(second))
    assert told == 3600 // TOLD_AGAIN_S


def test_all_that_a_detector_repeated_is_told_with_one_message_more() -> None:
    calls = Calls()
    for second in range(0, 600, 10):
        calls.called(Call(second + 1, "kitchen/smoke", 0), second, CONFIG)
        calls.to_tell(second)
    later = [second for second in range(600, 10_000, 10) if calls.to_tell(second)]
    assert later == [30 + TOLD_AGAIN_S]


def test_who_presses_again_after_withdrawing_is_told_of_again() -> None:
    calls = Calls()
    calls.called(sos(1), 0, CONFIG)
    assert calls.to_tell(30) == [sos(1)]
    calls.withdrawn()
    calls.called(sos(2), 300, CONFIG)
    assert calls.to_tell(330) == [sos(2)]


def test_who_presses_again_a_minute_later_is_told_of_again() -> None:
    calls = Calls()
    calls.called(sos(1), 0, CONFIG)
    calls.called(sos(2), 20, CONFIG)
    assert calls.to_tell(30) == [sos(1)], "one message says it of both"
    calls.called(sos(3), 40, CONFIG)
    calls.called(sos(4), 50, CONFIG)
    assert calls.to_tell(80) == []
    assert calls.to_tell(30 + PRESSED_AGAIN_S) == [sos(3)]
    assert calls.to_tell(3600) == []


def test_a_call_after_one_that_was_stored_is_told_though_nobody_could_be_told_of_that() -> None:
    calls = Calls()
    calls.called(sos(1), 0, CONFIG)
    calls.to_tell(30)
    calls.stored(1)
    calls.called(sos(2), 70, CONFIG)
    assert calls.to_tell(100) == [sos(2)]


def test_what_an_earlier_start_has_done_is_not_done_again() -> None:
    calls = Calls()
    calls.called(sos(1), 0, CONFIG, earlier=True)
    calls.called(Call(2, "b/sos_button", 0), 0, CONFIG, earlier=True, told=True, sounded=True)
    assert calls.sounding(SIRENS, 4) == []
    assert calls.sounding(SIRENS, 5) == SIRENS
    assert [call.sequence for call in calls.to_tell(30)] == [1]
    calls.settle(1000)
    assert (calls.told, calls.sounded) == ({1, 2}, {1, 2})


def test_only_calls_are_found_in_a_batch() -> None:
    measurements = [
        Measurement("a/sos_button", 1_700_000_000_000, 1.0, "1"),
        Measurement("b/smoke", 1_700_000_000_000, 0.0, "1"),
        Measurement("c/contact_told", 1_700_000_000_000, 1.0, "1"),
        Measurement("a/sos_cancelled", 1_700_000_001_000, 1.0, "1"),
    ]
    batch = Batch(Leaf.URGENT, BatchProperties("boot", 7, 1.0, "unsynced"), 4, encode(measurements))
    found = [(call.sequence, call.quantity, call.in_doubt) for call in calls_in(batch)]
    assert found == [(7, "sos_button", True), (7, "sos_cancelled", True)]


@given(st.lists(st.tuples(st.floats(0, 300), st.booleans()), max_size=20))
def test_next_at_misses_nothing(changes: list[tuple[float, bool]]) -> None:
    """Between two moments that `next_at` names, nothing changes."""
    calls = Calls()
    now = 0.0
    calls.called(sos(), now, CONFIG)
    for wait_s, up in changes:
        calls.uplink(now, up=up)
        before = calls.sounding(SIRENS, now)
        following = calls.next_at(SIRENS, now)
        if following is None or following > now + wait_s:
            assert calls.sounding(SIRENS, now + wait_s) == before
        now += wait_s


class Interleavings(RuleBasedStateMachine):
    """Connections that flap, calls, confirmations, cancellations and time, in any order.

    Beside the calls runs the plainest model of what people in the home may rely on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls()
        self.now = 0.0
        self.up = False
        self.number = 0
        self.waiting: dict[int, tuple[str, float, float]] = {}  # quantity, came, in danger since
        self.withdrawn: set[int] = set()
        self.told: list[int] = []

    @rule(up=st.booleans())
    def uplink(self, up: bool) -> None:
        self.up = up
        self.calls.uplink(self.now, up=up)
        if not up:
            for number, (quantity, came, since) in self.waiting.items():
                self.waiting[number] = (quantity, came, min(since, self.now))

    @rule(quantity=st.sampled_from(["sos_button", "smoke", "fall"]), device=st.integers(1, 2))
    def call(self, quantity: str, device: int) -> None:
        self.number += 1
        self.calls.called(Call(self.number, f"{device}/{quantity}", 0), self.now, CONFIG)
        since = self.now if not self.up else self.now + CONFIG.siren_after_s
        self.waiting[self.number] = (quantity, self.now, since)

    @rule(seconds=st.sampled_from([0.5, 4, 5, 25, 30, 60, 1000]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def stored(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.waiting)))
        del self.waiting[number]
        self.calls.stored(number)

    @rule()
    def cancel(self) -> None:
        self.calls.withdrawn()
        self.withdrawn |= {number for number, (quantity, *_) in self.waiting.items() if quantity == "sos_button"}

    @rule()
    def tell(self) -> None:
        for call in self.calls.to_tell(self.now):
            _, came, _ = self.waiting[call.sequence]
            assert self.now >= came + CONFIG.tell_after_s
            assert call.sequence not in self.withdrawn
            self.told.append(call.sequence)

    @invariant()
    def sounds_as_long_as_it_must_and_no_longer(self) -> None:
        self.calls.settle(self.now)
        sounding = self.calls.sounding(SIRENS, self.now)
        for siren in SIRENS:
            must = any(
                since <= self.now < since + siren.seconds
                for number, (quantity, _, since) in self.waiting.items()
                if quantity in siren.quantities and number not in self.withdrawn
            )
            assert (siren in sounding) == must

    @invariant()
    def nobody_is_told_twice(self) -> None:
        assert len(self.told) == len(set(self.told))

    def teardown(self) -> None:
        # However it went: if nothing more happens, everything is silent in the end.
        assert self.calls.sounding(SIRENS, self.now + 1000) == []


Interleavings.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestInterleavings = Interleavings.TestCase
