"""The figures of the watchdog."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry

from alerts.watchdog.standing import Fault
from core.clock import Clock
from core.metrics import DATABASE_ANSWERS, AtScrape, Figure, Sample, make_counter, make_histogram

ALIVE = Figure("vicino_watchdog_alive", "1 where a call for help would reach somebody as far as can be seen, else 0.")
WORKED = Figure(
    "vicino_watchdog_worked_seconds", "For how long alerts have not been worked on; absent if they never were."
)
PINGS = Figure(
    "vicino_watchdog_pings_total", "Requests to whoever watches from outside, by what became of them.", ("result",)
)
CALLS = Figure(
    "vicino_watchdog_canaries_total", "Test calls through the whole chain, by what became of them.", ("result",)
)
CALL = Figure(
    "vicino_watchdog_canary_seconds", "From a test call's publication by its gateway until its channel had it."
)
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)


class WatchdogMetrics:
    """Counts what the watchdog does. Threads may share it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pings = make_counter(registry, PINGS)
        self._calls = make_counter(registry, CALLS)
        self._call = make_histogram(registry, CALL, BUCKETS)
        # Told from the start: what has never happened is 0, not unknown.
        for result in ("told", "not_told", "withheld"):
            self._pings.labels(result)
        for result in ("arrived", "missed"):
            self._calls.labels(result)

    def told(self, result: str) -> None:
        """Note what became of a request to whoever watches from outside."""
        self._pings.labels(result).inc()

    def arrived(self, seconds: float) -> None:
        """Note that a test call has arrived after so many seconds."""
        self._calls.labels("arrived").inc()
        self._call.observe(seconds)

    def missed(self) -> None:
        """Note that a test call has not arrived in time."""
        self._calls.labels("missed").inc()


def watchdog_figures(look: Callable[[], tuple[datetime | None, list[Fault]]], clock: Clock) -> AtScrape:
    """Return the figures that are read when somebody asks; `look` asks the database, and may raise."""

    def read() -> Iterator[Sample]:
        try:
            worked_at, wrong = look()
        except Exception:
            yield Sample(ALIVE, 0)
            yield Sample(DATABASE_ANSWERS, 0)
            raise
        yield Sample(ALIVE, 0 if wrong else 1)
        yield Sample(DATABASE_ANSWERS, 1)
        if worked_at is not None:
            yield Sample(WORKED, max(0.0, (clock.now() - worked_at).total_seconds()))

    return AtScrape((ALIVE, WORKED, DATABASE_ANSWERS), read)
