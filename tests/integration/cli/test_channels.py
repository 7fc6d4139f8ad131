"""`vicino addresses`, `vicino channels` and `vicino digest`, with a real database and a real gateway."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from cli.installation import Installation
from tests.integration.alerts.http_server import Behaviour, serve
from tests.integration.dashboards import filling

AT = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)

PEOPLE = """
WITH town AS (INSERT INTO registry.organisation (key, name, kind) VALUES ('t', 'T', 'service')
              RETURNING organisation_id),
     home AS (INSERT INTO registry.home (organisation_id, key, name) SELECT organisation_id, 'h1', 'H' FROM town
              RETURNING home_id, organisation_id),
     person AS (INSERT INTO registry.person (organisation_id, home_id, key, name)
                SELECT organisation_id, home_id, 'rosa', 'Rosa Bianchi' FROM home RETURNING person_id, organisation_id),
     contact AS (INSERT INTO registry.contact (organisation_id, person_id, key, name, phone, email)
                 SELECT organisation_id, person_id, 'figlia', 'Lucia', '333 123 4567', 'lucia@example.org' FROM person)
INSERT INTO registry.account (login, name, email, language) VALUES ('anna', 'Anna', 'anna@example.org', 'en')
"""


@pytest.fixture
def gateway() -> Iterator[Behaviour]:
    behaviour = Behaviour()
    with serve(behaviour):
        yield behaviour


@pytest.fixture
def vicino(database_url: str, gateway: Behaviour, monkeypatch: pytest.MonkeyPatch):
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(PEOPLE)
    monkeypatch.setattr(Installation, "run", lambda _: None)
    monkeypatch.setattr(Installation, "service_url", property(lambda _: database_url))
    monkeypatch.setenv("VICINO_SMS_HTTP_URL", gateway.url)
    monkeypatch.setenv("VICINO_SMS_HTTP_ID", "id")

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return run


def ways(vicino, who: str) -> list[tuple[str, str]]:
    found = json.loads(vicino("addresses", "show", who, "--json").stdout)
    return [(way["channel"], way["address"]) for way in found["ways"]]


def test_addresses_are_entered_shown_and_taken_away(vicino) -> None:
    assert ways(vicino, "anna") == [("email", "anna@example.org")]
    assert vicino("addresses", "set", "anna", "sms", "333 765 4321").exit_code == 0
    assert ways(vicino, "anna") == [("sms", "+393337654321"), ("email", "anna@example.org")]
    assert vicino("addresses", "remove", "anna", "email", "anna@example.org").exit_code == 0
    assert ways(vicino, "anna") == [("sms", "+393337654321")]
    assert "taken away" in vicino("addresses", "show", "anna").stdout
    assert ways(vicino, "rosa/figlia")[0] == ("email", "lucia@example.org")


@pytest.mark.parametrize(
    "words",
    [
        ("addresses", "set", "anna", "sms", "call me"),
        ("addresses", "set", "anna", "pigeon", "x"),
        ("addresses", "show", "nobody"),
        ("addresses", "show", "rosa/nobody"),
        ("channels", "test", "voice", "--to", "anna"),
        ("digest", "want", "anna", "--at", "18:00"),
        ("digest", "stop", "rosa/figlia"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(vicino, words: tuple[str, ...]) -> None:
    assert vicino(*words).exit_code == 1
    assert ways(vicino, "anna") == [("email", "anna@example.org")]


def test_a_test_message_tells_what_came_of_it(vicino, gateway: Behaviour) -> None:
    gateway.answer(200, b'{"id": "abc-1"}')
    told = vicino("channels", "test", "sms", "--to", "rosa/figlia")
    assert told.exit_code == 0
    assert "abc-1" in told.stdout
    said = json.loads(gateway.last.body)
    assert said["to"] == "+393331234567"
    assert said["text"].startswith("Vicino: Questo è un messaggio di prova")
    assert "http" not in said["text"]
    gateway.answer(500)
    assert vicino("channels", "test", "sms", "--to", "rosa/figlia").exit_code == 1


def test_what_is_set_up_is_listed(vicino) -> None:
    told = vicino("channels", "list").stdout
    assert [line for line in told.splitlines() if " sms " in line and " yes " in line]
    assert "no service for telephone calls is set" in told
    assert [line for line in told.splitlines() if " telegram " in line and "no bot is set up" in line]


def test_the_daily_message_is_wanted_and_not_wanted_any_more(vicino) -> None:
    assert vicino("digest", "want", "rosa/figlia", "--at", "18:30").exit_code == 0
    assert listed(vicino) == [{"contact": "rosa/figlia", "at": "18:30", "by": "first"}]
    assert "18:30" in vicino("digest", "list").stdout
    assert vicino("digest", "stop", "rosa/figlia").exit_code == 0
    assert listed(vicino) == []


def listed(vicino) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(vicino("digest", "list", "--json").stdout)
    return found


def test_the_daily_message_comes_by_the_channel_that_is_chosen(vicino) -> None:
    def want(*words: str) -> Result:
        return vicino("digest", "want", "rosa/figlia", "--at", "18:30", *words)

    assert want("--by", "sms").exit_code == 0
    assert [each["by"] for each in listed(vicino)] == ["sms"]
    # The time alone leaves it as it is.
    assert want().exit_code == 0
    assert [each["by"] for each in listed(vicino)] == ["sms"]
    # No telephone rings for good news, and there is no such address.
    for channel in ("voice", "telegram", "x"):
        assert want("--by", channel).exit_code == 1
    assert [each["by"] for each in listed(vicino)] == ["sms"]
    assert want("--by", "first").exit_code == 0
    assert [each["by"] for each in listed(vicino)] == ["first"]


def test_what_became_of_messages_is_told(vicino, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        made = filling.Home(
            *connection.execute("SELECT organisation_id, home_id, 0, person_id FROM registry.person").fetchone(),
            UUID(int=1),
            {},
        )
        alert = filling.alert(connection, made, AT)
        connection.execute(
            "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address,"
            " language, state, due_at, sent_at, delivered_at) SELECT alert.organisation_id, alert_id, round, 0, 'sms',"
            " contact_id, '+393331234567', 'it', 'sent', %s, %s, %s"
            " FROM alerts.alert, registry.contact WHERE alert.public_id = %s",
            (AT, AT, AT + timedelta(seconds=9), alert),
        )
    (line,) = json.loads(vicino("alerts", "messages", "--json").stdout)
    assert (line["alert"], line["who"], line["channel"], line["state"]) == (str(alert), "rosa/figlia", "sms", "sent")
    assert (line["delivered_at"], line["read_at"]) == ("2026-03-03T13:02:09+00:00", None)
    table = vicino("alerts", "messages", "--alert", str(alert)).stdout
    assert "rosa/figlia" in table
    # The number is nobody's business there.
    assert "333" not in table
    assert json.loads(vicino("alerts", "messages", "--alert", str(UUID(int=7)), "--json").stdout) == []
