"""The pages of a filled union, served by their real process, and the operators who sign in to them."""

import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import psutil
import psycopg
from psycopg import Connection
from psycopg.rows import dict_row
from rich.progress import Progress, TaskID

from cli.bench.dashboards import repository, union
from cli.bench.dashboards.browser import Browser
from cli.bench.dashboards.pages import LateClock
from cli.bench.dashboards.repository import Filled
from cli.bench.ground import SWITCHED_OFF
from cli.homes import apply
from cli.installation import PEOPLE_LOGIN, SERVICE_LOGIN, STORING, Installation
from cli.replay import progress_bar
from cli.screen import say
from core.clock import Clock
from core.database import Database, Role, Row
from core.errors import VicinoError
from core.migrations import migrate
from embedded.ports import free_port
from embedded.postgres import EmbeddedPostgres
from embedded.process import Service
from embedded.supervisor import Supervisor
from registry.accounts import set_password

HOST = "127.0.0.1"
# What is filled in one go is written to the log in few large pieces; all else is as in any installation.
FILLING = {"max_wal_size": "8GB", "checkpoint_timeout": "30min"}


@dataclass(frozen=True)
class Site:
    """The pages at work. `connection` is an administrator's; `password` is that of all operators.

    `clock` is that of the pages: it stood where the homes' lives end when these began to be served.
    """

    port: int
    clock: LateClock
    process: psutil.Process
    connection: Connection[Row]
    password: str

    def browser(self, number: int = 0) -> Browser:
        """Return a browser in which an operator is signed in, whose caseload is the whole union."""
        browser = Browser(HOST, self.port)
        browser.sign_in(union.login(number), self.password)
        return browser


@contextmanager
def site(
    clock: Clock, stop: threading.Event, *, homes: int, days: int, operators: int, folder: Path | None
) -> Iterator[Site]:
    """Serve a union of `homes` homes with `days` days behind them.

    In `folder` the database stays for the next measurement, which must be of as many homes and days; without it all is
    removed. The pages are served as of the instant at which the homes' lives end, however long ago they were filled.
    Raises `VicinoError` where the folder holds another union, or a process does not start.
    """
    with ExitStack() as stack:
        root = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vicino-bench-")))
        root.mkdir(parents=True, exist_ok=True)
        installation = Installation(root)
        say("Starting the database")
        database = stack.enter_context(
            EmbeddedPostgres(installation.postgres, installation.secrets, clock=clock, settings=FILLING)
        )
        connection = stack.enter_context(
            psycopg.connect(database.administrator_url, autocommit=True, row_factory=dict_row)
        )
        migrate(connection, STORING)
        service_url = database.ensure_login(SERVICE_LOGIN, Role.SERVICE)
        filled = _ensure_filled(connection, database.administrator_url, service_url, homes, days, clock)
        behind = clock.now() - filled.until
        late = LateClock(behind)
        repository.speak(connection, late.now())
        with Database(service_url, Role.SERVICE, name="bench") as registering:
            apply(registering, union.people_document(operators))
        password = secrets.token_urlsafe(16)
        set_password(connection, union.login(0), password, late.now())
        repository.share_password(connection, union.login(0))
        people_url = database.ensure_login(PEOPLE_LOGIN, Role.PEOPLE)
        supervisor = stack.enter_context(Supervisor(clock=clock, log_dir=installation.logs))
        port = free_port()
        supervisor.start(
            Service(
                name="dashboards",
                argv=(sys.executable, "-m", "cli.bench.dashboards.pages", str(behind.total_seconds())),
                env={
                    **os.environ,
                    **SWITCHED_OFF,
                    "VICINO_DATABASE_URL": people_url,
                    "VICINO_BASE_URL": f"http://{HOST}:{port}",
                    "VICINO_DASHBOARDS_HOST": HOST,
                    "VICINO_DASHBOARDS_PORT": str(port),
                    # Nobody has a telephone at hand.
                    "VICINO_SECOND_FACTOR_ROLES": "",
                },
                ready=lambda: _answers(port),
            ),
            stop,
        )
        (running,) = (one for one in supervisor.services if one.name == "dashboards")
        assert running.pid is not None
        yield Site(port, late, psutil.Process(running.pid), connection, password)


def _ensure_filled(
    connection: Connection[Row],
    administrator_url: str,
    service_url: str,
    homes: int,
    days: int,
    clock: Clock,
) -> Filled:
    found = repository.filled(connection)
    if found is None:
        wanted = Filled(homes, days, clock.now())
        with progress_bar() as progress:
            union.fill(administrator_url, service_url, wanted, _shown(progress))
        return wanted
    if (found.homes, found.days) != (homes, days):
        raise VicinoError(
            f"The folder holds a union of {found.homes} homes and {found.days} days.",
            kept="everything in it",
            advice="measure that one, or name another folder",
        )
    return found


def _shown(progress: Progress) -> Callable[[str, float], None]:
    tasks: dict[str, TaskID] = {}

    def told(what: str, share: float) -> None:
        if what not in tasks:
            tasks[what] = progress.add_task(what, total=1.0)
        progress.update(tasks[what], completed=share)

    return told


def _answers(port: int) -> bool:
    try:
        with Browser(HOST, port) as browser:
            return browser.get("/health").status == 200  # noqa: PLR2004 - of HTTP
    except (OSError, HTTPException):
        return False


def percentiles(took_s: Sequence[float], *shares: int) -> list[float]:
    """Return the smallest of `took_s` that each share percent of them do not exceed, in milliseconds."""
    ordered = sorted(took_s)
    return [round(1000 * ordered[-(-len(ordered) * share // 100) - 1], 1) if ordered else 0.0 for share in shares]
