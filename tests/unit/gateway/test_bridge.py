"""What a Zigbee2MQTT bridge says, and when it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bridge import Bridge
from gateway.outbox import Reading
from gateway.stamping import LastReading

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
ADDRESS = "0x00158D0001A2B3C4"
OCCUPANCY = "0x00158d0001a2b3c4/occupancy"
SOS = "0x00158d0001a2b3c4/sos_button"
SMOKE = "0x00158d0001a2b3c4/smoke"
NAME = "hall/upper floor"


def devices(name: str = NAME) -> bytes:
    return json.dumps(
        [
            {"type": "Coordinator", "ieee_address": "0x0", "friendly_name": "Coordinator"},
            {
                "ieee_address": ADDRESS,
                "friendly_name": name,
                "definition": {"vendor": "V", "model": "M", "description": "D", "exposes": [
                    {"type": "binary", "property": "occupancy"}, {"type": "numeric", "property": "unheard_of"},
                ]},
            },
        ]
    ).encode()  # fmt: skip


def said(seconds: float, **values: object) -> bytes:
    at = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    return json.dumps({**values, "last_seen": at.isoformat()}).encode()


@pytest.fixture
def bridge() -> Bridge:
    made = Bridge("home/gw-1/z2m", lambda _: None)
    made.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    return made


def take(
    bridge: Bridge,
    payload: bytes,
    after_s: float = 0,
    *,
    restated: bool = False,
    name: str = NAME,
    connection: int = 0,
) -> list[Reading]:
    now_ms = NOW_MS + round(after_s * 1000)
    return bridge.take(f"home/gw-1/z2m/{name}", payload, now_ms, restated=restated, connection=connection)


def times(readings: list[Reading]) -> list[tuple[float, float | None]]:
    """Return the values and when they count, in seconds after `NOW`; None for the time of arrival."""
    return [(each.value, None if each.at_ms is None else (each.at_ms - NOW_MS) / 1000) for each in readings]


def with_devices(last: Callable[[str], LastReading | None]) -> Bridge:
    made = Bridge("home/gw-1/z2m", last)
    made.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    return made


def test_a_report_counts_when_it_was_last_seen(bridge: Bridge) -> None:
    assert take(bridge, said(-3, occupancy=True)) == [Reading(OCCUPANCY, 1.0, "1", NOW_MS - 3000, NOW_MS - 3000)]


def test_a_report_without_last_seen_counts_when_it_arrives(bridge: Bridge) -> None:
    assert take(bridge, b'{"occupancy": true}') == [Reading(OCCUPANCY, 1.0, "1", None)]
    assert take(bridge, b'{"occupancy": true}', 5) == [Reading(OCCUPANCY, 1.0, "1", None)]


def test_a_clock_far_ahead_is_not_believed(bridge: Bridge) -> None:
    assert take(bridge, said(3600, occupancy=True)) == [Reading(OCCUPANCY, 1.0, "1", None)]


def test_the_end_of_an_occupancy_that_the_bridge_timed_counts_when_it_arrives(bridge: Bridge) -> None:
    take(bridge, said(0, occupancy=True))
    assert take(bridge, said(0, occupancy=False), 90) == [Reading(OCCUPANCY, 0.0, "1", None, NOW_MS)]
    assert times(take(bridge, said(120, occupancy=True), 120)) == [(1, 120)]


def test_the_same_report_again_is_nothing_new_but_a_heartbeat_is(bridge: Bridge) -> None:
    take(bridge, said(0, occupancy=False))
    assert take(bridge, said(0, occupancy=False), 10) == []
    assert take(bridge, said(3000, occupancy=False), 3000) == [
        Reading(OCCUPANCY, 0.0, "1", NOW_MS + 3_000_000, NOW_MS + 3_000_000)
    ]


def test_a_restated_state_never_counts_when_it_arrives() -> None:
    known = {OCCUPANCY: LastReading(NOW_MS - 5000, NOW_MS - 5000, 0.0)}
    bridge = Bridge("home/gw-1/z2m", known.get)
    bridge.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    assert take(bridge, b'{"occupancy": true}', restated=True) == []
    assert take(bridge, said(-5, occupancy=False), restated=True) == []
    assert take(bridge, said(-60, occupancy=True), restated=True) == []
    assert times(take(bridge, said(-2, occupancy=True), restated=True)) == [(1, -2)]


def test_smoke_that_was_restated_is_an_alarm_once(bridge: Bridge) -> None:
    assert take(bridge, b'{"smoke": false}', restated=True) == []
    assert take(bridge, b'{"smoke": true}', restated=True) == [Reading(SMOKE, 1.0, "1", None)]
    assert take(bridge, b'{"smoke": true}', restated=True) == []


@pytest.mark.parametrize("ahead_s", [7200, 30])
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("kind", ["sos", "occupancy", "temperature", "battery"])
def test_nothing_is_swallowed_after_a_clock_that_was_ahead_is_put_back(
    ahead_s: float, restarted: bool, kind: str
) -> None:
    value = kind in ("sos", "occupancy") or 20
    remembered: dict[str, LastReading] = {}
    bridge = with_devices(remembered.get)
    [before] = take(bridge, said(ahead_s, **{kind: value}), ahead_s)
    assert before.at_ms is not None
    if restarted:
        remembered[before.name] = LastReading(before.at_ms, before.at_ms, before.value, before.said_ms)
        bridge = with_devices(remembered.get)
    assert times(take(bridge, said(10, **{kind: value}), 10)) == [(float(value), 10)]


def test_help_is_called_again_by_a_retained_report_after_the_clock_was_put_back() -> None:
    known = {SOS: LastReading(NOW_MS + 7_200_000, NOW_MS + 7_200_000, 1.0, NOW_MS + 7_200_000)}
    bridge = with_devices(known.get)
    assert take(bridge, said(7200, sos=True), 5, restated=True) == []
    assert times(take(bridge, said(10, sos=True), 11, restated=True)) == [(1, 10)]
    assert take(bridge, said(10, sos=True), 20, restated=True, connection=1) == []


def test_a_call_for_help_is_dropped_only_as_the_retained_report_known_already(bridge: Bridge) -> None:
    assert times(take(bridge, said(0, sos=True))) == [(1, 0)]
    assert take(bridge, said(0, sos=True), 30, restated=True) == []
    assert times(take(bridge, said(0, sos=True), 60)) == [(1, None)]
    assert times(take(bridge, said(-5, sos=True), 61)) == [(1, -5)]
    assert times(take(bridge, said(-9, sos=True), 62, restated=True)) == [(1, None)]


def test_help_called_in_two_words_of_one_message_is_called_once(bridge: Bridge) -> None:
    assert times(take(bridge, said(0, sos=True, action="emergency"))) == [(1, 0)]


def backlog(bridge: Bridge, arrived_min: float, connection: int) -> list[tuple[float, float | None]]:
    reports = [(0, True), (0, False), (10, True), (10, False), (40, True)]
    return [
        each
        for minute, value in reports
        for each in times(take(bridge, said(60 * minute, occupancy=value), 60 * arrived_min, connection=connection))
    ]


@pytest.mark.parametrize("arrived_min", [41, 600])
def test_a_backlog_keeps_its_times(bridge: Bridge, arrived_min: float) -> None:
    assert backlog(bridge, arrived_min, 1) == [(1, 0), (0, 0.001), (1, 600), (0, 600.001), (1, 2400)]


def test_a_backlog_keeps_its_times_after_a_restart() -> None:
    remembered = {OCCUPANCY: LastReading(NOW_MS - 900_000, NOW_MS - 900_000, 1.0, NOW_MS - 1_000_000)}
    assert backlog(with_devices(remembered.get), 41, 1) == [(1, 0), (0, 0.001), (1, 600), (0, 600.001), (1, 2400)]


def test_a_queued_end_takes_as_long_as_it_was_seen_to_take(bridge: Bridge) -> None:
    take(bridge, said(-300, occupancy=True), -300)
    assert times(take(bridge, said(-300, occupancy=False), -210)) == [(0, None)]
    assert backlog(bridge, 41, 1) == [(1, 0), (0, 90), (1, 600), (0, 690), (1, 2400)]


def test_an_end_whose_beginning_came_before_the_outage_does_not_count_at_the_return(bridge: Bridge) -> None:
    take(bridge, said(0, occupancy=True))
    assert times(take(bridge, said(0, occupancy=False), 7200, connection=1)) == [(0, 0.001)]
    assert times(take(bridge, said(600, occupancy=True), 7200, connection=1)) == [(1, 600)]


def test_the_end_that_comes_live_after_a_backlog_counts_when_it_arrives(bridge: Bridge) -> None:
    backlog(bridge, 41, 1)
    assert times(take(bridge, said(2400, occupancy=False), 41 * 60 + 30, connection=1)) == [(0, None)]


reports = st.tuples(st.integers(-90_000, 90_000), st.booleans(), st.booleans(), st.integers(0, 2))


@given(st.lists(st.tuples(st.integers(-9_000, 9_000), reports), max_size=20))
def test_no_live_call_for_help_is_ever_swallowed(steps: list[tuple[int, tuple[int, bool, bool, int]]]) -> None:
    bridge = with_devices(lambda _: None)
    for now_s, (said_s, pressed, restated, connection) in steps:
        told = take(bridge, said(said_s, sos=pressed), now_s, restated=restated, connection=connection)
        if pressed and not restated:
            assert [reading.value for reading in told] == [1]
            assert told[0].at_ms is None or told[0].at_ms <= NOW_MS + now_s * 1000 + 60_000


def test_side_topics_are_no_devices(bridge: Bridge) -> None:
    for below in (f"{NAME}/availability", f"{NAME}/set", f"{NAME}/get", "bridge/state", "bridge/logging"):
        assert take(bridge, b'{"state": "online"}', name=below) == []
    assert bridge.unknown == {}


def test_a_device_called_like_a_side_topic_is_heard() -> None:
    bridge = Bridge("home/gw-1/z2m", lambda _: None)
    bridge.take("home/gw-1/z2m/bridge/devices", devices("hall/set"), NOW_MS, restated=True)
    assert take(bridge, b'{"occupancy": true}', name="hall/set")


def test_unknown_and_unmapped_are_in_the_inventory(bridge: Bridge) -> None:
    take(bridge, b'{"occupancy": true, "unheard_of": [1, 2], "huge": "%s"}' % (b"x" * 500))
    take(bridge, b'{"occupancy": true}', name="a stranger")
    take(bridge, b'{"occupancy": true}', name="a stranger")
    listed, stranger = bridge.inventory().devices
    assert (listed.key, listed.name, listed.vendor, listed.model) == (ADDRESS.lower(), NAME, "V", "M")
    assert listed.exposes == ["occupancy", "unheard_of"]
    assert listed.quantities == ["occupancy"]
    assert listed.unmapped["unheard_of"] == "[1, 2]"
    assert len(listed.unmapped["huge"]) == 80
    assert (stranger.key, stranger.name) == ("", "a stranger")
    assert bridge.unknown == {"a stranger": 2}


def test_the_names_of_strangers_are_bounded(bridge: Bridge) -> None:
    for number in range(1000):
        take(bridge, b"{}", name=f"stranger {number}")
    assert len(bridge.inventory().devices) == 201


@given(st.binary(max_size=200), st.booleans())
def test_noise_is_counted_and_never_raises(payload: bytes, restated: bool) -> None:
    bridge = Bridge("home/gw-1/z2m", lambda _: None)
    bridge.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    bridge.take("home/gw-1/z2m/bridge/devices", payload, NOW_MS, restated=restated)
    assert take(bridge, payload, restated=restated) == [] or bridge.refused == {}
