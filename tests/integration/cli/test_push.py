"""An address of Apprise is entered, kept where only the services read, and used."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from alerts.channels.apprise.transport import AppriseTransport
from alerts.reach import repository
from alerts.replies.links import Links
from cli.push import keep_apprise
from core.database import Database, Role
from core.errors import VicinoError
from tests.integration.alerts.answering import Reply, answering
from tests.integration.alerts.test_apprise import OUTGOING


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as made:
        made.execute("INSERT INTO registry.account (login, name) VALUES ('anna', 'Anna')")
        yield made


@pytest.fixture
def database(database_url: str, connection: psycopg.Connection) -> Iterator[Database]:
    with Database(database_url, Role.SERVICE, name="test", maximum=2) as made:
        yield made


def test_it_is_kept_out_of_sight_and_used(
    database: Database, database_url: str, connection: psycopg.Connection
) -> None:
    with answering() as server:
        server.reply = Reply(200)
        secret = f"json://anna:geheim@{server.host}/hook"
        keep_apprise(database, "anna", secret, ["json"])
        row = connection.execute("SELECT channel, address FROM alerts.address").fetchone()
        assert row["channel"] == "apprise"
        assert str(UUID(row["address"])) == row["address"]

        def secret_of(address: str) -> str | None:
            with database.transaction() as found:
                return repository.apprise_url(found, address)

        AppriseTransport(secret_of, ["json"], Links("https://vicino.example.org"), 1.0).send(
            OUTGOING._replace(address=row["address"])
        )
        assert [received.path.rstrip("/") for received in server.received] == ["/hook"]
    with (
        Database(database_url, Role.PEOPLE, name="people", maximum=1) as people,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        people.transaction() as found,
    ):
        found.execute("SELECT url FROM alerts.apprise_target")


@pytest.mark.parametrize(("login", "url"), [("anna", "file:///geheim"), ("anna", ""), ("nobody", "json://geheim/")])
def test_what_cannot_be_used_is_not_kept_and_not_repeated(
    database: Database, connection: psycopg.Connection, login: str, url: str
) -> None:
    with pytest.raises(VicinoError) as caught:
        keep_apprise(database, login, url, ["json"])
    assert "geheim" not in str(caught.value) + caught.value.advice + caught.value.kept
    assert connection.execute("SELECT * FROM alerts.apprise_target").fetchall() == []
