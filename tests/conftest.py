"""What all tests share: a real PostgreSQL, a database of one's own per test, a real broker, recorded data.

Settings of the test run, all optional:

* `VICINO_TEST_DATABASE_URL`: address of a superuser on a server to use instead of an own one;
* `VICINO_TEST_POSTGRES`: `bin` folder of another PostgreSQL than the packaged one;
* `VICINO_TEST_PRELOAD`: libraries it loads, as `timescaledb`;
* `VICINO_TEST_CHROMIUM`: the browser, if it is not Debian's;
* `VICINO_DATA_DIR`: folder of the recorded data sets.
"""

import itertools
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from psycopg import errors, sql

from core.migrations import migrate
from core.mqtt import BrokerAddress, Connection, Message
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from embedded.postgres import EmbeddedPostgres
from tests.identity_provider import IdentityProvider, running

ROOT = Path(__file__).resolve().parent.parent
STORING = ("registry", "devices", "ingest", "analytics", "alerts", "dashboards")
CHROMIUM = os.environ.get("VICINO_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
COPY_WITHIN_S = 60.0
FORGOTTEN_WITHIN_S = 60.0

# How long an example takes says more of what else the machine does, and of a first run, than of the code.
settings.register_profile("vicino", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vicino")

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    # The settings of a developer's own installation must not reach the tests.
    for name in list(os.environ):
        if name.startswith("VICINO_") and not name.startswith("VICINO_TEST_") and name != "VICINO_DATA_DIR":
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a superuser on a server that is ours for the session."""
    given = os.environ.get("VICINO_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = tmp_path_factory.mktemp("postgres")
    binaries = os.environ.get("VICINO_TEST_POSTGRES")
    preload = os.environ.get("VICINO_TEST_PRELOAD")
    with EmbeddedPostgres(
        folder / "postgres",
        folder / "secrets",
        binaries=Path(binaries) if binaries else None,
        preload=preload.split(",") if preload else (),
        durable=False,
    ) as server:
        yield server.administrator_url


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> Iterator[str]:
    """Name of a database with the present schema and no data, made once per worker."""
    name = _own_name("template")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(_in_database(postgres_url, name), autocommit=True) as inside:
                migrate(inside, [ROOT / folder for folder in STORING if (ROOT / folder / "sql").is_dir()])
                _stop_workers(inside)
            _seal(connection, name)
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """Address (of a superuser) of a database with the present schema that belongs to this test alone."""
    name = _own_name("test")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        _copy(connection, template_database, name)
    yield _in_database(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def session_broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Mosquitto that is ours for the session."""
    if find_mosquitto() is None:
        pytest.skip("Mosquitto is not installed (on Debian: apt install mosquitto).")
    with EmbeddedBroker(tmp_path_factory.mktemp("broker") / "broker", kind=Kind.MOSQUITTO) as broker:
        yield broker.url


@pytest.fixture
def broker_url(session_broker_url: str) -> str:
    """Address of a Mosquitto that retains nothing of the tests before."""
    _forget_retained(session_broker_url)
    return session_broker_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that is ours for the session; a process can have one only."""
    if not os.path.exists(CHROMIUM):  # noqa: PTH110 - one look
        pytest.skip("Chromium is not installed (on Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def provider_process() -> Iterator[IdentityProvider]:
    """An OpenID provider that is ours for the session."""
    with running() as provider:
        yield provider


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the recorded data sets (`tihm`, `ordonez`, `kasteren`, ...)."""
    folder = Path(os.environ.get("VICINO_DATA_DIR", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"The recorded data sets are not there: {folder} is no folder (VICINO_DATA_DIR names another).")
    return folder


def _forget_retained(url: str) -> None:
    """Empty every retained topic: whoever subscribes next would hear gateways of homes that are no more."""
    mark = uuid.uuid4().hex
    came: SimpleQueue[Message] = SimpleQueue()
    connection = Connection(BrokerAddress.parse(url), f"forget-{mark}", on_message=came.put, subscriptions=("#",))
    connection.start()
    try:
        assert connection.wait_connected(FORGOTTEN_WITHIN_S)
        # The broker answers in order: after the first mark nothing retained is missing, after the second it is empty.
        for _ in range(2):
            connection.publish(mark, b"")
            while (message := came.get(timeout=FORGOTTEN_WITHIN_S)).topic != mark:
                connection.acknowledge(message)
                if message.retain:
                    connection.publish(message.topic, b"", retain=True)
            connection.acknowledge(message)
    finally:
        connection.stop()


def _own_name(purpose: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return f"vicino_{purpose}_{worker}_{os.getpid()}_{next(_numbers)}"


def _in_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _stop_workers(inside: psycopg.Connection) -> None:
    """End TimescaleDB's scheduler and jobs in this database, if it has any."""
    row = inside.execute("SELECT to_regproc('_timescaledb_functions.stop_background_workers') IS NOT NULL").fetchone()
    if row is not None and row[0]:
        inside.execute("SELECT _timescaledb_functions.stop_background_workers()")


def _seal(connection: psycopg.Connection, name: str) -> None:
    """Let nobody into the template any more: a database in which somebody works cannot be copied.

    TimescaleDB's launcher starts a scheduler in every database that can be entered, and only there.
    """
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))


def _copy(connection: psycopg.Connection, template: str, name: str) -> None:
    # Copying the files takes half as long as writing them to the log, which PostgreSQL does unless told otherwise.
    order = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    deadline = time.monotonic() + COPY_WITHIN_S
    while True:
        try:
            connection.execute(order)
        except errors.ObjectInUse:
            # A background worker that was ended has not gone yet.
            if time.monotonic() > deadline:
                raise
            _seal(connection, template)
            time.sleep(0.1)
        else:
            return
