"""The alert worker: `python -m alerts`."""

import sys
import threading
from collections.abc import Mapping
from datetime import timedelta

import psycopg

from alerts import repository
from alerts.channels.email.transport import EmailTransport, parse
from alerts.channels.transport import NoTransport, Transport
from alerts.policy import Rules
from alerts.settings import AlertSettings
from alerts.worker import Worker
from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role
from core.errors import VicinoError
from core.service import stop_on_signals, wait_until_there


def transports(settings: AlertSettings) -> Mapping[str, Transport]:
    """Return the channels as `settings` say; raises `MailServerError` if the mail server's address cannot be used."""
    if settings.smtp_url is None:
        log.logger().warning("no mail server is set: nobody is notified by e-mail", channel="email")
        return {"email": NoTransport("no mail server is set")}
    server = parse(settings.smtp_url.get_secret_value())
    return {"email": EmailTransport(server, settings.mail_from, settings.base_url, settings.smtp_timeout_s)}


def build(settings: AlertSettings, database: Database, clock: Clock) -> Worker:
    """Return the worker as `settings` say; raises `MailServerError` like `transports`."""
    rules = Rules(settings.safety_repeat_s, settings.safety_times, settings.safety_then_every_s)
    return Worker(database, transports(settings), clock, rules, timedelta(hours=settings.alert_stale_h))


def serve(settings: AlertSettings, clock: Clock, stop: threading.Event) -> None:
    """Run the worker until `stop` is set."""
    with Database(settings.database_url.get_secret_value(), Role.SERVICE, name="alerts", maximum=12) as database:
        worker = build(settings, database, clock)

        def ask() -> bool:
            with database.transaction() as connection:
                repository.next_due(connection)
            return True

        # Before the first migration the role and the tables are missing.
        if wait_until_there(ask, "database", (psycopg.Error,), clock, stop):
            log.logger().info("alerts are worked on")
            worker.run(stop)


def main() -> int:
    """Run the process; return its exit code."""
    # Required values come from the environment.
    settings = AlertSettings()  # type: ignore[call-arg]
    log.configure("alerts", settings.log_format)
    try:
        serve(settings, SystemClock(), stop_on_signals())
    except VicinoError as error:
        log.logger().error("cannot start", error=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
