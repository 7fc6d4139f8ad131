import re
from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self

import psycopg
import pytest
from psycopg.rows import dict_row
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from devices.enrolment import Password
from registry import one_time_codes as one_time
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 2, 12, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def place(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, NOW, life=False)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def handed() -> list[Password]:
    """Passwords of gateways that were handed over to the broker."""
    return []


@pytest.fixture
def client(database_url: str, clock: SimulatedClock, handed: list[Password]) -> Iterator[TestClient]:
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        # The simulated clock would let the listening thread spin: it does not matter here and is not started.
        TestClientWithoutLifespan(create_app(database, clock, settings, hand_over=handed.append)) as client,
    ):
        yield client


class TestClientWithoutLifespan(TestClient):
    __test__ = False

    def __init__(self, app: object) -> None:
        super().__init__(app, follow_redirects=False, raise_server_exceptions=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def proof(text: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', text)
    assert found, text[:500]
    return found.group(1)


def sign_in(client: TestClient, login: str = filling.LOGIN, password: str = filling.PASSWORD, wanted: str = "/"):
    page = client.get("/sign-in", params={"next": wanted})
    form = {"login": login, "password": password, "csrf": proof(page.text), "next": wanted}
    return client.post("/sign-in", data=form)


@pytest.fixture
def installer(connection: psycopg.Connection, place: filling.Neighbourhood, client: TestClient) -> TestClient:
    """Somebody who is signed in and in charge of devices."""
    connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (place.accounts[filling.LOGIN],)
    )
    sign_in(client)
    return client


# --- with a second factor ---

ANNA, BRUNO = "anna", "bruno"


def gets_role(connection: psycopg.Connection, login: str, role: str) -> None:
    connection.execute(
        "UPDATE registry.membership SET role = %s WHERE account_id ="
        " (SELECT account_id FROM registry.account WHERE login = %s)",
        (role, login),
    )


def secret_on(page: str) -> bytes:
    found = re.search(r'id="key">([A-Z2-7 ]+)<', page)
    assert found, page[:3000]
    text = found.group(1).replace(" ", "")
    return b32decode(text + "=" * (-len(text) % 8))


def codes_on(page: str) -> list[str]:
    return re.findall(r'<code class="code">([0-9A-Z-]{19})</code>', page)


def code_now(secret: bytes, clock: SimulatedClock, steps: int = 0) -> str:
    return one_time.code_of(secret, one_time.step_of(clock.now()) + steps)


def post(client: TestClient, path: str, page: str, **values: str) -> Any:
    return client.post(path, data={"csrf": proof(page), **values})


def enrol(client: TestClient, clock: SimulatedClock, login: str = ANNA) -> tuple[bytes, list[str]]:
    """Sign in as somebody who needs a second factor and has none; set one up."""
    answer = sign_in(client, login)
    assert answer.headers["location"] == "/sign-in/set-up"
    page = client.get("/sign-in/set-up").text
    secret = secret_on(page)
    done = post(client, "/sign-in/set-up", page, code=code_now(secret, clock))
    assert done.status_code == 200
    clock.advance(60)
    return secret, codes_on(done.text)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url, Role.PEOPLE, name="test", maximum=8) as database:
        yield database


@pytest.fixture
def browser(
    database_url: str, database: Database, clock: SimulatedClock, place: filling.Neighbourhood
) -> Iterator[Any]:
    """Give browsers of their own at the same pages; coordinators and administrators need a second factor there."""
    settings = DashboardSettings(
        database_url=database_url, base_url="http://testserver", second_factor_roles="coordinator, administrator"
    )
    app = create_app(database, clock, settings)
    made: list[TestClientWithoutLifespan] = []

    def make(user_agent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0") -> TestClient:
        made.append(TestClientWithoutLifespan(app))
        made[-1].headers["User-Agent"] = user_agent
        return made[-1].__enter__()

    yield make
    for each in made:
        each.__exit__()


@pytest.fixture
def coordinator(connection: psycopg.Connection, place: filling.Neighbourhood, browser: Any, clock: SimulatedClock):
    """Give somebody with a second factor, signed in: the browser, the secret and the recovery codes."""
    gets_role(connection, ANNA, "coordinator")
    client = browser()
    return client, *enrol(client, clock)
