"""The page of an alert: by what it was reported, since when, and what to do."""

from datetime import timedelta

import psycopg
import pytest

from core.vocabulary import BY_NAME
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClient, sign_in
from tests.integration.dashboards.filling import Neighbourhood
from tests.integration.dashboards.test_sharing import visible


@pytest.fixture
def called(place: Neighbourhood, connection: psycopg.Connection):
    """An alert that a sensor of Maria's bedroom reported, and was told of eleven minutes later."""
    made = place.homes["maria"]
    device = filling.one(
        connection,
        "INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key, place, installed_at)"
        " VALUES (%s, %s, %s, %s, 'button', 'bed', %s) RETURNING device_id",
        made.organisation_id, made.home_id, made.gateway_id, made.rooms["bedroom"], NOW - timedelta(days=9),
    )  # fmt: skip
    series = filling.one(
        connection,
        "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
        " VALUES (%s, %s, %s, %s, 'button', %s) RETURNING series_id",
        made.organisation_id, made.home_id, made.gateway_id, device, BY_NAME["sos_button"].id,
    )  # fmt: skip
    alert = filling.alert(
        connection, made, NOW,
        happened_at=NOW - timedelta(minutes=11), evidence={"series_id": series},
    )  # fmt: skip
    return alert, device


def test_it_says_by_what_it_was_reported_and_what_to_do(client: TestClient, called):
    sign_in(client)
    said = visible(client.get(f"/alerts/{called[0]}").text)
    assert "Segnalato da letto, in camera" in said
    assert "Tipo di allarme" not in said
    assert "lascia squillare a lungo" in said
    assert "chiama il 112" in said


def test_what_somebody_wears_is_in_no_room(client: TestClient, called, connection: psycopg.Connection):
    connection.execute("UPDATE devices.placement SET place = 'body' WHERE device_id = %s", (called[1],))
    sign_in(client)
    said = visible(client.get(f"/alerts/{called[0]}").text)
    assert "Segnalato da quello che la persona porta addosso" in said
    assert "addosso, in camera" not in said


def test_the_board_and_the_page_say_the_same_time(client: TestClient, called):
    sign_in(client)
    assert "11 minuti fa" in visible(client.get(f"/alerts/{called[0]}").text)
    assert "11 minuti fa" in visible(client.get("/board").text)


def test_one_that_is_resolved_says_nothing_of_what_to_do(client: TestClient, called, connection: psycopg.Connection):
    connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = %s, escalates_at = NULL", (NOW,)
    )
    sign_in(client)
    assert "lascia squillare" not in client.get(f"/alerts/{called[0]}").text
