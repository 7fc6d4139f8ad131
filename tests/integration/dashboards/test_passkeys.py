"""What is sent in place of a passkey opens nothing; what a real device sends is in tests/browser/test_passkeys.py."""

import json
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from core.viewer import Viewer
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from registry import passkeys, second_factor
from registry.site import Site
from tests.integration.dashboards.conftest import (
    ANNA,
    TestClientWithoutLifespan,
    code_now,
    enrol,
    gets_role,
    post,
    sign_in,
)
from tests.integration.dashboards.filling import PASSWORD, Neighbourhood

SITE = Site("localhost", "http://localhost:8000")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture
def named(database_url: str, database: Database, clock: SimulatedClock, place: Neighbourhood) -> TestClient:
    """Give a browser at pages that have a name."""
    given_settings = DashboardSettings(
        database_url=database_url, base_url=SITE.origin, second_factor_roles="coordinator, administrator"
    )
    return TestClientWithoutLifespan(create_app(database, clock, given_settings))


def begin(client: TestClient) -> Any:
    return post(client, "/sign-in/passkey/begin", client.get("/sign-in").text)


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://vicino.example", Site("vicino.example", "https://vicino.example")),
        ("https://Vicino.example:443/", Site("vicino.example", "https://vicino.example")),
        ("https://vicino.example:8443", Site("vicino.example", "https://vicino.example:8443")),
        ("http://localhost:8000", SITE),
        ("http://vicino.example", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]:8443", None),
        ("http://127.0.0.1:8000", None),
    ],
)
def test_for_which_addresses_browsers_make_passkeys(base_url: str, expected: Site | None) -> None:
    assert DashboardSettings(database_url="postgresql:", base_url=base_url).passkey_site == expected


def test_they_are_offered_only_there(browser: Any, named: TestClient) -> None:
    nameless = browser()
    page = nameless.get("/sign-in").text
    assert "passkey" not in page
    for path in ("/sign-in/passkey/begin", "/sign-in/passkey"):
        assert post(nameless, path, page).status_code == 404
    assert 'id="passkey"' in named.get("/sign-in").text


def test_each_challenge_is_new_for_one_browser_and_for_one_use(
    named: TestClient, connection: psycopg.Connection
) -> None:
    asked = begin(named).json()
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"
    assert asked["allowCredentials"] == []
    assert begin(named).json()["challenge"] != asked["challenge"]
    kept = connection.execute("SELECT count(*) AS kept FROM dashboards.passkey_challenge").fetchone()
    assert kept == {"kept": 1}
    assert post(named, "/sign-in/passkey", named.get("/sign-in").text, credential="{}").status_code == 401
    kept = connection.execute("SELECT count(*) AS kept FROM dashboards.passkey_challenge").fetchone()
    assert kept == {"kept": 0}


def test_forms_come_from_our_pages_and_not_too_often(named: TestClient) -> None:
    assert named.post("/sign-in/passkey/begin").status_code == 403
    assert named.post("/sign-in/passkey", data={"credential": "{}"}).status_code == 403
    answers = [begin(named).status_code for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_no_passkey_without_proof_and_without_another_way_back_in(
    named: TestClient, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    sign_in(named)
    page = named.get("/account").text
    assert "/account/passkeys" not in page
    # One-time codes come first.
    answer = post(named, "/account/passkeys", page, password=PASSWORD)
    assert answer.headers["location"] == "/account?done=codes-first"
    gets_role(connection, ANNA, "coordinator")
    named.cookies.clear()
    secret, _ = enrol(named, clock)
    page = named.get("/account").text
    assert post(named, "/account/passkeys", page, password=PASSWORD).status_code == 401
    assert post(named, "/account/passkeys", page, password="another", code=code_now(secret, clock)).status_code == 401
    asked = post(named, "/account/passkeys", page, password=PASSWORD, code=code_now(secret, clock))
    assert asked.status_code == 200
    assert "data-options=" in asked.text
    made_up = post(named, "/account/passkeys/confirm", asked.text, credential="{}", label="x")
    assert made_up.headers["location"] == "/account?done=passkey-refused"
    # Without a challenge nothing is looked at.
    assert "passkey-refused" in post(named, "/account/passkeys/confirm", page, credential="{}").headers["location"]
    assert "non ha creato una passkey" in named.get("/account?done=passkey-refused").text


def test_recovery_by_somebody_else_takes_passkeys_away(
    coordinator: Any, connection: psycopg.Connection, database_url: str, browser: Any, clock: SimulatedClock
) -> None:

    connection.execute(
        "INSERT INTO registry.passkey (account_id, credential_id, public_key, sign_count, label, added_at)"
        " SELECT account_id, 'c', 'k', 0, 'lost', %s FROM registry.account WHERE login = 'anna'",
        (clock.now(),),
    )
    with Database(database_url, Role.SERVICE, name="test") as database, database.transaction() as own:
        issued = second_factor.hand_out(own, ANNA, "vicino account recovery", clock.now())
    clock.advance(60)
    client = browser()
    sign_in(client)
    assert post(client, "/sign-in/code", client.get("/sign-in/code").text, code=issued.code).status_code == 303
    left = connection.execute("SELECT count(*) AS left FROM registry.passkey").fetchone()
    assert left == {"left": 0}


def test_nobody_removes_what_is_somebody_elses(
    named: TestClient, connection: psycopg.Connection, clock: SimulatedClock
) -> None:
    row = connection.execute(
        "INSERT INTO registry.passkey (account_id, credential_id, public_key, sign_count, label, added_at)"
        " SELECT account_id, 'c', 'k', 0, 'of bruno', %s FROM registry.account WHERE login = 'bruno'"
        " RETURNING public_id",
        (clock.now(),),
    ).fetchone()
    assert row is not None
    sign_in(named)
    page = named.get("/account").text
    assert "of bruno" not in page
    post(named, f"/account/passkeys/{row['public_id']}/remove", page)
    left = connection.execute("SELECT count(*) AS left FROM registry.passkey").fetchone()
    assert left == {"left": 1}


def test_people_and_services_read_no_passkeys(database: Database, database_url: str, place: Neighbourhood) -> None:
    with Database(database_url, Role.SERVICE, name="test") as services:
        for each in (database, services):
            with each.transaction() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT FROM registry.passkey")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    answer=st.text()
    | st.fixed_dictionaries(
        {},
        optional={
            "id": JSON | st.just("Yw"),
            "rawId": JSON | st.just("Yw"),
            "type": JSON | st.just("public-key"),
            "response": JSON
            | st.dictionaries(
                st.sampled_from(
                    ["clientDataJSON", "authenticatorData", "attestationObject", "signature", "userHandle"]
                ),
                JSON | st.just("e30"),
            ),
        },
    ).map(json.dumps)
)
def test_whatever_is_sent_in_place_of_a_passkey_is_refused(
    database: Database, place: Neighbourhood, clock: SimulatedClock, connection: psycopg.Connection, answer: str
) -> None:
    connection.execute(
        "INSERT INTO registry.passkey (account_id, credential_id, public_key, sign_count, label, added_at)"
        " SELECT account_id, 'c', 'k', 0, 'x', %s FROM registry.account WHERE login = 'anna' ON CONFLICT DO NOTHING",
        (clock.now(),),
    )
    with database.transaction() as own:
        assert passkeys.owner(own, SITE, b"challenge" * 4, answer, clock.now()) is None
    with database.seen_by(Viewer(place.accounts[ANNA])) as view:
        assert passkeys.add(view, SITE, b"challenge" * 4, answer, "x", clock.now()) is False
