"""Rules through the API: what they are set to, and that nothing is saved unseen."""

import threading
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from analytics.preview.working import work
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.api.application import PATH
from dashboards.rules import EVERY
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import Neighbourhood


@pytest.fixture
def where(connection: psycopg.Connection, place: Neighbourhood) -> str:
    home = filling.one(
        connection, "SELECT public_id FROM registry.home WHERE home_id = %s", place.homes["maria"].home_id
    )
    return f"h-{home}"


@pytest.mark.usefixtures("every_role")
def test_a_rule_is_tried_out_for_a_home_and_then_saved(
    api: TestClient, bearer: Bearer, where: str, database_url: str, clock: SimulatedClock
) -> None:
    headers = bearer()

    def send(path: str, **body: Any) -> Any:
        return api.post(f"{PATH}{path}", headers=headers, json=body)

    at = f"/rules/{where}/cold"
    before = api.get(f"{PATH}{at}", headers=headers).json()
    assert (before["settings"]["always"], before["set_here"]) == (16, False)
    refused = send(f"{at}/previews", mode="active", settings={"always": 500})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.settings")
    assert send(f"{at}/previews", mode="active", settings={"nothing": 1}).status_code == 422
    asked = send(f"{at}/previews", mode="active", settings={"always": 17.5, "hours": before["settings"]["hours"]})
    preview = asked.json()
    assert (asked.status_code, preview["settings"], preview["done"]) == (201, {"always": 17.5}, False)
    early = send(f"/rule-previews/{preview['id']}/save", reason="Freddolosa")
    assert early.json()["type"] == "urn:vicino:problem:conflict"
    with Database(database_url, Role.SERVICE, name="test") as database:
        assert work(database, clock, threading.Event()) is False
    shown = api.get(f"{PATH}/rule-previews/{preview['id']}", headers=headers).json()
    assert (shown["done"], shown["homes"], len(shown["told"])) == (True, 1, 1)
    assert send(f"/rule-previews/{preview['id']}/save", reason=" ").status_code == 422
    assert send(f"/rule-previews/{preview['id']}/save", reason="Freddolosa").status_code == 200
    after = api.get(f"{PATH}{at}", headers=headers).json()
    assert (after["settings"]["always"], after["mode"], after["set_here"]) == (17.5, "active", True)
    (change,) = api.get(f"{PATH}{at}/changes", headers=headers).json()["items"]
    assert (change["by"], change["settings"], change["reason"]) == ("Anna Lodi", {"always": 17.5}, "Freddolosa")
    assert change["at"] == NOW.isoformat().replace("+00:00", "Z")


def test_an_operator_sees_rules_and_sets_none(api: TestClient, bearer: Bearer, where: str) -> None:
    headers = bearer()
    places = api.get(f"{PATH}/rules", headers=headers).json()["items"]
    assert [one["where"] for one in places[:2]] == ["o-unione", "o-servizio-sociale"]
    assert not any(one["may_set"] for one in places)
    rules = api.get(f"{PATH}/rules/o-unione", headers=headers).json()["items"]
    assert [one["rule"] for one in rules] == list(EVERY)
    assert not next(one for one in rules if one["rule"] == "stillness")["can_be_tried"]
    refused = api.post(f"{PATH}/rules/{where}/cold/previews", headers=headers, json={"mode": "off"})
    assert refused.json()["type"] == "urn:vicino:problem:role"
    assert api.get(f"{PATH}/rules/{where}/nothing", headers=headers).status_code == 404
    assert api.get(f"{PATH}/rules/o-altrove", headers=headers).status_code == 404


@pytest.mark.usefixtures("every_role")
def test_what_calls_for_help_is_not_switched_off(api: TestClient, bearer: Bearer, where: str) -> None:
    refused = api.post(f"{PATH}/rules/{where}/stillness/previews", headers=bearer(), json={"mode": "off"})
    assert refused.status_code == 422
