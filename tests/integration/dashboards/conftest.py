import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Self

import psycopg
import pytest
from psycopg.rows import dict_row
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from devices.enrolment import Password
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
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver")
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
