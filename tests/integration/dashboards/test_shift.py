"""The page by which a shift is handed over and taken over."""

import re
from uuid import UUID

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood

NOTE = "Richiamare <b>alle 16</b>"


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def alert(connection: psycopg.Connection, place: Neighbourhood, client: TestClient) -> UUID:
    """An alert that the operator has in charge."""
    made = filling.alert(connection, place.homes["maria"], NOW)
    sign_in(client)
    csrf = proof(client.get("/alerts").text)
    client.post(f"/alerts/{made}/take-charge", data={"csrf": csrf})
    return made


@pytest.fixture
def colleague(connection: psycopg.Connection, place: Neighbourhood) -> str:
    """Another operator of the same organisation, with the same password."""
    connection.execute(
        "INSERT INTO registry.account (login, name, email, password_hash, language)"
        " SELECT 'bea', 'Bea', 'bea@example.org', password_hash, 'it' FROM registry.account WHERE login = %s",
        (filling.LOGIN,),
    )
    connection.execute(
        "INSERT INTO registry.membership SELECT bea.account_id, organisation_id, 'operator'"
        " FROM registry.account AS bea, registry.membership JOIN registry.account AS known USING (account_id)"
        " WHERE bea.login = 'bea' AND known.login = %s",
        (filling.LOGIN,),
    )
    return "bea"


def test_a_shift_is_handed_over_with_a_note_and_taken_over(
    client: TestClient, connection: psycopg.Connection, alert: UUID, colleague: str
) -> None:
    page = client.get("/shift").text
    assert f'value="{alert}" checked' in page
    answer = client.post("/shift/offer", data={"csrf": proof(page), "alert": [str(alert)], "note": NOTE})
    assert (answer.status_code, answer.headers["location"]) == (303, "/shift?done=offered")
    page = client.get(answer.headers["location"]).text
    assert "Richiamare &lt;b&gt;alle 16&lt;/b&gt;" in page
    assert "Riprendi" in page
    assert "finché qualcuno non li prende in consegna" in plain(page)

    client.cookies.clear()
    sign_in(client, colleague)
    board = client.get("/alerts").text
    assert "1 consegna del turno ti aspetta" in plain(board)
    page = client.get("/shift").text
    (path,) = set(re.findall(r"/shift/[0-9a-f-]{36}/accept", page))
    assert client.post(path, data={"csrf": "x"}).status_code == 403
    assert client.post(path, data={"csrf": proof(page)}).headers["location"] == "/shift?done=accepted"
    assert client.post(path, data={"csrf": proof(page)}).status_code == 409
    row = connection.execute("SELECT taken_by_name FROM alerts.alert WHERE public_id = %s", (alert,)).fetchone()
    assert row["taken_by_name"] == "Bea"
    assert "1 consegna" not in plain(client.get("/alerts").text)
    assert "presi in consegna da Bea" in plain(client.get("/shift").text)
    assert "Preso in consegna dal turno precedente" in client.get(f"/alerts/{alert}").text


def test_what_is_refused_keeps_the_note(client: TestClient, alert: UUID) -> None:
    csrf = proof(client.get("/shift").text)
    refused = client.post("/shift/offer", data={"csrf": csrf, "note": NOTE})
    assert refused.status_code == 409
    assert "scegli almeno un allarme" in refused.text
    assert "Richiamare &lt;b&gt;alle 16&lt;/b&gt;</textarea>" in refused.text
    assert client.post("/shift/offer", data={"csrf": csrf, "alert": [str(alert)], "note": " "}).status_code == 409
    assert client.post("/shift/offer", data={"csrf": csrf, "alert": ["x"], "note": "y"}).status_code == 404


def test_a_stranger_sees_and_takes_nothing(
    client: TestClient, connection: psycopg.Connection, alert: UUID, place: Neighbourhood
) -> None:
    csrf = proof(client.get("/shift").text)
    client.post("/shift/offer", data={"csrf": csrf, "alert": [str(alert)], "note": NOTE})
    made = filling.one(connection, "SELECT public_id FROM alerts.shift_handover")
    client.cookies.clear()
    sign_in(client, STRANGER)
    page = client.get("/shift").text
    assert "alle 16" not in page
    assert client.post(f"/shift/{made}/accept", data={"csrf": proof(page)}).status_code == 404
    assert (
        client.post("/shift/offer", data={"csrf": proof(page), "alert": [str(alert)], "note": "x"}).status_code == 404
    )
