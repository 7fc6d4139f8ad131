"""Serves the pages: `python -m dashboards`."""

import gc
import logging
import socket
import sys
import threading
from contextlib import ExitStack

import uvicorn

from alerts.replies.tokens import key_of
from core import log
from core.clock import SystemClock
from core.database import Database, Role
from core.errors import VicinoError
from core.metrics import exposed, make_registry
from core.retention import keep
from core.service import stop_on_signals
from core.tls import ServedCertificate
from dashboards import static_files
from dashboards.app import create_app
from dashboards.connections import HEAD_WITHIN_S, PatientProtocol, make_room, protocol
from dashboards.live import Hub
from dashboards.metrics import RequestMetrics, page_figures
from dashboards.providers.offered import offered
from dashboards.sealing import keep_sealing, retire_all
from dashboards.settings import DashboardSettings

CONNECTIONS = 10
PATIENCE_S = 5.0  # a person who waits longer for a page thinks it is broken; the page says that the database is away
BACKLOG = 1_024
# A board of a thousand homes makes tens of thousands of objects, and drops them at its end without a circle among them:
# looked for after every 700, as Python does, they cost a fifth of the page.
GARBAGE_AFTER = (20_000, 20, 20)
ENDING_S = 1  # for requests under way, after open pages have been let go
HEAD_BYTES = 64 * 1024


def main(clock: SystemClock | None = None) -> int:
    """Serve until told to stop; return the exit code. Without a `clock` that of the machine tells the time."""
    clock = clock or SystemClock()
    settings = DashboardSettings()  # type: ignore[call-arg]  # the environment says it
    log.configure("dashboards", settings.log_format)
    # The server's own messages may hold what was in a request; ours say what is needed.
    logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
    logging.getLogger("uvicorn.error").propagate = False
    stop = stop_on_signals()
    try:
        static_files.manifest()
        key_of(settings.reply_key)
        offered(settings, SystemClock())
        certificate = served_certificate(settings)
        listening = listen(settings.dashboards_host, settings.dashboards_port)
    except VicinoError as error:
        log.logger().error("cannot start", reason=str(error))
        return 1
    with listening, ExitStack() as stack:
        database = Database(
            settings.database_url.get_secret_value(),
            Role.PEOPLE,
            name="dashboards",
            maximum=CONNECTIONS,
            patience_s=PATIENCE_S,
        )
        stack.callback(database.close)
        # The pages answer before it is there, and say that it is away.
        database.open_when_there(clock, stop)
        hub = Hub(database, clock)
        registry = make_registry("dashboards")
        registry.register(page_figures(hub))
        metrics = RequestMetrics(registry)
        server = make_server(database, clock, settings, hub, metrics, certificate)
        thread = threading.Thread(target=server.run, args=([listening],), name="server")
        thread.start()
        gc.freeze()  # what is there by now stays
        gc.set_threshold(*GARBAGE_AFTER)
        keep_sealing(database, clock, stop)
        days = {"audit": settings.retention_audit_days}
        keep(days, lambda _, kept: retire_all(database, clock, stop, kept), metrics.removed, clock, stop)
        log.logger().info("serving", host=settings.dashboards_host, port=listening.getsockname()[1])
        with exposed(registry, settings.metrics_host, settings.metrics_port):
            while not stop.wait(0.5) and thread.is_alive():
                if certificate is not None:
                    certificate.look()
        failed = not stop.is_set()
        hub.close()
        server.should_exit = True
        thread.join()
    return 1 if failed else 0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises `VicinoError` if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Of a socket that does not say its protocol the event loop does not know that it is TCP, and lets the kernel hold
    # back the second part of every answer until the first is acknowledged: 40 ms for each page.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        # From here on a request waits instead of being refused.
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise VicinoError(
            f"Port {port} of {host} cannot be used: {error.strerror}.",
            advice="set VICINO_DASHBOARDS_PORT to a free port, or end what uses this one",
        ) from error
    return found


def served_certificate(settings: DashboardSettings) -> ServedCertificate | None:
    """Return the certificate of the pages, None where they are served without; raises `VicinoError` if it is no use."""
    if settings.tls_certificate is None and settings.tls_key is None:
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise VicinoError(
            "Of certificate and key of the pages only one is set.",
            advice="set both VICINO_TLS_CERTIFICATE and VICINO_TLS_KEY, or neither",
        )
    return ServedCertificate(settings.tls_certificate, settings.tls_key)


def make_server(
    database: Database,
    clock: SystemClock,
    settings: DashboardSettings,
    hub: Hub,
    metrics: RequestMetrics | None = None,
    certificate: ServedCertificate | None = None,
    limited: type[PatientProtocol] | None = None,
) -> uvicorn.Server:
    """Return the HTTP server, not yet running; `limited` is for connections with other limits than the usual."""
    config = uvicorn.Config(
        create_app(database, clock, settings, hub, metrics),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=ENDING_S,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=HEAD_BYTES,
        http=limited or protocol(HEAD_WITHIN_S, make_room()),
    )
    if certificate is not None:
        config.load()
        config.ssl = certificate.context  # one that stays ours, so that it can be given new files
    return uvicorn.Server(config)


if __name__ == "__main__":
    sys.exit(main())
