"""Whatever its own description allows, and what it does not, is asked of the API.

No answer is a 5xx, none has a status, type or shape that the description does not know, and no address answers without
a token. `make fuzz` asks for longer.
"""

import os
from datetime import timedelta
from threading import Event
from typing import Any

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from analytics.preview.working import work
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.api.application import PATH
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.api.documents import document, number_in, numbers
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import Neighbourhood

EXAMPLES = int(os.environ.get("VICINO_TEST_FUZZ_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
STREAM = "/events"  # it does not end by itself
# What is asked of in half of all requests, so that more than "not found" and "not understood" is tried.
SPAN = {"first": "2026-03-01", "last": "2026-03-10", "start": "2026-03-10T00:00:00Z", "end": "2026-03-11T00:00:00Z"}

# What reaches what it is about, where hardly any other body does.
GOOD: dict[str, dict[str, Any]] = {
    "POST /persons/{person}/consents": {"purpose": "research"},
    "POST /persons/{person}/shares": {"contact": "figlia", "data": {"sleep": "08:00-20:00"}},
    "POST /persons/{person}/pause": {"until": None},
    "POST /persons/{person}/invitations": {"capacity": "family", "contact": "figlia"},
    "POST /rules/{where}/{rule}/previews": {"mode": "shadow", "settings": {"always": 17.5}},
}

# What has to be done with an alert before this can be done with it.
BEFORE = {
    "/alerts/{alert}/release": ["take-charge"],
    "/alerts/{alert}/reopen": ["resolve"],
    "/shift-handovers": ["take-charge"],
}
# Who has handed a shift over that is asked for: a colleague, where it is to be taken over.
HANDED_OVER_BY = {"/shift-handovers/{handover}/accept": "bruno"}


@pytest.mark.usefixtures("every_role")
def test_no_request_breaks_it_or_is_answered_otherwise_than_described(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer, database_url: str
) -> None:
    connection.execute("SELECT ingest.ensure_partitions('1999-12-01', '2000-02-01')")
    maria, headers = place.homes["maria"], bearer()
    there = {
        "home": str(filling.one(connection, "SELECT public_id FROM registry.home WHERE home_id = %s", maria.home_id)),
        "person": str(maria.person),
    }
    things = numbers(connection, maria, place.accounts["bruno"])
    there |= {"thing": "home", "where": f"h-{there['home']}", "rule": "cold", "contact": "figlia"}
    kin.consent(connection, maria, NOW)
    kin.shared(connection, maria, ["day"])
    schema = schemathesis.openapi.from_asgi(f"{PATH}/openapi.json", api.app)
    statuses: dict[str, set[int]] = {}
    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.path == STREAM:
            continue
        seen = statuses.setdefault(operation.label, set())
        there["alert"] = str(filling.alert(connection, place.homes["lucia"], NOW, kind=operation.label))
        for before in BEFORE.get(operation.path, ()):
            path, body = f"{PATH}/alerts/{there['alert']}/{before}", {"outcome": "true"}
            assert api.post(path, headers=headers, json=body).status_code == 200
        by = bearer(login=HANDED_OVER_BY.get(operation.path, filling.LOGIN))
        there["handover"] = _handed_over(api, connection, place, by, operation.label)
        if "{number}" in operation.path:
            there["number"] = str(number_in(operation.path, things))
        there["change"] = _changed(api, maria, headers)
        # Whatever was taken back before: whom to invite is shared with, and on consent.
        connection.execute("UPDATE registry.consent SET withdrawn_at = NULL WHERE purpose = 'family'")
        if "{preview}" in operation.path:  # one that is asked for later takes its place
            there["preview"] = _worked_out(api, there["where"], headers, database_url)
        there["context"] = str(filling.proposal(connection, maria, "away", NOW - timedelta(hours=1), "Via."))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, there, headers, seen)
    assert len(statuses) >= 20
    # What is asked reaches what it is about, and does not only bounce off.
    assert [label for label, seen in statuses.items() if not seen & {200, 201, 204}] == []
    assert any(seen & {409, 422} for seen in statuses.values())


def _document(operation: Any) -> dict[str, Any] | None:
    parent = "unione" if operation.label.startswith("PUT ") else "servizio-sociale"
    return document(operation.path, parent=parent)


def _changed(api: TestClient, home: filling.Home, headers: dict[str, str]) -> str:
    path = f"{PATH}/administration/homes/{home.home_id}/rooms"
    assert api.post(path, headers=headers, json={"kind": "hall"}).status_code == 201
    return str(api.get(f"{PATH}/administration/changes", headers=headers).json()["items"][0]["id"])


def _worked_out(api: TestClient, where: str, headers: dict[str, str], database_url: str) -> str:
    asked = api.post(f"{PATH}/rules/{where}/cold/previews", headers=headers, json={"mode": "active"})
    assert asked.status_code == 201
    with Database(database_url, Role.SERVICE, name="test") as database:
        assert work(database, SimulatedClock(NOW), Event()) is False
    return str(asked.json()["id"])


def _handed_over(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, by: dict[str, str], kind: str
) -> str:
    alert = str(filling.alert(connection, place.homes["luigi"], NOW, kind=kind))
    assert api.post(f"{PATH}/alerts/{alert}/take-charge", headers=by, json={}).status_code == 200
    made = api.post(f"{PATH}/shift-handovers", headers=by, json={"alerts": [alert], "note": "N"})
    assert made.status_code == 201
    return str(made.json()["id"])


def _try(operation: Any, mode: GenerationMode, there: dict[str, str], headers: dict[str, str], seen: set[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode), really=st.booleans())
    def ask(case: Case, really: bool) -> None:
        if mode is GenerationMode.POSITIVE and really:
            case.query = {name: SPAN.get(name, value) for name, value in (case.query or {}).items()}
        if mode is GenerationMode.POSITIVE or really:
            case.path_parameters = {
                name: there.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        if mode is GenerationMode.POSITIVE and really and operation.label == "POST /shift-handovers":
            case.body = {"alerts": [there["alert"]], "note": "N"}
        if mode is GenerationMode.POSITIVE and really:
            case.body = GOOD.get(operation.label) or _document(operation) or case.body
            sent = headers | ({"If-Match": "*"} if operation.label.startswith("PUT ") else {})
        else:
            sent = headers
        answer = case.call(headers=sent)
        seen.add(answer.status_code)
        checks = CHECKS if mode is GenerationMode.POSITIVE or really else [*CHECKS, negative_data_rejection]
        case.validate_response(answer, checks=checks)

    ask()
