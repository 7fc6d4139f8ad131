"""The pages of rules: who sees them, who may try out and save, and that nothing is saved unseen."""

import re
import threading
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from analytics.change.domains import DOMAIN_OF
from analytics.preview.working import work
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.rules import EVERY
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood

NEVER = threading.Event()
COLD = {
    "mode": "active", "watched_below": "20", "colder": "2", "always": "17,5", "advised": "18", "hours": "2",
}  # fmt: skip


@pytest.fixture
def role(connection: psycopg.Connection, place: Neighbourhood, client: TestClient):
    def become(role: str, login: str = filling.LOGIN) -> str:
        account = place.accounts[login]
        connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account))
        client.cookies.clear()
        sign_in(client, login)
        return proof(client.get("/notifications").text)

    return become


def settings(connection: psycopg.Connection) -> list[tuple]:
    rows = connection.execute("SELECT rule, mode, fields, reason, home_id FROM analytics.rule_setting").fetchall()
    return [tuple(row.values()) for row in rows]


def test_a_coordinator_sets_a_rule_for_one_home_after_it_was_worked_out(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, clock, database_url: str, role
) -> None:
    csrf = role("coordinator")
    home = connection.execute(
        "SELECT home_id, public_id FROM registry.home WHERE home_id = %s", (place.homes["maria"].home_id,)
    ).fetchone()
    where = f"h-{home['public_id']}"
    page = client.get("/rules/cold", params={"where": where}).text
    assert 'name="always" value="16"' in page
    assert "da -20,0 a 60,0" in page or "da -20 a 60" in page
    asked = client.post("/rules/cold/try", data=COLD | {"csrf": csrf, "where": where})
    assert asked.status_code == 303
    path = asked.headers["location"]
    assert "0 case su 1" in client.get(path).text
    early = client.post(f"{path}/save", data={"csrf": csrf, "reason": "Freddolosa"})
    assert early.status_code == 409
    assert "ancora calcolando" in early.text
    assert settings(connection) == []
    with Database(database_url, Role.SERVICE, name="test") as database:
        assert work(database, SimulatedClock(NOW), NEVER) is False
    page = client.get(path).text
    assert "<strong>Segnalare in ogni caso sotto: 17,5 °C</strong>" in page
    assert client.post(f"{path}/save", data={"csrf": csrf, "reason": " "}).status_code == 409
    assert client.post(f"{path}/save", data={"csrf": "x", "reason": "y"}).status_code == 403
    saved = client.post(f"{path}/save", data={"csrf": csrf, "reason": "Freddolosa <b>"})
    assert (saved.status_code, saved.headers["location"]) == (303, f"/rules/cold?where={where}&saved=1")
    assert settings(connection) == [("cold", "active", {"always": 17.5}, "Freddolosa <b>", home["home_id"])]
    page = client.get(saved.headers["location"]).text
    assert "Salvato" in page
    assert "Freddolosa &lt;b&gt;" in page
    assert "Anna Lodi" in page
    assert 'name="always" value="16"' in client.get("/rules/cold").text


def test_an_operator_sees_and_sets_nothing_and_installers_do_not_see(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role
) -> None:
    csrf = role("operator")
    page = client.get("/rules/cold").text
    assert "La imposta un coordinatore" in page
    assert 'name="always"' not in page
    assert client.post("/rules/cold/try", data=COLD | {"csrf": csrf}).status_code == 403
    assert 'href="/rules"' in client.get("/alerts").text
    csrf = role("installer")
    assert 'href="/rules"' not in client.get("/install").text
    assert client.get("/rules").status_code == 404
    assert client.post("/rules/cold/try", data=COLD | {"csrf": csrf}).status_code == 404
    assert connection.execute("SELECT count(*) AS n FROM analytics.preview").fetchone()["n"] == 0


def test_another_organisation_is_not_there(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role
) -> None:
    csrf = role("coordinator")
    asked = client.post("/rules/cold/try", data=COLD | {"csrf": csrf})
    csrf = role("coordinator", STRANGER)
    assert client.get(asked.headers["location"]).status_code == 404
    assert client.get(f"{asked.headers['location']}/state").status_code == 404
    assert client.post(f"{asked.headers['location']}/save", data={"csrf": csrf, "reason": "x"}).status_code == 403
    assert client.get("/rules", params={"where": "o-unione"}).status_code == 404
    assert client.post("/rules/cold/try", data=COLD | {"csrf": csrf, "where": "o-unione"}).status_code == 404
    assert "Unione" not in client.get("/rules").text


def test_what_does_not_fit_is_refused_with_a_reason(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role
) -> None:
    csrf = role("coordinator")
    for wrong in (
        {"always": "400"}, {"always": ""}, {"always": "nan"}, {"always": "x"}, {"hours": "2.5"}, {"mode": "loud"},
    ):  # fmt: skip
        answer = client.post("/rules/cold/try", data=COLD | {"csrf": csrf} | wrong)
        assert answer.status_code == 422, wrong
    assert client.get("/rules/war").status_code == 404
    assert client.post("/rules/war/try", data={"csrf": csrf}).status_code == 404
    vital = {"mode": "active", "gain": "2", "gain_days": "3", "z": "4", "own_range": "true", "csrf": csrf}
    limits = {"limits.oxygen_saturation.low": "90", "limits.systolic_pressure.high": ""}
    assert client.post("/rules/vital_signs/try", data=vital | limits).status_code == 303
    wished = connection.execute("SELECT fields FROM analytics.preview").fetchone()["fields"]
    assert wished == {"limits": {"oxygen_saturation": {"low": 90.0, "high": None}}}


def test_every_rule_and_every_figure_has_its_page_in_both_languages(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role
) -> None:
    csrf = role("coordinator")
    home = place.homes["giuseppe"]
    connection.execute(
        "INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at,"
        " found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence)"
        " VALUES (%s, %s, 'wellbeing', 'meals', 0.5, %s, %s, %s, %s, 1, 'change', '1', '', '', '{}')",
        (home.organisation_id, home.home_id, *[NOW - timedelta(days=5)] * 4),
    )
    page = client.get("/rules").text
    assert page.count("0 segnalazioni in 60 giorni") == 2 * 9  # in words and in the picture
    assert page.count("1 segnalazione in 60 giorni") == 2
    client.post("/language", data={"csrf": csrf, "language": "en", "next": "/"})
    for rule in (*EVERY, *DOMAIN_OF):
        answer = client.get(f"/rules/{rule}")
        assert answer.status_code == 200, rule
        assert ("told 1 time in 60 days" in answer.text) == (rule in {"changes", "meals"}), rule


def test_the_page_of_a_rule_says_for_which_reasons_its_alerts_ended_so(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role
) -> None:
    home = place.homes["maria"]
    for number, (outcome, reason) in enumerate([("true", None), ("false", "pet"), ("false", "pet"), ("false", None)]):
        at = NOW - timedelta(days=number + 1)
        finding = filling.one(
            connection,
            "INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at,"
            " found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence)"
            " VALUES (%s, %s, 'wellbeing', 'cold', 0.5, %s, %s, %s, %s, 1, 'cold', '1', '', '', '{}')"
            " RETURNING finding_id",
            home.organisation_id, home.home_id, at, at, at, at,
        )  # fmt: skip
        connection.execute(
            "INSERT INTO analytics.outcome (finding_id, organisation_id, home_id, judged_as, outcome, reason, detector,"
            " kind, account_id, account_name, at)"
            " VALUES (%s, %s, %s, gen_random_uuid(), %s, %s, 'cold', 'cold', %s, 'Anna', %s)",
            (finding, home.organisation_id, home.home_id, outcome, reason, place.accounts[filling.LOGIN], NOW),
        )
    role("coordinator")
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get("/rules/cold").text).split())
    assert "Falso allarme 3 Un animale" in page
    assert "senza questi, bisogni reali: 50 % 2" in page.replace("\xa0", " ")
