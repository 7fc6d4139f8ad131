"""The analysis service: `python -m analytics`. Several may run at once; each takes homes that no other has."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from analytics.jobs import Pace, groups_of, look
from analytics.metrics import AnalyticsMetrics, analytics_figures
from analytics.preview.working import previews_wait
from analytics.processes import Analysts
from analytics.queue import Orders, Worker, bring_up_to_date
from analytics.reads import Lag, lag
from analytics.restating.overtaken import restate
from analytics.retention.removing import remove
from analytics.settings import AnalyticsSettings
from analytics.watch.silences import watch_gateways
from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role, answers, asking_for_figures
from core.metrics import exposed, make_registry
from core.notices import Listener, Notice
from core.processes import cores
from core.retention import keep
from core.service import end_where_away, stop_on_signals, wait_until_there

LOST = (psycopg.Error, PoolTimeout, ConnectorException)
TOUCHED, GATEWAY = "vicino_touched", "vicino_gateway"
# What goes through all homes is not done with every notice, of which there is one a second where there are many homes.
WATCH_EVERY, TURN_EVERY = 10.0, 60.0


class _Every:
    """Tells when to do again what is done every so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next: float | None = None

    def is_due(self, clock: Clock, *, now: bool = False) -> bool:
        """Tell whether it is time, or is to be done `now` in any case; it is taken to be done then."""
        at = clock.monotonic()
        if now or self._next is None or at >= self._next:
            self._next = at + self._seconds
            return True
        return False


def serve(settings: AnalyticsSettings, clock: Clock, stop: threading.Event) -> None:
    """Look for silent gateways and due days when something comes in, and every now and then, until `stop` is set."""
    url = settings.database_url.get_secret_value()
    pace = Pace(timedelta(seconds=settings.analytics_settle_s), timedelta(seconds=settings.analytics_cadence_s))
    with ExitStack() as stack:
        database = Database(url, Role.SERVICE, name="analytics")
        if not database.wait_until_there(clock, stop):
            return
        stack.enter_context(database)
        if wait_until_there(lambda: bring_up_to_date(database), "database", LOST, clock, stop) is None:
            return
        restated = wait_until_there(lambda: restate(database, clock), "database", LOST, clock, stop)
        if restated is None:
            return
        if restated:
            log.logger().info("days of an earlier version are computed again", days=restated)
        orders = stack.enter_context(Orders(url))
        listener = stack.enter_context(Listener(database, [TOUCHED, GATEWAY]))
        metrics = stack.enter_context(_telling_figures(settings, clock))
        number = settings.analytics_workers or cores()
        analysts = stack.enter_context(Analysts(url, number, pace, settings.log_format))
        worker = stack.enter_context(
            Worker(
                url,
                lambda group: _work(analysts, clock, group, metrics),
                2 * number,
                lambda: _preview(analysts, clock, orders),
            )
        )
        keep(
            {"analysis": settings.retention_analysis_days, "findings": settings.retention_finding_days},
            partial(remove, database, clock, stop),
            metrics.removed,
            clock,
            stop,
        )
        log.logger().info("analysing")
        notices: Sequence[Notice] = ()
        gateways, calendar = _Every(WATCH_EVERY), _Every(TURN_EVERY)
        while not stop.is_set():
            if not worker.is_alive():
                raise RuntimeError("The worker of the job queue has ended; the service starts anew.")
            try:
                told = any(notice.channel == GATEWAY for notice in notices)
                if gateways.is_due(clock, now=told):
                    watch_gateways(database, clock)
                due = look(database, clock, pace, calendar=calendar.is_due(clock))
                metrics.ordered(orders.order(groups_of(due)))
                if previews_wait(database):
                    orders.order_previews()
            except LOST as error:
                log.logger().info("waiting", name="database", reason=type(error).__name__)
            notices = listener.wait(settings.analytics_look_s, clock, stop)
            clock.wait(stop, 1.0)  # notices come in bursts: one look serves many


def _work(analysts: Analysts, clock: Clock, group: int, metrics: AnalyticsMetrics) -> None:
    for worked in analysts.analyse(group, clock).result():
        metrics.worked(worked.days, worked.seconds, failed=worked.failed)
        log.logger().info("analysed", home_id=worked.home_id, days=worked.days, seconds=round(worked.seconds, 3))


def _preview(analysts: Analysts, clock: Clock, orders: Orders) -> None:
    """Work on previews for a while, and order the rest: what was ordered meanwhile comes first."""
    if analysts.preview(clock).result():
        orders.order_previews()


@contextmanager
def _telling_figures(settings: AnalyticsSettings, clock: Clock) -> Iterator[AnalyticsMetrics]:
    """Give what counts, and tell the figures to whoever asks until the end of the context."""
    registry = make_registry("analytics")
    metrics = AnalyticsMetrics(registry)
    with ExitStack() as stack:
        if settings.metrics_port:
            url = settings.database_url.get_secret_value()
            asking = stack.enter_context(asking_for_figures(url, Role.SERVICE, name="analytics"))
            registry.register(analytics_figures(lambda: _lag(asking, clock), clock))
        stack.enter_context(exposed(registry, settings.metrics_host, settings.metrics_port))
        yield metrics


def _lag(asking: Database, clock: Clock) -> Lag:
    with asking.transaction() as connection:
        return lag(connection, clock.now())


def main() -> None:
    """Run the service."""
    settings = AnalyticsSettings()
    log.configure("analytics", settings.log_format)
    clock, stop = SystemClock(), stop_on_signals()
    end_where_away(partial(answers, settings.database_url.get_secret_value()), "database", stop, clock)
    serve(settings, clock, stop)


if __name__ == "__main__":
    main()
