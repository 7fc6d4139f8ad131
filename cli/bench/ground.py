"""What a measurement stands on: a database that writes for good, a broker and workers, all real, in a fresh folder."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from cli.installation import SERVICE_LOGIN, STORING, Installation
from cli.screen import say
from core.clock import Clock
from core.database import Database, Role
from core.migrations import migrate
from embedded.broker import EmbeddedBroker
from embedded.postgres import EmbeddedPostgres
from embedded.process import Service
from embedded.supervisor import Supervisor

Process = subprocess.Popen[str]

LANES = 4  # connections of a worker to the broker: one for each lane of readings, one for statuses
SWITCHED_OFF = {"VICINO_METRICS_PORT": "0"}
# A handful of gateways send what a region does: no flood, but counted like one.
PLENTY = dict.fromkeys(
    ("VICINO_FLOOD_GATEWAY_BURST", "VICINO_FLOOD_DEVICE_BURST", "VICINO_FLOOD_BACKFILL_BURST"), "1000000000"
)


@dataclass(frozen=True)
class Ground:
    """Database and broker that run, and what starts workers on them."""

    installation: Installation
    service_url: str
    administrator_url: str
    broker_url: str
    supervisor: Supervisor
    stop: threading.Event

    def process(self, command: Sequence[str]) -> Process:
        """Start a process that sends to the broker; the address with its password is on no command line."""
        environment = {**os.environ, "VICINO_BROKER_URL": self.broker_url}
        return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Give the database in the role of the services."""
        with Database(self.service_url, Role.SERVICE, name="bench") as database:
            yield database

    def start_workers(self, number: int, environment: Mapping[str, str]) -> None:
        """Start so many ingest workers; return once all of them receive."""
        for index in range(number):
            name = f"ingest-{index}"
            log = self.installation.logs / f"{name}.log"
            self.supervisor.start(
                Service(
                    name=name,
                    argv=(sys.executable, "-m", "ingest"),
                    env={
                        **environment,
                        **SWITCHED_OFF,
                        **PLENTY,
                        "VICINO_DATABASE_URL": self.service_url,
                        "VICINO_BROKER_URL": self.broker_url,
                        "VICINO_INGEST_WORKER": name,
                    },
                    ready=lambda log=log: _receives(log),  # type: ignore[misc]  # binds the log of this worker
                ),
                self.stop,
            )

    def workers(self) -> Sequence[psutil.Process]:
        """Return the processes of the workers."""
        return [
            psutil.Process(running.pid)
            for running in self.supervisor.services
            if running.name.startswith("ingest-") and running.pid is not None
        ]


@contextmanager
def ground(clock: Clock, stop: threading.Event) -> Iterator[Ground]:
    """Start a database and a broker in a folder of their own; end both and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="vicino-bench-") as folder:
        installation = Installation(Path(folder))
        database = EmbeddedPostgres(installation.postgres, installation.secrets, clock=clock)
        broker = EmbeddedBroker(installation.broker, clock=clock)
        with (
            database.prepared(),
            broker.prepared(),
            Supervisor(clock=clock, log_dir=installation.logs) as supervisor,
        ):
            say("Starting the database")
            supervisor.start(database.service(), stop)
            database.ensure_database()
            with psycopg.connect(database.administrator_url, autocommit=True) as connection:
                migrate(connection, STORING)
            service_url = database.ensure_login(SERVICE_LOGIN, Role.SERVICE)
            say(f"Starting the broker ({broker.kind})")
            supervisor.start(broker.service(), stop)
            yield Ground(installation, service_url, database.administrator_url, broker.url, supervisor, stop)


def _receives(log: Path) -> bool:
    return log.exists() and log.read_text(encoding="utf-8", errors="replace").count(" receiving") >= LANES


def processor_s(processes: Sequence[psutil.Process]) -> float:
    """Return how many seconds of processor time processes have used together."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def peak_memory_bytes(processes: Sequence[psutil.Process]) -> int:
    """Return the most memory that one of the processes ever held; what it holds now where the kernel does not say."""
    return max(_peak_bytes(process) for process in processes)


def _peak_bytes(process: psutil.Process) -> int:
    try:
        said = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return int(process.memory_info().rss)
    return next(int(line.split()[1]) * 1024 for line in said.splitlines() if line.startswith("VmHWM:"))
