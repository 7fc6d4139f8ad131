"""Going to an identity provider and coming back, as a browser does."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from core.clock import Clock, SystemClock
from core.database import Database
from dashboards.app import create_app
from dashboards.metrics import RequestMetrics
from dashboards.providers.flow import digest_of
from dashboards.settings import DashboardSettings
from tests.identity_provider import KEY, IdentityProvider, described
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import ANNA, TestClientWithoutLifespan, post, sign_in
from tests.integration.dashboards.test_sharing import visible

BASE = "http://testserver"
Pages = Callable[..., TestClient]
Connected = Callable[..., None]


@pytest.fixture
def place(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, datetime.now(UTC), life=False)


@pytest.fixture
def provider(provider_process: IdentityProvider) -> IdentityProvider:
    provider_process.knows(BASE)
    return provider_process


@pytest.fixture
def figures() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def pages(
    database_url: str, database: Database, place: filling.Neighbourhood, provider: IdentityProvider, tmp_path: Path,
    figures: CollectorRegistry,
) -> Iterator[Pages]:  # fmt: skip
    """Give browsers, each at an application of its own that knows the provider, described by `more` lines."""
    made: list[TestClient] = []

    def make(*more: str, clock: Clock | None = None, issuer: str = provider.issuer, roles: str = "") -> TestClient:
        settings = DashboardSettings(
            database_url=database_url,
            base_url=BASE,
            second_factor_roles=roles,
            identity_providers=described(tmp_path, issuer, *more),
            identity_key=KEY,
        )
        metrics = None if made else RequestMetrics(figures)
        client = TestClientWithoutLifespan(create_app(database, clock or SystemClock(), settings, metrics=metrics))
        made.append(client)
        return client

    yield make
    for each in made:
        each.close()


@pytest.fixture
def connected(connection: psycopg.Connection, place: filling.Neighbourhood) -> Connected:
    """Connect an account to somebody at the provider, as if they had done it some time ago."""

    def connect(client: TestClient, login: str, who: str = ANNA) -> None:
        desk = client.app.state.desk
        (one,) = desk.providers
        connection.execute(
            "INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at) VALUES (%s, %s, %s, %s)",
            (place.accounts[who], one.key, digest_of(desk.providers.key, one, login), datetime.now(UTC)),
        )

    return connect


def sent(client: TestClient, wanted: str = "/") -> str:
    """Press the button on the sign-in page; return where the browser is sent."""
    page = client.get("/sign-in", params={"next": wanted}).text
    answer = post(client, "/sign-in/provider/comune", page, next=wanted)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(client: TestClient, address: str) -> str:
    """Come back from the provider; return where the browser is led."""
    assert address.startswith(f"{BASE}/sign-in/provider/comune/back?"), address
    answer = client.get(address)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def said(client: TestClient, location: str) -> str:
    return visible(client.get(location).text)


def connect(client: TestClient, provider: IdentityProvider, login: str, who: str = ANNA, **how: str) -> str:
    """Connect the account of somebody who signs in by password; return where the browser is led."""
    if "vicino_session" not in client.cookies:
        sign_in(client, who)
    answer = post(client, "/account/identities/comune", client.get("/account").text, password=filling.PASSWORD)
    return back(client, provider.signs_in(answer.headers["location"], login, **how))


def events(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT kind FROM registry.account_event ORDER BY event_id").fetchall()
    return [row["kind"] for row in rows]


def sign_out(client: TestClient) -> str:
    answer = post(client, "/sign-out", client.get("/account").text)
    return str(answer.headers["location"])
