"""What a Zigbee2MQTT bridge says becomes readings, and when it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import interpretation
from gateway.dialects.senml import Senml
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.interpretation import Interpreter
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
def interpreter() -> Interpreter:
    made = Interpreter(Zigbee2Mqtt("home/gw-1/z2m"), lambda _: None)
    made.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    return made


def take(
    interpreter: Interpreter,
    payload: bytes,
    after_s: float = 0,
    *,
    restated: bool = False,
    name: str = NAME,
    connection: int = 0,
) -> list[Reading]:
    now_ms = NOW_MS + round(after_s * 1000)
    return interpreter.take(f"home/gw-1/z2m/{name}", payload, now_ms, restated=restated, connection=connection)


def times(readings: list[Reading]) -> list[tuple[float, float | None]]:
    """Return the values and when they count, in seconds after `NOW`; None for the time of arrival."""
    return [(each.value, None if each.at_ms is None else (each.at_ms - NOW_MS) / 1000) for each in readings]


def with_devices(last: Callable[[str], LastReading | None]) -> Interpreter:
    made = Interpreter(Zigbee2Mqtt("home/gw-1/z2m"), last)
    made.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    return made


def test_a_report_counts_when_it_was_last_seen(interpreter: Interpreter) -> None:
    assert take(interpreter, said(-3, occupancy=True)) == [Reading(OCCUPANCY, 1.0, "1", NOW_MS - 3000, NOW_MS - 3000)]


def test_a_report_without_last_seen_counts_when_it_arrives(interpreter: Interpreter) -> None:
    assert take(interpreter, b'{"occupancy": true}') == [Reading(OCCUPANCY, 1.0, "1", None)]
    assert take(interpreter, b'{"occupancy": true}', 5) == [Reading(OCCUPANCY, 1.0, "1", None)]


def test_a_clock_far_ahead_is_not_believed(interpreter: Interpreter) -> None:
    assert take(interpreter, said(3600, occupancy=True)) == [Reading(OCCUPANCY, 1.0, "1", None)]


def test_the_end_of_an_occupancy_that_the_bridge_timed_counts_when_it_arrives(interpreter: Interpreter) -> None:
    take(interpreter, said(0, occupancy=True))
    assert take(interpreter, said(0, occupancy=False), 90) == [Reading(OCCUPANCY, 0.0, "1", None, NOW_MS)]
    assert times(take(interpreter, said(120, occupancy=True), 120)) == [(1, 120)]


def test_the_same_report_again_is_nothing_new_but_a_heartbeat_is(interpreter: Interpreter) -> None:
    take(interpreter, said(0, occupancy=False))
    assert take(interpreter, said(0, occupancy=False), 10) == []
    assert take(interpreter, said(3000, occupancy=False), 3000) == [
        Reading(OCCUPANCY, 0.0, "1", NOW_MS + 3_000_000, NOW_MS + 3_000_000)
    ]


def test_a_restated_state_never_counts_when_it_arrives() -> None:
    known = {OCCUPANCY: LastReading(NOW_MS - 5000, NOW_MS - 5000, 0.0)}
    interpreter = Interpreter(Zigbee2Mqtt("home/gw-1/z2m"), known.get)
    interpreter.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    assert take(interpreter, b'{"occupancy": true}', restated=True) == []
    assert take(interpreter, said(-5, occupancy=False), restated=True) == []
    assert take(interpreter, said(-60, occupancy=True), restated=True) == []
    assert times(take(interpreter, said(-2, occupancy=True), restated=True)) == [(1, -2)]


def test_smoke_that_was_restated_is_an_alarm_once(interpreter: Interpreter) -> None:
    assert take(interpreter, b'{"smoke": false}', restated=True) == []
    assert take(interpreter, b'{"smoke": true}', restated=True) == [Reading(SMOKE, 1.0, "1", None)]
    assert take(interpreter, b'{"smoke": true}', restated=True) == []


@pytest.mark.parametrize("ahead_s", [7200, 30])
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("kind", ["sos", "occupancy", "temperature", "battery"])
def test_nothing_is_swallowed_after_a_clock_that_was_ahead_is_put_back(
    ahead_s: float, restarted: bool, kind: str
) -> None:
    value = kind in ("sos", "occupancy") or 20
    remembered: dict[str, LastReading] = {}
    interpreter = with_devices(remembered.get)
    [before] = take(interpreter, said(ahead_s, **{kind: value}), ahead_s)
    assert before.at_ms is not None
    if restarted:
        remembered[before.name] = LastReading(before.at_ms, before.at_ms, before.value, before.said_ms)
        interpreter = with_devices(remembered.get)
    assert times(take(interpreter, said(10, **{kind: value}), 10)) == [(float(value), 10)]


def test_help_is_called_again_by_a_retained_report_after_the_clock_was_put_back() -> None:
    known = {SOS: LastReading(NOW_MS + 7_200_000, NOW_MS + 7_200_000, 1.0, NOW_MS + 7_200_000)}
    interpreter = with_devices(known.get)
    assert take(interpreter, said(7200, sos=True), 5, restated=True) == []
    assert times(take(interpreter, said(10, sos=True), 11, restated=True)) == [(1, 10)]
    assert take(interpreter, said(10, sos=True), 20, restated=True, connection=1) == []


def test_a_call_for_help_is_dropped_only_as_the_retained_report_known_already(interpreter: Interpreter) -> None:
    assert times(take(interpreter, said(0, sos=True))) == [(1, 0)]
    assert take(interpreter, said(0, sos=True), 30, restated=True) == []
    assert times(take(interpreter, said(0, sos=True), 60)) == [(1, None)]
    assert times(take(interpreter, said(-5, sos=True), 61)) == [(1, -5)]
    assert times(take(interpreter, said(-9, sos=True), 62, restated=True)) == [(1, None)]


def test_help_called_in_two_words_of_one_message_is_called_once(interpreter: Interpreter) -> None:
    assert times(take(interpreter, said(0, sos=True, action="emergency"))) == [(1, 0)]


def backlog(interpreter: Interpreter, arrived_min: float, connection: int) -> list[tuple[float, float | None]]:
    reports = [(0, True), (0, False), (10, True), (10, False), (40, True)]
    return [
        each
        for minute, value in reports
        for each in times(
            take(interpreter, said(60 * minute, occupancy=value), 60 * arrived_min, connection=connection)
        )
    ]


@pytest.mark.parametrize("arrived_min", [41, 600])
def test_a_backlog_keeps_its_times(interpreter: Interpreter, arrived_min: float) -> None:
    assert backlog(interpreter, arrived_min, 1) == [(1, 0), (0, 0.001), (1, 600), (0, 600.001), (1, 2400)]


def test_a_backlog_keeps_its_times_after_a_restart() -> None:
    remembered = {OCCUPANCY: LastReading(NOW_MS - 900_000, NOW_MS - 900_000, 1.0, NOW_MS - 1_000_000)}
    assert backlog(with_devices(remembered.get), 41, 1) == [(1, 0), (0, 0.001), (1, 600), (0, 600.001), (1, 2400)]


def test_a_queued_end_takes_as_long_as_it_was_seen_to_take(interpreter: Interpreter) -> None:
    take(interpreter, said(-300, occupancy=True), -300)
    assert times(take(interpreter, said(-300, occupancy=False), -210)) == [(0, None)]
    assert backlog(interpreter, 41, 1) == [(1, 0), (0, 90), (1, 600), (0, 690), (1, 2400)]


def test_an_end_whose_beginning_came_before_the_outage_does_not_count_at_the_return(interpreter: Interpreter) -> None:
    take(interpreter, said(0, occupancy=True))
    assert times(take(interpreter, said(0, occupancy=False), 7200, connection=1)) == [(0, 0.001)]
    assert times(take(interpreter, said(600, occupancy=True), 7200, connection=1)) == [(1, 600)]


def test_the_end_that_comes_live_after_a_backlog_counts_when_it_arrives(interpreter: Interpreter) -> None:
    backlog(interpreter, 41, 1)
    assert times(take(interpreter, said(2400, occupancy=False), 41 * 60 + 30, connection=1)) == [(0, None)]


reports = st.tuples(st.integers(-90_000, 90_000), st.booleans(), st.booleans(), st.integers(0, 2))


@given(st.lists(st.tuples(st.integers(-9_000, 9_000), reports), max_size=20))
def test_no_live_call_for_help_is_ever_swallowed(steps: list[tuple[int, tuple[int, bool, bool, int]]]) -> None:
    interpreter = with_devices(lambda _: None)
    for now_s, (said_s, pressed, restated, connection) in steps:
        told = take(interpreter, said(said_s, sos=pressed), now_s, restated=restated, connection=connection)
        if pressed and not restated:
            assert [reading.value for reading in told] == [1]
            assert told[0].at_ms is None or told[0].at_ms <= NOW_MS + now_s * 1000 + 60_000


def test_side_topics_are_no_devices(interpreter: Interpreter) -> None:
    for below in (f"{NAME}/set", f"{NAME}/get", "bridge/state", "bridge/logging"):
        assert take(interpreter, b'{"state": "online"}', name=below) == []
    assert not interpreter.refused


def test_a_device_called_like_a_side_topic_is_heard() -> None:
    interpreter = Interpreter(Zigbee2Mqtt("home/gw-1/z2m"), lambda _: None)
    interpreter.take("home/gw-1/z2m/bridge/devices", devices("hall/set"), NOW_MS, restated=True)
    assert take(interpreter, b'{"occupancy": true}', name="hall/set")


def test_unknown_and_unmapped_are_in_the_inventory(interpreter: Interpreter) -> None:
    take(interpreter, b'{"occupancy": true, "unheard_of": [1, 2], "huge": "%s"}' % (b"x" * 500))
    take(interpreter, b'{"occupancy": true}', name="a stranger")
    take(interpreter, b'{"occupancy": true}', name="a stranger")
    listed, stranger = interpreter.inventory().devices
    assert (listed.key, listed.name, listed.vendor, listed.model) == (ADDRESS.lower(), NAME, "V", "M")
    assert listed.exposes == ["occupancy", "unheard_of"]
    assert listed.quantities == ["occupancy"]
    assert listed.unmapped["unheard_of"] == "[1, 2]"
    assert len(listed.unmapped["huge"]) == 80
    assert (stranger.key, stranger.name) == ("", "a stranger")
    assert interpreter.refused == {"unlisted": 2}


def test_the_names_of_strangers_are_bounded(interpreter: Interpreter) -> None:
    for number in range(1000):
        take(interpreter, b"{}", name=f"stranger {number}")
    assert len(interpreter.inventory().devices) == 201


@given(st.binary(max_size=200), st.booleans())
def test_noise_is_counted_and_never_raises(payload: bytes, restated: bool) -> None:
    interpreter = Interpreter(Zigbee2Mqtt("home/gw-1/z2m"), lambda _: None)
    interpreter.take("home/gw-1/z2m/bridge/devices", devices(), NOW_MS, restated=True)
    interpreter.take("home/gw-1/z2m/bridge/devices", payload, NOW_MS, restated=restated)
    assert take(interpreter, payload, restated=restated) == [] or interpreter.refused == {}


def test_invented_devices_fill_no_memory_and_calls_for_help_of_theirs_still_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interpretation, "_MOST_SERIES", 10)
    made = Interpreter(Senml("senml"), lambda _: None)
    packs = [f'[{{"n":"{name}","v":1}}]'.encode() for name in ("humidity", "smoke")]
    readings = [
        reading
        for number in range(30)
        for pack in packs
        for reading in made.take(f"senml/d{number}", pack, NOW_MS, restated=False)
    ]
    assert sum(reading.urgent for reading in readings) == 30
    assert len(readings) == 35
    assert made.refused == {"full": 25}
    assert len(made._courses) == len(made._told) == 10
    assert len(made._quantities) == 5
