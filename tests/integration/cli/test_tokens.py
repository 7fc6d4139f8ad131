"""Tokens made, listed and ended by the commands, on a real database."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from cli import tokens
from cli.installation import Installation
from core.database import Database, Role
from dashboards.api.repository import token
from dashboards.api.scopes import Scope
from dashboards.tokens import digest

NAME = ("--name", "valutazione")
SCOPES = ("--scope", "alerts:read", "--scope", "homes:read")


@pytest.fixture
def database(database_url):
    with Database(database_url, Role.SERVICE, name="test") as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO registry.account (login, name) VALUES ('anna', 'Anna Lodi')")
        yield database


@pytest.fixture
def run(database, monkeypatch):
    @contextmanager
    def there(_self):
        yield database

    monkeypatch.setattr(Installation, "database", there)

    def one(*words, code=0):
        result = CliRunner().invoke(tokens.app, words)
        assert result.exit_code == code, result.output
        return result.stdout

    return one


def good(url, made):
    """Return the token as the pages see it."""
    with Database(url, Role.PEOPLE, name="test") as database, database.transaction() as connection:
        now = connection.execute("SELECT now() AS now").fetchone()["now"]
        return token(connection, digest(made), now)


def test_a_token_is_printed_once_and_is_over_when_it_is_ended(run, database_url):
    made = run("make", "Anna", *NAME, *SCOPES).strip()
    assert made.startswith("vicino_")
    assert good(database_url, made).scopes == {Scope.ALERTS_READ, Scope.HOMES_READ}
    listed = run("list", "--json")
    assert made not in listed
    (line,) = json.loads(listed)
    assert (line["login"], line["name"], line["scopes"]) == ("anna", "valutazione", ["alerts:read", "homes:read"])
    assert line["stands"] == "good"
    assert line["over_at"] > line["made_at"]
    assert run("end", str(line["token_id"])) == f"Token {line['token_id']} is ended.\n"
    assert good(database_url, made) is None
    run("end", str(line["token_id"]), code=1)
    assert "ended" in run("list")
    (over,) = json.loads(run("list", "--json"))
    assert over["stands"] == "ended"
    assert over["made_at"] < over["over_at"] < line["over_at"], "it says no longer that it is good for a year"


def test_what_has_run_out_says_so_and_is_not_ended_again(run, database):
    run("make", "anna", *NAME, *SCOPES)
    with database.transaction() as connection:
        connection.execute("UPDATE dashboards.api_token SET expires_at = made_at + interval '1 microsecond'")
    (line,) = json.loads(run("list", "--json"))
    assert line["stands"] == "expired"
    assert "expired" in run("list")
    run("end", str(line["token_id"]), code=1)


def test_of_a_closed_account_a_token_is_of_no_use(run, database):
    run("make", "anna", *NAME, *SCOPES)
    with database.transaction() as connection:
        connection.execute("UPDATE registry.account SET active = false")
    assert json.loads(run("list", "--json"))[0]["stands"] == "closed"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("make", "nobody", *NAME, *SCOPES), 1),
        (("make", "anna", "--name", " ", *SCOPES), 1),
        (("make", "anna", *NAME), 2),
        (("make", "anna", *NAME, "--scope", "everything"), 2),
    ],
)
def test_what_cannot_be_made_is_not(run, words, code):
    run(*words, code=code)
    assert json.loads(run("list", "--json")) == []
