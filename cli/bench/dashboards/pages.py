"""Serves the pages by a clock that is late: `python -m cli.bench.dashboards.pages SECONDS`.

A filled database that was kept shows the homes as they were when it was filled. By the clock of the wall nobody would
have moved in them since then, which is another board than that of homes that are lived in.
"""

import sys
from datetime import datetime, timedelta

from core.clock import SystemClock
from dashboards.__main__ import main


class LateClock(SystemClock):
    """The clock of the machine, by which it is earlier than it is."""

    def __init__(self, behind: timedelta) -> None:
        self._behind = behind

    def now(self) -> datetime:
        """Return the present instant less what the clock is behind."""
        return super().now() - self._behind


if __name__ == "__main__":
    sys.exit(main(LateClock(timedelta(seconds=float(sys.argv[1])))))
