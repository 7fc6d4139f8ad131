"""Who may ask the API what: every address of its description is tried, so that a new one without a rule fails here."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.api.application import PATH, STRANGERS, described_api
from dashboards.api.repository import end_token
from dashboards.api.scopes import Scope
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.asked import AS_OF
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.api.documents import document, number_in, numbers
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan
from tests.integration.dashboards.filling import Neighbourhood

DESCRIPTION = described_api().openapi()
PROBLEM = "application/problem+json"
# What is asked beside the path, so that an address is not refused for what is missing before it looks who asks.
ASKED = {"first": "2026-03-01", "last": "2026-03-10", "start": "2026-03-10T00:00:00Z", "end": "2026-03-11T00:00:00Z"}
BODIES = {
    "resolve": {"outcome": "true"},
    "notes": {"note": "Sta bene."},
    "contexts": {"kind": "visit"},
    "shift-handovers": {"alerts": [str(uuid.uuid4())], "note": "Richiamare alle 16."},
    "consents": {"purpose": "research"},
    "withdraw": {"purpose": "research"},
    "shares": {"contact": "figlia", "data": {"sleep": ""}},
    "previews": {"mode": "active"},
    "save": {"reason": "Freddolosa"},
}
ALL_ROLES = ("administrator", "coordinator", "installer", "operator", "researcher")
STREAM = "/events"


def operations() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield method, path, tuple(scope for needed in operation["security"] for scope in needed["token"])


OPERATIONS = list(operations())
NAMED = [(method, path) for method, path, _ in OPERATIONS if "{" in path]


def ask(api: TestClient, method: str, path: str, headers: dict[str, str], **ids: object):
    names = ("home", "person", "alert", "context", "handover", "change", "invitation", "where", "rule", "preview")
    places: dict[str, object] = {name: uuid.uuid4() for name in names} | {"number": 2**31 - 1, "thing": "home"} | ids
    if "number" in ids and "{number}" in path:
        places["number"] = number_in(path, ids["number"])  # type: ignore[arg-type]
    body = (
        None
        if method == "get"
        else document(path, "altrove", ALL_ROLES, "altrove" if method == "post" else "")
        or BODIES.get(path.rpartition("/")[2], {})
    )
    if path == "/persons/{person}/consents/withdraw":
        body = BODIES["withdraw"]
    elif path.startswith("/shift-handovers/"):
        body = {}
    sent = headers | ({"If-Match": "*"} if method == "put" else {})
    asked = {name: day for name, day in ASKED.items() if name == "last" or path not in AS_OF}
    return api.request(method, PATH + path.format(**places), params=asked, headers=sent, json=body)


def handover(connection: psycopg.Connection, home: filling.Home, account: int) -> uuid.UUID:
    made: uuid.UUID = filling.one(
        connection,
        "INSERT INTO alerts.shift_handover (organisation_id, made_by, made_by_name, note, made_at, until)"
        " VALUES (%s, %s, 'Ugo', 'Richiamare alle 16.', %s, %s) RETURNING public_id",
        home.organisation_id, account, NOW - timedelta(hours=1), NOW + timedelta(hours=1),
    )  # fmt: skip
    alert = filling.alert(
        connection, home, NOW, kind="smoke", state="in_charge", taken_by=account, taken_at=NOW, escalates_at=None
    )
    connection.execute(
        "INSERT INTO alerts.shift_handover_alert SELECT shift_handover_id, handover.organisation_id, alert_id, %s"
        " FROM alerts.shift_handover AS handover, alerts.alert WHERE alert.public_id = %s",
        (account, alert),
    )
    return made


def test_there_are_operations_to_try() -> None:
    assert len(OPERATIONS) >= 20
    assert len(NAMED) >= 12


def test_nobody_without_a_token_gets_anything(api: TestClient, place: Neighbourhood, clock: SimulatedClock) -> None:
    given = ({}, {"Authorization": "Bearer vicino_x"}, {"Authorization": "Basic YTpi"})
    for number, (method, path, _) in enumerate(OPERATIONS):
        clock.advance(2)  # who comes without a good one too often is told to wait
        answer = ask(api, method, path, given[number % len(given)])
        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM), path
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.usefixtures("every_role")
def test_a_token_does_only_what_its_scopes_say(api: TestClient, bearer: Bearer) -> None:
    for method, path, scopes in OPERATIONS:
        if not scopes:
            continue
        answer = ask(api, method, path, bearer(*(scope for scope in Scope if scope not in scopes)))
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:vicino:problem:scope"), path
        assert answer.headers["www-authenticate"].endswith(f'scope="{" ".join(scopes)}"')
        if path != STREAM:
            enough = ask(api, method, path, bearer(*map(Scope, scopes)))
            # Nothing is there of what is named, in the path or in what is sent.
            assert enough.status_code in ({404} if "{" in path or method != "get" else {200}), path


@pytest.mark.usefixtures("every_role")
def test_what_belongs_to_others_is_not_there(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    foreign = place.homes["ines"]
    home = filling.one(connection, "SELECT public_id FROM registry.home WHERE home_id = %s", foreign.home_id)
    ids = {
        "home": home,
        "person": foreign.person,
        "alert": filling.alert(connection, foreign, NOW),
        "context": filling.proposal(connection, foreign, "away", NOW - timedelta(hours=1), "Via."),
        "handover": handover(connection, foreign, place.accounts[filling.STRANGER]),
        "number": numbers(connection, foreign, place.accounts[filling.STRANGER]),
        "where": f"h-{home}",
        "rule": "cold",
    }
    theirs = bearer(login=filling.STRANGER)
    assert ask(api, "post", "/administration/homes/{number}/rooms", theirs, **ids).status_code == 201
    ids["change"] = api.get(f"{PATH}/administration/changes", headers=theirs).json()["items"][0]["id"]
    ids["preview"] = ask(api, "post", "/rules/{where}/{rule}/previews", theirs, **ids).json()["id"]
    for method, path in NAMED:
        answer = ask(api, method, path, bearer(), **ids)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), path
    for method, path in NAMED:
        # Each finds a context that nobody has answered yet, and the latest of what was tried out.
        ids["context"] = filling.proposal(connection, foreign, "away", NOW - timedelta(hours=1), "Via.")
        if "{preview}" in path:
            ids["preview"] = ask(api, "post", "/rules/{where}/{rule}/previews", theirs, **ids).json()["id"]
        answer = ask(api, method, path, theirs, **ids)
        assert answer.status_code in {200, 201, 204, 409}, (method, path, answer.text)


def test_a_token_ends_by_its_time_by_hand_and_with_its_account(
    api: TestClient, connection: psycopg.Connection, bearer: Bearer, clock: SimulatedClock
) -> None:
    short, long, other = bearer(days=1), bearer(days=90), bearer(login="bruno", days=90)

    def statuses() -> list[int]:
        return [api.get(f"{PATH}/account", headers=one).status_code for one in (short, long, other)]

    assert statuses() == [200, 200, 200]
    clock.advance(86_400)
    assert statuses() == [401, 200, 200]
    number = filling.one(connection, "SELECT token_id FROM dashboards.api_token WHERE expires_at > %s LIMIT 1", NOW)
    connection.execute("UPDATE registry.account SET active = false WHERE login = 'bruno'")
    assert statuses() == [401, 200, 401]
    ended = [row["token_id"] for row in connection.execute("SELECT token_id FROM dashboards.api_token")]
    assert number in ended
    assert all(end_token(connection, one, NOW) for one in ended)
    assert not end_token(connection, ended[0], NOW)
    assert statuses() == [401, 401, 401]


def test_the_database_keeps_no_token_and_when_it_was_used(
    api: TestClient, connection: psycopg.Connection, bearer: Bearer
) -> None:
    headers = bearer()
    assert filling.one(connection, "SELECT used_at FROM dashboards.api_token") is None
    api.get(f"{PATH}/account", headers=headers)
    assert filling.one(connection, "SELECT used_at FROM dashboards.api_token") == NOW
    kept = filling.one(connection, "SELECT api_token::text FROM dashboards.api_token")
    assert headers["Authorization"].removeprefix("Bearer ") not in kept


def test_who_asks_too_often_is_told_how_long_to_wait(database_url: str, clock: SimulatedClock, bearer: Bearer) -> None:
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", api_requests_per_min=3)
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=2) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings)) as api,
    ):
        mine, other = bearer(), bearer(login="bruno")
        assert [api.get(f"{PATH}/account", headers=mine).status_code for _ in range(4)] == [200, 200, 200, 429]
        told = api.get(f"{PATH}/account", headers=mine)
        assert (told.json()["type"], told.headers["retry-after"]) == ("urn:vicino:problem:too-often", "60")
        assert api.get(f"{PATH}/account", headers=other).status_code == 200
        clock.advance(60)
        assert api.get(f"{PATH}/account", headers=mine).status_code == 200
        strangers = [api.get(f"{PATH}/account").status_code for _ in range(STRANGERS + 1)]
        assert strangers == [401] * STRANGERS + [429]
        assert api.get(f"{PATH}/account", headers=mine).status_code == 200


def test_a_sign_in_of_a_person_is_no_token_and_a_token_no_sign_in(api: TestClient, bearer: Bearer) -> None:
    answer = api.get("/", headers=bearer())
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    account = api.get(f"{PATH}/account", headers=bearer()).json()
    assert (account["login"], account["name"]) == (filling.LOGIN, "Anna Lodi")
    assert {(one["key"], one["parent"], *one["roles"]) for one in account["organisations"]} == {
        ("servizio-sociale", "unione", "operator"),
        ("unione", None, "operator"),
    }
    assert account["scopes"] == sorted(Scope)


def test_problems_are_told_in_the_language_asked_for(api: TestClient, place: Neighbourhood) -> None:
    italian = api.get(f"{PATH}/homes", headers={"Accept-Language": "it"})
    english = api.get(f"{PATH}/homes", headers={"Accept-Language": "en"})
    assert (italian.headers["content-language"], english.headers["content-language"]) == ("it", "en")
    assert english.json()["title"] == "No token that is good"
    assert italian.json()["title"] != english.json()["title"]
    assert api.get(f"{PATH}/nothing").json()["type"] == "urn:vicino:problem:not-found"
    refused = api.delete(f"{PATH}/homes")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
