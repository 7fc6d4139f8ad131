"""Signing in with a second factor: set up, asked for, guessed at."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from registry import one_time_codes as one_time
from registry import second_factor
from registry.rules import ROLES
from registry.second_factor import Outcome
from tests.integration.dashboards import kin
from tests.integration.dashboards.conftest import (
    ANNA,
    BRUNO,
    TestClientWithoutLifespan,
    code_now,
    codes_on,
    enrol,
    gets_role,
    post,
    proof,
    secret_on,
    sign_in,
)
from tests.integration.dashboards.filling import Neighbourhood


def test_who_needs_none_and_has_none_signs_in_as_before(browser: Any) -> None:
    assert sign_in(browser()).headers["location"] == "/"


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_who_needs_one_sees_nothing_before_it_is_set_up(
    browser: Any, connection: psycopg.Connection, clock: SimulatedClock, role: str
) -> None:
    gets_role(connection, ANNA, role)
    client = browser()
    answer = sign_in(client, wanted="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/set-up?next=/account")
    assert "vicino_session" not in client.cookies
    assert client.get("/account").status_code == 303
    page = client.get("/sign-in/set-up", params={"next": "/account"}).text
    # The same key while it is typed, also where the page is loaded anew.
    assert secret_on(page) == secret_on(client.get("/sign-in/set-up").text)
    refused = post(client, "/sign-in/set-up", page, code="000000", next="/account")
    assert refused.status_code == 401
    assert "vicino_session" not in client.cookies
    done = post(client, "/sign-in/set-up", page, code=code_now(secret_on(page), clock), next="/account")
    assert len(set(codes_on(done.text))) == second_factor.RECOVERY_CODES
    assert 'href="/account"' in done.text
    assert client.get("/account").status_code == 200


def test_the_database_keeps_digests_of_recovery_codes_only(coordinator: Any, connection: psycopg.Connection) -> None:
    _, _, codes = coordinator
    kept = str(connection.execute("SELECT * FROM registry.recovery_code").fetchall())
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_from_then_on_the_password_is_not_enough(
    coordinator: Any, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    _, secret, _ = coordinator
    client = browser()
    assert sign_in(client, wanted="/account").headers["location"] == "/sign-in/code?next=/account"
    assert client.get("/account").status_code == 303
    # Who knows the password alone cannot put another telephone in the place of the owner's.
    assert client.get("/sign-in/set-up").headers["location"] == "/sign-in/code"
    page = client.get("/sign-in/code").text
    assert post(client, "/sign-in/set-up", page, code="123456").headers["location"] == "/sign-in/code"
    assert post(client, "/sign-in/code", page, code="000000").status_code == 401
    assert "vicino_session" not in client.cookies
    answer = post(client, "/sign-in/code", page, code=f" {code_now(secret, clock)} ", next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert client.get("/alerts").status_code == 200
    left = connection.execute("SELECT count(*) AS left FROM dashboards.half_sign_in").fetchone()
    assert left == {"left": 0}
    # A role that is taken away leaves the second factor.
    gets_role(connection, ANNA, "operator")
    assert sign_in(browser()).headers["location"] == "/sign-in/code"


def test_a_code_is_accepted_once_and_none_before_it(coordinator: Any, browser: Any, clock: SimulatedClock) -> None:
    _, secret, _ = coordinator
    code = code_now(secret, clock)
    first, second, third = browser(), browser(), browser()
    for client in (first, second, third):
        sign_in(client)
    assert post(first, "/sign-in/code", first.get("/sign-in/code").text, code=code).status_code == 303
    again = post(second, "/sign-in/code", second.get("/sign-in/code").text, code=code)
    assert again.status_code == 401
    assert "è già stato usato" in again.text
    earlier = post(second, "/sign-in/code", second.get("/sign-in/code").text, code=code_now(secret, clock, -1))
    assert earlier.status_code == 401
    clock.advance(one_time.STEP_S)
    page = third.get("/sign-in/code").text
    assert post(third, "/sign-in/code", page, code=code_now(secret, clock)).status_code == 303


def test_a_code_given_many_times_at_once_is_accepted_once(
    coordinator: Any, database: Database, clock: SimulatedClock, place: Neighbourhood
) -> None:
    _, secret, _ = coordinator
    account, code = place.accounts[ANNA], code_now(secret, clock)

    def attempt(_: int) -> Outcome:
        with database.transaction() as connection:
            return second_factor.check(connection, account, code, clock.now()).outcome

    with ThreadPoolExecutor(8) as many:
        outcomes = list(many.map(attempt, range(5)))
    assert outcomes.count(Outcome.CODE) == 1
    assert set(outcomes) <= {Outcome.CODE, Outcome.USED}


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)])
def test_the_window_is_one_step_each_way(
    coordinator: Any, browser: Any, clock: SimulatedClock, steps: int, status: int
) -> None:
    _, secret, _ = coordinator
    client = browser()
    sign_in(client)
    page = client.get("/sign-in/code").text
    assert post(client, "/sign-in/code", page, code=code_now(secret, clock, steps)).status_code == status


def test_guessing_is_slowed_down_and_keeps_nobody_out_for_good(
    coordinator: Any, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    _, secret, codes = coordinator
    thief, owner = browser(), browser()
    sign_in(thief)
    page = thief.get("/sign-in/code").text
    for _ in range(5):
        assert post(thief, "/sign-in/code", page, code="000000").status_code == 401
    waits = []
    for _ in range(20):
        slowed = post(thief, "/sign-in/code", page, code="000000")
        assert slowed.status_code == 429
        waits.append(int(slowed.headers["Retry-After"]))
        # What is not looked at lengthens nothing.
        assert post(thief, "/sign-in/code", page, code="000000").headers["Retry-After"] == str(waits[-1])
        clock.advance(waits[-1])
        sign_in(thief)
        page = thief.get("/sign-in/code").text
        assert post(thief, "/sign-in/code", page, code="000000").status_code == 401
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == 900
    # The owner waits as others do, but not with a recovery code.
    sign_in(owner)
    page = owner.get("/sign-in/code").text
    right = post(owner, "/sign-in/code", page, code=code_now(secret, clock))
    assert right.status_code == 429
    assert post(owner, "/sign-in/code", page, code=codes[0]).headers["location"] == "/account?done=recovery"
    # And after the longest wait the right code works, and the owner learns of the guesses.
    clock.advance(60)
    again = browser()
    sign_in(again)
    page = again.get("/sign-in/code").text
    for _ in range(6):
        post(again, "/sign-in/code", page, code="000000")
        clock.advance(3)
    clock.advance(900)
    sign_in(again)
    assert (
        post(again, "/sign-in/code", again.get("/sign-in/code").text, code=code_now(secret, clock)).status_code == 303
    )
    assert "almeno cinque sbagliati" in again.get("/account").text


def test_a_recovery_code_lets_in_once_however_it_is_typed(
    coordinator: Any, browser: Any, clock: SimulatedClock
) -> None:
    _, _, codes = coordinator
    client, second = browser(), browser()
    sign_in(client)
    typed = codes[3].lower().replace("-", " ")
    assert post(client, "/sign-in/code", client.get("/sign-in/code").text, code=typed).status_code == 303
    assert "Restano 9 codici" in client.get("/account").text
    assert "entrato con un codice di recupero" in client.get("/account").text
    sign_in(second)
    page = second.get("/sign-in/code").text
    assert post(second, "/sign-in/code", page, code=codes[3]).status_code == 401
    assert post(second, "/sign-in/code", page, code="0000-0000-0000-0000").status_code == 401


def test_recovery_codes_of_others_open_nothing(
    coordinator: Any, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    _, _, codes = coordinator
    gets_role(connection, BRUNO, "coordinator")
    enrol(browser(), clock, BRUNO)
    client = browser()
    sign_in(client, BRUNO)
    assert post(client, "/sign-in/code", client.get("/sign-in/code").text, code=codes[0]).status_code == 401


def test_the_password_counts_for_a_quarter_of_an_hour(coordinator: Any, browser: Any, clock: SimulatedClock) -> None:
    _, secret, _ = coordinator
    client = browser()
    sign_in(client)
    page = client.get("/sign-in/code").text
    clock.advance(15 * 60 + 1)
    assert post(client, "/sign-in/code", page, code=code_now(secret, clock)).headers["location"] == "/sign-in"
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"


def test_forms_of_the_second_step_come_from_its_pages(coordinator: Any, browser: Any, clock: SimulatedClock) -> None:
    _, secret, _ = coordinator
    client = browser()
    sign_in(client)
    code = code_now(secret, clock)
    for path in ("/sign-in/code", "/sign-in/set-up"):
        assert client.post(path, data={"code": code}).status_code == 403
    page = client.get("/sign-in/code").text
    given = {"csrf": proof(page), "code": code}
    assert client.post("/sign-in/code", data=given, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.fixture
def as_delivered(database_url: str, database: Database, clock: SimulatedClock, place: Neighbourhood) -> TestClient:
    """Give a browser at pages of which nothing was said about second factors."""
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver")
    return TestClientWithoutLifespan(create_app(database, clock, settings))


@pytest.mark.parametrize("role", ROLES)
def test_as_delivered_whoever_has_a_role_sets_one_up_at_the_first_sign_in(
    as_delivered: TestClient, connection: psycopg.Connection, clock: SimulatedClock, role: str
) -> None:
    gets_role(connection, ANNA, role)
    secret, _ = enrol(as_delivered, clock)
    assert "vicino_session" in as_delivered.cookies
    as_delivered.cookies.clear()
    assert sign_in(as_delivered).headers["location"] == "/sign-in/code"
    page = as_delivered.get("/sign-in/code").text
    assert post(as_delivered, "/sign-in/code", page, code=code_now(secret, clock)).headers["location"] == "/"


def test_as_delivered_family_and_the_person_are_asked_for_a_password_alone(
    as_delivered: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    kin.close(connection, place.homes["maria"], kin.DAUGHTER, "Elena Rossi")
    assert sign_in(as_delivered, kin.DAUGHTER).headers["location"] == "/"
    assert "vicino_session" in as_delivered.cookies


@pytest.mark.parametrize("roles", ["nobody", "coordinator, adminstrator"])
def test_a_role_that_is_none_is_refused(roles: str) -> None:
    with pytest.raises(ValueError, match="no such role"):
        DashboardSettings(database_url="postgresql:", second_factor_roles=roles)
