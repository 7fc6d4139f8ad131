"""One report that is heard many times counts once."""

from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.decoded import Measurement
from gateway.dialects.dialect import Said
from gateway.repetition import FORGOTTEN_MS, Repetitions

WEIGHT, STRENGTH = Measurement("body_weight", 72.5), Measurement("signal_strength", -60.0)
BATTERY, WARMTH = Measurement("battery", 90.0), Measurement("temperature", 21.0)


def said(identity: str, key: str = "scale") -> Said:
    return Said(key, (WEIGHT, STRENGTH, BATTERY, WARMTH), None, {}, identity)


def test_what_is_heard_again_tells_of_the_device_alone() -> None:
    heard = Repetitions()
    assert WEIGHT in heard.new(said("a"), 0)
    for at in range(1_000, 60_000, 1_000):
        assert heard.new(said("a"), at) == (STRENGTH, BATTERY, WARMTH)


def test_it_is_the_same_for_as_long_as_it_goes_on_and_another_one_after_a_while() -> None:
    heard = Repetitions()
    heard.new(said("a"), 0)
    for turn in range(1, 20):
        assert WEIGHT not in heard.new(said("a"), turn * (FORGOTTEN_MS - 1))
    assert WEIGHT in heard.new(said("a"), 20 * FORGOTTEN_MS + FORGOTTEN_MS)


def test_reports_of_other_devices_and_without_identity_all_count() -> None:
    heard = Repetitions()
    assert all(WEIGHT in heard.new(said("a", key), 0) for key in ("one", "other"))
    assert all(WEIGHT in heard.new(said(""), at) for at in range(5))


def test_a_clock_that_was_put_back_forgets() -> None:
    heard = Repetitions()
    heard.new(said("a"), 1_000_000)
    assert WEIGHT in heard.new(said("a"), 500_000)


@given(st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.integers(0, 1_000)), max_size=300))
def test_memory_is_bounded(heard: list[tuple[int, int, int]]) -> None:
    repetitions = Repetitions()
    for key, identity, at in heard:
        repetitions.new(said(str(identity), str(key)), at)
    assert len(repetitions._heard) <= 1_000
    assert all(len(of_device) <= 16 for of_device in repetitions._heard.values())
