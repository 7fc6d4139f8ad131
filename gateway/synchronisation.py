"""What time it really is: whether the machine's clock can be trusted, and how to go on while it cannot.

A board without battery starts in the past until it is told the time, and a clock may be set wrongly while it runs
(to 2038 and back). `Synchronisation` is pure: what the clocks show goes in, whether to trust them comes out. Time that
passes is measured by the monotonic clock alone, which also counts while the machine is suspended.

A step of the wall clock (against the monotonic clock, by more than a tolerance) is believed at once if whoever keeps
the time says that it was his, or, where nobody is known to, right after the machine has started. Any other step puts
the clock in doubt until it agrees again with the time counted since it was trusted last. Nothing is in doubt for ever:

* Where somebody keeps the time, the gateway goes on after `HOLD_MS` by its own count, until the keeper sets the clock.
* Where nobody does, a clock that stayed with its new time is believed: after `HOLD_MS` a step of at most a day, as
  people set clocks, and after `HOLD_LONG_MS` any other, for then nobody is there to correct it.
"""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from core.clock import Clock

# No gateway runs before its program was written.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
EARLIEST_MS = round(EARLIEST.timestamp() * 1000)
# systemd-timesyncd touches the file `synchronized` in its run-time folder whenever it has set the clock.
TIMESYNC = Path("/run/systemd/timesync")

TOLERANCE_MS = 2_000  # more than a leap second, and than what a time server smooths out by itself
DRIFT = 200e-6  # of a cheap crystal: how much less exact the own count is, the longer it lasts
HOLD_MS = 600_000
HOLD_LONG_MS = 3_600_000
START_MS = 900_000  # of the machine's uptime: a step is normal before
DAY_MS = 86_400_000
_READ_WITHIN_S = 0.25
_READ_ATTEMPTS = 5


class Evidence(NamedTuple):
    """What the clocks show at one instant, in milliseconds.

    `kept` tells whether somebody is known to keep the wall clock, `mark_ms` when he set it last, by that clock itself.
    """

    wall_ms: int
    monotonic_ms: int
    kept: bool = False
    mark_ms: int | None = None

    @property
    def offset_ms(self) -> int:
        """Return what the wall clock shows beyond the monotonic one."""
        return self.wall_ms - self.monotonic_ms


class _Trust(NamedTuple):
    """The last time that the clock was trusted."""

    offset_ms: int
    monotonic_ms: int
    mark_ms: int | None


class _Doubt(NamedTuple):
    """Since when the clock is in doubt, and since when it has stayed with the time it shows now. Monotonic."""

    since_ms: int
    steady_since_ms: int
    offset_ms: int


class Synchronisation:
    """Whether the clock can be trusted, as far as was observed."""

    def __init__(self) -> None:
        self._trust: _Trust | None = None
        self._doubt: _Doubt | None = None
        self._seen: Evidence | None = None

    def observe(self, seen: Evidence) -> None:
        """Take note of what the clocks show now."""
        self._seen = seen
        trust = self._trust
        if self._is_believed(seen, trust):
            self._trust = _Trust(seen.offset_ms, seen.monotonic_ms, seen.mark_ms)
            self._doubt = None
        elif trust is not None:
            self._note_doubt(seen)

    @property
    def synchronised(self) -> bool:
        """Whether readings may be stamped and sent: the clock is trusted, or the gateway's own count has to do."""
        if self._trust is None or self._seen is None:
            return False
        return self._doubt is None or (self._seen.kept and self._seen.monotonic_ms - self._doubt.since_ms >= HOLD_MS)

    @property
    def in_doubt(self) -> bool:
        """Whether the clock was trusted once and shows another time now."""
        return self._doubt is not None

    @property
    def now_ms(self) -> int:
        """Return the best that is known of the time of the last observation, in milliseconds since 1970.

        It is never before this program was written: SenML takes very early times for relative ones.
        """
        if self._seen is None:
            return EARLIEST_MS
        if self._trust is not None:
            return self._seen.monotonic_ms + self._trust.offset_ms
        wall_ms = self._seen.wall_ms
        return wall_ms if wall_ms >= EARLIEST_MS else EARLIEST_MS + self._seen.monotonic_ms

    def _is_believed(self, seen: Evidence, trust: _Trust | None) -> bool:
        if seen.wall_ms < EARLIEST_MS:
            return False
        if trust is None:
            return not seen.kept or seen.mark_ms is not None
        elapsed_ms = seen.monotonic_ms - trust.monotonic_ms
        if abs(seen.offset_ms - trust.offset_ms) <= TOLERANCE_MS + elapsed_ms * DRIFT:
            return True
        if seen.kept:
            return _was_set_by_keeper(seen, trust, elapsed_ms)
        return seen.monotonic_ms < START_MS or self._has_stayed(seen, trust)

    def _has_stayed(self, seen: Evidence, trust: _Trust) -> bool:
        doubt = self._doubt
        if doubt is None or abs(seen.offset_ms - doubt.offset_ms) > TOLERANCE_MS:
            return False
        hold_ms = HOLD_MS if abs(seen.offset_ms - trust.offset_ms) <= DAY_MS else HOLD_LONG_MS
        return seen.monotonic_ms - doubt.steady_since_ms >= hold_ms

    def _note_doubt(self, seen: Evidence) -> None:
        doubt = self._doubt
        if doubt is None:
            self._doubt = _Doubt(seen.monotonic_ms, seen.monotonic_ms, seen.offset_ms)
        elif abs(seen.offset_ms - doubt.offset_ms) > TOLERANCE_MS:
            self._doubt = _Doubt(doubt.since_ms, seen.monotonic_ms, seen.offset_ms)


def _was_set_by_keeper(seen: Evidence, trust: _Trust, elapsed_ms: int) -> bool:
    """Tell whether the keeper has set the clock since it was trusted, to the time that it shows now.

    A mark from before the step tells of a longer time by the clock that was set than has really passed, or of a time
    to come.
    """
    if seen.mark_ms is None or seen.mark_ms == trust.mark_ms:
        return False
    return -TOLERANCE_MS <= seen.wall_ms - seen.mark_ms <= elapsed_ms + TOLERANCE_MS


class Instant(NamedTuple):
    """One instant: the best that is known of its time, in milliseconds since 1970, and the monotonic clock's.

    Unless it is `synchronised`, the time is not to be relied on.
    """

    at_ms: int
    monotonic_ms: int
    synchronised: bool

    @property
    def at(self) -> datetime:
        """Return the time as a date in UTC."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.at_ms)


class Timekeeper:
    """Tells the time by a clock that may be wrong. Threads may share it."""

    def __init__(self, clock: Clock, folder: Path | None = None) -> None:
        """Watch `clock`; systemd-timesyncd is asked about it if its run-time `folder` is given and exists."""
        self._clock = clock
        self._folder = folder
        self._synchronisation = Synchronisation()
        self._mutex = threading.Lock()
        self._monotonic_ms = 0

    def look(self) -> Instant:
        """Return what time it is."""
        with self._mutex:
            self._synchronisation.observe(self._evidence())
            known = self._synchronisation
            return Instant(known.now_ms, self._monotonic_ms, known.synchronised)

    def _evidence(self) -> Evidence:
        wall_ms = self._read_together()
        if self._folder is None or not self._folder.is_dir():
            return Evidence(wall_ms, self._monotonic_ms)
        return Evidence(wall_ms, self._monotonic_ms, kept=True, mark_ms=_mark_ms(self._folder / "synchronized"))

    def _read_together(self) -> int:
        """Read both clocks; again if the process was stopped between them, which would look like a step."""
        for _ in range(_READ_ATTEMPTS):
            before_s = self._clock.monotonic()
            wall = self._clock.now()
            after_s = self._clock.monotonic()
            if after_s - before_s <= _READ_WITHIN_S:
                break
        self._monotonic_ms = round(after_s * 1000)
        return round(wall.timestamp() * 1000)


def _mark_ms(file: Path) -> int | None:
    try:
        return round(file.stat().st_mtime * 1000)
    except OSError:
        return None
