"""The pages of who is told of alerts: who sees and changes them, what is inherited, nothing is saved unseen."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from alerts.drafts.trying import try_some
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.wanted import Wanted
from alerts.policy import Rules
from core.database import Database, Role
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood

FORM = {
    "name": "Notte", "step-0-who-0": "role operator", "step-0-after": "0", "step-0-times": "2", "step-0-every": "1,5",
    "last-who-0": "role coordinator", "last-every": "10", "unanswered_after": "5",
}  # fmt: skip
OPERATORS = Plan(
    name="Above", steps=(Step(tell=(Who(role="operator"),)),), last_resort=LastResort(tell=(Who(role="coordinator"),))
)


@pytest.fixture
def role(connection: psycopg.Connection, place: Neighbourhood, client: TestClient):
    def become(role: str, login: str = filling.LOGIN) -> str:
        account = place.accounts[login]
        connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account))
        client.cookies.clear()
        sign_in(client, login)
        return proof(client.get("/notifications").text)

    return become


@pytest.fixture
def work_out(database_url: str):
    def done() -> None:
        with Database(database_url, Role.SERVICE, name="test") as database:
            while try_some(database, Rules(), NOW):
                pass

    return done


def held(connection: psycopg.Connection) -> list[tuple]:
    rows = connection.execute(
        "SELECT family, kind, version, plan->>'name' AS name FROM alerts.policy WHERE until IS NULL"
    )
    return [tuple(row.values()) for row in rows]


def test_a_policy_is_saved_only_after_it_was_tried_and_with_a_reason(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role, work_out
) -> None:
    csrf = role("coordinator")
    filling.alert(connection, place.homes["maria"], NOW)
    asked = client.post("/policies/safety", data=FORM | {"csrf": csrf})
    assert asked.status_code == 303
    path = asked.headers["location"]
    assert "0 allarmi su 1" in client.get(path).text
    early = client.post(f"{path}/save", data={"csrf": csrf, "reason": "Di notte"})
    assert early.status_code == 409
    assert "ancora calcolando" in early.text
    work_out()
    page = client.get(path).text
    assert "1 allarme avrebbe seguito la bozza." in page
    assert client.get(f"{path}/state").status_code == 200
    assert client.post(f"{path}/save", data={"csrf": csrf, "reason": " "}).status_code == 409
    assert client.post(f"{path}/save", data={"csrf": "x", "reason": "y"}).status_code == 403
    assert held(connection) == []
    assert client.post(f"{path}/save", data={"csrf": csrf, "reason": "Di notte <b>"}).status_code == 303
    assert held(connection) == [("safety", "", 1, "Notte")]
    page = client.get("/policies/safety").text
    assert "Di notte &lt;b&gt;" in page
    assert 'name="step-0-every" value="1.5"' in page
    # The same once more is nothing to try, and the draft is gone.
    again = client.post("/policies/safety", data=FORM | {"csrf": csrf})
    assert (again.status_code, "non c&#39;è nulla da provare" in again.text) == (200, True)
    assert client.get(path).status_code == 404


def test_what_does_not_fit_is_said_beside_the_field_and_nothing_is_tried(
    client: TestClient, connection: psycopg.Connection, role
) -> None:
    csrf = role("coordinator")
    answer = client.post(
        "/policies/safety", data=FORM | {"csrf": csrf, "last-who-0": "shift nobody", "step-0-after": "<b>"}
    )
    assert answer.status_code == 422
    assert 'id="problem-last-who-0"' in answer.text
    assert 'id="problem-step-0-after"' in answer.text
    assert 'value="&lt;b&gt;"' in answer.text
    assert connection.execute("SELECT count(*) AS n FROM alerts.policy_draft").fetchone()["n"] == 0
    more = client.post("/policies/safety", data=FORM | {"csrf": csrf, "more": "1"})
    assert (more.status_code, 'id="step-2-who-0"' in more.text) == (200, True)


def test_operators_see_it_and_others_see_nothing(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role, work_out
) -> None:
    csrf = role("coordinator")
    path = client.post("/policies/technical", data=FORM | {"csrf": csrf}).headers["location"]
    work_out()
    csrf = role("operator")
    assert client.get(path).status_code == 200
    page = client.get("/policies/technical").text
    assert 'id="policy-form"' not in page
    assert "La cambiano i coordinatori" in page
    assert client.post("/policies/technical", data=FORM | {"csrf": csrf}).status_code == 403
    assert client.post("/policies/technical/return", data={"csrf": csrf, "version": "0"}).status_code == 403
    assert client.post(f"{path}/save", data={"csrf": csrf, "reason": "Io"}).status_code == 403
    csrf = role("coordinator", STRANGER)
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/save", data={"csrf": csrf, "reason": "Io"}).status_code == 403
    own = connection.execute(
        "SELECT key FROM registry.organisation JOIN registry.membership USING (organisation_id) WHERE account_id = %s",
        (place.accounts[filling.LOGIN],),
    ).fetchone()["key"]
    assert client.get("/policies", params={"where": own}).status_code == 404
    for other in ("administrator", "installer", "researcher"):
        role(other)
        assert client.get("/policies").status_code == 404
    assert held(connection) == []


def test_what_is_decided_above_is_shown_and_comes_back_when_the_own_one_is_taken_away(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, role, work_out, database_url: str
) -> None:
    csrf = role("coordinator")
    above = filling.organisation(connection, "sopra", "union")
    own = connection.execute(
        "UPDATE registry.organisation SET parent_id = %s WHERE organisation_id ="
        " (SELECT organisation_id FROM registry.membership WHERE account_id = %s) RETURNING key",
        (above, place.accounts[filling.LOGIN]),
    ).fetchone()["key"]
    with Database(database_url, Role.SERVICE, name="test") as database, database.transaction() as service:
        policies.load(service, [Wanted("sopra", Family.SAFETY, "", OPERATORS)], NOW)
    assert "deciso sopra, da" in client.get("/policies", params={"where": own}).text
    query = f"where={own}&kind=water_leak"
    path = client.post(f"/policies/safety?{query}", data=FORM | {"csrf": csrf}).headers["location"]
    work_out()
    client.post(f"{path}/save", data={"csrf": csrf, "reason": "Acqua"})
    page = client.get("/policies", params={"where": own}).text
    assert "Richieste di aiuto: Rilevata perdita d" in page
    assert "deciso qui, versione 1" in page
    back = client.post(f"/policies/safety/return?{query}", data={"csrf": csrf, "version": "0"})
    assert back.status_code == 303
    work_out()
    assert (
        client.post(back.headers["location"] + "/save", data={"csrf": csrf, "reason": "Come sopra"}).status_code == 303
    )
    assert "deciso qui" not in client.get("/policies", params={"where": own}).text
    page = client.get(f"/policies/safety?{query}").text
    assert "Torna alla versione 1" in page
    assert client.post(f"/policies/safety/return?{query}", data={"csrf": csrf, "version": "9"}).status_code == 404
    back = client.post(f"/policies/safety/return?{query}", data={"csrf": csrf, "version": "1"}).headers["location"]
    work_out()
    client.post(f"{back}/save", data={"csrf": csrf, "reason": "Meglio"})
    assert [each for each in held(connection) if each[1]] == [("safety", "water_leak", 2, "Notte")]


def test_no_address_of_them_is_an_error_of_ours(client: TestClient, role) -> None:
    csrf = role("coordinator")
    for path in ("/policies?where=x", "/policies/safety?kind=x", "/policies/safety?where=%00"):
        assert client.get(path).status_code in (404, 422)
    assert client.get("/policies/nothing").status_code in (404, 422)
    assert client.post("/policies/safety", data={"csrf": csrf}).status_code == 422
    assert client.post("/policies/safety/return", data={"csrf": csrf, "version": "-1"}).status_code in (404, 422)
