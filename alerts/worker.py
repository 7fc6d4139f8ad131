"""The loop of the alert worker: take in what is new, carry out due steps, deliver; then sleep until something is due.

PostgreSQL's notices wake it at once. They may be lost: it looks at the tables all the same, at the latest after
`LONGEST_WAIT_S`. Any number of workers may run beside each other.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry

from alerts import repository
from alerts.channels.levels import NOTHING_SET, Level
from alerts.channels.transport import Transport
from alerts.drafts.trying import try_some
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.idle.idleness import look_after_idle
from alerts.intake import Intake
from alerts.metrics import AlertMetrics
from alerts.policy import Rules
from alerts.senders import Senders
from alerts.shift_handovers.due import look_after_hand_overs
from alerts.shifts.handing_over import hand_over_shifts
from alerts.watchdog import repository as watchdog
from core.clock import Clock
from core.database import Database
from core.log import logger
from core.notices import Listener

CHANNELS = ("vicino_urgent", "vicino_finding", "vicino_notification")
LONGEST_WAIT_S = 5.0
SHORTEST_WAIT_S = 0.2
SWEEP_EVERY_S = 3600.0
# How long a call for help may wait while others are taken in: a night's analysis brings thousands of findings.
AGAIN_AFTER_S = 0.1
# How often it is written down at most that alerts are worked on.
BEAT_EVERY_S = 1.0


class Worker:
    """Everything between a reading or finding and a person being told."""

    def __init__(
        self,
        database: Database,
        transports: Mapping[str, Transport],
        clock: Clock,
        rules: Rules,
        stale_after: timedelta,
        metrics: AlertMetrics | None = None,
        levels: Mapping[str, Level] = NOTHING_SET,
    ) -> None:
        self._levels = levels
        self._metrics = metrics or AlertMetrics(CollectorRegistry(), clock)
        self._database = database
        self._transports = transports
        self._clock = clock
        self._rules = rules
        self._intake = Intake(database, rules, stale_after, self._metrics.taken_in)
        self._swept_at: float | None = None
        self._beaten_at: float | None = None
        self._handed_over_at: float | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        with (
            Listener(self._database, CHANNELS) as listener,
            Senders(self._database, self._transports, self._clock, self._metrics.delivered, self._levels) as senders,
        ):
            # Listening before the first look: what comes in between is noticed.
            listener.wait(0.001, self._clock, stop)
            while not stop.is_set():
                listener.wait(self._work(senders, stop), self._clock, stop)

    def _work(self, senders: Senders, stop: threading.Event) -> float:
        """Do what is due and return the seconds until there is more."""
        try:
            # What waits already must not wait for what is new, however much that is.
            self._escalate(senders)
            self._use_next_ways(senders)
            senders.poke()
            sweep = self._sweep_is_due()
            self._take_urgent(senders, sweep=sweep)
            # What waits for hours, after what must not wait at all.
            look_after_idle(self._database, self._clock.now())
            self._hand_over_shifts()
            senders.poke()
            between = self._now_and_then(lambda: self._take_between(senders))
            self._intake.look_findings(self._clock.now(), sweep=sweep, between=between)
            troubled = self._metrics.troubled = self._intake.troubled
            self._escalate(senders)
            with self._database.transaction() as connection:
                due = repository.next_due(connection)
            self._beat()
            # Nobody is told by it: it comes last, and a little at a time.
            tried = try_some(self._database, self._rules, self._clock.now())
        except repository.DATABASE_AWAY as error:
            logger().warning("waiting for the database", reason=type(error).__name__)
            self._clock.wait(stop, 1.0)
            return SHORTEST_WAIT_S
        except Exception as error:  # noqa: BLE001 - one part that fails must not end the others
            logger().error("look failed", reason=type(error).__name__)
            self._clock.wait(stop, 1.0)
            return SHORTEST_WAIT_S
        return SHORTEST_WAIT_S if tried else wait_s(due, self._clock.now(), troubled=bool(troubled))

    def _escalate(self, senders: Senders) -> None:
        if escalate(self._database, self._clock.now()):
            senders.poke()

    def _take_urgent(self, senders: Senders, *, sweep: bool = False) -> None:
        # The first of many is told before the last is taken in.
        escalating = self._now_and_then(lambda: self._escalate(senders))
        more = True
        while more:
            taken, more = self._intake.look_urgent(self._clock.now(), sweep=sweep, between=escalating)
            if taken:
                self._escalate(senders)
            if more:
                sweep = False
                # Thousands may have waited; what came lately has been taken in before them, and none of it hangs.
                self._use_next_ways(senders)
                self._beat()

    def _take_between(self, senders: Senders) -> None:
        self._use_next_ways(senders)
        self._take_urgent(senders)
        # A night's findings may take longer than anybody waits for a sign of life.
        self._beat()

    def _use_next_ways(self, senders: Senders) -> None:
        if fall_back(self._database, self._clock.now(), self._metrics.fell_back):
            senders.poke()

    def _hand_over_shifts(self) -> None:
        monotonic = self._clock.monotonic()
        if self._handed_over_at is None or monotonic - self._handed_over_at >= LONGEST_WAIT_S:
            hand_over_shifts(self._database, self._clock.now())
            look_after_hand_overs(self._database, self._clock.now())
            self._handed_over_at = monotonic

    def _beat(self) -> None:
        """Write down that calls for help which came lately have been looked at and all that was due is carried out."""
        monotonic = self._clock.monotonic()
        if self._beaten_at is not None and monotonic - self._beaten_at < BEAT_EVERY_S:
            return
        with self._database.transaction() as connection:
            watchdog.beat(connection, watchdog.ALERTS, self._clock.now())
        self._beaten_at = monotonic

    def _now_and_then(self, act: Callable[[], None]) -> Callable[[], None]:
        """Return what does `act` when it is called, but not sooner than `AGAIN_AFTER_S` after the last time."""
        acted_at = self._clock.monotonic()

        def maybe() -> None:
            nonlocal acted_at
            if self._clock.monotonic() - acted_at >= AGAIN_AFTER_S:
                act()
                acted_at = self._clock.monotonic()

        return maybe

    def _sweep_is_due(self) -> bool:
        monotonic = self._clock.monotonic()
        if self._swept_at is not None and monotonic - self._swept_at < SWEEP_EVERY_S:
            return False
        self._swept_at = monotonic
        return True


def wait_s(due: datetime | None, now: datetime, *, troubled: bool = False) -> float:
    """Return how long to wait for notices: until `due`, neither busily nor longer than the worker dares to sleep."""
    longest = 1.0 if troubled else LONGEST_WAIT_S
    if due is None:
        return longest
    return min(max((due - now).total_seconds(), SHORTEST_WAIT_S), longest)
