"""The message of the day is chosen on the page of notifications, and by the link in the message."""

import re
from datetime import time, timedelta
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from alerts.digest.links import daily_path
from alerts.replies.links import Links
from core.database import Database, Role
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan, proof, sign_in

KEY = "k" * 32


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def maria(connection, place):
    maria = place.homes["maria"]
    kin.consent(connection, maria, NOW)
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    kin.shared(connection, maria, ["day"])
    return maria


def digests(connection):
    return [(row["at"], row["channel"]) for row in connection.execute("SELECT at, channel FROM alerts.digest")]


def test_a_daughter_chooses_on_the_page_of_notifications(client, connection, maria):
    sign_in(client, kin.DAUGHTER)
    page = client.get("/notifications").text
    assert "Il messaggio del giorno: Maria Rossi" in plain(page)
    assert 'value="18:00"' in page
    address = f"/notifications/daily/{maria.person}"
    assert f'action="{address}"' in page
    chosen = {"csrf": proof(page), "wanted": "yes", "at": "19:30", "way": "sms"}
    assert client.post(address, data=chosen | {"csrf": "x"}).status_code == 403
    answer = client.post(address, data=chosen)
    assert (answer.status_code, answer.headers["location"]) == (303, "/notifications?done=saved")
    assert digests(connection) == [(time(19, 30), "sms")]
    page = client.get(answer.headers["location"]).text
    assert "Salvato." in page
    assert 'value="19:30"' in page
    assert 'value="sms" selected' in page
    refused = client.post(address, data=chosen | {"at": "noon"})
    assert (refused.status_code, digests(connection)) == (409, [(time(19, 30), "sms")])
    client.post(address, data={"csrf": proof(page), "at": "19:30"})
    assert digests(connection) == []


def test_operators_choose_nothing_there_and_nobody_for_others(client, connection, maria):
    sign_in(client)
    page = client.get("/notifications").text
    assert "messaggio del giorno" not in page
    answer = client.post(
        f"/notifications/daily/{maria.person}", data={"csrf": proof(page), "wanted": "yes", "at": "18:00"}
    )
    assert (answer.status_code, digests(connection)) == (409, [])
    assert client.get("/notifications").text.count("/notifications/daily/") == 0


@pytest.fixture
def keyed(database_url, clock):
    settings = DashboardSettings(
        database_url=database_url, base_url="http://testserver", reply_key=KEY, second_factor_roles=""
    )
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings)) as client,
    ):
        yield client


@pytest.fixture
def message(connection, maria) -> UUID:
    contact = filling.one(connection, "SELECT contact_id FROM registry.contact WHERE person_id = %s", maria.person_id)
    connection.execute("INSERT INTO alerts.digest VALUES (%s, '18:00', %s)", (contact, NOW))
    return filling.one(
        connection,
        "INSERT INTO alerts.news (organisation_id, home_id, about, day, contact_id, channel, address, language,"
        " said, made_at, state, due_at, sent_at, until) VALUES (%s, %s, 'day', %s, %s, 'email', 'x@example.org', 'it',"
        " '{x}', %s, 'sent', %s, %s, %s) RETURNING public_id",
        maria.organisation_id, maria.home_id, NOW.date(), contact, NOW, NOW, NOW, NOW + timedelta(hours=3),
    )  # fmt: skip


def link(message, key=KEY):
    return daily_path(key.encode(), message)


def test_by_the_link_it_is_chosen_without_signing_in_and_nobody_is_named(
    keyed: TestClient, connection, message: UUID
) -> None:
    page = keyed.get(link(message))
    assert page.status_code == 200
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
    assert not re.search("Maria|Rossi|Elena|Castel", page.text)
    assert digests(connection) == [(time(18), None)]
    saved = keyed.post(link(message), data={"wanted": "yes", "at": "08:15", "way": ""})
    assert (saved.status_code, "Salvato." in saved.text) == (200, True)
    assert digests(connection) == [(time(8, 15), None)]
    assert keyed.post(link(message), data={"wanted": "yes", "at": "x"}).status_code == 409
    stopped = keyed.post(link(message), data={"at": "08:15"})
    assert "non arriva più" in stopped.text
    assert digests(connection) == []


def test_a_mail_program_unsubscribes_with_one_click(keyed: TestClient, connection, message: UUID) -> None:
    answer = keyed.post(link(message), data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, digests(connection)) == (200, [])


def test_no_other_link_opens_it(keyed: TestClient, connection, message: UUID) -> None:
    for path in (
        link(uuid4()), link(message, "o" * 32), "/daily/x",
        "/daily/" + Links("", KEY.encode()).reply_path(message).rpartition("/")[2],
    ):  # fmt: skip
        assert keyed.get(path).status_code == 404
        assert keyed.post(path, data={"wanted": "yes", "at": "08:00"}).status_code == 404
    connection.execute("UPDATE alerts.news SET made_at = %s", (NOW - timedelta(days=91),))
    assert keyed.get(link(message)).status_code == 404
    assert digests(connection) == [(time(18), None)]
