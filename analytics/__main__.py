"""The analysis service: `python -m analytics`. Several may run at once; each takes homes that no other has."""

import threading
from contextlib import ExitStack
from datetime import timedelta

import psycopg
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from analytics.jobs import Pace, analyse_home, look
from analytics.queue import Orders, Worker, bring_up_to_date
from analytics.settings import AnalyticsSettings
from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role
from core.notices import Listener
from core.service import stop_on_signals, wait_until_there

LOST = (psycopg.Error, PoolTimeout, ConnectorException)
CHANNEL = "vicino_touched"


def serve(settings: AnalyticsSettings, clock: Clock, stop: threading.Event) -> None:
    """Look for due days whenever readings come in, and every now and then, until `stop` is set."""
    url = settings.database_url.get_secret_value()
    pace = Pace(timedelta(seconds=settings.analytics_settle_s), timedelta(seconds=settings.analytics_cadence_s))
    with ExitStack() as stack:
        database = stack.enter_context(Database(url, Role.SERVICE, name="analytics"))
        if wait_until_there(lambda: bring_up_to_date(database), "database", LOST, clock, stop) is None:
            return
        orders = stack.enter_context(Orders(url))
        listener = stack.enter_context(Listener(database, [CHANNEL]))
        worker = stack.enter_context(Worker(url, lambda home_id: _work(database, clock, home_id, stop, pace)))
        log.logger().info("analysing")
        while not stop.is_set():
            if not worker.is_alive():
                raise RuntimeError("The worker of the job queue has ended; the service starts anew.")
            try:
                orders.order(look(database, clock, pace))
            except LOST as error:
                log.logger().info("waiting", name="database", reason=type(error).__name__)
            listener.wait(settings.analytics_look_s, clock, stop)
            clock.wait(stop, 1.0)  # notices come in bursts: one look serves many


def _work(database: Database, clock: Clock, home_id: int, stop: threading.Event, pace: Pace) -> None:
    began = clock.monotonic()
    days = analyse_home(database, clock, home_id, stop, pace.cadence)
    log.logger().info("analysed", home_id=home_id, days=days, seconds=round(clock.monotonic() - began, 3))


def main() -> None:
    """Run the service."""
    settings = AnalyticsSettings()
    log.configure("analytics", settings.log_format)
    serve(settings, SystemClock(), stop_on_signals())


if __name__ == "__main__":
    main()
