"""Readings as columns and as PostgreSQL's binary COPY."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import packing
from ingest.mqtt5 import Delivery
from ingest.reading import Reading
from ingest.validate import Verdict

MINUTE_MS = 60_000
NOW_MS = 1_800_000_000_000
READINGS = st.builds(
    Reading,
    series_id=st.integers(1, 2**31 - 1),
    at_ms=st.integers(946_684_800_000, 2**41),
    value=st.floats(allow_nan=False, allow_infinity=False),
    flags=st.integers(0, 3),
    route=st.integers(0, 4),
    home_id=st.integers(1, 2**31 - 1),
    quantity_id=st.just(1),
)
SHIFTS = st.none() | st.integers(-(10**9), 10**9)


def verdict(readings, shift_ms=None):
    return Verdict(Delivery("t", b"", [], 1, 1), "gw", None, readings, (), shift_ms)


def rows(packed):
    """Read a binary COPY as PostgreSQL does: the fields of each row as bytes, None for NULL."""
    assert packed.startswith(b"PGCOPY\n\xff\r\n\x00" + bytes(8))
    position, found = 19, []
    while (fields := struct.unpack_from(">h", packed, position)[0]) != -1:
        position += 2
        row = []
        for _ in range(fields):
            (length,) = struct.unpack_from(">i", packed, position)
            position += 4
            row.append(None if length == -1 else packed[position : position + length])
            position += max(length, 0)
        found.append(row)
    assert position == len(packed) - 2
    return found


def instant(raw):
    return None if raw is None else struct.unpack(">q", raw)[0] // 1000 + 946_684_800_000


@given(st.lists(st.tuples(st.lists(READINGS, max_size=5), SHIFTS), max_size=5))
def test_every_reading_is_written_once_and_whole(batches):
    columns = packing.gather([verdict(*batch) for batch in batches])
    expected = [
        (message, *reading[:6], None if shift is None else reading.at_ms + shift)
        for message, (readings, shift) in enumerate(batches)
        for reading in readings
    ]
    staged = [(*struct.unpack(">iiqdhhi", b"".join(row[:7])), instant(row[7])) for row in rows(packing.staged(columns))]
    assert sorted(staged, key=str) == sorted(
        ((m, s, (at - 946_684_800_000) * 1000, v, f, r, h, c) for m, s, at, v, f, r, h, c in expected), key=str
    )
    kept = [
        (instant(row[0]), *struct.unpack(">dih", b"".join(row[1:4])), instant(row[4]))
        for row in rows(packing.kept(columns))
    ]
    assert sorted(kept, key=str) == sorted(((at, v, s, f, c) for _, s, at, v, f, _, _, c in expected), key=str)


@given(st.lists(READINGS, max_size=20))
def test_readings_are_in_the_order_of_their_keys(readings):
    columns = packing.gather([verdict([reading]) for reading in readings])
    keys = [(int(row["series_id"]), int(row["at_ms"]), int(row["message"])) for row in columns]
    assert keys == sorted(keys)


@pytest.mark.parametrize("at_ms", [946_684_800_000, NOW_MS, 2**41])
def test_hours_and_months_are_those_of_the_readings(at_ms):
    same = [Reading(series, at_ms + series, 1.0, 0, 0, 5, 1) for series in (1, 2)]
    columns = packing.gather([verdict([*same, Reading(3, at_ms + 3, 1.0, 0, 0, 2**31 - 1, 1)])])
    assert packing.hours(columns) == {(5, at_ms // 3_600_000), (2**31 - 1, at_ms // 3_600_000)}
    assert len(list(packing.months(columns))) == 1


def test_months_are_utc_and_each_comes_once():
    new_year_ms = 1_767_225_600_000
    times = [new_year_ms - 1, new_year_ms, new_year_ms + MINUTE_MS]
    columns = packing.gather([verdict([Reading(1, at_ms, 1.0, 0, 0, 1, 1) for at_ms in times])])
    assert list(packing.months(columns)) == [(2025, 12), (2026, 1)]


def test_nothing_is_nothing():
    columns = packing.gather([verdict([])])
    assert len(columns) == 0
    assert packing.hours(columns) == set()
    assert rows(packing.kept(columns)) == []
