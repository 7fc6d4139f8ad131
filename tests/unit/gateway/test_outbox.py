"""The outbox: what it accepted is there until it is stored."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import SimulatedClock
from core.errors import VicinoError
from core.senml import decode
from core.topics import LANES, Leaf
from gateway.outbox import Batch, Outbox, OutboxError, OutboxInUseError, Reading
from gateway.stamping import LastReading
from gateway.synchronisation import EARLIEST, Instant, Timekeeper
from gateway.thinning import Limits

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
START_MS = round(START.timestamp() * 1000)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def outbox(tmp_path: Path, clock: SimulatedClock) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.db", clock, "boot-1") as opened:
        yield opened


def motion(value: float = 1.0, at_ms: int | None = None, device: str = "a") -> Reading:
    return Reading(f"{device}/occupancy", value, "1", at_ms)


def content(batch: Batch | None) -> list[tuple[str, int, float]]:
    assert batch is not None
    measurements, faults = decode(batch.payload)
    assert not faults
    return [(name, at_ms, value) for name, at_ms, value, _ in measurements]


def test_a_reading_is_stamped_when_it_goes_in(outbox: Outbox, clock: SimulatedClock) -> None:
    outbox.add([motion()])
    clock.advance(30)
    assert content(outbox.seal(Leaf.READINGS, 10)) == [("a/occupancy", START_MS, 1.0)]


def test_a_source_time_is_kept(outbox: Outbox) -> None:
    outbox.add([motion(at_ms=START_MS - 1234)])
    assert content(outbox.seal(Leaf.READINGS, 10)) == [("a/occupancy", START_MS - 1234, 1.0)]


def test_ties_are_seen_across_restarts(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1") as outbox:
        assert outbox.add([motion(1.0)]) == 1
        batch = outbox.seal(Leaf.READINGS, 10)
        assert batch is not None
        outbox.stored("boot-1", [batch.properties.sequence])
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        assert outbox.add([motion(1.0, START_MS), motion(0.0, START_MS)]) == 1
        assert content(outbox.seal(Leaf.READINGS, 10)) == [("a/occupancy", START_MS + 1, 0.0)]


def test_lanes(outbox: Outbox) -> None:
    outbox.add([motion(), motion(at_ms=START_MS - 121_000, device="b"), Reading("c/sos_button", 1.0, "1")])
    assert [name for name, *_ in content(outbox.seal(Leaf.URGENT, 10))] == ["c/sos_button"]
    assert [name for name, *_ in content(outbox.seal(Leaf.READINGS, 10))] == ["a/occupancy"]
    assert [name for name, *_ in content(outbox.seal(Leaf.BACKFILL, 10))] == ["b/occupancy"]
    assert all(outbox.seal(lane, 10) is None for lane in LANES)


def test_what_was_kept_for_long_becomes_backfill_but_a_safety_reading_stays_urgent(
    outbox: Outbox, clock: SimulatedClock
) -> None:
    outbox.add([motion(), Reading("c/smoke", 1.0, "1")])
    clock.advance(86_400)
    assert outbox.seal(Leaf.READINGS, 10) is None
    assert len(content(outbox.seal(Leaf.BACKFILL, 10))) == 1
    assert len(content(outbox.seal(Leaf.URGENT, 10))) == 1


def test_a_batch_is_the_same_bytes_after_a_restart(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1") as outbox:
        outbox.add([motion(), motion(0.0)])
        sealed = outbox.seal(Leaf.READINGS, 10)
        assert sealed is not None
    clock.advance(1000)
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        assert outbox.unstored() == [(sealed.properties.sequence, Leaf.READINGS)]
        assert outbox.batch(sealed.properties.sequence) == sealed
        assert outbox.queued == 2
        outbox.add([motion(1.0)])
        following = outbox.seal(Leaf.READINGS, 10)
        assert following is not None
        assert following.properties.sequence > sealed.properties.sequence
        assert following.properties.boot == "boot-2"
        assert outbox.stored("boot-1", [sealed.properties.sequence]) == [(sealed.properties.sequence, 2)]


def test_stored_in_any_order_twice_and_of_other_boots(outbox: Outbox) -> None:
    sequences = []
    for second in range(3):
        outbox.add([motion(at_ms=START_MS + second)])
        batch = outbox.seal(Leaf.READINGS, 10)
        assert batch is not None
        sequences.append(batch.properties.sequence)
    assert outbox.stored("another", sequences) == []
    assert outbox.queued == 3
    assert outbox.stored("boot-1", [sequences[2], sequences[2], 10**9]) == [(sequences[2], 1)]
    assert outbox.stored("boot-1", [sequences[2], sequences[0]]) == [(sequences[0], 1)]
    assert outbox.unstored() == [(sequences[1], Leaf.READINGS)]
    assert outbox.queued == 1


def test_depth_and_age(outbox: Outbox, clock: SimulatedClock) -> None:
    assert (outbox.queued, outbox.oldest_ms()) == (0, None)
    outbox.add([motion(), motion(at_ms=START_MS - 5000, device="b")])
    assert (outbox.queued, outbox.waiting, outbox.oldest_ms()) == (2, 2, START_MS - 5000)
    batch = outbox.seal(Leaf.READINGS, 1)
    assert batch is not None
    assert (outbox.queued, outbox.waiting, outbox.oldest_ms()) == (2, 1, START_MS - 5000)
    outbox.stored("boot-1", [batch.properties.sequence])
    assert (outbox.queued, outbox.oldest_ms()) == (1, START_MS)
    assert outbox.disk_bytes() > 0


def test_a_clock_that_is_not_synchronised_holds_back_all_but_safety(tmp_path: Path) -> None:
    wrong = datetime(1970, 1, 1, tzinfo=UTC)
    clock = SimulatedClock(wrong)
    with Outbox(tmp_path / "o.db", clock, "boot-1", timekeeper=Timekeeper(clock, tmp_path)) as outbox:
        outbox.add([motion(1.0), motion(0.0)])
        clock.advance(10)
        outbox.add([motion(1.0), Reading("c/fall", 1.0, "1"), motion(at_ms=START_MS, device="lorawan")])
        urgent = outbox.seal(Leaf.URGENT, 10)
        assert content(urgent) == [("c/fall", round(EARLIEST.timestamp() * 1000) + 10_000, 1.0)]
        assert urgent is not None
        assert urgent.properties.clock == "unsynced"
        ready = outbox.seal(Leaf.READINGS, 10)
        assert [name for name, *_ in content(ready)] == ["lorawan/occupancy"]
        assert outbox.seal(Leaf.READINGS, 10) is None
        assert outbox.seal(Leaf.BACKFILL, 10) is None
        clock.advance(5)
        clock.jump(START)
        (tmp_path / "synchronized").touch()
        assert outbox.release_held() == 3
        released = outbox.seal(Leaf.READINGS, 10)
        assert released is not None
        assert released.properties.clock == "synced"
        assert content(released) == [
            ("a/occupancy", START_MS - 15_000, 1.0),
            ("a/occupancy", START_MS - 14_999, 0.0),
            ("a/occupancy", START_MS - 5_000, 1.0),
        ]


def test_what_an_earlier_boot_held_back_goes_as_not_synchronised(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2025, 6, 1, tzinfo=UTC))
    with Outbox(tmp_path / "o.db", clock, "boot-1", timekeeper=Timekeeper(clock, tmp_path)) as outbox:
        outbox.add([motion()])
    clock.jump(START)
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        assert outbox.release_held() == 0
        batch = outbox.seal(Leaf.BACKFILL, 10)
        assert batch is not None
        assert batch.properties.clock == "unsynced"


def test_a_reading_added_while_the_clock_becomes_synchronised_is_not_held_for_ever(tmp_path: Path) -> None:
    clock = SimulatedClock(START)
    releasing: list[threading.Thread] = []

    class Switching(Timekeeper):
        """Finds the clock unsynchronised once, and lets another thread release what is held as soon as it can."""

        def look(self) -> Instant:
            found = super().look()
            if threading.current_thread() is not threading.main_thread() or releasing:
                return found
            releasing.append(threading.Thread(target=outbox.release_held))
            releasing[0].start()
            releasing[0].join(0.3)
            return found._replace(synchronised=False)

    with Outbox(tmp_path / "o.db", clock, "boot-1", timekeeper=Switching(clock)) as outbox:
        outbox.add([motion()])
        releasing[0].join()
        assert content(outbox.seal(Leaf.READINGS, 10)) == [("a/occupancy", START_MS, 1.0)]


def test_what_the_source_said_is_remembered_apart_from_the_arrival(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1") as outbox:
        outbox.add([Reading("a/occupancy", 0.0, "1", None, START_MS - 90_000), motion(1.0)])
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        last = outbox.last("a/occupancy")
        assert last is not None
        assert (last.source_ms, last.value, last.said_ms) == (START_MS, 1.0, START_MS - 90_000)


def test_an_outbox_from_before_is_opened_with_all_it_holds(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1") as outbox:
        outbox.add([motion(1.0)])
        outbox._db.execute("ALTER TABLE series DROP COLUMN said_ms")
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        assert outbox.last("a/occupancy") == LastReading(START_MS, START_MS, 1.0, None)
        assert outbox.queued == 1


def test_a_full_outbox_thins_levels_and_never_events(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1", limits=Limits(readings=100)) as outbox:
        for minute in range(100):
            at_ms = START_MS + minute * 60_000
            outbox.add([motion(minute % 2, at_ms), Reading("t/temperature", 20 + minute / 10, "Cel", at_ms)])
        assert outbox.thinned > 0
        assert outbox.queued + outbox.thinned == 200
        rows: list[tuple[str, int, float]] = []
        for lane in LANES:
            while batch := outbox.seal(lane, 50):
                rows += content(batch)
        names = [name for name, *_ in rows]
        assert names.count("a/occupancy") == 100
        levels = sorted(at_ms for name, at_ms, _ in rows if name == "t/temperature")
        assert len(levels) == 100 - outbox.thinned
        thinned = outbox.thinned
    with Outbox(tmp_path / "o.db", clock, "boot-2") as outbox:
        assert outbox.thinned == thinned


def test_one_process_per_outbox(tmp_path: Path, clock: SimulatedClock, outbox: Outbox) -> None:
    with pytest.raises(OutboxInUseError):
        Outbox(tmp_path / "outbox.db", clock, "boot-2")


def test_a_file_that_is_no_outbox_is_left_alone(tmp_path: Path, clock: SimulatedClock) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(VicinoError, match="cannot be read") as raised:
        Outbox(path, clock, "boot-1")
    assert "left as it is" in str(raised.value)
    assert path.read_bytes().startswith(b"this is not")


def test_a_full_disk_accepts_nothing_and_loses_nothing(outbox: Outbox, clock: SimulatedClock) -> None:
    outbox.add([motion(at_ms=START_MS)])
    pages = outbox._db.execute("PRAGMA page_count").fetchone()[0]
    outbox._db.execute(f"PRAGMA max_page_count = {pages}")
    many = [motion(at_ms=START_MS + number, device=f"device-{number}") for number in range(5000)]
    with pytest.raises(OutboxError) as raised:
        outbox.add(many)
    assert "make room" in str(raised.value)
    assert outbox.queued == 1
    outbox._db.execute("PRAGMA max_page_count = 100000")
    clock.advance(10)
    assert outbox.add(many) == 5000
    assert outbox.queued == 5001


def test_threads_share_it(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "boot-1", durable=False) as outbox:
        seen: list[tuple[str, int, float]] = []

        def fill(device: str) -> None:
            for number in range(300):
                outbox.add([motion(number, START_MS + number, device)])

        threads = [threading.Thread(target=fill, args=(f"device-{index}",)) for index in range(3)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) or outbox.waiting:
            batch = outbox.seal(Leaf.READINGS, 40)
            if batch is not None:
                seen += content(batch)
                outbox.stored("boot-1", [batch.properties.sequence])
        assert len(set(seen)) == len(seen) == 900


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(0, 30), st.sampled_from([0.0, 1.0])),
            st.tuples(st.just("seal"), st.sampled_from(LANES), st.integers(1, 4)),
            st.tuples(st.just("stored"), st.integers(0, 20), st.just(0)),
            st.tuples(st.just("restart"), st.just(0), st.just(0)),
        ),
        max_size=40,
    )
)
def test_every_accepted_reading_leaves_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object, object]]
) -> None:
    path = tmp_path_factory.mktemp("outbox") / "o.db"
    clock = SimulatedClock(START)
    boots = 1
    outbox = Outbox(path, clock, "boot-1", durable=False)
    accepted = 0
    keys: list[tuple[str, int]] = []
    sealed: dict[int, Batch] = {}
    try:
        for kind, first, second in steps:
            if kind == "add":
                accepted += outbox.add([motion(float(str(second)), START_MS + int(str(first)))])
            elif kind == "seal":
                assert isinstance(first, Leaf)
                batch = outbox.seal(first, int(str(second)))
                if batch is not None:
                    sealed[batch.properties.sequence] = batch
            elif kind == "stored":
                for batch in list(sealed.values())[: int(str(first)) % 3]:
                    outbox.stored(batch.properties.boot, [batch.properties.sequence])
                    keys += [(name, at_ms) for name, at_ms, _ in content(batch)]
                    del sealed[batch.properties.sequence]
            else:
                outbox.close()
                boots += 1
                outbox = Outbox(path, clock, f"boot-{boots}", durable=False)
            assert all(outbox.batch(sequence) == batch for sequence, batch in sealed.items())
        for lane in LANES:
            while (batch := outbox.seal(lane, 3)) is not None:
                sealed[batch.properties.sequence] = batch
        keys += [(name, at_ms) for batch in sealed.values() for name, at_ms, _ in content(batch)]
        assert len(keys) == accepted
    finally:
        outbox.close()


def test_the_database_survives_an_integrity_check(outbox: Outbox, tmp_path: Path) -> None:
    outbox.add([motion(number % 2, START_MS + number) for number in range(1000)])
    while outbox.seal(Leaf.READINGS, 100):
        pass
    with sqlite3.connect(tmp_path / "outbox.db") as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()


def test_what_is_held_is_released_in_parts_with_no_time_given_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.outbox._RELEASED_AT_ONCE", 3)
    clock = SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))
    with Outbox(tmp_path / "o.db", clock, "boot-1", timekeeper=Timekeeper(clock)) as outbox:
        asked: list[int] = []
        rows = outbox._storage.rows
        monkeypatch.setattr(outbox._storage, "rows", lambda *query: asked.append(len(found := rows(*query))) or found)
        outbox.add([motion(number % 2) for number in range(10)])
        clock.jump(START)
        assert outbox.release_held() == 10
        assert max(asked) == 3
        assert content(outbox.seal(Leaf.READINGS, 20)) == [
            ("a/occupancy", START_MS + number, number % 2) for number in range(10)
        ]
