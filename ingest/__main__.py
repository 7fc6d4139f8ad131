"""The ingest process: `python -m ingest`."""

import gc
import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from core import log
from core.clock import Clock, SystemClock
from core.database import Database, Role, answers, asking_for_figures
from core.metrics import exposed, make_registry
from core.service import end_where_away, stop_on_signals, wait_until_there
from devices.reads import series_of_gateways
from ingest import repository
from ingest.consumer import Consumer
from ingest.counters import Counters
from ingest.delays import Delays
from ingest.metrics import Behind, ingest_figures
from ingest.reads import gateways_behind, rollup_lag_s
from ingest.rejects.requests import Requests
from ingest.settings import IngestSettings, limits_of
from ingest.upkeep.service import Upkeep

LOOK_S = 1.0
# A commit makes some ten thousand small objects, none of them in a circle: looking for circles among them every time
# takes a fifth of the processor's time. Memory is bounded by the inboxes and by what goes into one commit.
COLLECT_AFTER = (50_000, 50, 100)
END_S = 2.0


def main() -> int:
    """Run until a signal comes; return the exit code, which is 1 if a part of it ended by itself."""
    settings = IngestSettings()  # type: ignore[call-arg]  # the environment says it
    log.configure("ingest", settings.log_format)
    gc.set_threshold(*COLLECT_AFTER)
    stop = stop_on_signals()
    clock = SystemClock()
    url = settings.database_url.get_secret_value()
    end_where_away(partial(answers, url), "database", stop, clock)
    database = Database(url, Role.SERVICE, name="ingest")

    def connect() -> Connection[DictRow]:
        connection = database.connect()
        repository.prepare(connection)
        return connection

    # Nothing is taken from the broker before it can be stored.
    first = wait_until_there(connect, "database", (psycopg.Error,), clock, stop)
    if first is None:
        return 0
    first.close()
    counters, registry = Counters(), make_registry("ingest")
    delays = Delays(registry, clock)
    consumer = Consumer(settings, connect, series_of_gateways, clock, counters, delays)
    with ExitStack() as stack:
        if settings.metrics_port:
            asking = stack.enter_context(asking_for_figures(url, Role.SERVICE, name="ingest"))
            registry.register(ingest_figures(counters, delays, lambda: _behind(asking, clock)))
        stack.enter_context(exposed(registry, settings.metrics_host, settings.metrics_port))
        consumer.start()
        requests = _fulfilling(settings, database, connect, clock, stop)
        upkeep = Upkeep(database.connect, settings, clock)
        keeping = threading.Thread(target=upkeep.run, args=(stop,), name="upkeep", daemon=True)
        keeping.start()
        while not clock.wait(stop, LOOK_S) and consumer.alive and requests.is_alive() and keeping.is_alive():
            pass
        died = not stop.is_set()
        stop.set()
        upkeep.interrupt()
        consumer.stop()
        requests.join(END_S)
        keeping.join(END_S)
    return int(died)


def _fulfilling(
    settings: IngestSettings,
    database: Database,
    connect: Callable[[], Connection[DictRow]],
    clock: Clock,
    stop: threading.Event,
) -> threading.Thread:
    """Return the thread, already running, that tries rejects again where people wish it."""
    requests = Requests(
        database,
        connect,
        load=series_of_gateways,
        limits=limits_of(settings),
        clock=clock,
        worker=settings.ingest_worker,
    )
    thread = threading.Thread(target=requests.run, args=(stop,), name="replay", daemon=True)
    thread.start()
    return thread


def _behind(asking: Database, clock: Clock) -> Behind:
    with asking.transaction() as connection:
        now = clock.now()
        return Behind(gateways_behind(connection, now), rollup_lag_s(connection, now))


if __name__ == "__main__":
    raise SystemExit(main())
