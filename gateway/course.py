"""When a reported value was measured. Pure: reports of one series go in, the times they count at come out.

The source's own times (`last_seen`) are compared with each other and never with times of arrival, and a time later
than now, but for a little, is none at all: the clock it was read from has been put back since.

* A report counts at its `last_seen`. An older `last_seen` than the one before is a report of its own, late or read
  from a clock that was put back; it counts at its time too.
* With the same `last_seen` and the same value it is the same report again, which is nothing new. A safety state that
  is on is the exception: it counts when it arrives, for an alarm too many is better than one too few.
* With the same `last_seen` and another value it was the bridge that changed the value (a motion sensor's timer that
  ends the occupancy): it counts when it arrived, if it arrived promptly. If it may have waited in the home's broker
  (it came by another connection than the report it follows, or in one burst with that report, which was late) it
  counts at `last_seen` plus the shortest time that this timer has been seen to take, or 1 ms after `last_seen` if that
  is not known yet: so it is neither before the report it follows nor after the next one.
* A retained state is only restated when the gateway connects: it counts if its `last_seen` is newer than what is
  known, never with the time of arrival. Again a safety state is the exception: if it is on and not surely known
  already (off was known, or it was on at a later `last_seen`), it counts from now.
"""

from typing import NamedTuple

from gateway.stamping import LastReading

AHEAD_MS = 60_000  # how far a bridge's clock may be ahead of ours
_PROMPT_MS = 10_000  # what takes longer on its way has waited somewhere, and so may what follows it closely


class Report(NamedTuple):
    """How a value came: by which connection and when, and what `last_seen` it named. Milliseconds since 1970."""

    now_ms: int
    said_ms: int | None = None
    restated: bool = False
    connection: int = 0


class Counted(NamedTuple):
    """A report that counts: at `at_ms`, or when it arrived if that is None; `said_ms` is its `last_seen`."""

    at_ms: int | None
    said_ms: int | None


class _Arrived(NamedTuple):
    at_ms: int
    connection: int
    late: bool


class Course:
    """The course of one series. `last` is what the outbox remembers of it, if anything."""

    def __init__(self, last: LastReading | None, *, safety: bool) -> None:
        self._safety = safety
        self._value = None if last is None else last.value
        self._said_ms = None if last is None else last.said_ms
        self._at_ms = None if last is None else last.source_ms
        self._arrived: _Arrived | None = None
        self._timer_ms: int | None = None

    def take(self, value: float, report: Report) -> Counted | None:
        """Return when `value` counts, or None if the report says nothing new."""
        said_ms = _believed(report.said_ms, report.now_ms)
        known_ms = _believed(self._said_ms, report.now_ms)
        alarm = self._safety and value != 0
        if report.restated:
            counts, at_ms = self._restated(said_ms, known_ms, report.now_ms, alarm=alarm)
        elif said_ms is None or said_ms != known_ms:
            counts, at_ms = True, said_ms
        elif value == self._value:
            counts, at_ms = alarm, None
        else:
            counts, at_ms = True, self._changed_by_bridge(said_ms, report)
        if not counts:
            return None
        self._note(value, at_ms, said_ms, report)
        return Counted(at_ms, said_ms)

    def _restated(
        self, said_ms: int | None, known_ms: int | None, now_ms: int, *, alarm: bool
    ) -> tuple[bool, int | None]:
        # What came without a `last_seen` is known by its arrival alone.
        newest_ms = _believed(self._at_ms, now_ms) if self._said_ms is None else known_ms
        if said_ms is not None and (newest_ms is None or said_ms > newest_ms):
            return True, said_ms
        older = said_ms is not None and known_ms is not None and said_ms < known_ms
        return alarm and (not self._value or older), None

    def _changed_by_bridge(self, said_ms: int, report: Report) -> int | None:
        if self._is_prompt(report):
            taken_ms = report.now_ms - said_ms
            if taken_ms > 0:
                self._timer_ms = min(taken_ms, self._timer_ms or taken_ms)
            return None
        return max(said_ms + 1, min(said_ms + (self._timer_ms or 1), report.now_ms))

    def _is_prompt(self, report: Report) -> bool:
        before = self._arrived
        if before is None or before.connection != report.connection:
            return False
        return not before.late or report.now_ms - before.at_ms > _PROMPT_MS

    def _note(self, value: float, at_ms: int | None, said_ms: int | None, report: Report) -> None:
        late = said_ms is not None and report.now_ms - said_ms > _PROMPT_MS
        self._arrived = _Arrived(report.now_ms, report.connection, late)
        self._value = value
        self._said_ms = self._said_ms if said_ms is None else said_ms
        self._at_ms = report.now_ms if at_ms is None else at_ms


def _believed(at_ms: int | None, now_ms: int) -> int | None:
    return None if at_ms is None or at_ms > now_ms + AHEAD_MS else at_ms
