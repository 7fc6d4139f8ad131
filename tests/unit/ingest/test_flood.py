"""Nobody gets more than the allowance, nobody within it is put aside, and calls for help always pass."""

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.clock import SimulatedClock
from core.vocabulary import BY_NAME
from devices.reads import Series
from ingest.flood import FORGET_S, Allowance, Flood
from ingest.mqtt5 import Delivery
from ingest.reading import Reading
from ingest.series import SAFETY_ROUTE, Directory
from ingest.validate import Reason, Verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GATEWAYS = ("home-1", "home-2", "home-3")
DEVICES = ("hall", "kitchen", "cord")
TEMPERATURE, SOS = BY_NAME["temperature"], BY_NAME["sos_button"]
ROWS = [
    Series(gateway, number, number * 10 + place, f"{device}/{quantity.name}", quantity.id, number, 1)
    for number, gateway in enumerate(GATEWAYS, start=1)
    for place, (device, quantity) in enumerate([(each, TEMPERATURE) for each in DEVICES] + [("cord", SOS)])
]


def known():
    directory = Directory(SimulatedClock(NOW))
    directory.refresh(lambda _: ROWS)
    return directory


KNOWN = known()


def message(gateway, counts, calls=0):
    """A judged message with so many readings of each device, taking turns, and so many calls for help."""
    series = KNOWN.of_gateway(gateway)
    left, turns = dict(counts), []
    while any(left.values()):
        for device, count in list(left.items()):
            if count:
                left[device] -= 1
                turns.append(series[f"{device}/temperature"])
    turns += [series["cord/sos_button"]] * calls
    readings = [
        Reading(each.series_id, number, 1.0, 0, each.route, each.home_id, each.quantity_id)
        for number, each in enumerate(turns)
    ]
    return Verdict(Delivery(f"vicino/v1/gw/{gateway}/readings", b"", [], 1, 1), gateway, None, readings, ())


def device_of(reading):
    return DEVICES[min(reading.series_id % 10, 2)]


def admit(flood, *verdicts):
    with flood.admitting(verdicts, KNOWN) as admitted:
        return admitted


def accepted(admitted):
    return [len(verdict.readings) for verdict in admitted.verdicts]


def floods(flood, clock, gateway="home-1", device="hall", count=500):
    admit(flood, message(gateway, {device: count}))
    clock.advance(1)


GATEWAY, DEVICE = Allowance(600, 100), Allowance(60, 20)


def make(gateway=GATEWAY, device=DEVICE):
    clock = SimulatedClock(NOW)
    return Flood(gateway, device, clock), clock


def test_what_is_within_the_allowance_passes_untouched():
    flood, clock = make()
    for _ in range(100):
        verdicts = [message("home-1", {"hall": 1}), message("home-2", {"kitchen": 1})]
        with flood.admitting(verdicts, KNOWN) as admitted:
            assert admitted.verdicts is verdicts
            assert admitted.parked == {}
        clock.advance(1)


def test_the_excess_of_a_device_is_put_aside_with_its_count_and_nobody_else_notices():
    flood, _ = make()
    verdicts = [
        message("home-1", {"hall": 50}),
        message("home-1", {"kitchen": 10}),
        message("home-2", {"hall": 10}),
    ]
    admitted = admit(flood, *verdicts)
    assert accepted(admitted) == [20, 10, 10]
    assert admitted.parked == {("home-1", "hall"): 30}
    (rejection,) = admitted.verdicts[0].rejections
    assert (rejection.reason, rejection.records, rejection.calls) == (Reason.FLOOD, 30, ())
    assert rejection.detail == "hall: more than 60 readings a minute."
    assert admitted.verdicts[1] is verdicts[1]
    assert admitted.verdicts[2] is verdicts[2]


def test_what_went_through_unseen_is_not_given_once_more():
    flood, clock = make()
    assert accepted(admit(flood, message("home-1", {"hall": 10}))) == [10]
    assert accepted(admit(flood, message("home-1", {"hall": 50}))) == [10]
    clock.advance(5)
    assert accepted(admit(flood, message("home-1", {"hall": 50}))) == [5]


def test_what_all_devices_send_together_is_bounded_too():
    flood, _ = make(gateway=Allowance(60, 12), device=Allowance(600, 1_000))
    admitted = admit(flood, message("home-1", {"hall": 8, "kitchen": 8}))
    assert accepted(admitted) == [12]
    assert admitted.parked == {("home-1", ""): 4}
    assert admitted.verdicts[0].rejections[0].detail == "all devices together: more than 60 readings a minute."


LOUD = [f"loud{number}" for number in range(7)]


def crowded_home():
    """One home in which seven devices are loud and one says a word now and then, about its door."""
    rows = [
        Series("crowd", 9, number, f"{device}/{quantity.name}", quantity.id, 9, 1)
        for number, (device, quantity) in enumerate(
            [*((each, TEMPERATURE) for each in LOUD), ("door", BY_NAME["contact"])]
        )
    ]
    directory = Directory(SimulatedClock(NOW))
    directory.refresh(lambda _: rows)
    return directory


def of_crowd(directory, counts):
    """A judged message with so many readings by name of series, one series after the other."""
    series = directory.of_gateway("crowd")
    readings = [
        Reading(series[name].series_id, number, 1.0, 0, series[name].route, 9, series[name].quantity_id)
        for name, count in counts.items()
        for number in range(count)
    ]
    return Verdict(Delivery("vicino/v1/gw/crowd/readings", b"", [], 1, 1), "crowd", None, readings, ())


def test_the_excess_of_a_gateway_is_at_the_expense_of_those_who_send_most():
    """Seven devices within their own allowance are too much together; the eighth stays below its share and is heard."""
    directory = crowded_home()
    clock = SimulatedClock(NOW)
    flood = Flood(Allowance(3_000, 20_000), Allowance(600, 6_000), clock)
    heard, let_through, late = 0, 0, 0
    for second in range(4_200):
        verdicts = [of_crowd(directory, {f"{each}/temperature": 8 for each in LOUD})]
        if second % 10 == 0:
            verdicts.append(of_crowd(directory, {"door/contact": 1}))
        with flood.admitting(verdicts, directory) as admitted:
            pass
        heard += len(admitted.verdicts[1].readings) if len(verdicts) > 1 else 0
        let_through += len(admitted.verdicts[0].readings)
        if second >= 3_600:
            late += sum(len(each.readings) for each in admitted.verdicts)
        clock.advance(1)
    assert heard == 420
    assert let_through < 7 * 8 * 4_200
    # In the long run the allowance of the gateway is what passes, no more and no less.
    assert late == pytest.approx(10 * 3_000, rel=0.01)


def test_who_never_spoke_before_has_a_share_of_a_gateway_that_has_used_up_everything():
    directory = crowded_home()
    clock = SimulatedClock(NOW)
    flood = Flood(Allowance(60, 80), Allowance(600, 1_000), clock)
    for _ in range(30):
        with flood.admitting([of_crowd(directory, {f"{each}/temperature": 80 for each in LOUD})], directory):
            clock.advance(1)
    with flood.admitting([of_crowd(directory, {"door/contact": 11, "loud0/temperature": 5})], directory) as admitted:
        assert [each.series_id for each in admitted.verdicts[0].readings] == [7] * 10
        assert admitted.parked == {("crowd", ""): 6}


def test_calls_for_help_pass_in_any_flood():
    flood, clock = make()
    floods(flood, clock)
    (verdict,) = admit(flood, message("home-1", {"hall": 50, "cord": 50}, calls=3)).verdicts
    assert sum(reading.route == SAFETY_ROUTE for reading in verdict.readings) == 3
    assert len(verdict.calls) == 1


def test_a_device_that_calms_down_is_heard_again():
    flood, clock = make()
    floods(flood, clock)
    # One a second comes back.
    assert accepted(admit(flood, message("home-1", {"hall": 5}))) == [1]
    clock.advance(60)
    assert accepted(admit(flood, message("home-1", {"hall": 10}))) == [10]


def test_what_was_not_committed_does_not_count():
    flood, _ = make()
    for _ in range(5):
        with pytest.raises(OSError, match="gone"), flood.admitting([message("home-1", {"hall": 15})], KNOWN):
            raise OSError("gone")
    assert accepted(admit(flood, message("home-1", {"hall": 25}))) == [20]


def test_either_limit_can_be_left_out():
    flood, clock = make(gateway=Allowance(0, 1))
    assert accepted(admit(flood, message("home-1", {"hall": 500, "kitchen": 10}))) == [30]
    flood, clock = make(device=Allowance(0, 2))
    floods(flood, clock, count=90)
    # What the gateway has left is within the share of one of three devices.
    assert accepted(admit(flood, message("home-1", {"hall": 500}))) == [33]


def test_gateways_that_sent_nothing_for_a_while_are_forgotten():
    flood, clock = make()
    floods(flood, clock)
    admit(flood, message("home-2", {"hall": 1}))
    assert len(flood) == 2
    clock.advance(FORGET_S)
    admit(flood, message("home-3", {"hall": 1}))
    assert len(flood) == 1


@given(st.lists(st.tuples(st.integers(1, 1_000), st.floats(0, 1)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_full_outbox_is_never_put_aside(pieces):
    """Whoever sends no more than the burst at once may send it in whatever mixture."""
    allowance = Allowance(6, 1_000)
    flood = Flood(allowance, allowance, SimulatedClock(NOW))
    left = 1_000
    for wanted, share in [*pieces, (1_000, 1.0)]:
        size = min(left, wanted)
        of_hall = round(size * share)
        assert admit(flood, message("home-1", {"hall": of_hall, "kitchen": size - of_hall})).parked == {}
        left -= size


class AnySenders(RuleBasedStateMachine):
    """Senders of all kinds, and one device that keeps within its rate: what comes of them against what they may."""

    GATEWAY = Allowance(240, 40)
    DEVICE = Allowance(60, 12)

    def __init__(self):
        super().__init__()
        self.clock = SimulatedClock(NOW)
        self.flood = Flood(self.GATEWAY, self.DEVICE, self.clock)
        self.taken = defaultdict(list)  # (seconds, count) by gateway, and by gateway and device
        self.calm_at = -1.0

    @rule(
        batches=st.lists(
            st.tuples(
                st.sampled_from(GATEWAYS[:2]),
                st.dictionaries(st.sampled_from(DEVICES), st.integers(1, 4) | st.integers(1, 30), min_size=1),
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=3,
        ),
        fails=st.booleans(),
    )
    def send(self, batches, fails):
        verdicts = [message(*batch) for batch in batches]
        if fails:
            with suppress(ConnectionError), self.flood.admitting(verdicts, KNOWN):
                raise ConnectionError
            return
        admitted = admit(self.flood, *verdicts)
        parked = defaultdict(int)
        for before, after in zip(verdicts, admitted.verdicts, strict=True):
            refused = sum(rejection.records for rejection in after.rejections)
            assert len(after.readings) + refused == len(before.readings)
            assert [r for r in after.readings if r.route == SAFETY_ROUTE] == [
                r for r in before.readings if r.route == SAFETY_ROUTE
            ]
            parked[before.gateway] += refused
            for reading in after.readings:
                if reading.route != SAFETY_ROUTE:
                    for key in (before.gateway, (before.gateway, device_of(reading))):
                        self.taken[key].append((self.clock.monotonic(), 1))
        for gateway, count in parked.items():
            assert count == sum(n for (key, _), n in admitted.parked.items() if key == gateway)

    @precondition(lambda self: self.clock.monotonic() - self.calm_at >= 1)
    @rule(others=st.integers(0, 60))
    def one_that_keeps_within_its_rate_is_heard(self, others):
        """At home-3 the hall says one reading a second at most, the kitchen whatever it likes within the gateway's."""
        self.calm_at = self.clock.monotonic()
        noise = message("home-1", {"kitchen": others}) if others else message("home-2", {"cord": 1})
        admitted = admit(self.flood, noise, message("home-3", {"kitchen": 1}), message("home-3", {"hall": 1}))
        assert accepted(admitted)[1:] == [1, 1]

    @precondition(lambda self: self.clock.monotonic() - self.calm_at >= 1)
    @rule(count=st.integers(1, 60))
    def a_loud_neighbour_in_the_same_home(self, count):
        """The device beside it floods: only that one is put aside."""
        self.calm_at = self.clock.monotonic()
        self.clock.advance(20)  # the gateway as a whole has room again
        admitted = admit(self.flood, message("home-3", {"kitchen": count}), message("home-3", {"hall": 1}))
        assert accepted(admitted)[1] == 1
        self.clock.advance(20)
        self.calm_at = self.clock.monotonic()

    @precondition(lambda self: self.clock.monotonic() - self.calm_at >= 1)
    @rule(count=st.integers(1, 60))
    def two_neighbours_that_are_too_much_together(self, count):
        """The hall says one reading a second, less than its share of the gateway's: it is always heard."""
        self.calm_at = self.clock.monotonic()
        admitted = admit(
            self.flood, message("home-3", {"kitchen": count, "cord": count}), message("home-3", {"hall": 1})
        )
        assert accepted(admitted)[1] == 1

    @rule(seconds=st.floats(0.01, 90))
    def wait(self, seconds):
        self.clock.advance(seconds)

    @invariant()
    def nobody_got_more_than_the_allowance(self):
        for key, taken in self.taken.items():
            allowance = self.GATEWAY if isinstance(key, str) else self.DEVICE
            # The shares of the devices pass beside what the gateway as a whole may send at once.
            burst = allowance.burst * (2 if isinstance(key, str) else 1)
            level, before = 0.0, 0.0
            for at, count in taken:
                level = max(0.0, level - (at - before) * allowance.per_minute / 60) + count
                before = at
                assert level <= burst + 1e-6, key


TestAnySenders = AnySenders.TestCase
TestAnySenders.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
