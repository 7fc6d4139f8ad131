"""Consents, shares, pauses, invitations and who has looked, through the API."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from dashboards.api.application import PATH
from dashboards.api.scopes import Scope
from tests.integration.dashboards import kin
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import Neighbourhood


@pytest.fixture
def post(api: TestClient, place: Neighbourhood, bearer: Bearer):
    def send(what: str, status: int = 200, **body: Any) -> Any:
        path = f"{PATH}/persons/{place.homes['maria'].person}/{what}"
        answer = api.post(path, headers=bearer() | {"Accept-Language": "en"}, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    return send


def test_a_basis_is_recorded_to_the_end_of_a_day_and_taken_back(post) -> None:
    given = post("consents", 201, purpose="research", until="2026-12-31", note="Detto a voce.")
    (consent,) = given["consents"]
    assert (consent["purpose"], consent["basis"], consent["holds"]) == ("research", "consent", True)
    assert consent["valid_until"] == "2026-12-31T23:00:00Z"
    refused = post("consents", 422, purpose="family", basis="contract")
    assert refused["detail"].startswith("For family and research only the consent")
    assert post("consents", 422, purpose="care", basis="contract", until="2020-01-01")["status"] == 422
    (ended,) = post("consents/withdraw", purpose="research")["consents"]
    assert (ended["holds"], ended["withdrawn_by"]) == (False, "Anna Lodi")
    assert post("consents/withdraw", purpose="research")["consents"] == [ended]


def test_what_a_contact_may_see_is_set_by_kind_and_hours(post) -> None:
    (shown,) = post("shares", contact="figlia", data={"day": "08:00-20:00", "safety": ""})["recipients"]
    assert shown["shares"] == {"day": "08:00-20:00", "safety": ""}
    (shown,) = post("shares", contact="figlia", data={"day": None})["recipients"]
    assert shown["shares"] == {"safety": ""}
    assert post("shares", 422, contact="figlia", data={"day": "always"})["errors"]
    assert post("shares", 404, contact="nobody", data={"day": ""})["type"] == "urn:vicino:problem:not-found"


def test_a_pause_begins_and_ends(post) -> None:
    until = (NOW + timedelta(hours=3)).isoformat()
    assert post("pause", until=until)["paused"] is True
    assert post("resume")["paused"] is False
    assert post("resume")["paused"] is False
    assert post("pause", 422, until=(NOW - timedelta(hours=3)).isoformat())["detail"]


def test_somebody_is_invited_by_a_code_that_is_told_once(
    post, api: TestClient, bearer: Bearer, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    assert post("invitations", 409, contact="figlia")["type"] == "urn:vicino:problem:conflict"
    kin.consent(connection, place.homes["maria"], NOW)
    kin.shared(connection, place.homes["maria"], ["day"])
    made = post("invitations", 201, contact="figlia")
    assert made["address"] == f"http://testserver/invite/{made['code']}"
    assert api.get(f"/invite/{made['code']}").status_code == 200
    path = f"{PATH}/persons/{place.homes['maria'].person}/sharing"
    (open_,) = api.get(path, headers=bearer()).json()["invitations"]
    assert (open_["id"], open_["contact"]) == (made["id"], "figlia")
    assert made["code"] not in api.get(path, headers=bearer()).text
    assert post(f"invitations/{made['id']}/revoke")["invitations"] == []
    assert api.get(f"/invite/{made['code']}").status_code != 200


def test_the_person_decides_and_does_not_invite_and_who_writes_sharing_does_not_either(
    api: TestClient, bearer: Bearer, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    kin.close(connection, place.homes["maria"], "maria.r", "Maria Rossi", "self")
    path = f"{PATH}/persons/{place.homes['maria'].person}"
    hers = bearer(login="maria.r")
    assert api.post(f"{path}/consents", headers=hers, json={"purpose": "research"}).status_code == 201
    assert api.post(f"{path}/invitations", headers=hers, json={"contact": "figlia"}).status_code == 403
    other = f"{PATH}/persons/{place.homes['rosa'].person}/sharing"
    assert api.get(other, headers=hers).status_code == 404
    without = bearer(Scope.SHARING_READ, Scope.SHARING_WRITE)
    refused = api.post(f"{path}/invitations", headers=without, json={"contact": "figlia"})
    assert refused.json()["type"] == "urn:vicino:problem:scope"


def test_who_has_looked_is_told(api: TestClient, bearer: Bearer, place: Neighbourhood) -> None:
    person = place.homes["maria"].person
    api.get(f"{PATH}/persons/{person}", headers=bearer(login="bruno"))
    looks = api.get(f"{PATH}/persons/{person}/looks", headers=bearer()).json()["items"]
    assert [(one["name"], one["capacity"], one["route"]) for one in looks] == [
        ("Bruno Sarti", None, f"{PATH}/persons/{{person}}")
    ]
