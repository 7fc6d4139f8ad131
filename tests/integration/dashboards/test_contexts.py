"""The page on what is going on in a home: what it shows, whom it obeys, and that a home with a context is not green."""

from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood

WHY = "Nessuno si muove in casa da sabato 14 marzo alle 9:10; l'ultimo segno è stata la porta d'ingresso."


@pytest.fixture
def asked(connection: psycopg.Connection, place: Neighbourhood):
    return filling.proposal(connection, place.homes["lucia"], "away", NOW - timedelta(days=2), WHY)


def path(place: Neighbourhood, who: str = "lucia") -> str:
    return f"/persons/{place.homes[who].person}/contexts"


def standing(connection: psycopg.Connection) -> list[tuple]:
    rows = connection.execute("SELECT kind, standing, ended_at FROM analytics.context ORDER BY context_id").fetchall()
    return [tuple(row.values()) for row in rows]


def test_a_proposal_is_a_question_on_the_page_of_the_person(client: TestClient, place: Neighbourhood, asked) -> None:
    sign_in(client)
    page = client.get(f"/persons/{place.homes['lucia'].person}").text
    assert "La persona è via?" in page
    assert WHY.replace("'", "&#39;") in page
    for answer in ("In ospedale", "In vacanza", "Dai familiari", "No"):
        assert answer in page
    unknown = client.get("/").text.split('id="group-unknown"')[1].split("</section>")[0]
    assert "Lucia Ferrari" in unknown


def test_one_tap_answers_and_a_second_one_by_somebody_else_is_told(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, asked
) -> None:
    sign_in(client)
    csrf = proof(client.get(path(place)).text)
    given = {"csrf": csrf, "kind": "hospital", "wanted": path(place)}
    answer = client.post(f"/contexts/{asked}/confirm", data=given, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path(place))
    assert standing(connection) == [("hospital", "confirmed", None)]
    assert client.post(f"/contexts/{asked}/end", data=given, follow_redirects=False).status_code == 303
    assert standing(connection)[0][2] == NOW
    assert client.post(f"/contexts/{asked}/refuse", data=given, follow_redirects=False).status_code == 303
    assert standing(connection)[0][1] == "refused"
    late = client.post(f"/contexts/{asked}/end", data=given)
    assert late.status_code == 409
    assert "Non c&#39;è più, o qualcuno ha già risposto" in late.text
    page = client.get(path(place)).text
    assert "respinto" in page
    assert "Anna Lodi" in page


def test_what_is_entered_with_its_times_is_shown_and_corrected(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    sign_in(client)
    csrf = proof(client.get(path(place)).text)
    given = {"csrf": csrf, "kind": "works", "start": "2026-03-10T08:00", "end": "2026-03-20T17:00", "note": "Bagno <b>"}
    assert client.post(path(place), data=given, follow_redirects=False).status_code == 303
    page = client.get(path(place)).text
    assert "Bagno &lt;b&gt;" in page
    assert "Lavori in casa" in page
    assert 'value="2026-03-20T17:00"' in page
    made = connection.execute("SELECT public_id, started_at FROM analytics.context").fetchone()
    assert made["started_at"].isoformat() == "2026-03-10T07:00:00+00:00"
    changed = given | {"kind": "other", "end": ""}
    assert (
        client.post(f"/contexts/{made['public_id']}/correct", data=changed, follow_redirects=False).status_code == 303
    )
    assert standing(connection) == [("other", "entered", None)]
    for wrong, status in (
        ({"end": "2026-03-09T08:00"}, 409),
        ({"start": "yesterday"}, 422),
        ({"start": "9999-12-31T23:59"}, 409),
        ({"note": "x" * 501}, 409),
        ({"kind": "war"}, 422),
    ):
        assert client.post(path(place), data=given | wrong).status_code == status, wrong
    assert len(standing(connection)) == 1


def test_nobody_else_and_no_foreign_form_changes_anything(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, asked
) -> None:
    sign_in(client)
    assert client.post(f"/contexts/{asked}/confirm", data={"csrf": "x", "kind": "hospital"}).status_code == 403
    client.cookies.clear()
    sign_in(client, STRANGER)
    csrf = proof(client.get("/").text)
    assert client.get(path(place)).status_code == 404
    assert client.post(path(place), data={"csrf": csrf, "kind": "visit"}).status_code == 404
    assert client.post(f"/contexts/{asked}/refuse", data={"csrf": csrf}).status_code == 404
    assert standing(connection) == [("away", "proposed", None)]


def test_what_is_kept_back_and_not_judged_is_said(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    home = place.homes["giuseppe"]
    day = (NOW - timedelta(days=1)).date()
    filling.proposal(connection, home, "hospital", NOW - timedelta(days=3), WHY, NOW - timedelta(hours=1))
    connection.execute(
        "INSERT INTO analytics.silenced VALUES (%s, %s, 'night_bathroom_visits', %s, 'visit', %s)",
        (home.organisation_id, home.home_id, day, NOW),
    )
    filling.indicator(connection, home, "night_bathroom_visits", day, 5.0, "1", NOW)
    sign_in(client)
    assert "Visite in bagno di notte (Visite)" in client.get(path(place, "giuseppe")).text
    assert "non valutato: In ospedale" in client.get(f"/persons/{home.person}").text
