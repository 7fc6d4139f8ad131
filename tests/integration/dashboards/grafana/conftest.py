import os
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from cli.grafana.repository import admit
from tests.conftest import _copy, _in_database, _own_name
from tests.integration.dashboards.grafana import filled

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
PASSWORD = "a%pass/word"


@pytest.fixture(scope="session")
def filled_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """Address (of a superuser) of a filled database; whoever changes it rolls that back."""
    name = _own_name("grafana")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        _copy(connection, template_database, name)
    url = _in_database(postgres_url, name)
    with psycopg.connect(url, autocommit=True) as connection:
        filled.fill(connection, NOW)
    yield url
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def signed_in(url: str, login: str, organisation: str | None) -> psycopg.Connection:
    """Sign in as a login of Grafana that is made for it."""
    with psycopg.connect(url, autocommit=True) as connection:
        admit(connection, login, PASSWORD, organisation)
    parts = urlsplit(url)
    netloc = f"{login}:{quote(PASSWORD, safe='')}@{parts.hostname}:{parts.port}"
    return psycopg.connect(urlunsplit(parts._replace(netloc=netloc)), autocommit=True, row_factory=dict_row)


@pytest.fixture(scope="session")
def logins(filled_url: str) -> Iterator[dict[str | None, psycopg.Connection]]:
    """Connections of three logins: one that sees all organisations, and one for each of two."""
    mark = f"{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    made = {
        key: signed_in(filled_url, f"grafana_{number}_{mark}", key)
        for number, key in enumerate((None, "town-1", "town-2"))
    }
    yield made
    names = [connection.info.user for connection in made.values()]
    for connection in made.values():
        connection.close()
    with psycopg.connect(filled_url, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.fixture
def grafana(logins: dict[str | None, psycopg.Connection]) -> psycopg.Connection:
    """The database as Grafana sees it, signed in for all organisations."""
    return logins[None]
