"""Where channels report: signed, without a sign-in, rate-limited, and with answers that say nothing."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from alerts.receipts.links import PURPOSE, Callbacks
from alerts.replies.links import Links
from alerts.replies.tokens import read, sign
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan

KEY = "k" * 32
CALLBACKS = Callbacks("http://testserver", KEY.encode())


@pytest.fixture
def client(database_url: str, clock: SimulatedClock) -> Iterator[TestClient]:
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", reply_key=KEY)
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings)) as client,
    ):
        yield client


@pytest.fixture
def message(connection: psycopg.Connection, place: filling.Neighbourhood) -> UUID:
    """A text message that its gateway has accepted."""
    alert = filling.alert(connection, place.homes["maria"], NOW)
    found: UUID = filling.one(
        connection,
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, address, language, state,"
        " due_at, sent_at) SELECT organisation_id, alert_id, round, 0, 'sms', '+393331234567', 'it', 'sent', %s, %s"
        " FROM alerts.alert WHERE public_id = %s RETURNING public_id",
        NOW, NOW, alert,
    )  # fmt: skip
    return found


def state(connection: psycopg.Connection, message: UUID) -> dict[str, object]:
    query = "SELECT state, delivered_at, read_at FROM alerts.notification WHERE public_id = %s"
    return connection.execute(query, (message,)).fetchone()


def test_a_receipt_is_taken_in(client: TestClient, connection: psycopg.Connection, message: UUID) -> None:
    answer = client.post(CALLBACKS.of(message), json={"status": "delivered", "to": "+393331234567"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert state(connection, message)["delivered_at"] == NOW
    client.post(CALLBACKS.of(message), data={"MessageStatus": "read"})
    assert state(connection, message)["read_at"] == NOW


def test_a_failure_is_noted(client: TestClient, connection: psycopg.Connection, message: UUID) -> None:
    client.post(CALLBACKS.of(message), json={"status": "undelivered"})
    assert state(connection, message)["state"] == "failed"


def test_what_is_not_understood_changes_nothing(
    client: TestClient, connection: psycopg.Connection, message: UUID
) -> None:
    for body in (b"", b"\xff", b'{"status": "queued"}', b"[" * 10_000, b"x" * 100_000):
        assert client.post(CALLBACKS.of(message), content=body).status_code == 204
    assert state(connection, message) == {"state": "sent", "delivered_at": None, "read_at": None}


def test_only_the_signed_address_of_this_message_reports_of_it(
    client: TestClient, connection: psycopg.Connection, message: UUID
) -> None:
    reply = Links("http://testserver", KEY.encode()).reply(message).rpartition("/")[2]
    tokens = (
        str(message), reply, sign(b"o" * 32, message, PURPOSE), sign(KEY.encode(), uuid4(), PURPOSE), "x", "%00", "é",
    )  # fmt: skip
    for token in tokens:
        answer = client.post(f"/callbacks/{token}", json={"status": "failed"})
        assert (answer.status_code, answer.content) == (404, b"")
    assert state(connection, message)["state"] == "sent"
    assert read(KEY.encode(), CALLBACKS.of(message).rpartition("/")[2]) is None


def test_a_look_does_nothing(client: TestClient, message: UUID) -> None:
    assert client.get(CALLBACKS.of(message)).status_code in {404, 405}


def test_who_reports_too_often_waits(client: TestClient, message: UUID) -> None:
    answers = [client.post(CALLBACKS.of(message), json={"status": "queued"}) for _ in range(60)]
    assert answers[0].status_code == 204
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_an_answer_of_a_person_is_never_too_much(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    alert = filling.alert(connection, place.homes["maria"], NOW)
    call: UUID = filling.one(
        connection,
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at, sent_at) SELECT organisation_id, alert_id, round, 0, 'voice', %s, '+390523123456',"
        " 'it', 'sent', %s, %s FROM alerts.alert WHERE public_id = %s RETURNING public_id",
        place.accounts[filling.LOGIN], NOW, NOW, alert,
    )  # fmt: skip
    while client.post(CALLBACKS.of(call), json={"status": "ringing"}).status_code != 429:
        pass
    answer = client.post(CALLBACKS.of(call), data={"Digits": "1", "CallStatus": "in-progress"})
    assert answer.status_code == 204
    assert filling.one(connection, "SELECT state FROM alerts.alert WHERE public_id = %s", alert) == "in_charge"


def test_who_has_no_address_of_ours_is_slowed_down_whatever_is_pressed(client: TestClient) -> None:
    answers = [client.post("/callbacks/x", json={"digit": "1"}).status_code for _ in range(60)]
    assert (answers[0], answers[-1]) == (404, 429)
