"""The page of statistics: who sees it, of which organisations, and what it says."""

import re

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.integration.dashboards import answering, filling
from tests.integration.dashboards.conftest import NOW, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood


@pytest.fixture
def weeks(connection: psycopg.Connection, place: Neighbourhood) -> None:
    answering.weeks(connection, place, NOW)


@pytest.fixture
def role(connection: psycopg.Connection, place: Neighbourhood, client: TestClient):
    def become(role: str, login: str = filling.LOGIN) -> None:
        account = place.accounts[login]
        connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account))
        client.cookies.clear()
        sign_in(client, login)

    return become


def test_a_coordinator_sees_how_alerts_were_answered(weeks: None, client: TestClient, role) -> None:
    role("coordinator")
    page = client.get("/statistics").text
    summary = re.search(r'id="summary">([^<]+)<', page)
    assert summary is not None
    assert summary[1].startswith("33 allarmi in ")
    assert "25 allarmi: " in page
    assert "Di 4 nessuno ha preso in carico in tempo (16" in page
    # 3 to 26 s, and one of which the message came after a minute by another way.
    assert "Metà entro 15 s, nove su dieci entro 25 s." in page
    assert "1 su 25 non ci è ancora arrivato" in page
    assert 'id="safety-told-title"' in page
    assert "Pulsante SOS premuto" in page
    assert "invece di un'altra via: 1" in page.lower()
    assert 'href="/statistics" aria-current="page"' in page
    assert 'id="technical-told-title"' not in page


def test_a_period_and_a_place_are_chosen(weeks: None, client: TestClient, role) -> None:
    role("coordinator")
    day = NOW.date().isoformat()
    page = client.get("/statistics", params={"first": day, "last": day, "where": "servizio-sociale"}).text
    assert "1 allarme in " in page
    assert client.get("/statistics", params={"where": "altrove"}).status_code == 404
    # A field that was emptied, or a day that does not exist, is the usual period; one far ahead is today.
    assert "33 allarmi" in client.get("/statistics", params={"first": "", "last": "2026-02-31"}).text
    assert "1 allarme in " in client.get("/statistics", params={"first": "2099-01-01", "last": "2098-01-01"}).text
    assert "33 allarmi" in client.get("/statistics", params={"first": "0001-01-01"}).text


def test_nobody_sees_what_is_not_theirs(weeks: None, client: TestClient, role) -> None:
    role("operator")
    assert client.get("/statistics").status_code == 404
    assert "/statistics" not in client.get("/").text
    role("coordinator", STRANGER)
    page = client.get("/statistics").text
    assert "1 allarme in 1 casa" in page
    assert client.get("/statistics", params={"where": "unione"}).status_code == 404


def test_a_coordinator_of_a_part_sees_that_part(
    weeks: None, client: TestClient, role, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    role("coordinator", "bruno")
    assert "33 allarmi" in client.get("/statistics").text
    assert client.get("/statistics", params={"where": "unione"}).status_code == 404


def test_without_alerts_it_says_so(client: TestClient, role) -> None:
    role("coordinator")
    page = client.get("/statistics").text
    assert "0 allarmi in " in page
    assert "Nessun messaggio è stato scritto." in page
