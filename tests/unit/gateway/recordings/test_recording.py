"""What recordings have in common: order, ties, identical rows, local times, intervals."""

import gzip
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.senml import Measurement
from gateway.recordings.recording import (
    ActiveInterval,
    LocalTimes,
    RecordingError,
    TrackBuilder,
    changes,
    csv_rows,
    middle_birth_year,
)

rows = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab"), st.sampled_from([0.0, 1.0, 2.0])), max_size=60)


def built(given_rows: list[tuple[int, str, float]], *, states: bool = False) -> tuple[list[Measurement], int]:
    builder = TrackBuilder()
    for at_ms, name, value in given_rows:
        builder.add(at_ms, name, value, "1")
    track, identical = builder.build(states=states)
    return list(track), identical


@given(rows)
def test_keys_are_unique_and_every_row_is_accounted_for(given_rows: list[tuple[int, str, float]]) -> None:
    track, identical = built(given_rows)
    assert len({(name, at_ms) for name, at_ms, *_ in track}) == len(track) == len(given_rows) - identical
    for name in "ab":
        times = [at_ms for each, at_ms, *_ in track if each == name]
        assert all(earlier < later for earlier, later in pairwise(times))


@given(rows)
def test_the_same_rows_have_the_same_keys(given_rows: list[tuple[int, str, float]]) -> None:
    assert built(given_rows) == built(given_rows)


@given(rows)
def test_repeating_the_rows_adds_only_identical_ones(given_rows: list[tuple[int, str, float]]) -> None:
    """Unless ties spread over the next instant: then what was there is moved on, the same way each time."""
    sparse = [(at_ms * 1000, name, value) for at_ms, name, value in given_rows]
    assert built(sparse + sparse)[0] == built(sparse)[0]


def test_identical_rows_count_once_also_between_others() -> None:
    track, identical = built([(5, "a", 1.0), (5, "a", 2.0), (5, "a", 1.0)])
    assert [(at_ms, value) for _, at_ms, value, _ in track] == [(5, 1.0), (6, 2.0)]
    assert identical == 1


def test_states_may_come_back_within_one_instant() -> None:
    track, _ = built([(5, "a", 1.0), (5, "a", 0.0), (5, "a", 1.0)], states=True)
    assert [(at_ms, value) for _, at_ms, value, _ in track] == [(5, 1.0), (6, 0.0), (7, 1.0)]


def test_local_times_follow_daylight_saving() -> None:
    times = LocalTimes(ZoneInfo("Europe/London"))
    assert times.milliseconds("2019-03-31 00:59:59") == ms(2019, 3, 31, 0, 59, 59)
    assert times.milliseconds("2019-03-31 02:00:00") == ms(2019, 3, 31, 1)
    assert times.milliseconds("2019-10-27 01:30:00") == ms(2019, 10, 27, 0, 30)
    assert times.milliseconds("2019-07-01 12:00:00.250") == ms(2019, 7, 1, 11) + 250


def ms(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2019-02-30 10:00:00", "2019-04-01 25:00:00", "2019-04-01 10:61:00", "2019-04-01 10:00",
             "2019-04-01T10:00:00", "2019-04-01 10-00-00"],
)  # fmt: skip
def test_what_is_no_local_time(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the reader names file and line
        LocalTimes(ZoneInfo("Europe/London")).milliseconds(text)


def test_overlapping_intervals_are_one_and_touching_ones_are_two() -> None:
    intervals = [ActiveInterval(10, 20), ActiveInterval(15, 30), ActiveInterval(30, 40), ActiveInterval(50, 50)]
    assert list(changes(intervals)) == [
        (10, True), (30, False), (30, True), (40, False), (50, True), (50, False),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 20)), max_size=20))
def test_changes_alternate_in_order(given_intervals: list[tuple[int, int]]) -> None:
    found = list(changes([ActiveInterval(start, start + length) for start, length in given_intervals]))
    assert [active for _, active in found] == [True, False] * (len(found) // 2)
    assert [at_ms for at_ms, _ in found] == sorted(at_ms for at_ms, _ in found)


def test_csv_files_may_be_packed_and_quoted(tmp_path: Path) -> None:
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(b'a,b\n1,"(80, 90]"\n\n2,x\n'))
    assert list(csv_rows(packed, ("a", "b"))) == [(2, ["1", "(80, 90]"]), (4, ["2", "x"])]


def test_a_broken_file_is_said_with_its_line(tmp_path: Path) -> None:
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 10)[:-12])
    with pytest.raises(RecordingError, match=r"x\.csv\.gz cannot be read after line"):
        list(csv_rows(packed, ("a", "b")))
    plain = tmp_path / "y.csv"
    plain.write_text("b,a\n")
    with pytest.raises(RecordingError, match="line 1"):
        list(csv_rows(plain, ("a", "b")))


def test_birth_years() -> None:
    assert middle_birth_year("(80, 90]", 2019) == 1934
    assert middle_birth_year("unknown", 2019) is None
