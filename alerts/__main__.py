"""The alert worker: `python -m alerts`."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

import psycopg

from alerts import repository
from alerts.channels.canary.transport import CanaryTransport
from alerts.channels.email.transport import EmailTransport, parse
from alerts.channels.installed import installed
from alerts.channels.levels import parse as parse_levels
from alerts.channels.sms import transport as sms
from alerts.channels.transport import NoTransport, Transport
from alerts.channels.voice import transport as voice
from alerts.channels.webhook import transport as webhook
from alerts.digest.telling import tell
from alerts.metrics import AlertMetrics, alert_figures
from alerts.news.delivery import News
from alerts.news.taken import relieve
from alerts.policy import Rules
from alerts.reach.companions import companions
from alerts.reads import Status, status
from alerts.receipts.links import Callbacks
from alerts.replies.links import Links
from alerts.replies.tokens import key_of
from alerts.retention import removing as retention
from alerts.settings import AlertSettings
from alerts.worker import Worker
from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role, answers, asking_for_figures
from core.errors import VicinoError
from core.metrics import exposed, make_registry
from core.retention import keep
from core.service import end_where_away, stop_on_signals, wait_until_there

# Its transactions take milliseconds. One that is frozen in the middle of one must not hold up the others longer than a
# claim's lease would.
FROZEN_S = 3.0
# How long the end of the process waits for news that are being sent; what is not written down by then is told again.
LONGEST_MESSAGE_S = 1.0


def transports(settings: AlertSettings, clock: Clock) -> dict[str, Transport]:
    """Return the channels as `settings` say; one that is not set up says so with every message, and the next is used.

    Raises `VicinoError` where a channel's settings cannot be used: its address, its template, its secret.
    """
    links = Links(settings.base_url, key_of(settings.reply_key))
    if links.key is None:
        log.logger().warning("no key for links is set: messages cannot be answered without signing in")
    callbacks = Callbacks(settings.base_url, links.key)
    return {
        "email": _email(settings, links),
        "sms": sms.from_settings(settings, links, callbacks, clock),
        "voice": voice.from_settings(settings, callbacks, clock),
        "webhook": webhook.from_settings(settings, links, callbacks, clock),
    }


def _email(settings: AlertSettings, links: Links) -> Transport:
    if settings.smtp_url is None:
        log.logger().warning("no mail server is set: nobody is notified by e-mail", channel="email")
        return NoTransport("no mail server is set")
    server = parse(settings.smtp_url.get_secret_value())
    return EmailTransport(server, settings.mail_from, links, settings.smtp_timeout_s)


def build(
    settings: AlertSettings,
    database: Database,
    clock: Clock,
    metrics: AlertMetrics | None = None,
    channels: Mapping[str, Transport] | None = None,
) -> Worker:
    """Return the worker as `settings` say, with `channels`, those of `transports` if not given; raises like it."""
    rules = Rules(settings.safety_repeat_s, settings.safety_times, settings.safety_then_every_s)
    levels, stale_after = parse_levels(settings.channel_levels), timedelta(hours=settings.alert_stale_h)
    given = transports(settings, clock) if channels is None else channels
    every = {**given, "canary": CanaryTransport(database, clock)}
    return Worker(database, every, clock, rules, stale_after, metrics, levels)


@contextmanager
def telling_figures(settings: AlertSettings, clock: Clock) -> Iterator[AlertMetrics]:
    """Give what counts, and tell the figures to whoever asks until the end of the context."""
    registry = make_registry("alerts")
    metrics = AlertMetrics(registry, clock)
    with ExitStack() as stack:
        if settings.metrics_port:
            url = settings.database_url.get_secret_value()
            asking = stack.enter_context(asking_for_figures(url, Role.SERVICE, name="alerts"))
            registry.register(alert_figures(metrics, lambda: _status(asking, clock), clock))
        stack.enter_context(exposed(registry, settings.metrics_host, settings.metrics_port))
        yield metrics


def _status(asking: Database, clock: Clock) -> Status:
    with asking.transaction() as connection:
        return status(connection, clock.now())


def serve(settings: AlertSettings, clock: Clock, stop: threading.Event) -> None:
    """Run the worker until `stop` is set."""
    url = settings.database_url.get_secret_value()
    reached = Database(url, Role.SERVICE, name="alerts", maximum=12, frozen_s=FROZEN_S)
    if not reached.wait_until_there(clock, stop):
        return
    with (
        reached as database,
        telling_figures(settings, clock) as metrics,
    ):
        others = installed(settings, database, clock)
        channels = {**transports(settings, clock), **others.transports}
        worker = build(settings, database, clock, metrics, channels)
        news = News(database, channels, clock, (relieve, tell), metrics.news_told)

        def ask() -> bool:
            with database.transaction() as connection:
                repository.next_due(connection)
            return True

        # Before the first migration the role and the tables are missing.
        if wait_until_there(ask, "database", (psycopg.Error,), clock, stop):
            log.logger().info("alerts are worked on")
            days = {retention.NAME: settings.retention_alert_days}
            keep(days, partial(retention.remove, database, clock, stop), metrics.removed, clock, stop)
            telling = threading.Thread(target=news.run, args=(stop,), name="news", daemon=True)
            telling.start()
            with companions(database, others, clock, stop):
                worker.run(stop)
            telling.join(LONGEST_MESSAGE_S)


def main() -> int:
    """Run the process; return its exit code."""
    # Required values come from the environment.
    settings = AlertSettings()  # type: ignore[call-arg]
    log.configure("alerts", settings.log_format)
    clock, stop = SystemClock(), stop_on_signals()
    end_where_away(partial(answers, settings.database_url.get_secret_value()), "database", stop, clock)
    try:
        serve(settings, clock, stop)
    except VicinoError as error:
        log.logger().error("cannot start", error=str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
