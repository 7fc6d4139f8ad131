"""The watchdog: `python -m alerts.watchdog`.

A process of its own: one that watched from inside of what it watches would be silent together with it.
"""

import sys
import threading
from contextlib import ExitStack
from datetime import datetime, timedelta

import psycopg
from psycopg_pool import PoolTimeout

from alerts.canary import repository as canaries
from alerts.canary.calls import Canary, Pace
from alerts.canary.gateway import CanaryGateway
from alerts.watchdog import repository
from alerts.watchdog.deadman import Addresses, DeadMan
from alerts.watchdog.metrics import WatchdogMetrics, watchdog_figures
from alerts.watchdog.settings import WatchdogSettings
from alerts.watchdog.standing import Fault, Limits, faults
from core import credentials, log
from core.clock import Clock, SystemClock
from core.database import Database, Role, asking_for_figures
from core.errors import VicinoError
from core.metrics import exposed, make_registry
from core.mqtt import broker_of
from core.service import stop_on_signals

LOOK_S = 1.0
PATIENCE_S = 5.0


def gateway_of(settings: WatchdogSettings, clock: Clock) -> CanaryGateway | None:
    """Return the gateway that makes test calls; None where there is none. Raises `VicinoError` if it cannot connect."""
    if settings.canary_credentials is not None:
        try:
            text = settings.canary_credentials.read_text(encoding="utf-8")
        except OSError as error:
            raise VicinoError(
                f"The credentials of the canary cannot be read: {error.strerror}.",
                advice="correct VICINO_CANARY_CREDENTIALS, or make them with `vicino canary register`",
            ) from error
        found = credentials.from_toml(text)
        return CanaryGateway(found.address, found.gateway, clock, settings.keepalive_s)
    if settings.canary_gateway:
        return CanaryGateway(broker_of(settings), settings.canary_gateway, clock, settings.keepalive_s)
    log.logger().warning("no canary is set: nothing tries whether a call for help arrives")
    return None


def look(
    database: Database, limits: Limits, now: datetime, silent: timedelta | None = None
) -> tuple[datetime | None, list[Fault]]:
    """Return when alerts were last worked on, and what is wrong.

    It writes, to know that the database can be written. A test call that was not even made for as long as `silent`
    counts as missed; None where none are made.
    """
    with database.transaction() as connection:
        repository.beat(connection, repository.WATCHDOG, now)
        chain = repository.chain(connection, now - limits.overdue)
        last = canaries.latest_judged(connection)
    missed = last is not None and (last.missed or (silent is not None and now - last.sent_at > silent))
    return chain.worked_at, faults(chain, limits, now, canary_missed=missed)


def run(canary: Canary | None, clock: Clock, stop: threading.Event) -> None:
    """Make test calls until `stop` is set."""
    while not stop.is_set():
        try:
            if canary is not None:
                canary.look()
        except (psycopg.Error, PoolTimeout) as error:
            log.logger().warning("waiting for the database", reason=type(error).__name__)
        clock.wait(stop, LOOK_S)


def serve(settings: WatchdogSettings, clock: Clock, stop: threading.Event) -> None:
    """Watch until `stop` is set."""
    url = settings.database_url.get_secret_value()
    limits = Limits(timedelta(seconds=settings.watchdog_worked_s), timedelta(seconds=settings.watchdog_overdue_s))
    gateway = gateway_of(settings, clock)
    pace = Pace(timedelta(seconds=settings.canary_every_s), timedelta(seconds=settings.canary_within_s))
    silent = 2 * pace.every + pace.within if gateway is not None else None
    registry = make_registry("watchdog")
    metrics = WatchdogMetrics(registry)
    with ExitStack() as stack:
        watching, calling = (_database(url, name) for name in ("watchdog", "canary"))
        for each in (watching, calling):
            stack.callback(each.close)
            # It watches before the database is there: that it is away is the first thing to tell.
            each.open_when_there(clock, stop)
        if settings.metrics_port:
            asking = asking_for_figures(url, Role.SERVICE, name="watchdog")
            stack.callback(asking.close)
            asking.open_when_there(clock, stop)
            registry.register(watchdog_figures(lambda: look(asking, limits, clock.now(), silent), clock))
        stack.enter_context(exposed(registry, settings.metrics_host, settings.metrics_port))
        canary = None
        if gateway is not None:
            gateway.start()
            stack.callback(gateway.stop)
            gateway.wait_connected(PATIENCE_S)
            canary = Canary(calling, gateway.call, clock, pace, on_arrived=metrics.arrived, on_missed=metrics.missed)
        deadman = DeadMan(
            _addresses(settings),
            lambda: look(watching, limits, clock.now(), silent)[1],
            clock,
            every_s=settings.deadman_every_s,
            timeout_s=settings.deadman_timeout_s,
            on_told=metrics.told,
        )
        thread = deadman.start(stop)
        log.logger().info("the chain of alerts is watched over")
        run(canary, clock, stop)
        # It may wait for an answer: the process does not.
        thread.join(1.0)


def _database(url: str, name: str) -> Database:
    # One that hangs counts as away.
    return Database(url, Role.SERVICE, name=name, maximum=1, patience_s=PATIENCE_S, limit_s=PATIENCE_S)


def _addresses(settings: WatchdogSettings) -> Addresses:
    given = (settings.deadman_url, settings.deadman_fail_url, settings.deadman_start_url)
    if settings.deadman_url is None:
        log.logger().warning("nobody outside is told whether alerts are worked on", name="VICINO_DEADMAN_URL")
    return Addresses(*(one.get_secret_value() if one else "" for one in given))


def main() -> int:
    """Run the process; return its exit code."""
    settings = WatchdogSettings()  # type: ignore[call-arg]  # the environment says it
    log.configure("watchdog", settings.log_format)
    try:
        serve(settings, SystemClock(), stop_on_signals())
    except VicinoError as error:
        log.logger().error("cannot start", error=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
