"""Handing shifts over by the API."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from dashboards.api.application import PATH
from dashboards.api.scopes import Scope
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.api.test_resources import read, whole
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import Neighbourhood

HERE = f"{PATH}/shift-handovers"


@pytest.fixture
def taken(api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer) -> list[str]:
    """Two alerts that are in charge of the account."""
    made = [str(filling.alert(connection, place.homes[name], NOW)) for name in ("maria", "luigi")]
    for alert in made:
        assert api.post(f"{PATH}/alerts/{alert}/take-charge", headers=bearer(), json={}).status_code == 200
    return made


def offered(api: TestClient, headers: dict[str, str], *alerts: str, note: str = "Richiamare alle 16") -> Any:
    return api.post(HERE, headers=headers, json={"alerts": alerts, "note": note})


def kind_of(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("urn:vicino:problem:")


def test_a_shift_is_handed_over_and_taken_over(
    api: TestClient, bearer: Bearer, taken: list[str], clock: SimulatedClock
) -> None:
    anna, bruno = bearer(), bearer(login="bruno")
    made = offered(api, anna, *taken)
    assert made.status_code == 201
    one = made.json()
    assert (one["own"], one["state"], one["alerts"], sorted(one["waiting"])) == (True, "offered", 2, sorted(taken))
    assert read(api, anna, f"/shift-handovers/{one['id']}") == one
    (seen,) = read(api, bruno, "/shift-handovers")["items"]
    assert seen == one | {"own": False}
    clock.advance(60)
    done = api.post(f"{HERE}/{one['id']}/accept", headers=bruno)
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["waiting"]) == ("accepted", [])
    assert done.json()["accepted_by"] == read(api, bruno, f"/alerts/{taken[0]}")["taken_by"]
    assert read(api, anna, "/shift-handovers")["items"] == []
    (past,) = read(api, anna, "/shift-handovers", state="all")["items"]
    assert past == done.json() | {"own": True}
    assert kind_of(api.post(f"{HERE}/{one['id']}/accept", headers=bruno)) == (409, "conflict")


def test_it_is_taken_back_by_who_made_it_alone(api: TestClient, bearer: Bearer, taken: list[str]) -> None:
    anna, bruno = bearer(), bearer(login="bruno")
    made = offered(api, anna, taken[0]).json()["id"]
    assert kind_of(api.post(f"{HERE}/{made}/accept", headers=anna)) == (409, "conflict")
    assert kind_of(api.post(f"{HERE}/{made}/withdraw", headers=bruno)) == (409, "conflict")
    assert api.post(f"{HERE}/{made}/withdraw", headers=anna).json()["state"] == "withdrawn"
    # Then it can be handed over again.
    assert offered(api, anna, taken[0]).status_code == 201


def test_what_is_known_already_is_not_sent_again(api: TestClient, bearer: Bearer, taken: list[str]) -> None:
    anna = bearer()
    made = offered(api, anna, taken[0]).json()["id"]
    for path in (HERE, f"{HERE}/{made}"):
        tag = api.get(path, headers=anna).headers["etag"]
        assert api.get(path, headers=anna | {"If-None-Match": tag}).status_code == 304
    api.post(f"{HERE}/{made}/withdraw", headers=anna)
    assert api.get(f"{HERE}/{made}", headers=anna | {"If-None-Match": tag}).status_code == 200


def test_the_list_comes_in_parts_and_what_nobody_took_over_in_time_is_open_no_more(
    api: TestClient, bearer: Bearer, taken: list[str], clock: SimulatedClock
) -> None:
    anna, made = bearer(), []
    for _ in range(5):  # all at one instant
        made.append(offered(api, anna, taken[0]).json()["id"])
        api.post(f"{HERE}/{made[-1]}/withdraw", headers=anna)
    made.append(offered(api, anna, *taken).json()["id"])
    assert sorted(one["id"] for one in whole(api, anna, "/shift-handovers", limit=2, state="all")) == sorted(made)
    assert [one["id"] for one in whole(api, anna, "/shift-handovers", limit=2)] == made[-1:]
    clock.advance(timedelta(minutes=30).total_seconds())
    assert read(api, anna, "/shift-handovers")["items"] == []
    assert kind_of(api.get(HERE, headers=anna, params={"cursor": "x"})) == (400, "cursor")


def test_nothing_is_handed_over_that_is_not_in_charge_or_not_theirs(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer, taken: list[str]
) -> None:
    anna, bruno = bearer(), bearer(login="bruno")
    new = str(filling.alert(connection, place.homes["lucia"], NOW))
    foreign = str(filling.alert(connection, place.homes["ines"], NOW))
    assert kind_of(offered(api, anna, new)) == (409, "conflict")
    assert kind_of(offered(api, anna, taken[0], foreign)) == (404, "not-found")
    assert kind_of(offered(api, anna)) == (422, "not-understood")
    assert kind_of(offered(api, anna, taken[0], note="")) == (422, "not-understood")
    assert read(api, bruno, "/shift-handovers", state="all")["items"] == []
    unknown = UUID(int=7)
    assert kind_of(api.get(f"{HERE}/{unknown}", headers=anna)) == (404, "not-found")
    assert kind_of(api.post(f"{HERE}/{unknown}/accept", headers=anna)) == (404, "not-found")


def test_it_needs_the_scopes_and_the_role(
    api: TestClient, connection: psycopg.Connection, bearer: Bearer, taken: list[str]
) -> None:
    anna = bearer()
    assert kind_of(offered(api, bearer(Scope.ALERTS_READ), taken[0])) == (403, "scope")
    assert kind_of(api.get(HERE, headers=bearer(Scope.ALERTS_WRITE))) == (403, "scope")
    made = offered(api, bearer(Scope.ALERTS_WRITE), taken[0]).json()["id"]
    connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id ="
        " (SELECT account_id FROM registry.account WHERE login = 'bruno')"
    )
    bruno = bearer(login="bruno")
    assert kind_of(api.post(f"{HERE}/{made}/accept", headers=bruno)) == (404, "not-found")
    assert kind_of(offered(api, bruno, taken[1])) == (404, "not-found")
    assert read(api, anna, f"/shift-handovers/{made}")["state"] == "offered"
