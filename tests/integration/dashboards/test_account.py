"""One's own account: the second factor, sign-ins, and the way back in that somebody else hands out."""

import re
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from core.database import Database, Role
from core.errors import VicinoError
from registry import second_factor
from tests.integration.dashboards.conftest import (
    ANNA,
    BRUNO,
    code_now,
    codes_on,
    enrol,
    gets_role,
    post,
    secret_on,
    sign_in,
)
from tests.integration.dashboards.filling import PASSWORD


def test_whoever_wants_to_sets_one_up_and_switches_it_off(browser: Any, clock: SimulatedClock) -> None:
    client = browser()
    sign_in(client)
    page = client.get("/account").text
    wrong = post(client, "/account/second-factor", page, password="not the password")
    assert wrong.status_code == 401
    assert "Questa password non è giusta" in wrong.text
    page = post(client, "/account/second-factor", page, password=PASSWORD).text
    secret = secret_on(page)
    assert post(client, "/account/second-factor/confirm", page, code="000000").status_code == 401
    shown = post(client, "/account/second-factor/confirm", page, code=code_now(secret, clock))
    codes = codes_on(shown.text)
    assert len(codes) == second_factor.RECOVERY_CODES
    clock.advance(60)
    # From then on nothing grave happens by the password alone.
    page = client.get("/account").text
    assert post(client, "/account/recovery-codes", page, password=PASSWORD).status_code == 401
    renewed = post(client, "/account/recovery-codes", page, password=PASSWORD, code=code_now(secret, clock))
    assert len(codes_on(renewed.text)) == second_factor.RECOVERY_CODES
    assert not set(codes_on(renewed.text)) & set(codes)
    clock.advance(60)
    other = browser()
    sign_in(other)
    assert post(other, "/sign-in/code", other.get("/sign-in/code").text, code=codes[0]).status_code == 401
    removed = post(client, "/account/second-factor/remove", page, password=PASSWORD, code=code_now(secret, clock))
    assert removed.headers["location"] == "/account?done=removed"
    assert sign_in(browser()).headers["location"] == "/"


def test_whose_role_needs_it_moves_to_another_telephone_and_cannot_switch_it_off(
    coordinator: Any, browser: Any, clock: SimulatedClock
) -> None:
    client, secret, _ = coordinator
    page = client.get("/account").text
    assert "/account/second-factor/remove" not in page
    refused = post(client, "/account/second-factor/remove", page, password=PASSWORD, code=code_now(secret, clock))
    assert refused.status_code == 409
    clock.advance(60)
    page = post(client, "/account/second-factor", page, password=PASSWORD, code=code_now(secret, clock)).text
    new = secret_on(page)
    assert new != secret
    # Until a code of the new one has come, the one of now counts.
    clock.advance(60)
    meanwhile = browser()
    sign_in(meanwhile)
    step = post(meanwhile, "/sign-in/code", meanwhile.get("/sign-in/code").text, code=code_now(secret, clock))
    assert step.status_code == 303
    post(client, "/account/second-factor/confirm", page, code=code_now(new, clock))
    clock.advance(60)
    after = browser()
    sign_in(after)
    page = after.get("/sign-in/code").text
    assert post(after, "/sign-in/code", page, code=code_now(secret, clock)).status_code == 401
    assert post(after, "/sign-in/code", page, code=code_now(new, clock)).status_code == 303


def test_a_key_that_was_shown_long_ago_or_never_is_confirmed_by_nothing(browser: Any, clock: SimulatedClock) -> None:
    client = browser()
    sign_in(client)
    page = client.get("/account").text
    assert post(client, "/account/second-factor/confirm", page, code="000000").headers["location"] == "/account"
    page = post(client, "/account/second-factor", page, password=PASSWORD).text
    clock.advance(16 * 60)
    late = post(client, "/account/second-factor/confirm", page, code=code_now(secret_on(page), clock))
    assert (late.status_code, late.headers["location"]) == (303, "/account")


def test_passwords_cannot_be_guessed_at_an_open_page(browser: Any, clock: SimulatedClock) -> None:
    client = browser()
    sign_in(client)
    page = client.get("/account").text
    for _ in range(3):
        assert post(client, "/account/second-factor", page, password="a guess at it").status_code == 401
    slowed = post(client, "/account/second-factor", page, password=PASSWORD)
    assert slowed.status_code == 429
    clock.advance(float(slowed.headers["Retry-After"]))
    assert post(client, "/account/second-factor", page, password=PASSWORD).status_code == 200


def test_sign_ins_are_listed_and_ended_by_their_owner_alone(
    browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    here = browser()
    telephone = browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605.1.15")
    third, stranger = browser(), browser()
    for client in (here, telephone, third):
        sign_in(client)
        clock.advance(60)
    sign_in(stranger, BRUNO)
    page = here.get("/account").text
    assert "iPhone" in page
    ends = re.findall(r"/account/sessions/([0-9a-f-]{36})/end", page)
    assert len(ends) == 2
    # Nobody ends what is somebody else's.
    foreign = stranger.get("/account").text
    assert ends[0] not in foreign
    post(stranger, f"/account/sessions/{ends[0]}/end", foreign)
    assert (telephone.get("/").status_code, third.get("/").status_code) == (200, 200)
    ended = next(
        each for each in ends if "iPhone" in page.split(f"/account/sessions/{each}/end")[0].rsplit("<li", 1)[1]
    )
    assert post(here, f"/account/sessions/{ended}/end", page).headers["location"] == "/account?done=ended"
    assert telephone.get("/").status_code == 303
    assert third.get("/").status_code == 200
    assert post(here, "/account/sessions/others/end", page).headers["location"] == "/account?done=others"
    assert (here.get("/").status_code, third.get("/").status_code) == (200, 303)
    assert stranger.get("/").status_code == 200
    page = here.get("/account").text
    assert "Un accesso è stato chiuso" in page
    assert "Tutti gli altri accessi sono stati chiusi" in page


@pytest.fixture
def administrator(connection: psycopg.Connection, coordinator: Any, browser: Any, clock: SimulatedClock) -> TestClient:
    """Give somebody who administers the union, signed in, beside a coordinator of a service below it."""
    union, service = (
        connection.execute("SELECT organisation_id FROM registry.organisation WHERE key = %s", (key,)).fetchone()
        for key in ("unione", "servizio-sociale")
    )
    assert union is not None
    assert service is not None
    connection.execute(
        "UPDATE registry.membership SET role = 'administrator', organisation_id = %s WHERE account_id ="
        " (SELECT account_id FROM registry.account WHERE login = 'bruno')",
        (union["organisation_id"],),
    )
    connection.execute(
        "UPDATE registry.membership SET organisation_id = %s WHERE account_id ="
        " (SELECT account_id FROM registry.account WHERE login = 'anna')",
        (service["organisation_id"],),
    )
    client: TestClient = browser()
    enrol(client, clock, BRUNO)
    return client


def account_id_of(connection: psycopg.Connection, login: str) -> str:
    row = connection.execute("SELECT public_id FROM registry.account WHERE login = %s", (login,)).fetchone()
    assert row is not None
    return str(row["public_id"])


def test_an_administrator_hands_out_a_way_back_in(
    administrator: TestClient, coordinator: Any, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    signed_in, old, codes = coordinator
    assert signed_in.get("/").status_code == 200
    page = administrator.get("/accounts").text
    anna = account_id_of(connection, ANNA)
    assert f"/accounts/{anna}/recovery" in page
    # Nobody hands out something to themselves.
    own = account_id_of(connection, BRUNO)
    assert f"/accounts/{own}/recovery" not in page
    assert post(administrator, f"/accounts/{own}/recovery", page).status_code == 404
    sheet = post(administrator, f"/accounts/{anna}/recovery", page)
    found = re.search(r'id="code">([0-9A-Z-]{19})<', sheet.text)
    assert found
    # Whoever has the telephone now is out.
    assert signed_in.get("/").status_code == 303
    clock.advance(60)
    client = browser()
    sign_in(client)
    answer = post(client, "/sign-in/code", client.get("/sign-in/code").text, code=found.group(1))
    assert answer.headers["location"] == "/sign-in/set-up"
    assert "vicino_session" not in client.cookies
    page = client.get("/sign-in/set-up").text
    new = secret_on(page)
    assert new != old
    assert post(client, "/sign-in/set-up", page, code=code_now(new, clock)).status_code == 200
    happened = client.get("/account").text
    assert "È stato consegnato un codice di recupero" in happened
    assert "(Bruno Sarti)" in happened
    assert "È stato usato il codice di recupero consegnato" in happened
    clock.advance(60)
    other = browser()
    sign_in(other)
    page = other.get("/sign-in/code").text
    for void in (found.group(1), codes[0], code_now(old, clock)):
        assert post(other, "/sign-in/code", page, code=void).status_code == 401


def test_a_code_that_was_handed_out_ends_after_a_week_and_with_the_next_one(
    administrator: TestClient, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    anna = account_id_of(connection, ANNA)

    def hand_out() -> str:
        if administrator.get("/accounts").status_code != 200:
            pytest.fail("the administrator is out")
        sheet = post(administrator, f"/accounts/{anna}/recovery", administrator.get("/accounts").text)
        found = re.search(r'id="code">([0-9A-Z-]{19})<', sheet.text)
        assert found
        return found.group(1)

    first, second = hand_out(), hand_out()
    clock.advance(60)
    client = browser()
    sign_in(client)
    assert post(client, "/sign-in/code", client.get("/sign-in/code").text, code=first).status_code == 401
    clock.advance(7 * 86_400)
    sign_in(client)
    assert post(client, "/sign-in/code", client.get("/sign-in/code").text, code=second).status_code == 401


def test_nobody_reaches_up_or_across(
    administrator: TestClient, coordinator: Any, connection: psycopg.Connection, browser: Any, clock: SimulatedClock
) -> None:
    union = connection.execute("SELECT organisation_id FROM registry.organisation WHERE key = 'unione'").fetchone()
    service = connection.execute(
        "SELECT organisation_id FROM registry.organisation WHERE key = 'servizio-sociale'"
    ).fetchone()
    foreign = connection.execute("SELECT organisation_id FROM registry.organisation WHERE key = 'altrove'").fetchone()
    assert union is not None
    assert service is not None
    assert foreign is not None
    anna = account_id_of(connection, ANNA)
    # Below one's own organisation only: an administrator of the service gets at nobody of the union.
    connection.execute(
        "UPDATE registry.membership SET organisation_id = %s WHERE role = 'administrator'",
        (service["organisation_id"],),
    )
    for organisation in (union, foreign):
        connection.execute(
            "UPDATE registry.membership SET organisation_id = %s WHERE role = 'coordinator'",
            (organisation["organisation_id"],),
        )
        page = administrator.get("/accounts").text
        assert anna not in page
        assert post(administrator, f"/accounts/{anna}/recovery", page).status_code == 404
    # Nor at somebody who is also elsewhere.
    connection.execute(
        "INSERT INTO registry.membership SELECT account_id, %s, 'operator' FROM registry.account WHERE login = 'anna'",
        (service["organisation_id"],),
    )
    assert post(administrator, f"/accounts/{anna}/recovery", page).status_code == 404
    # And a coordinator administers nobody.
    client, _, _ = coordinator
    assert client.get("/accounts").status_code == 404
    bruno = account_id_of(connection, BRUNO)
    assert post(client, f"/accounts/{bruno}/recovery", client.get("/account").text).status_code == 404


def test_the_command_line_hands_one_out_too(
    coordinator: Any, database_url: str, browser: Any, clock: SimulatedClock
) -> None:
    with Database(database_url, Role.SERVICE, name="test") as database:
        with database.transaction() as connection:
            issued = second_factor.hand_out(connection, "Anna", "vicino account recovery", clock.now())
        with database.transaction() as connection, pytest.raises(VicinoError, match="no account 'bruno' with a second"):
            second_factor.hand_out(connection, "bruno", "vicino account recovery", clock.now())
        # The services read nobody's secret.
        for table in ("second_factor", "recovery_code", "second_factor_offer", "account_event"):
            with database.transaction() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT FROM registry.{table}")  # type: ignore[call-overload]
    clock.advance(60)
    client = browser()
    sign_in(client)
    answer = post(client, "/sign-in/code", client.get("/sign-in/code").text, code=issued.code)
    assert answer.headers["location"] == "/sign-in/set-up"


def test_who_does_not_need_it_is_in_with_the_code_that_was_handed_out(
    coordinator: Any, database_url: str, browser: Any, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    gets_role(connection, ANNA, "operator")
    with Database(database_url, Role.SERVICE, name="test") as database, database.transaction() as own:
        issued = second_factor.hand_out(own, ANNA, "vicino account recovery", clock.now())
    clock.advance(60)
    client = browser()
    sign_in(client)
    answer = post(client, "/sign-in/code", client.get("/sign-in/code").text, code=issued.code)
    assert answer.headers["location"] == "/account?done=issued"
    assert "Attiva qui di nuovo" in client.get("/account?done=issued").text


def test_what_happened_to_accounts_is_never_changed(coordinator: Any, connection: psycopg.Connection) -> None:
    for statement in ("UPDATE registry.account_event SET kind = 'session_ended'", "DELETE FROM registry.account_event"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_people_read_no_table_of_second_factors(coordinator: Any, database: Database) -> None:
    for table in ("second_factor", "recovery_code", "second_factor_offer", "account_event"):
        with database.transaction() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM registry.{table}")  # type: ignore[call-overload]
