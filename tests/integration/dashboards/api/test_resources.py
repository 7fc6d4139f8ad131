"""What the API shows and takes."""

import base64
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from starlette.testclient import TestClient

import analytics.reads
from core.clock import SimulatedClock
from dashboards.api.application import PATH
from dashboards.api.scopes import Scope
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.api.conftest import Bearer
from tests.integration.dashboards.conftest import NOW
from tests.integration.dashboards.filling import PEOPLE, Neighbourhood

# An instant that has no time in UTC, and a public id.
FAR = (
    base64.urlsafe_b64encode(b'["0001-01-01T00:00:00+14:00","a96c34a0-2188-40e8-95b3-df9aec6824d1"]')
    .decode()
    .rstrip("=")
)


def read(api: TestClient, headers: dict[str, str], path: str, **params: Any) -> Any:
    answer = api.get(PATH + path, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole(api: TestClient, headers: dict[str, str], path: str, **params: Any) -> list[dict[str, Any]]:
    """Return a list put together of its parts; no part is longer than asked, and none but an only one is empty."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        part = read(api, headers, path, **params, **cursor)
        assert len(part["items"]) <= params["limit"]
        assert part["items"] or not cursor
        items += part["items"]
        if part["next"] is None:
            return items
        cursor = {"cursor": part["next"]}


def home_id(connection: psycopg.Connection, place: Neighbourhood, who: str) -> str:
    found = filling.one(connection, "SELECT public_id FROM registry.home WHERE home_id = %s", place.homes[who].home_id)
    return str(found)


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_homes_and_persons_come_in_parts_each_once_and_no_foreign_one(
    api: TestClient, bearer: Bearer, limit: int
) -> None:
    headers = bearer()
    homes = whole(api, headers, "/homes", limit=limit)
    assert {home["key"] for home in homes} == {f"casa-{who[0]}" for who in PEOPLE}
    assert len(homes) == len(PEOPLE)
    persons = whole(api, headers, "/persons", limit=limit)
    assert sorted(person["name"] for person in persons) == sorted(who[1] for who in PEOPLE)
    assert {person["home"] for person in persons} == {home["id"] for home in homes}
    assert all([contact["name"] for contact in person["contacts"]] == ["Elena"] for person in persons)


def test_one_home_one_person_and_what_is_in_it(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (NOW - timedelta(days=40), NOW))
    filling._live(connection, place.homes["maria"], NOW, random.Random(1))
    headers, home = bearer(), home_id(connection, place, "maria")
    assert [one["id"] for one in read(api, headers, "/homes", municipality="Castel del Rio")["items"]] == [home]
    assert read(api, headers, f"/homes/{home}")["timezone"] == "Europe/Rome"
    person = read(api, headers, "/persons", home=home)["items"][0]
    assert read(api, headers, f"/persons/{person['id']}") == person
    assert (person["birth_year"], person["sex"]) == (1938, "female")
    assert [room["kind"] for room in read(api, headers, f"/homes/{home}/rooms")["items"]] == [
        "bedroom", "bathroom", "kitchen", "living",
    ]  # fmt: skip
    devices = read(api, headers, f"/homes/{home}/devices")["items"]
    assert {(one["key"], one["room"]) for one in devices} >= {("pir-kitchen", "cucina")}
    assert devices[0]["quantities"] == ["occupancy", "temperature"]


def test_what_is_known_already_is_not_sent_again(
    api: TestClient, connection: psycopg.Connection, bearer: Bearer
) -> None:
    headers = bearer()
    first = api.get(f"{PATH}/homes", headers=headers)
    tag = first.headers["etag"]
    again = api.get(f"{PATH}/homes", headers=headers | {"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    connection.execute("UPDATE registry.home SET name = 'Casa nuova' WHERE key = 'casa-maria'")
    changed = api.get(f"{PATH}/homes", headers=headers | {"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert changed.headers["cache-control"] == "no-store"


def test_alerts_are_found_by_state_family_home_and_change(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    headers = bearer()
    ids = []
    for number in range(5):
        at = NOW - timedelta(hours=number // 2)  # two opened at the same instant
        family = "wellbeing" if number == 4 else "safety"
        kind = "night_bathroom_visits" if number == 4 else "sos_button"
        made = place.homes[PEOPLE[number][0]]
        ids.append(str(filling.alert(connection, made, NOW, opened_at=at, updated_at=at, family=family, kind=kind)))
    filling.alert(connection, place.homes["ines"], NOW)
    listed = [one["id"] for one in whole(api, headers, "/alerts", limit=2)]
    assert sorted(listed) == sorted(ids)
    assert listed[-1] == ids[-1]
    assert [one["id"] for one in whole(api, headers, "/alerts", limit=9, family="wellbeing")] == ids[4:]
    home = home_id(connection, place, PEOPLE[1][0])
    shown = whole(api, headers, "/alerts", limit=9, home=home)
    assert [one["id"] for one in shown] == ids[1:2]
    assert shown[0]["person"] == str(place.homes[PEOPLE[1][0]].person)
    assert shown[0]["title"] == {"it": "Pulsante SOS premuto", "en": "SOS button pressed"}
    assert shown[0]["explanation"]["it"] == "Pulsante SOS premuto alle 03:12."
    since = instant(NOW - timedelta(hours=1))
    assert len(whole(api, headers, "/alerts", limit=9, updated_since=since)) == 4
    assert whole(api, headers, "/alerts", limit=9, state="in_charge") == []
    assert len(whole(api, headers, "/alerts", limit=2, state="all")) == 5


def test_an_alert_is_taken_given_back_resolved_and_reopened(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer, clock: SimulatedClock
) -> None:
    alert = filling.alert(connection, place.homes["maria"], NOW)
    anna, bruno = bearer(), bearer(login="bruno")

    def post(headers: dict[str, str], what: str, **body: Any) -> Any:
        return api.post(f"{PATH}/alerts/{alert}/{what}", headers=headers, json=body)

    news = post(anna, "take-charge", seen_times=0)
    assert (news.status_code, news.json()["type"]) == (409, "urn:vicino:problem:conflict")
    taken = post(anna, "take-charge", seen_times=1)
    assert (taken.status_code, taken.json()["state"], taken.json()["taken_by"]) == (200, "in_charge", "Anna Lodi")
    late = post(bruno, "take-charge")
    assert (late.status_code, late.json()["detail"]) == (409, "Già in carico a Anna Lodi.")
    assert post(anna, "notes", note="Richiamo tra poco.").status_code == 200
    assert post(anna, "notes", note=" ").status_code == 409
    assert post(anna, "release", note="Fine turno.").json()["state"] == "new"
    assert post(bruno, "resolve", outcome="true", reason="pet").status_code == 409
    done = post(bruno, "resolve", outcome="false", reason="pet", note="Il gatto.")
    assert (done.json()["state"], done.json()["outcome"]) == ("resolved", "false")
    assert post(bruno, "resolve", outcome="over").status_code == 422
    assert post(anna, "reopen").json()["state"] == "new"
    history = read(api, anna, f"/alerts/{alert}/history")["items"]
    assert [(one["action"], one["by"]) for one in history] == [
        ("opened", None),
        ("taken", "Anna Lodi"),
        ("noted", "Anna Lodi"),
        ("released", "Anna Lodi"),
        ("resolved", "Bruno Sarti"),
        ("reopened", "Anna Lodi"),
    ]
    assert history[4]["note"] == "Il gatto."


def test_who_answers_for_nobody_sees_and_changes_nothing_of_how_people_live(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    alert = filling.alert(connection, place.homes["maria"], NOW)
    connection.execute("UPDATE registry.membership SET role = 'installer'")
    headers, home = bearer(), home_id(connection, place, "maria")
    refused = api.post(f"{PATH}/alerts/{alert}/take-charge", headers=headers, json={})
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:vicino:problem:not-found")
    refused = api.post(f"{PATH}/homes/{home}/contexts", headers=headers, json={"kind": "visit"})
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:vicino:problem:not-found")
    refused = api.get(f"{PATH}/alerts", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:vicino:problem:role")
    assert filling.one(connection, "SELECT state FROM alerts.alert WHERE public_id = %s", alert) == "new"
    assert read(api, headers, f"/homes/{home}")["address"] == "Via Roma 12"


def test_contexts_are_entered_answered_and_ended(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    headers, home = bearer(), home_id(connection, place, "lucia")
    proposed = filling.proposal(connection, place.homes["lucia"], "away", NOW - timedelta(days=2), "Via.")
    given = {"kind": "visit", "start": instant(NOW), "end": instant(NOW + timedelta(days=1)), "note": "La figlia"}
    entered = api.post(f"{PATH}/homes/{home}/contexts", headers=headers, json=given)
    assert (entered.status_code, entered.json()["standing"], entered.json()["note"]) == (201, "entered", "La figlia")
    answer = api.post(f"{PATH}/contexts/{proposed}/confirm", headers=headers, json={"kind": "hospital"})
    assert (answer.json()["kind"], answer.json()["standing"]) == ("hospital", "confirmed")
    ended = api.post(f"{PATH}/contexts/{proposed}/end", headers=headers, json={})
    assert ended.json()["ended_at"] == instant(NOW)
    back = api.post(f"{PATH}/contexts/{entered.json()['id']}/take-back", headers=headers)
    assert back.json()["standing"] == "withdrawn"
    span = {"start": instant(NOW - timedelta(days=9)), "end": instant(NOW + timedelta(days=9))}
    listed = read(api, headers, f"/homes/{home}/contexts", **span)["items"]
    assert [(one["kind"], one["home"]) for one in listed] == [("hospital", home)]
    wrong = {"kind": "visit", "start": instant(NOW), "end": instant(NOW - timedelta(days=1))}
    assert api.post(f"{PATH}/homes/{home}/contexts", headers=headers, json=wrong).status_code == 422


def test_the_analysis_of_a_home(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    maria = place.homes["maria"]
    connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (NOW - timedelta(days=40), NOW))
    filling._live(connection, maria, NOW, random.Random(1))
    filling.stands(connection, maria, filling.four_weeks((NOW - timedelta(days=1)).date()), NOW)
    headers, home = bearer(), home_id(connection, place, "maria")
    days = {"first": "2026-03-01", "last": "2026-03-15"}
    states = read(api, headers, f"/homes/{home}/days", **days)["items"]
    assert [one["day"] for one in states] == [f"2026-03-{day:02}" for day in range(1, 16)]
    assert states[-1]["state"] == "red"
    assert sum(one["share"] for one in states[-1]["contributions"]) == pytest.approx(1)
    indicators = read(api, headers, f"/homes/{home}/indicators", **days, kind="night_bathroom_visits")["items"]
    assert {one["kind"] for one in indicators} == {"night_bathroom_visits"}
    assert indicators[0]["usual"] == {"median": 1.0, "spread": 0.75, "low": 0.0, "high": 2.0, "days": 28}
    assert [one["day"] for one in indicators if one["value"] is None] == ["2026-03-12"]
    span = {"start": instant(NOW - timedelta(days=1)), "end": instant(NOW)}
    stays = read(api, headers, f"/homes/{home}/episodes", **span, kind="presence")["items"]
    assert {one["room"] for one in stays} == {"camera", "bagno", "cucina", "soggiorno"}
    assert read(api, headers, f"/homes/{home}/episodes", **span, kind="sleep")["items"] == []


def test_readings_come_in_parts_in_the_order_of_time(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (NOW - timedelta(days=40), NOW))
    filling._live(connection, place.homes["maria"], NOW, random.Random(1))
    headers, home = bearer(Scope.READINGS_READ), home_id(connection, place, "maria")
    span = {"start": instant(NOW - timedelta(hours=6)), "end": instant(NOW)}
    readings = whole(api, headers, f"/homes/{home}/readings", limit=7, **span)
    stored = filling.one(
        connection,
        "SELECT (SELECT count(*) FROM ingest.reading_level WHERE ts >= %s AND ts < %s)"
        " + (SELECT count(*) FROM ingest.reading_event WHERE ts >= %s AND ts < %s)",
        *(NOW - timedelta(hours=6), NOW) * 2,
    )
    keys = [(one["at"], one["device"], one["quantity"]) for one in readings]
    assert len(keys) == len(set(keys)) == stored > 40
    assert [one["at"] for one in readings] == sorted(one["at"] for one in readings)
    levels = whole(api, headers, f"/homes/{home}/readings", limit=100, quantity="temperature", **span)
    assert {(one["quantity"], one["unit"], one["value"]) for one in levels} == {("temperature", "Cel", 20.5)}


def test_findings_come_the_latest_first(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer
) -> None:
    for who, hours in (("maria", 1), ("rosa", 2), ("maria", 3), ("ines", 4)):
        made = place.homes[who]
        connection.execute(
            "INSERT INTO analytics.finding (organisation_id, home_id, person_id, family, kind, severity, started_at,"
            " ended_at, found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en,"
            " evidence) VALUES (%(organisation)s, %(home)s, %(person)s, 'wellbeing', 'insomnia', 0.5,"
            " %(at)s, %(at)s, %(at)s, %(at)s, 0.9, 'sudden', '1', 'Ha dormito poco.', 'Slept little.', %(evidence)s)",
            {
                "organisation": made.organisation_id,
                "home": made.home_id,
                "person": made.person_id,
                "at": NOW - timedelta(hours=hours),
                "evidence": Jsonb({"hours": 3}),
            },
        )
    headers, home = bearer(Scope.ANALYSIS_READ), home_id(connection, place, "maria")
    found = whole(api, headers, "/findings", limit=1)
    assert len(found) == 3
    assert [one["number"] for one in found] == sorted((one["number"] for one in found), reverse=True)
    assert [one["home"] for one in whole(api, headers, "/findings", limit=5, home=home)] == [home, home]
    span = {"start": instant(NOW - timedelta(hours=2)), "end": instant(NOW - timedelta(hours=1.5))}
    assert len(whole(api, headers, "/findings", limit=5, **span)) == 1
    assert (found[0]["explanation"], found[0]["evidence"]) == (
        {"it": "Ha dormito poco.", "en": "Slept little."},
        {"hours": 3},
    )


@pytest.mark.parametrize(
    ("path", "params", "status", "where"),
    [
        ("/homes", {"cursor": "x"}, 400, None),
        ("/homes", {"cursor": "WyJ4Il0"}, 400, None),
        ("/alerts", {"cursor": FAR}, 400, None),
        ("/findings", {"cursor": "Wzk5OTk5OTk5OTk5XQ"}, 400, None),
        ("/homes", {"limit": 0}, 422, "query.limit"),
        ("/homes", {"municipality": "a\0"}, 422, "query.municipality"),
        ("/homes/x", {}, 422, "path.home"),
        ("/alerts", {"updated_since": "2026-03-01"}, 422, "query.updated_since"),
        ("/alerts", {"updated_since": "0001-01-01T00:00:00+14:00"}, 422, "query.updated_since"),
        ("/homes/HOME/days", {"first": "2026-03-02", "last": "2026-03-01"}, 422, "query.last"),
        ("/homes/HOME/days", {"first": "2026-01-01", "last": "2026-12-31"}, 422, "query.last"),
        ("/homes/HOME/readings", {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}, 422, "query.end"),
        ("/homes/HOME/readings", {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}, 422, "query.end"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_named(
    api: TestClient,
    connection: psycopg.Connection,
    place: Neighbourhood,
    bearer: Bearer,
    path: str,
    params: dict[str, Any],
    status: int,
    where: str | None,
) -> None:
    path = path.replace("HOME", home_id(connection, place, "maria"))
    answer = api.get(PATH + path, headers=bearer(), params=params)
    assert answer.status_code == status, answer.text
    if where:
        assert [one["where"] for one in answer.json()["errors"]] == [where]


def test_of_one_home_no_more_is_read_than_is_asked(
    api: TestClient, connection: psycopg.Connection, place: Neighbourhood, bearer: Bearer, monkeypatch: Any
) -> None:
    headers, home = bearer(), home_id(connection, place, "maria")
    for name in ("maria", "luigi"):
        made = place.homes[name]
        connection.execute(
            "INSERT INTO analytics.silence (home_id, organisation_id, subject_kind, subject_id, class, cause,"
            " started_at, since, confidence, known_at, updated_at)"
            " VALUES (%s, %s, 'gateway', %s, 'gateway_offline', '', %s, %s, 1, %s, %s)",
            (made.home_id, made.organisation_id, made.gateway_id, NOW, NOW, NOW, NOW),
        )
        for kind in ("night_bathroom_visits", "longest_stillness"):
            filling.indicator(connection, made, kind, "2026-03-10", 2.0, "1", NOW)
        kin.slept(connection, made, NOW - timedelta(hours=8), NOW - timedelta(hours=2))
    read_rows: list[dict[str, Any]] = []

    def recorded(how: Any, *given: Any) -> Any:
        found = how(*given)
        read_rows.extend(found)
        return found

    for reading in ("silences", "indicators", "episodes"):
        monkeypatch.setattr(analytics.reads, reading, partial(recorded, getattr(analytics.reads, reading)))
    read(api, headers, f"/homes/{home}/devices")
    assert [row["home_id"] for row in read_rows] == [place.homes["maria"].home_id]
    read_rows.clear()
    days = {"first": "2026-03-01", "last": "2026-03-12", "kind": "longest_stillness"}
    assert len(read(api, headers, f"/homes/{home}/indicators", **days)["items"]) == 1
    assert [row["kind"] for row in read_rows] == ["longest_stillness"]
    read_rows.clear()
    span = {"start": "2026-03-15T00:00:00Z", "end": "2026-03-17T00:00:00Z"}
    assert read(api, headers, f"/homes/{home}/episodes", **span, kind="outing")["items"] == []
    assert read_rows == []
    assert len(read(api, headers, f"/homes/{home}/episodes", **span, kind="sleep")["items"]) == 1
