"""A full outbox, a full disk, a broken one: only levels are given up, and they are counted."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.clock import SimulatedClock
from core.senml import decode
from core.topics import LANES, Leaf
from gateway.outbox import Batch, Outbox, OutboxError, Reading
from gateway.synchronisation import START_MS
from gateway.thinning import Limits

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
START_AT_MS = round(START.timestamp() * 1000)
MINUTE_MS = 60_000


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


def temperature(at_ms: int, device: str = "t", value: float = 20.0) -> Reading:
    return Reading(f"{device}/temperature", value, "Cel", at_ms)


def motion(at_ms: int, device: str = "m") -> Reading:
    return Reading(f"{device}/motion", 1.0, "1", at_ms)


def weight(at_ms: int) -> Reading:
    return Reading("w/body_weight", 70.0, "kg", at_ms)


def sos(at_ms: int | None = None) -> Reading:
    return Reading("b/sos_button", 1.0, "1", at_ms)


def content(batch: Batch) -> list[tuple[str, int]]:
    measurements, faults = decode(batch.payload)
    assert not faults
    return [(name, at_ms) for name, at_ms, _, _ in measurements]


def drained(outbox: Outbox) -> list[tuple[str, int]]:
    """Return name and time of all that is in the outbox, and let it be stored."""
    batches = [outbox.batch(sequence) for sequence, _ in outbox.unstored()]
    for lane in LANES:
        while (batch := outbox.seal(lane, 500)) is not None:
            batches.append(batch)
    found = []
    for batch in batches:
        assert batch is not None
        found += content(batch)
        outbox.stored(batch.properties.boot, [batch.properties.sequence])
    return found


def unwritable(outbox: Outbox, *, really: bool = True) -> None:
    """Let SQLite refuse to write, as on a disk that has failed."""
    outbox._db.execute(f"PRAGMA query_only = {'ON' if really else 'OFF'}")


def test_the_oldest_levels_go_first_and_their_course_survives(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "b", durable=False, limits=Limits(readings=25_000)) as outbox:
        for hour in range(50):
            outbox.add([temperature(START_AT_MS + (hour * 600 + second) * 1000) for second in range(600)])
        left = [at_ms for _, at_ms in drained(outbox)]
    assert len(left) + outbox.thinned == 30_000
    # The first part is thinned to every second reading, the latest part is whole.
    assert left[:100] == [START_AT_MS + 2000 * number for number in range(100)]
    assert left[-100:] == [START_AT_MS + 1000 * (29_900 + number) for number in range(100)]


def test_the_size_of_the_file_is_bounded_and_events_and_vital_signs_stay(tmp_path: Path, clock: SimulatedClock) -> None:
    size = 2 * 1024 * 1024
    with Outbox(tmp_path / "o.db", clock, "b", durable=False, limits=Limits(size=size)) as outbox:
        kept = 0
        for hour in range(200):
            at_ms = START_AT_MS + hour * 60 * MINUTE_MS
            levels = [temperature(at_ms + second * 1000, f"t{second % 20}") for second in range(300)]
            outbox.add([*levels, *(motion(at_ms + second) for second in range(9)), weight(at_ms)])
            kept += 10
            assert outbox.disk_bytes() < size * 9 // 8 + 4 * 1024 * 1024
        assert outbox.thinned > 10_000
        assert outbox._storage.used_bytes <= size
        names = [name for name, _ in drained(outbox)]
        assert len(names) + outbox.thinned == 200 * 310
        assert sum(not name.endswith("temperature") for name in names) == kept


def test_when_only_events_are_left_levels_are_refused_and_then_nothing_is_acknowledged(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    with Outbox(tmp_path / "o.db", clock, "b", durable=False, limits=Limits(readings=1000)) as outbox:
        outbox.add([motion(START_AT_MS + number) for number in range(1001)])
        assert outbox.trouble == "outbox full"
        assert outbox.add([temperature(START_AT_MS), motion(START_AT_MS + 2000)]) == 2
        assert (outbox.queued, outbox.thinned) == (1002, 1)
        outbox.add([motion(START_AT_MS + 3000 + number) for number in range(123)])
        with pytest.raises(OutboxError, match="outbox full"):
            outbox.add([motion(START_AT_MS + 9000), temperature(START_AT_MS + 1)])
        assert (outbox.queued, outbox.thinned) == (1125, 1)
        outbox.add([temperature(START_AT_MS + 1)])
        outbox.add([sos(START_AT_MS)])
        assert (outbox.queued, outbox.thinned) == (1126, 2)
        assert len(drained(outbox)) == 1126
        assert outbox.trouble == ""
        assert outbox.add([motion(START_AT_MS + 9000), temperature(START_AT_MS + 2)]) == 2
        assert (outbox.queued, outbox.thinned) == (2, 2)


def test_old_levels_are_thinned_to_one_an_hour(tmp_path: Path, clock: SimulatedClock) -> None:
    with Outbox(tmp_path / "o.db", clock, "b", durable=False, limits=Limits(days=30)) as outbox:
        for minute in range(180):
            at_ms = START_AT_MS + minute * MINUTE_MS
            outbox.add([temperature(at_ms), motion(at_ms), weight(at_ms)])
        clock.advance(31 * 86_400)
        now_ms = START_AT_MS + 31 * 86_400_000
        outbox.add([temperature(now_ms), temperature(now_ms + 1)])
        assert outbox.thinned == 177
        names = [name for name, _ in drained(outbox)]
        assert (names.count("t/temperature"), names.count("m/motion"), names.count("w/body_weight")) == (5, 180, 180)


def test_a_clock_that_jumps_to_2038_makes_nothing_old(tmp_path: Path, clock: SimulatedClock) -> None:
    clock.advance(START_MS / 1000)
    with Outbox(tmp_path / "o.db", clock, "b", durable=False, limits=Limits(days=30)) as outbox:
        outbox.add([temperature(START_AT_MS + number) for number in range(10)])
        clock.advance(7200)
        right = clock.now()
        clock.jump(datetime(2038, 1, 19, tzinfo=UTC))
        outbox.add([Reading("t/temperature", 21.0, "Cel"), sos()])
        assert outbox.release_held() == 0
        urgent = outbox.seal(Leaf.URGENT, 10)
        assert urgent is not None
        assert (urgent.properties.clock, content(urgent)) == (
            "unsynced", [("b/sos_button", round(right.timestamp() * 1000))],
        )  # fmt: skip
        clock.advance(60)
        clock.jump(right + timedelta(seconds=60))
        outbox.add([Reading("t/temperature", 22.0, "Cel")])
        assert outbox.release_held() == 1
        assert outbox.thinned == 0
        assert sorted(drained(outbox))[-2:] == [
            ("t/temperature", round(right.timestamp() * 1000)),
            ("t/temperature", round(right.timestamp() * 1000) + 60_000),
        ]


def test_what_arrived_while_the_disk_was_full_keeps_the_time_it_arrived_at(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    with Outbox(tmp_path / "o.db", clock, "b", durable=False) as outbox:
        waited = Reading("m/motion", 1.0, "1", arrived_ms=0)
        clock.advance(90)
        outbox.add([waited])
        assert drained(outbox) == [("m/motion", START_AT_MS)]


def test_a_call_for_help_goes_out_from_memory_and_is_saved_as_soon_as_the_disk_takes_it(
    tmp_path: Path, clock: SimulatedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with Outbox(tmp_path / "o.db", clock, "b") as outbox:
        outbox.add([sos()])  # waits on the disk, and cannot be sealed there
        unwritable(outbox)
        clock.advance(1)
        for _ in range(3):
            with pytest.raises(OutboxError):
                outbox.add([motion(START_AT_MS)])
        assert outbox.trouble == "disk broken"
        outbox.rescue([sos()])
        first, second = outbox.seal(Leaf.URGENT, 10), outbox.seal(Leaf.URGENT, 10)
        assert outbox.seal(Leaf.URGENT, 10) is None
        assert first is not None
        assert second is not None
        assert content(first) + content(second) == [
            ("b/sos_button", START_AT_MS + 1000), ("b/sos_button", START_AT_MS),
        ]  # fmt: skip
        assert outbox.queued == 2
        assert outbox.oldest_ms() == START_AT_MS
        assert outbox.stored("b", [second.properties.sequence]) == [(second.properties.sequence, 1)]
        assert outbox.queued == 1
        unwritable(outbox, really=False)
        outbox.add([motion(START_AT_MS)], [b"receipt"])
        assert outbox.batch(first.properties.sequence) == first
        clock.advance(10)
        assert outbox.trouble == ""
    with Outbox(tmp_path / "o.db", clock, "b2") as outbox:
        assert outbox.batch(first.properties.sequence) == first
        assert outbox.last("b/sos_button") == (START_AT_MS + 1000, START_AT_MS + 1000, 1.0, None)
        assert sorted(drained(outbox)) == [("b/sos_button", START_AT_MS + 1000), ("m/motion", START_AT_MS)]
    # Said once for each change, not once for each message.
    assert capsys.readouterr().out.count("outbox in trouble") == 1


class Life(RuleBasedStateMachine):
    """An outbox that is filled, emptied, killed and kept from writing in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vicino-outbox-"))
        self.clock = SimulatedClock(START)
        self.boots = 0
        self.accepted: set[tuple[str, int]] = set()
        self.stored: set[tuple[str, int]] = set()
        self.unsure: set[tuple[str, int]] = set()
        self.sealed: dict[tuple[str, int], Batch] = {}
        self.writable = True
        self.open()

    def open(self) -> None:
        self.boots += 1
        limits = Limits(readings=40, size=0)
        self.outbox = Outbox(self.folder / "o.db", self.clock, f"b{self.boots}", durable=False, limits=limits)

    def teardown(self) -> None:
        try:
            self.disk(writable=True)
            # Among them those that were sealed in memory, which nobody but who sealed them knows of.
            for (boot, sequence), batch in self.sealed.items():
                self.stored |= set(content(batch))
                self.outbox.stored(boot, [sequence])
            self.stored |= set(drained(self.outbox))
            assert self.stored <= self.accepted | self.unsure
            given_up = self.accepted - self.stored
            assert all(name.endswith("temperature") for name, _ in given_up)
            assert len(given_up) == self.outbox.thinned
            assert self.outbox.queued == 0
        finally:
            self.outbox.close()
            shutil.rmtree(self.folder)

    def next_ms(self) -> int:
        self.clock.advance(1)
        return round(self.clock.now().timestamp() * 1000)

    @rule(levels=st.integers(0, 9), events=st.integers(0, 3), vitals=st.integers(0, 1))
    def add(self, levels: int, events: int, vitals: int) -> None:
        readings = [
            *(temperature(self.next_ms()) for _ in range(levels)),
            *(motion(self.next_ms()) for _ in range(events)),
            *(weight(self.next_ms()) for _ in range(vitals)),
        ]
        keys = {(reading.name, reading.at_ms or 0) for reading in readings}
        try:
            assert self.outbox.add(readings) == len(readings)
        except OutboxError:
            return
        self.accepted |= keys
        if readings:
            self.saved()

    @rule()
    def call_for_help(self) -> None:
        reading = sos(self.next_ms())
        self.outbox.rescue([reading])
        self.unsure.add((reading.name, reading.at_ms or 0))
        if self.writable:
            self.saved()

    @rule(lane=st.sampled_from(LANES), limit=st.integers(1, 9))
    def seal(self, lane: Leaf, limit: int) -> None:
        try:
            batch = self.outbox.seal(lane, limit)
        except OutboxError:
            assert not self.writable
            assert lane is not Leaf.URGENT
            return
        if batch is not None:
            self.sealed[batch.properties.boot, batch.properties.sequence] = batch

    @precondition(lambda self: self.sealed)
    @rule(which=st.integers(0, 99))
    def store(self, which: int) -> None:
        boot, sequence = sorted(self.sealed)[which % len(self.sealed)]
        batch = self.sealed.pop((boot, sequence))
        # The service has it, whether the outbox can take note of that or not.
        self.stored |= set(content(batch))
        self.accepted |= set(content(batch))
        try:
            self.outbox.stored(boot, [sequence])
        except OutboxError:
            assert not self.writable
            self.sealed[boot, sequence] = batch

    @rule(writable=st.booleans())
    def disk(self, writable: bool) -> None:
        self.writable = writable
        unwritable(self.outbox, really=not writable)
        self.clock.advance(10)

    @rule()
    def kill(self) -> None:
        self.outbox._storage.close()
        self.writable = True
        # Their messages were not acknowledged: the home's broker delivers them again.
        self.unsure.clear()
        self.sealed = {key: batch for key, batch in self.sealed.items() if self.still_there(batch)}
        self.open()

    def still_there(self, batch: Batch) -> bool:
        return self.outbox._aside.batch(batch.properties.sequence) is None

    def saved(self) -> None:
        """Note that all that was only in memory is on the disk now."""
        self.accepted |= self.unsure
        self.unsure.clear()

    @invariant()
    def sealed_batches_never_change(self) -> None:
        for (boot, sequence), batch in self.sealed.items():
            assert self.outbox.batch(sequence) == batch, (boot, sequence)

    @invariant()
    def nothing_is_unaccounted_for(self) -> None:
        known = len(self.stored | self.accepted)
        assert self.outbox.queued + self.outbox.thinned + len(self.stored) >= known


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
