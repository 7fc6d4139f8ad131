"""What the page of a call for help shows: its age, that it was cancelled in the home, whom the gateway told."""

from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClient, sign_in
from tests.integration.dashboards.filling import Neighbourhood


def test_a_call_that_came_late_shows_its_age(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    happened = NOW - timedelta(hours=3)
    alert = filling.alert(
        connection,
        place.homes["maria"],
        NOW,
        happened_at=happened,
        explanation_it="Pulsante SOS premuto alle 03:12 (ricevuto 3 ore dopo)",
        evidence={"received_at": NOW.isoformat(), "happened_at": happened.isoformat()},
    )
    sign_in(client)
    page = client.get(f"/alerts/{alert}").text
    assert "(ricevuto 3 ore dopo)" in page
    assert "(3 ore fa)" in page
    assert "Ricevuto" in page


def test_a_cancelled_call_says_so_and_stays_open(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    made = place.homes["maria"]
    at = NOW - timedelta(minutes=4)
    alert = filling.alert(connection, made, NOW, evidence={"cancelled_at": at.isoformat()})
    for action, detail in (("cancelled", {}), ("contact_told", {"contact": 2})):
        connection.execute(
            "INSERT INTO alerts.history (organisation_id, alert_id, at, action, from_state, to_state, detail)"
            " SELECT organisation_id, alert_id, %s, %s, 'new', 'new', %s FROM alerts.alert WHERE public_id = %s",
            (NOW, action, Jsonb(detail), alert),
        )
    sign_in(client)
    page = client.get(f"/alerts/{alert}").text
    said = "Annullato con il pulsante in casa: "
    assert said in page
    assert "Resta aperto finché non ti sei accertato" in page
    assert "ha avvisato da sé uno dei suoi contatti: numero 2 del suo elenco" in page
    assert said in client.get("/alerts").text
    assert 'id="outcome-true"' in page
