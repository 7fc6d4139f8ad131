from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg.rows import DictRow

import devices.repository
import registry.repository
from core.database import Database, Role, View
from core.viewer import Viewer
from registry import file
from registry.document import Document

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "registry.yaml"

SeenBy = Callable[[str], AbstractContextManager[View]]


@pytest.fixture
def example() -> Document:
    return file.load(EXAMPLE)


@pytest.fixture
def service(database_url: str) -> Iterator[Database]:
    with Database(database_url, Role.SERVICE, name="test") as database:
        yield database


@pytest.fixture
def people(database_url: str) -> Iterator[Database]:
    with Database(database_url, Role.PEOPLE, name="test") as database:
        yield database


@pytest.fixture
def connection(service: Database, example: Document) -> Iterator[Connection[DictRow]]:
    """A connection of a service, to a database in which the example is applied."""
    with service.transaction() as applying:
        registry.repository.apply(applying, example)
        devices.repository.apply(applying, example)
    with service.connect() as connection:
        yield connection


@pytest.fixture
def seen_by(connection: Connection[DictRow], people: Database) -> SeenBy:
    """Opens the view of the account with a login."""

    @contextmanager
    def open_view(login: str) -> Iterator[View]:
        row = connection.execute("SELECT account_id FROM registry.account WHERE login = %s", (login,)).fetchone()
        assert row is not None
        with people.seen_by(Viewer(row["account_id"])) as view:
            yield view

    return open_view
