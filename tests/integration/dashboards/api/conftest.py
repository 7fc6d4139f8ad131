from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.api.repository import make_token
from dashboards.api.scopes import Scope
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from dashboards.tokens import digest
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan

Bearer = Callable[..., dict[str, str]]


@pytest.fixture
def api(database_url: str, clock: SimulatedClock) -> Iterator[TestClient]:
    """The application, whose API may be asked as often as a test likes."""
    settings = DashboardSettings(
        database_url=database_url, base_url="http://testserver", api_requests_per_min=1_000_000
    )
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings)) as client,
    ):
        yield client


@pytest.fixture
def bearer(connection: psycopg.Connection, place: filling.Neighbourhood) -> Bearer:
    """Make a token of an account, the same of what was asked before, and return the headers that carry it."""
    known: set[str] = set()

    def made(*scopes: Scope, login: str = filling.LOGIN, days: int = 30) -> dict[str, str]:
        token = f"vicino_{login}_{'_'.join(sorted(scopes))}_{days}"
        if token not in known:
            lasts = timedelta(days=days)
            assert make_token(connection, login, digest(token), "test", scopes or tuple(Scope), NOW, lasts) is not None
            known.add(token)
        return {"Authorization": f"Bearer {token}"}

    return made


@pytest.fixture
def every_role(connection: psycopg.Connection, place: filling.Neighbourhood) -> None:
    """Give the usual account every role where it has one, and whoever is elsewhere every role there."""
    for login in (filling.LOGIN, filling.STRANGER):
        for role in ("coordinator", "installer", "administrator", "researcher"):
            connection.execute(
                "INSERT INTO registry.membership SELECT account_id, organisation_id, %s FROM registry.membership"
                " WHERE account_id = %s AND role = 'operator' ON CONFLICT DO NOTHING",
                (role, place.accounts[login]),
            )
