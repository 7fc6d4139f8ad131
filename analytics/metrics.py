"""The figures of the analysis: jobs, how long they take, and how far behind stored readings it is."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry

from analytics.reads import Lag
from core.clock import Clock
from core.metrics import (
    DATABASE_ANSWERS,
    LAG,
    AtScrape,
    Figure,
    Sample,
    from_database,
    make_counter,
    make_histogram,
)
from core.retention import REMOVED

JOBS = Figure("vicino_analytics_jobs_total", "Homes worked on; `failed` where a day was not computed.", ("result",))
ORDERED = Figure("vicino_analytics_jobs_ordered_total", "Jobs put into the queue.")
DAYS = Figure("vicino_analytics_days_total", "Days of homes computed.")
SECONDS = Figure("vicino_analytics_job_seconds", "How long the due days of a home took to compute.")
DAYS_DUE = Figure("vicino_analytics_days_due", "Days of homes that are due to be computed.")
FIGURES = (DAYS_DUE, LAG, DATABASE_ANSWERS)
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0)


class AnalyticsMetrics:
    """Counts what the service does. Threads may share it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._jobs = make_counter(registry, JOBS)
        self._ordered = make_counter(registry, ORDERED)
        self._days = make_counter(registry, DAYS)
        self._seconds = make_histogram(registry, SECONDS, BUCKETS)
        self._removed = make_counter(registry, REMOVED)
        # Told from the start: what has never happened is 0, not unknown.
        for result in ("done", "failed"):
            self._jobs.labels(result)

    def ordered(self, jobs: int) -> None:
        """Note that jobs were put into the queue."""
        self._ordered.inc(jobs)

    def removed(self, source: str, rows: int) -> None:
        """Note that so many rows of a class were removed because their time was over."""
        self._removed.labels(source).inc(rows)

    def worked(self, days: int, seconds: float, *, failed: bool) -> None:
        """Note that the due days of a home were worked on."""
        self._jobs.labels("failed" if failed else "done").inc()
        self._days.inc(days)
        self._seconds.observe(seconds)


def analytics_figures(ask: Callable[[], Lag], clock: Clock) -> AtScrape:
    """Return the figures that are read when somebody asks; `ask` asks the database, and may raise."""
    return AtScrape(FIGURES, lambda: from_database(lambda: _samples(ask(), clock.now())))


def _samples(found: Lag, now: datetime) -> Iterator[Sample]:
    yield Sample(DAYS_DUE, found.days_due)
    yield Sample(LAG, found.seconds(now), ("analysis",))
