import psycopg
import pytest

from core.clock import SimulatedClock
from tests.integration.dashboards.conftest import TestClient, proof, sign_in
from tests.integration.dashboards.filling import PASSWORD, Neighbourhood


def test_nobody_sees_anything_without_signing_in(client: TestClient, place: Neighbourhood) -> None:
    person = place.homes["maria"].person
    for path in ("/", "/board", "/alerts", "/alerts/list", f"/persons/{person}", f"/persons/{person}/state"):
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in")
        assert "Maria" not in answer.text
    assert client.get("/events").status_code == 401
    fragment = client.get("/board", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/sign-in")


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("http://testserver/alerts?state=open", "/sign-in?next=/alerts"),
        ("http://testserver/", "/sign-in"),
        ("http://[broken", "/sign-in"),
        ("https://elsewhere.example//elsewhere.example/", "/sign-in"),
    ],
)
def test_a_page_whose_sign_in_has_ended_is_come_back_to(client: TestClient, page: str, address: str) -> None:
    fragment = client.get("/alerts/list", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, address)


def test_sign_in_leads_to_the_page_that_was_wanted(client: TestClient, place: Neighbourhood) -> None:
    assert client.get("/alerts").headers["location"] == "/sign-in?next=/alerts"
    answer = sign_in(client, wanted="/alerts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts")
    cookie = answer.headers.get_list("set-cookie")[0]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/alerts").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example/x", "https://evil.example/", "/\\evil.example", "http://[", "/\n/evil.example", ""]
)
def test_sign_in_never_leads_away(client: TestClient, place: Neighbourhood, wanted: str) -> None:
    assert sign_in(client, wanted=wanted).headers["location"] == "/"


def test_the_database_keeps_only_a_digest_of_the_cookie(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    sign_in(client)
    token = client.cookies["vicino_session"]
    row = connection.execute("SELECT * FROM dashboards.session").fetchone()
    assert row is not None
    assert token not in str(row)
    assert row["token_digest"] != bytes.fromhex(token)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: TestClient, place: Neighbourhood) -> None:
    wrong, unknown = sign_in(client, password="another long one"), sign_in(client, login="nobody")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "vicino_session" not in client.cookies
    assert "Nome utente o password sbagliati" in wrong.text
    assert "Nome utente o password sbagliati" in unknown.text


def test_guessing_is_slowed_down_and_then_the_right_password_works(
    client: TestClient, place: Neighbourhood, clock: SimulatedClock
) -> None:
    for _ in range(3):
        assert sign_in(client, password="another long one").status_code == 401
    slowed = sign_in(client)
    assert slowed.status_code == 429
    clock.advance(float(slowed.headers["Retry-After"]))
    assert sign_in(client, password=PASSWORD).status_code == 303


def test_a_sign_in_form_from_elsewhere_is_refused(client: TestClient, place: Neighbourhood) -> None:
    form = {"login": "anna", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 403
    form["csrf"] = proof(client.get("/sign-in").text)
    assert client.post("/sign-in", data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/sign-in", data=form).status_code == 303


def test_a_sign_in_ends_by_signing_out_and_by_time(
    client: TestClient, place: Neighbourhood, clock: SimulatedClock, connection: psycopg.Connection
) -> None:
    sign_in(client)
    token = client.cookies["vicino_session"]
    page = client.get("/")
    assert client.post("/sign-out", data={"csrf": proof(page.text)}).headers["location"] == "/sign-in"
    client.cookies.set("vicino_session", token)
    assert client.get("/").status_code == 303
    client.cookies.clear()
    sign_in(client)
    clock.advance(12 * 3600 - 60)
    assert client.get("/").status_code == 200
    clock.advance(120)
    assert client.get("/").status_code == 303
    sign_in(client)
    left = connection.execute("SELECT count(*) AS left FROM dashboards.session").fetchone()
    assert left == {"left": 1}


def test_an_account_that_was_closed_sees_nothing_any_more(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    sign_in(client)
    assert "Maria Rossi" in client.get("/").text
    connection.execute("UPDATE registry.account SET active = false")
    assert "Maria Rossi" not in client.get("/").text
    client.cookies.clear()
    assert sign_in(client).status_code == 401


def test_the_language_can_be_switched_before_and_after_signing_in(client: TestClient, place: Neighbourhood) -> None:
    page = client.get("/sign-in")
    assert '<html lang="it">' in page.text
    answer = client.post("/language", data={"csrf": proof(page.text), "language": "en", "next": "/sign-in"})
    assert answer.status_code == 303
    assert '<html lang="en">' in client.get("/sign-in").text
    sign_in(client)
    board = client.get("/")
    assert "Take a look" in board.text
    client.post("/language", data={"csrf": proof(board.text), "language": "it", "next": "/"})
    assert "Da guardare" in client.get("/").text
    assert client.post("/language", data={"csrf": "00", "language": "en"}).status_code == 403


def test_the_language_of_the_account_is_the_first_choice(
    client: TestClient, place: Neighbourhood, connection: psycopg.Connection
) -> None:
    connection.execute("UPDATE registry.account SET language = 'en' WHERE login = 'anna'")
    sign_in(client)
    assert '<html lang="en">' in client.get("/").text
