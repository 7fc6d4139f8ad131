"""Messages that are as gateways write them are judged at once; what comes of it is what record by record would give."""

import json
from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core import senml
from core.clock import SimulatedClock
from core.messages import BatchProperties
from core.vocabulary import BY_NAME
from devices.reads import Series
from ingest import packing
from ingest.mqtt5 import Delivery
from ingest.reading import Accepted
from ingest.series import Directory
from ingest.validate import Limits, judge

NOW_MS = round(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)
LIMITS = Limits(payload_bytes=50_000, ahead_ms=60_000)
NAMES = ["hall/occupancy", "hall/temperature", "hall/temperature/2", "cord/sos_button", "plug/power", "odd"]


class Careful(Directory):
    """Knows the same, but lets nothing be judged at once."""

    def places_of(self, key):
        return None


def known(kind):
    directory = kind(SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)))
    rows = [
        Series("gw", 1, number, name, BY_NAME[name.split("/")[1]].id, 7, 1)
        for number, name in enumerate(NAMES[:-1], start=11)
    ]
    directory.refresh(lambda _: rows)
    return directory


AT_ONCE, CAREFUL = known(Directory), known(Careful)
VALUES = st.sampled_from([0, 1, 0.5, -3.25, 20.1, 61, 2**53, 1e300]) | st.floats(-100, 100)
TIMES = st.integers(NOW_MS - 10**7, NOW_MS + 30_000) | st.sampled_from(
    [946_684_800_000, 946_684_799_999, NOW_MS + 60_000, NOW_MS + 60_001]
)
MEASUREMENTS = st.builds(
    senml.Measurement, st.sampled_from([*NAMES, *NAMES[:4]]), TIMES, VALUES, st.sampled_from(["1", "Cel", "W", ""])
)
RIGHT = st.builds(
    lambda name, at_ms, value: senml.Measurement(name, at_ms, value, BY_NAME[name.split("/")[1]].unit),
    st.sampled_from(NAMES[:-1]), st.integers(NOW_MS - 10**7, NOW_MS), VALUES,
)  # fmt: skip


def delivery(payload, clock="synced"):
    properties = BatchProperties("boot", 4, 12.5, clock).as_user_properties()
    return Delivery("vicino/v1/gw/gw/readings", payload, properties, 1, 1)


def both(payload, clock="synced"):
    message = delivery(payload, clock)
    return judge(message, AT_ONCE, NOW_MS, LIMITS), judge(message, CAREFUL, NOW_MS, LIMITS)


def same(left, right):
    assert list(left.readings) == list(right.readings)
    assert list(left.rejections) == list(right.rejections)
    assert left._replace(readings=(), rejections=()) == right._replace(readings=(), rejections=())


@given(st.lists(MEASUREMENTS | RIGHT, max_size=8), st.sampled_from(["synced", "unsynced"]))
def test_what_gateways_write_is_judged_as_record_by_record(measurements, clock):
    same(*both(senml.encode(measurements), clock))


@given(st.lists(RIGHT, min_size=1, max_size=8))
def test_what_is_right_is_judged_at_once(measurements):
    at_once, careful = both(senml.encode(measurements))
    assert isinstance(at_once.readings, Accepted)
    assert not isinstance(careful.readings, Accepted)
    assert len(at_once.readings) == len(measurements)
    same(at_once, careful)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["bn", "bt", "bu", "bv", "bver", "n", "u", "v", "vb", "vs", "t", "s", "x"]),
            st.sampled_from(["hall/", "temperature", "hall/temperature", "Cel", "1", "", 10, 1, 0, NOW_MS / 1000, -1.5,
                             1e308, True, None, "20"]),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_comes_is_judged_as_record_by_record(records):
    same(*both(json.dumps(records).encode()))


@given(
    st.binary(max_size=40) | st.sampled_from([b'[{"bn":"hall/","bt":1772366400,"n":"temperature","v":1e999}]', b"[]"])
)
def test_whatever_bytes_come_are_judged_as_record_by_record(payload):
    same(*both(payload))


@given(st.lists(st.lists(MEASUREMENTS | RIGHT, max_size=4), max_size=6))
def test_both_ways_give_the_same_columns(messages):
    judged = [both(senml.encode(measurements)) for measurements in messages]
    at_once = packing.gather([left for left, _ in judged])
    assert np.array_equal(at_once, packing.gather([right for _, right in judged]))
    mixed = packing.gather([pair[place % 2] for place, pair in enumerate(judged)])
    assert np.array_equal(at_once, mixed)


def test_a_series_that_is_registered_later_keeps_the_others_where_they_are():
    directory = known(Directory)
    message = delivery(senml.encode([senml.Measurement("hall/temperature", NOW_MS, 20.5, "Cel")]))
    before = judge(message, directory, NOW_MS, LIMITS)
    row = Series("new", 2, 99, "x/humidity", BY_NAME["humidity"].id, 8, 1)
    assert directory.look_again(["new"], lambda _: [row])
    topic = "vicino/v1/gw/new/readings"
    other = delivery(senml.encode([senml.Measurement("x/humidity", NOW_MS, 40, "%")]))._replace(topic=topic)
    columns = packing.gather([before, judge(other, directory, NOW_MS, LIMITS)])
    assert columns["series_id"].tolist() == [12, 99]
    assert columns["home_id"].tolist() == [7, 8]
