"""The figures of alerts: what was taken in and sent, and how long a call for help takes to a person's channel."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry

from alerts.intake import URGENT
from alerts.lifecycle import Family
from alerts.notify import Result
from alerts.reads import Status
from alerts.repository import Claimed
from core.clock import Clock
from core.database import Row
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

TAKEN_IN = Figure("vicino_alerts_taken_in_total", "Urgent readings and findings taken in.", ("source",))
NOTIFICATIONS = Figure(
    "vicino_alerts_notifications_total", "Attempts to deliver a message, by what came of them.", ("channel", "result")
)
FALLBACKS = Figure(
    "vicino_alerts_fallbacks_total",
    "Messages for which the next way was used, by the channel that failed or was not in time.",
    ("channel",),
)
ACCEPTED = Figure(
    "vicino_alerts_accepted_seconds", "From when a message was first due until its channel accepted it.", ("channel",)
)
NEWS = Figure(
    "vicino_alerts_news_total",
    "Attempts to tell news (that somebody has taken charge, how a day was), by what came of them.",
    ("channel", "result"),
)
OPENED = Figure(
    "vicino_alerts_safety_opened_seconds",
    "From a safety reading (its own time, or when it was received) until an alert says so.",
    ("since",),
)
NOTIFIED = Figure(
    "vicino_alerts_safety_notified_seconds",
    "From a safety reading (or the opening of its alert) until a channel has the message; each of the first step.",
    ("since",),
)
TROUBLED = Figure("vicino_alerts_not_taken_in", "Urgent readings and findings that could not be taken in so far.")
OPEN = Figure("vicino_alerts_open", "Alerts that are open.", ("state",))
DUE = Figure("vicino_alerts_notifications_waiting", "Messages that wait to be sent, now or later.")
FAILED = Figure("vicino_alerts_notifications_failed", "Messages that will never be delivered.")
FIGURES = (TROUBLED, OPEN, DUE, FAILED, LAG, DATABASE_ANSWERS)
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


class AlertMetrics:
    """Counts what the worker does. Threads may share it."""

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self._removed = make_counter(registry, REMOVED)
        self._clock = clock
        self._taken_in = make_counter(registry, TAKEN_IN)
        self._notifications = make_counter(registry, NOTIFICATIONS)
        self._news = make_counter(registry, NEWS)
        self._fallbacks = make_counter(registry, FALLBACKS)
        self._accepted = make_histogram(registry, ACCEPTED, BUCKETS)
        self._opened = make_histogram(registry, OPENED, BUCKETS)
        self._notified = make_histogram(registry, NOTIFIED, BUCKETS)
        self.troubled = 0
        # Told from the start: what has never happened is 0, not unknown.
        for histogram, kinds in ((self._opened, ("reading", "reception")), (self._notified, ("reading", "opened"))):
            for since in kinds:
                histogram.labels(since)

    def removed(self, source: str, rows: int) -> None:
        """Note that so many rows of a class were removed because their time was over."""
        self._removed.labels(source).inc(rows)

    def taken_in(self, source: str, row: Row) -> None:
        """Note that an urgent reading or finding has been taken in, just now."""
        self._taken_in.labels(source).inc()
        # A reading of 0 says that the cause is over: it opens nothing.
        if source == URGENT and row["value"] != 0:
            self._opened.labels("reading").observe(self._since(row["ts"]))
            self._opened.labels("reception").observe(self._since(row["received_at"]))

    def delivered(self, claimed: Claimed, result: Result) -> None:
        """Note what came of an attempt to deliver a message, just now."""
        self._notifications.labels(claimed.channel, result.name.lower()).inc()
        if result is Result.FELL_BACK:
            self.fell_back(claimed.channel)
        if result is Result.SENT:
            self._accepted.labels(claimed.channel).observe(self._since(claimed.first_due_at))
        # Later steps and rounds wait on purpose.
        first = claimed.round == 1 and claimed.step == 0
        if result is Result.SENT and claimed.family is Family.SAFETY and first:
            self._notified.labels("reading").observe(self._since(claimed.happened_at))
            self._notified.labels("opened").observe(self._since(claimed.opened_at))

    def fell_back(self, channel: str) -> None:
        """Note that the next way was used instead of `channel`."""
        self._fallbacks.labels(channel).inc()

    def news_told(self, channel: str, result: Result) -> None:
        """Note what came of an attempt to tell news."""
        self._news.labels(channel, result.name.lower()).inc()

    def _since(self, instant: datetime) -> float:
        # A gateway's clock may be ahead.
        return max(0.0, (self._clock.now() - instant).total_seconds())


def alert_figures(metrics: AlertMetrics, ask: Callable[[], Status], clock: Clock) -> AtScrape:
    """Return the figures that are read when somebody asks; `ask` asks the database, and may raise."""

    def read() -> Iterator[Sample]:
        yield Sample(TROUBLED, metrics.troubled)
        yield from from_database(lambda: _samples(ask(), clock.now()))

    return AtScrape(FIGURES, read)


def _samples(found: Status, now: datetime) -> Iterator[Sample]:
    yield Sample(OPEN, found.new, ("new",))
    yield Sample(OPEN, found.in_charge, ("in_charge",))
    yield Sample(DUE, found.due)
    yield Sample(FAILED, found.failed)
    yield Sample(LAG, found.intake_lag_s(now), ("alerts",))
    yield Sample(LAG, found.notification_lag_s(now), ("notification",))
