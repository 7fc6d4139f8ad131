"""The whole chain on this machine: what runs through all scenarios, and what each scenario has of its own.

Database, broker and the home's broker are started once. Each scenario has gateways and ingest workers of its own, homes
of its own, and a network of its own between gateway, broker, ingest and database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psycopg

from cli.installation import SERVICE_LOGIN, STORING
from core.database import Role
from core.migrations import migrate
from core.mqtt import BrokerAddress
from embedded.broker import MOSQUITTO_FILE, EmbeddedBroker, Kind
from embedded.postgres import EmbeddedPostgres
from embedded.process import Service
from tests.chaos.book import Book
from tests.chaos.disk import Disk, small_disk
from tests.chaos.parts import NOWHERE, Part, program
from tests.chaos.proxy import Proxy
from tests.chaos.vendor import BASE, Vendor

KEEPALIVE_S = 5
HOMES = 2
NO_FLOOD = "1000000"  # readings at once: a home of the harness says more than ten real ones
# Soon enough that the lane for old readings is used as well.
BACKFILL_AFTER_S = 3

_ROOMY, _NARROW = "max_queued_messages 0\n", "max_queued_messages 1\n"


@dataclass(frozen=True)
class Setup:
    """What a scenario has of its own: settings of its gateway, ingest workers, a small disk under the outboxes.

    A narrow broker keeps one message for whoever does not take it, and drops the others, which it has acknowledged.
    """

    gateway: Mapping[str, str] = field(default_factory=dict)
    ingest: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    small_disk: bool = False
    narrow_broker: bool = False


@dataclass(frozen=True)
class Network:
    """The lines between the parts of the chain."""

    gateway_broker: Proxy
    ingest_broker: Proxy
    ingest_database: Proxy


@dataclass(frozen=True)
class Line:
    """Where a scenario about calls publishes, with an ingest worker that takes it in; and a folder of its own."""

    service_url: str
    broker: BrokerAddress
    folder: Path


@dataclass
class Stage:
    """One scenario's chain while it runs."""

    database: Part
    broker: Part
    gateway: Part
    ingests: Sequence[Part]
    network: Network
    vendor: Vendor
    gateways: Sequence[str]
    disk: Disk | None
    broker_address: BrokerAddress
    broker_said: int  # how long the broker's log was before

    @property
    def ingest(self) -> Part:
        """The first ingest worker."""
        return self.ingests[0]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that may be killed."""
        return (self.database, self.broker, *self.ingests, self.gateway)


class Chain:
    """Database, broker and home broker; a context."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres = EmbeddedPostgres(folder / "postgres", folder / "secrets")
        self._broker = EmbeddedBroker(folder / "broker", kind=Kind.MOSQUITTO)
        self._home = EmbeddedBroker(folder / "home", kind=Kind.MOSQUITTO)
        self._database_part = Part("database", self._postgres.service, folder / "postgres.log")
        self._broker_part = Part("broker", self._broker.service, folder / "broker.log")
        self._home_part = Part("home broker", self._home.service, folder / "home.log")
        self._service_url = ""
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for prepared in (self._postgres, self._broker, self._home):
                stack.enter_context(prepared.prepared())
            for part in (self._database_part, self._broker_part, self._home_part):
                stack.callback(part.kill)
                part.start()
            stack.callback(self._database_part.end)
            for part in (self._database_part, self._broker_part, self._home_part):
                part.wait_ready()
            self._prepare_database()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def book(self) -> Book:
        """Return a look into the database."""
        return Book(self._postgres.administrator_url)

    def _prepare_database(self) -> None:
        self._postgres.ensure_database()
        with psycopg.connect(self._postgres.administrator_url, autocommit=True) as connection:
            migrate(connection, STORING)
        self._service_url = self._postgres.ensure_login(SERVICE_LOGIN, Role.SERVICE)

    @contextmanager
    def stage(self, name: str, setup: Setup) -> Iterator[Stage]:
        """Give the running chain of one scenario, called `name`; nothing of its own is left afterwards."""
        folder = self._folder / name
        folder.mkdir()
        gateways = [f"{name}-{number}" for number in range(1, HOMES + 1)]
        with ExitStack() as stack:
            with self.book() as book:
                book.register(gateways)
            network = Network(
                stack.enter_context(Proxy(self._broker.port)),
                stack.enter_context(Proxy(self._broker.port)),
                stack.enter_context(Proxy(self._postgres.port)),
            )
            if setup.narrow_broker:
                self._restart_broker(_ROOMY, _NARROW)
                stack.callback(self._restart_broker, _NARROW, _ROOMY)
            disk = stack.enter_context(small_disk(folder / "disk")) if setup.small_disk else None
            vendor = Vendor(BrokerAddress.parse(self._home.url), gateways)
            stack.callback(vendor.give_up)
            ingests = [
                Part(
                    f"ingest {number}",
                    _always(self._ingest(network, setup, f"{name}-{number}")),
                    folder / f"ingest-{number}.log",
                )
                for number in range(1, setup.workers + 1)
            ]
            # A limit on files must not concern the log.
            log = folder / "gateway.log" if disk is None or disk.logs else NOWHERE
            gateway = Part(
                "gateway", _always(self._gateway(network, setup, gateways, disk.folder if disk else folder)), log
            )
            for part in (*ingests, gateway):
                stack.callback(part.kill)
            vendor.connect()
            for part in (*ingests, gateway):
                part.start()
            yield Stage(
                self._database_part, self._broker_part, gateway, ingests, network, vendor, gateways, disk,
                BrokerAddress.parse(self._broker.url), self._broker_part.log.stat().st_size,
            )  # fmt: skip

    @contextmanager
    def line(self, name: str) -> Iterator[Line]:
        """Give what a scenario about calls needs, called `name`: nothing of the chain itself is struck in it."""
        folder = self._folder / name
        folder.mkdir()
        settings = {
            "VICINO_DATABASE_URL": self._service_url,
            "VICINO_BROKER_URL": self._broker.url,
            "VICINO_INGEST_WORKER": name,
        }
        ingest = Part("ingest", _always(program("ingest", settings)), folder / "ingest.log")
        ingest.start()
        try:
            yield Line(self._service_url, BrokerAddress.parse(self._broker.url), folder)
        finally:
            ingest.kill()

    def _restart_broker(self, before: str, after: str) -> None:
        self._broker_part.end()
        # Written in place: the file belongs to the broker's account.
        file = self._folder / "broker" / MOSQUITTO_FILE
        file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
        self._broker_part.start()
        self._broker_part.wait_ready()

    def _ingest(self, network: Network, setup: Setup, worker: str) -> Service:
        return program(
            "ingest",
            {
                "VICINO_DATABASE_URL": _through(self._service_url, network.ingest_database),
                "VICINO_BROKER_URL": _through(self._broker.url, network.ingest_broker),
                "VICINO_KEEPALIVE_S": str(KEEPALIVE_S),
                "VICINO_INGEST_WORKER": worker,
                "VICINO_FLOOD_GATEWAY_BURST": NO_FLOOD,
                "VICINO_FLOOD_DEVICE_BURST": NO_FLOOD,
                **setup.ingest,
            },
        )

    def _gateway(self, network: Network, setup: Setup, gateways: Sequence[str], data: Path) -> Service:
        return program(
            "gateway",
            {
                "VICINO_GATEWAYS": ",".join(gateways),
                "VICINO_DATA": str(data),
                "VICINO_HOME_BASE": BASE,
                "VICINO_HOME_BROKER_URL": self._home.url,
                "VICINO_BROKER_URL": _through(self._broker.url, network.gateway_broker),
                "VICINO_KEEPALIVE_S": str(KEEPALIVE_S),
                "VICINO_BACKFILL_AFTER_S": str(BACKFILL_AFTER_S),
                **setup.gateway,
            },
        )


def _through(url: str, proxy: Proxy) -> str:
    """Return the address `url` as it is on the other side of `proxy`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"))


def _always(service: Service) -> Callable[[], Service]:
    return lambda: service
