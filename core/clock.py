"""Time as an argument: nothing in Vicino asks the operating system what time it is except through a `Clock`."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the time is, how much of it has passed, and how to wait."""

    def now(self) -> datetime:
        """Return the present instant, with time zone UTC."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start that never jump and never run backwards."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` have passed; tell whether it is set."""


# Unlike the usual monotonic clock it goes on while the machine is suspended; Linux alone has it.
_BOOT_TIME = getattr(time, "CLOCK_BOOTTIME", None)


class SystemClock:
    """The clock of the machine. Its monotonic time counts suspension, too, where the system can tell."""

    def now(self) -> datetime:
        """Return the present instant, with time zone UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start that never jump and never run backwards."""
        return time.monotonic() if _BOOT_TIME is None else time.clock_gettime(_BOOT_TIME)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` have passed; tell whether it is set."""
        return event.wait(seconds)


class SimulatedClock:
    """A clock that stands still until it is told to advance; waiting advances it at once.

    `now` and `monotonic` move together, unless `jump` changes the first alone, as a wrong wall clock does.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("A simulated clock starts at an instant with a time zone.")
        self._now = start.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the simulated instant, with time zone UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the simulated seconds that have passed since the start."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def jump(self, to: datetime) -> None:
        """Set the wall clock alone, as a time server or a dead battery does."""
        self._now = to.astimezone(UTC)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let `seconds` pass unless `event` is set already; tell whether it is set."""
        if not event.is_set():
            self.advance(seconds)
        return event.is_set()
