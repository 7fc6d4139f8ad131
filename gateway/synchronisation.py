"""Whether the machine's clock can be trusted: a board without battery starts in the past until it is told the time."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.clock import Clock

# No gateway runs before its program was written.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
# systemd-timesyncd touches the file `synchronized` in its run-time folder when it has set the clock.
TIMESYNC = Path("/run/systemd/timesync")


def watch(clock: Clock, folder: Path = TIMESYNC) -> Callable[[], bool]:
    """Return a function that tells whether `clock` is synchronised.

    Where systemd-timesyncd keeps the time, it is asked; elsewhere a clock that shows a plausible year is trusted.
    """

    def synchronised() -> bool:
        return clock.now() >= EARLIEST and (not folder.is_dir() or (folder / "synchronized").exists())

    return synchronised
