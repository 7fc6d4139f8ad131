"""Every record of a message is either accepted or rejected with a reason; nothing raises and nothing disappears."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import senml
from core.clock import SimulatedClock
from core.messages import BatchProperties
from core.vocabulary import BY_NAME, Flag, Retention
from devices.reads import Series
from ingest.mqtt5 import Delivery
from ingest.series import ROUTES, Directory
from ingest.validate import Call, Limits, Reason, judge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
DAY_MS = 86_400_000
LIMITS = Limits(payload_bytes=5_000, ahead_ms=DAY_MS)
PROPERTIES = BatchProperties("boot", 4, 12.5, "synced").as_user_properties()
NAMES = ["hall/occupancy", "hall/temperature", "cord/sos_button"]


def directory():
    known = Directory(SimulatedClock(NOW))
    rows = [
        Series("home-1", 1, number, name, BY_NAME[name.partition("/")[2]].id, 7, 1)
        for number, name in enumerate(NAMES, start=1)
    ]
    known.refresh(lambda _: [*rows, Series("home-2", 2, 50, "attic/temperature", 40, 8, 1)])
    return known


KNOWN = directory()


def message(payload, *, topic="vicino/v1/gw/home-1/readings", properties=PROPERTIES):
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Delivery(topic, raw, properties, 1, 1)


def judged(payload, **changes):
    return judge(message(payload, **changes), KNOWN, NOW_MS, LIMITS)


def record(name="hall/temperature", value=20.5, unit="Cel", at_ms=NOW_MS):
    return {"n": name, "v": value, "u": unit, "t": at_ms / 1000}


def reasons(verdict):
    return {rejection.reason: rejection.records for rejection in verdict.rejections}


@pytest.mark.parametrize(
    ("pack", "is_ahead"),
    [
        ([record()], False),
        ([record(at_ms=NOW_MS + DAY_MS)], False),
        ([record(), record(at_ms=NOW_MS + DAY_MS + 1)], True),
        ([record(at_ms=946_684_800_000 - 1)], False),
        # What is refused for something else would come again for nothing.
        ([record("new/temperature", at_ms=NOW_MS + DAY_MS + 1)], False),
    ],
)
def test_a_time_ahead_is_told_from_one_that_was_never_set(pack, is_ahead):
    assert judged(pack).is_ahead is is_ahead


def test_a_right_pack_is_accepted_whole():
    verdict = judged([record(), record("hall/occupancy", 1, ""), record("cord/sos_button", 1, "1")])
    assert [(reading.series_id, reading.value, reading.at_ms, reading.flags) for reading in verdict.readings] == [
        (2, 20.5, NOW_MS, 0),
        (1, 1.0, NOW_MS, 0),
        (3, 1.0, NOW_MS, 0),
    ]
    assert not verdict.rejections
    assert (verdict.gateway, verdict.batch.boot, verdict.batch.sequence) == ("home-1", "boot", 4)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (record(unit="K"), Reason.UNIT),
        (record(unit=""), Reason.UNIT),
        (record("hall/occupancy", 1, "%"), Reason.UNIT),
        (record(at_ms=NOW_MS + DAY_MS + 1), Reason.TIME),
        (record(at_ms=946_684_800_000 - 1), Reason.TIME),
        (record(at_ms=-5), Reason.TIME),
        (record("cellar/temperature"), Reason.UNKNOWN_SERIES),
        (record("attic/temperature"), Reason.FOREIGN_SERIES),
        ({"n": "hall/temperature", "vs": "warm", "t": NOW_MS / 1000}, Reason.VALUE),
    ],
)
def test_a_wrong_record_does_not_lose_the_right_ones_beside_it(wrong, reason):
    verdict = judged([record(), wrong, record(at_ms=NOW_MS + 1), wrong])
    assert len(verdict.readings) == 2
    assert reasons(verdict) == {reason: 2}


@pytest.mark.parametrize(("at_ms"), [946_684_800_000, NOW_MS + DAY_MS])
def test_times_at_the_limits_are_accepted(at_ms):
    assert judged([record(at_ms=at_ms)]).readings[0].at_ms == at_ms


def test_what_is_older_than_its_class_is_kept_is_rejected_but_its_call_is_heard():
    kept_ms = tuple(10 * DAY_MS if route is Retention.LEVEL else 0 for route in ROUTES)
    limits = Limits(5_000, DAY_MS, kept_ms)
    old_ms = NOW_MS - 10 * DAY_MS
    pack = [
        record(at_ms=old_ms),
        record(at_ms=old_ms - 1),
        record("hall/occupancy", 1, "1", at_ms=old_ms - 1),
        record("cord/sos_button", 1, "1", at_ms=old_ms - 1),
    ]
    verdict = judge(message(pack), KNOWN, NOW_MS, limits)
    assert [(reading.series_id, reading.at_ms) for reading in verdict.readings] == [
        (2, old_ms), (1, old_ms - 1), (3, old_ms - 1),
    ]  # fmt: skip
    assert reasons(verdict) == {Reason.AFTER_RETENTION: 1}
    events = tuple(DAY_MS if route is Retention.EVENT else 0 for route in ROUTES)
    late = judge(message(pack), KNOWN, NOW_MS, Limits(5_000, DAY_MS, events))
    assert reasons(late) == {Reason.AFTER_RETENTION: 2}
    assert [call.series_id for call in late.calls] == [3]


@pytest.mark.parametrize(
    ("changes", "payload", "reason"),
    [
        ({"topic": "vicino/v1/gw/home-1/status"}, [record()], Reason.TOPIC),
        ({"topic": "vicino/v1/gw/HOME/readings"}, [record()], Reason.TOPIC),
        ({"topic": "elsewhere"}, [record()], Reason.TOPIC),
        ({"topic": "vicino/v1/gw/home-9/readings"}, [record(), record()], Reason.UNKNOWN_GATEWAY),
        ({"properties": []}, [record()], Reason.PROPERTIES),
        ({"properties": [("schema", "9")]}, [record()], Reason.PROPERTIES),
        ({}, b"\x00\xff", Reason.SYNTAX),
        ({}, b'{"n": 1}', Reason.SYNTAX),
        ({}, b"[" * 3_000, Reason.SYNTAX),
        ({}, b" " * 5_001, Reason.OVERSIZED),
    ],
)
def test_a_message_that_cannot_be_used_is_rejected_whole(changes, payload, reason):
    verdict = judged(payload, **changes)
    assert not verdict.readings
    assert list(reasons(verdict)) == [reason]


@pytest.mark.parametrize(
    ("wrong", "series_id", "quantity", "at_ms"),
    [
        (record("cord/sos_button", 1, "1", NOW_MS + DAY_MS + 1), 3, "sos_button", None),
        (record("cord/sos_button", 1, "1", 0), 3, "sos_button", None),
        (record("cord/sos_button", 1, "%"), 3, "sos_button", NOW_MS),
        (record("cord/sos_button", 1, "%", NOW_MS - DAY_MS), 3, "sos_button", NOW_MS - DAY_MS),
        (record("cord/sos_button", 1, "%", NOW_MS + 1), 3, "sos_button", None),
        (record("cord/sos_button", 1, "%", 946_684_799_999), 3, "sos_button", None),
        (record("cellar/smoke/2", 1, "1"), None, "smoke", NOW_MS),
    ],
)
def test_a_call_for_help_is_one_whatever_is_wrong_with_it(wrong, series_id, quantity, at_ms):
    (rejection,) = judged([wrong, wrong | {"v": 0}, wrong]).rejections
    assert rejection.records == 3
    name = "" if series_id else wrong["n"]
    assert rejection.calls == (Call(series_id, 7, BY_NAME[quantity].id, 1.0, at_ms, name),)


def test_of_several_calls_the_latest_is_told_and_one_without_a_time_is_the_latest():
    early, late, never = (record("cord/sos_button", 1, "%", at_ms) for at_ms in (NOW_MS - 9, NOW_MS - 5, NOW_MS + 5))
    assert [call.at_ms for call in judged([early, late, early]).calls] == [NOW_MS - 5]
    assert [call.at_ms for call in judged([early, never, late]).calls] == [None]
    good = [record("cord/sos_button", 1, "1", at_ms) for at_ms in (NOW_MS - 5, NOW_MS - 9)]
    assert [call.at_ms for call in judged(good).calls] == [NOW_MS - 5]


def test_two_devices_that_nobody_registered_are_two_callers():
    names = ("cellar/smoke", "attic-2/smoke", "cellar/smoke")
    assert [call.name for call in judged([record(name, 1, "1") for name in names]).calls] == list(names[:2])


def test_the_time_of_a_call_is_not_told_where_the_clock_is_not_set():
    properties = BatchProperties("boot", 4, 12.5, "unsynced").as_user_properties()
    pack = [record("cord/sos_button", 1, "%", NOW_MS - 5), record("cord/sos_button", 1, "1", NOW_MS - 5)]
    assert [call.at_ms for call in judged(pack, properties=properties).calls] == [None, None]


@pytest.mark.parametrize("name", ["cellar/temperature", "cellar", "cellar/smoked", "cellar/tamper"])
def test_only_safety_calls_for_help(name):
    assert all(not rejection.calls for rejection in judged([record(name, 1, "1")]).rejections)


def test_a_gateway_that_is_not_registered_has_no_home_to_call_from():
    verdict = judged([record("cord/sos_button", 1, "1")], topic="vicino/v1/gw/home-9/urgent")
    assert verdict.unregistered
    assert verdict.calls == ()
    assert not judged([record("cellar/smoke", 1, "1")]).unregistered


def test_an_unreadable_message_still_says_which_batch_it_was():
    verdict = judged(b"noise")
    assert (verdict.gateway, verdict.batch.sequence) == ("home-1", 4)


def test_only_what_could_have_been_registered_meanwhile_is_worth_another_look():
    assert judged([record("cellar/temperature")]).misses
    assert judged([record()], topic="vicino/v1/gw/home-9/readings").misses
    assert not judged([record(unit="K")]).misses


@pytest.mark.parametrize(
    ("name", "value", "unit", "flag"),
    [
        ("hall/temperature", 61, "Cel", Flag.OUT_OF_RANGE),
        ("hall/temperature", 60, "Cel", Flag.NONE),
        ("hall/occupancy", 0.5, "1", Flag.OUT_OF_RANGE),
        ("hall/occupancy", 2, "1", Flag.OUT_OF_RANGE),
    ],
)
def test_an_implausible_value_is_stored_and_flagged(name, value, unit, flag):
    assert judged([record(name, value, unit)]).readings[0].flags == flag


def test_readings_of_a_gateway_without_synchronised_clock_are_flagged():
    properties = BatchProperties("boot", 4, 12.5, "unsynced").as_user_properties()
    flags = [reading.flags for reading in judged([record(), record(value=99)], properties=properties).readings]
    assert flags == [Flag.UNSYNCHRONISED, Flag.UNSYNCHRONISED | Flag.OUT_OF_RANGE]


JSON_VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "n": st.sampled_from([*NAMES, "attic/temperature", "other/x", ""]),
        "u": st.sampled_from(["", "1", "Cel", "K"]),
        "v": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 70),
        "vb": st.booleans(),
        "vs": st.text(max_size=4),
        "t": st.sampled_from([0, -5, 1e20, 1e308, NOW_MS / 1000, NOW_MS / 1000 + 86_400, NOW_MS / 1000 + 90_000]),
        "bn": st.sampled_from(["hall/", ""]),
        "bt": st.sampled_from([0, NOW_MS / 1000, 1e308]),
        "bv": st.sampled_from([0, 1, 1e308]),
    },
)


@given(st.lists(RECORDS, max_size=12))
def test_every_record_is_either_accepted_or_rejected(records):
    measurements, faults = senml.decode(json.dumps(records).encode())
    verdict = judged(records)
    rejected = sum(rejection.records for rejection in verdict.rejections)
    assert len(verdict.readings) + rejected == len(measurements) + len(faults)
    assert all(rejection.records > 0 for rejection in verdict.rejections)


@given(
    st.binary(max_size=200)
    | st.recursive(JSON_VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)).map(
        lambda value: json.dumps(value).encode()
    ),
    st.sampled_from(["vicino/v1/gw/home-1/urgent", "vicino/v1/gw/home-1/backfill"]) | st.text(max_size=60),
    st.just(PROPERTIES)
    | st.lists(st.tuples(st.sampled_from(["schema", "boot", "seq", "mono", "clock"]), st.text(max_size=9)), max_size=6),
)
def test_nothing_from_the_network_raises_or_disappears(payload, topic, properties):
    verdict = judge(Delivery(topic, payload, properties, 1, 1), KNOWN, NOW_MS, LIMITS)
    if not verdict.rejections:
        measurements, faults = senml.decode(payload)
        assert len(verdict.readings) == len(measurements)
        assert not faults
    assert all(rejection.reason in Reason and rejection.detail for rejection in verdict.rejections)
