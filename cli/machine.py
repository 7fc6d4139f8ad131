"""All services on one machine: database, broker, mailbox, then Vicino's own, each a process of its own."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import Request, urlopen

import psycopg

from cli.access import ADMINISTRATOR_URL
from cli.installation import PEOPLE_LOGIN, SERVICE_LOGIN, STORING, Installation
from core.access.accounts import ADMINISTRATOR, DASHBOARDS, DEVICES, INGEST, SERVICES, Account
from core.clock import Clock
from core.database import Database, Role
from core.errors import VicinoError
from core.migrations import Applied, migrate
from core.vocabulary import Retention
from devices import enrolment
from embedded.broker import EmbeddedBroker
from embedded.ports import LOOPBACK, free_port, is_free
from embedded.postgres import EmbeddedPostgres
from embedded.process import Service
from embedded.runfile import Run, RunService, hold, own_birth, removed_afterwards, write_run
from embedded.supervisor import Running, Supervisor

FIRST_PORT = 8000
BROKER_URL = "VICINO_BROKER_URL"
SMTP_URL = "VICINO_SMTP_URL"
REPLY_KEY = "VICINO_REPLY_KEY"
IDENTITY_KEY = "VICINO_IDENTITY_KEY"
VAPID_KEY = "VICINO_VAPID_KEY"
TELEGRAM_TOKEN = "VICINO_TELEGRAM_TOKEN"  # noqa: S105 - the name of a setting
METRICS_HOST = "VICINO_METRICS_HOST"
METRICS_PORT = "VICINO_METRICS_PORT"
TELLING_FIGURES = frozenset({"gateway", "ingest", "devices", "analytics", "alerts", "alerts.watchdog", "dashboards"})
# Secrets of channels, which the alert worker alone is told.
OF_CHANNELS = (
    TELEGRAM_TOKEN,
    *(f"VICINO_{each}_HTTP_{what}" for each in ("SMS", "VOICE") for what in ("AUTHORISATION", "HEADERS")),
    "VICINO_WEBHOOK_SECRET",
)
# What only one service is told.
_NOT_FOR_ALL = frozenset(
    {SMTP_URL, REPLY_KEY, IDENTITY_KEY, VAPID_KEY, *OF_CHANNELS, "VICINO_DATABASE_URL", BROKER_URL, ADMINISTRATOR_URL}
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Machine:
    """The services of one installation while they run."""

    installation: Installation
    supervisor: Supervisor
    broker_urls: Mapping[str, str]
    http_port: int
    environment: Mapping[str, str]
    stop: threading.Event

    def broker_url(self, account: Account) -> str:
        """Return the address by which an account signs in at the broker."""
        return self.broker_urls[account.name]

    @property
    def url(self) -> str:
        """Address of the pages."""
        return f"http://127.0.0.1:{self.http_port}"

    def start(
        self, module: str, settings: Mapping[str, str], *, name: str = "", ready: Callable[[], bool] | None = None
    ) -> bool:
        """Start the service `python -m module` with `settings` besides the common ones; return once it is ready.

        It is called like its module unless it has a `name`.
        """
        metrics_port = free_port() if module in TELLING_FIGURES else None
        figures = {METRICS_PORT: str(metrics_port or 0), METRICS_HOST: LOOPBACK}
        service = Service(
            name=name or module,
            argv=(sys.executable, "-m", module),
            env={**self.environment, **settings, **figures},
            ready=ready,
            kind=module,
            metrics_port=metrics_port,
        )
        return self.supervisor.start(service, self.stop)


@contextmanager
def machine(
    installation: Installation,
    clock: Clock,
    stop: threading.Event,
    *,
    port: int | None,
    say: Say,
    mailbox: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Machine]:
    """Start everything on the folder of `installation` and give it; end every process afterwards.

    `port` is where the pages are served: a free one if it is None or 0. `say` is told what is being done. The broker is
    the one that VICINO_BROKER_URL names, else one of our own that only this machine reaches. With a `mailbox`, mails
    are kept in a folder where no mail server is set. `settings` hold where the environment says nothing.

    Raises `VicinoError` if the folder is in use, was made by a newer Vicino, or a service does not come up.
    """
    if port and not is_free(port):
        raise VicinoError(
            f"Somebody else listens on port {port}.",
            kept="everything: nothing was started",
            advice="end that program, give another --port, or none for a free one",
        )
    with hold(installation.root), removed_afterwards(installation.root):
        database = EmbeddedPostgres(installation.postgres, installation.secrets, clock=clock)
        given = os.environ.get(BROKER_URL)
        broker = None if given else EmbeddedBroker(installation.broker, accounts=SERVICES, clock=clock)
        with database.prepared(), broker.prepared() if broker else nullcontext():
            http_port = port or free_port(FIRST_PORT)
            run = _RunFile(installation, clock, http_port, broker.port if broker else 0, database.port)
            with Supervisor(clock=clock, log_dir=installation.logs, on_change=run.write) as supervisor:
                say("Starting the database")
                if not supervisor.start(database.service(), stop):
                    return
                service_url, people_url = _prepare_database(database, say)
                broker_urls = _broker_urls(installation, broker, str(given))
                if broker:
                    _start_broker(broker, supervisor, stop, service_url, say)
                smtp_url = os.environ.get(SMTP_URL) or (_mailbox(installation, supervisor, stop) if mailbox else "")
                made = Machine(
                    installation=installation,
                    supervisor=supervisor,
                    broker_urls=broker_urls,
                    http_port=http_port,
                    environment={**(settings or {}), **_environment(installation, http_port)},
                    stop=stop,
                )
                say("Starting the services")
                _start_services(made, service_url, people_url, smtp_url)
                yield made


def _prepare_database(database: EmbeddedPostgres, say: Say) -> tuple[str, str]:
    database.ensure_database()
    with psycopg.connect(database.administrator_url, autocommit=True) as connection:
        applied: list[Applied] = migrate(connection, STORING)
    if applied:
        say(f"The database was brought to the present schema ({len(applied)} steps)")
    return (
        database.ensure_login(SERVICE_LOGIN, Role.SERVICE),
        database.ensure_login(PEOPLE_LOGIN, Role.PEOPLE),
    )


def _broker_urls(installation: Installation, broker: EmbeddedBroker | None, given: str) -> dict[str, str]:
    """Return how each service's account signs in, and keep it for the command line where it is a secret of ours."""
    secret = broker is not None and broker.controls_access
    urls = {account.name: broker.url_for(account) if broker else given for account in SERVICES}
    for name, url in urls.items():
        installation.keep_broker_secret(name, url if secret else None)
    return urls


def _start_broker(
    broker: EmbeddedBroker, supervisor: Supervisor, stop: threading.Event, service_url: str, say: Say
) -> None:
    if broker.controls_access:
        with Database(service_url, Role.SERVICE, name="broker accounts", maximum=1) as database:
            broker.admit(enrolment.logins(database))
        say(f"Starting the broker ({broker.kind}): each gateway and each service has an account of its own")
    else:
        say(
            f"Starting the broker ({broker.kind}). It knows no accounts: whoever is on this machine can read and say"
            " everything. Install the package mosquitto for anything but a first look"
        )
    supervisor.start(broker.service(), stop)


def _mailbox(installation: Installation, supervisor: Supervisor, stop: threading.Event) -> str:
    """Start a mail server that only keeps mails in a folder, and return its address."""
    port = free_port()
    supervisor.start(
        Service(
            name="mailbox",
            argv=(sys.executable, "-m", "embedded.mailbox", str(port), str(installation.mail.absolute())),
            stage=1,
        ),
        stop,
    )
    return f"smtp://127.0.0.1:{port}"


def _environment(installation: Installation, http_port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_ALL}
    own.setdefault("VICINO_BASE_URL", f"http://127.0.0.1:{http_port}")
    # Recordings of years ago are replayed here: what is older is dropped only where somebody says so.
    for each in Retention:
        own.setdefault(f"VICINO_RETENTION_{each.upper()}_DAYS", "0")
    for name in ("ANALYSIS", "FINDING", "ALERT", "AUDIT"):
        own.setdefault(f"VICINO_RETENTION_{name}_DAYS", "0")
    return {
        **own,
        "VICINO_DATA": str(installation.root.absolute()),
        "PYTHONUNBUFFERED": "1",
    }


def _start_services(made: Machine, service_url: str, people_url: str, smtp_url: str) -> None:
    service = {"VICINO_DATABASE_URL": service_url}
    replies = {REPLY_KEY: os.environ.get(REPLY_KEY) or made.installation.reply_key()}
    made.start("ingest", {**service, BROKER_URL: made.broker_url(INGEST)})
    made.start("devices", {**service, BROKER_URL: made.broker_url(DEVICES), **_administration(made.installation)})
    made.start("analytics", service)
    made.start("alerts", {**service, **replies, **_channels(made.installation, smtp_url)})
    made.start(
        "dashboards",
        {
            **replies,
            IDENTITY_KEY: os.environ.get(IDENTITY_KEY) or made.installation.identity_key(),
            "VICINO_DATABASE_URL": people_url,
            "VICINO_DASHBOARDS_PORT": str(made.http_port),
            BROKER_URL: made.broker_url(DASHBOARDS),
        },
        ready=lambda: page_answers(made.url),
    )


def _channels(installation: Installation, smtp_url: str) -> dict[str, str]:
    """Return what the alert worker alone is told of its channels."""
    given = {SMTP_URL: smtp_url, **{name: os.environ.get(name, "") for name in OF_CHANNELS}}
    key = os.environ.get(VAPID_KEY) or installation.push_key()
    return {VAPID_KEY: key} | {name: value for name, value in given.items() if value}


def _administration(installation: Installation) -> dict[str, str]:
    url = os.environ.get(ADMINISTRATOR_URL) or installation.broker_secret(ADMINISTRATOR.name)
    return {ADMINISTRATOR_URL: url} if url else {}


def page_answers(url: str) -> bool:
    """Tell whether the pages answer now (a redirect to the sign-in page is an answer)."""
    try:
        with urlopen(Request(url, headers={"Accept": "text/html"}), timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status < 400)  # noqa: PLR2004 - below are success and redirects
    except (URLError, OSError):
        return False


class _RunFile:
    """Writes down how the services stand, for `vicino status`."""

    def __init__(
        self, installation: Installation, clock: Clock, http_port: int, broker_port: int, postgres_port: int
    ) -> None:
        self._installation = installation
        self._run = Run(
            pid=os.getpid(),
            born=own_birth(),
            started_at=clock.now(),
            http_port=http_port,
            broker_port=broker_port,
            postgres_port=postgres_port,
            secrets_dir=str(installation.secrets),
        )

    def write(self, services: tuple[Running, ...]) -> None:
        """Write the run file with `services` as they stand now."""
        stand = tuple(RunService(**running._asdict()) for running in services)
        run = Run(
            **{name: getattr(self._run, name) for name in self._run.__struct_fields__ if name != "services"},
            services=stand,
        )
        write_run(self._installation.root, run)
