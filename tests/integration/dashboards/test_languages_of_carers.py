"""Everything that a family sees is said in the languages of carers: the pages are rendered, and none leaves a text out.

A text of these pages that is not translated makes these tests fail, whatever file it stands in: add the file to
`core/locale/families.txt`, run `make messages`, and translate.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from alerts.digest.links import daily_path
from alerts.replies.answers import Answer
from alerts.replies.tokens import sign
from core.database import Database, Role
from core.languages import FALLBACKS, LANGUAGE_NAMES
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from dashboards.visitors import FOR_FAMILIES
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import TestClientWithoutLifespan, proof, sign_in
from tests.integration.dashboards.test_audited import routes
from tests.integration.dashboards.test_family import NOW
from tests.integration.dashboards.test_sharing import invite
from tests.languages import unsaid

KEY = "k" * 32
TODAY = {"ro": "Astăzi ca de obicei.", "uk": "Сьогодні все як завжди."}


@pytest.fixture(params=FALLBACKS)
def language(request):
    return request.param


@pytest.fixture
def client(database_url, clock, language):
    settings = DashboardSettings(
        database_url=database_url, base_url="http://testserver", reply_key=KEY, second_factor_roles=""
    )
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(create_app(database, clock, settings, hand_over=print)) as client,
    ):
        client.headers["Accept-Language"] = f"{language}-{language.upper()},{language};q=0.9,en;q=0.5"
        yield client


@pytest.fixture
def maria(connection, clock, language):
    clock.advance((NOW - clock.now()).total_seconds())
    maria = filling.fill(connection, NOW).homes["maria"]
    filling.stands(connection, maria, {(NOW - timedelta(days=back)).date(): filling.CALM for back in range(1, 9)}, NOW)
    kin.consent(connection, maria, NOW)
    kin.close(connection, maria, kin.DAUGHTER, "Elena Rossi")
    connection.execute("UPDATE registry.organisation SET phone = '0542 555 100'")
    connection.execute("UPDATE registry.account SET language = %s", (language,))
    return maria


def shown(client: TestClient, path: str, language: str, status: int = 200, **form: str) -> str:
    """A page that is whole in the language, and says so."""
    with unsaid(language) as missing:
        answer = client.post(path, data=form) if form else client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert missing == [], path
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text or not answer.text.lstrip().startswith("<!doctype")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_page_of_a_family_in_all_that_may_be_the_case(client, connection, maria, language):
    kin.shared(connection, maria)
    night = NOW.replace(hour=0) - timedelta(hours=2)
    kin.slept(connection, maria, night, night + timedelta(hours=8))
    sign_in(client, kin.DAUGHTER)
    assert TODAY[language] in shown(client, "/family", language)
    for family, kind in (("wellbeing", "night_bathroom_visits"), ("technical", "gateway_silence"), ("safety", "smoke")):
        filling.alert(connection, maria, NOW, family=family, kind=kind)
        shown(client, "/family/state", language)
    connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_at = %s,"
        " taken_by = (SELECT account_id FROM registry.account WHERE login = %s)",
        (NOW, filling.LOGIN),
    )
    shown(client, "/family/state", language)
    connection.execute("UPDATE ingest.gateway_status SET online = false, changed_at = %s", (NOW - timedelta(hours=3),))
    shown(client, "/family/state", language)
    kin.pause(connection, maria, NOW - timedelta(hours=1), NOW + timedelta(days=2))
    shown(client, "/family/state", language)
    for few in (["day"], ["safety"], ["outings"], []):
        connection.execute("DELETE FROM registry.share")
        connection.execute("DELETE FROM registry.pause")
        kin.shared(connection, maria, few)
        shown(client, "/family/state", language)


def test_every_page_that_families_may_open(client, connection, maria, language):
    kin.shared(connection, maria, hours=(8 * 60, 20 * 60))
    for path in ("/sign-in", "/invite"):
        shown(client, path, language)
    refused = {"login": "nobody", "password": "wrong", "csrf": proof(client.get("/sign-in").text), "next": "/"}
    shown(client, "/sign-in", language, 401, **refused)
    shown(client, "/nowhere", language, 404)
    sign_in(client, kin.DAUGHTER)
    gets = [path for method, path in (each.split() for each in routes(client.app)) if method == "GET"]
    pages = {
        path
        for path in gets
        if any(path == one or path.startswith(f"{one}/") for one in FOR_FAMILIES) and "{" not in path
    }
    assert {"/family", "/account", "/notifications"} <= pages
    for path in sorted(pages - {"/sign-in", "/sign-in/code", "/sign-in/set-up", "/invite"}):
        shown(client, path, language)
    csrf = proof(client.get("/account").text)
    wrong = shown(client, "/account/second-factor", language, 401, csrf=csrf, password="wrong")
    assert LANGUAGE_NAMES[language] in wrong
    shown(client, "/account/second-factor", language, csrf=csrf, password=filling.PASSWORD)
    shown(client, f"/notifications/daily/{maria.person}", language, 409, csrf=csrf, wanted="yes", at="noon")


def test_an_invitation_and_what_can_be_wrong_with_it(client, connection, maria, language):
    kin.shared(connection, maria)
    connection.execute("DELETE FROM registry.person_account")
    sign_in(client)
    assert client.get(f"/sharing/{maria.person}").headers["content-language"] == "it"
    code, _ = invite(client, maria)
    client.cookies.clear()
    text = shown(client, f"/invite/{code}", language)
    assert "Maria Rossi" in text
    form = {"login": "elena.r", "name": "Elena", "csrf": proof(client.get(f"/invite/{code}").text)}
    for wrong in ({"password": "short"}, {"password": filling.PASSWORD, "login": "?"}):
        shown(client, f"/invite/{code}", language, 409, **form | wrong)
    made = client.post(f"/invite/{code}", data=form | {"password": filling.PASSWORD})
    assert made.status_code == 303
    assert filling.one(connection, "SELECT language FROM registry.account WHERE login = 'elena.r'") == language
    shown(client, f"/invite/{code}", language, 410)


def test_the_pages_behind_links_speak_the_language_of_the_message(client, connection, maria, language):
    client.headers["Accept-Language"] = "it"
    alert = filling.alert(connection, maria, NOW)
    message = filling.one(
        connection,
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address,"
        " language, state, due_at, sent_at)"
        " SELECT alert.organisation_id, alert_id, round, 0, 'sms', contact_id, '+39', %s, 'sent', %s, %s"
        " FROM alerts.alert CROSS JOIN registry.contact WHERE alert.public_id = %s AND contact.person_id = %s"
        " RETURNING public_id",
        language, NOW, NOW, alert, maria.person_id,
    )  # fmt: skip
    path = f"/r/{sign(KEY.encode(), message)}"
    shown(client, path, language)
    shown(client, path, language, answer=Answer.THERE)
    shown(client, path, language, 409 if client.get(path).status_code == 409 else client.get(path).status_code)
    client.headers["Accept-Language"] = language
    shown(client, "/r/nonsense", language, 404)
    shown(client, daily_path(KEY.encode(), uuid4()), language, 404)


def test_a_page_for_operators_is_whole_in_italian_and_says_in_ones_own_language_that_it_is(client, maria, language):
    sign_in(client)
    board = client.get("/")
    assert board.headers["content-language"] == "it"
    assert '<html lang="it">' in board.text
    said = {"ro": "Această pagină este în italiană", "uk": "Ця сторінка італійською"}[language]
    assert f'lang="{language}">{said}' in board.text
    assert "untranslated" not in client.get("/account").text


def test_a_language_is_chosen_on_the_account_page_for_pages_and_messages(client, connection, maria, language):
    connection.execute("UPDATE registry.account SET language = 'it'")
    kin.shared(connection, maria)
    sign_in(client, kin.DAUGHTER)
    csrf = proof(client.get("/account").text)
    assert client.post("/account/language", data={"csrf": "x", "language": language}).status_code == 403
    client.post("/account/language", data={"csrf": csrf, "language": "fr"})
    assert filling.one(connection, "SELECT language FROM registry.account WHERE login = %s", kin.DAUGHTER) == "it"
    chosen = client.post("/account/language", data={"csrf": csrf, "language": language})
    assert chosen.headers["location"] == "/account?done=language"
    shown(client, "/account?done=language", language)
    assert TODAY[language] in shown(client, "/family", language)
    assert filling.one(connection, "SELECT language FROM registry.account WHERE login = %s", kin.DAUGHTER) == language
    languages = connection.execute("SELECT DISTINCT person_id, language FROM registry.contact").fetchall()
    assert {row["language"] for row in languages if row["person_id"] == maria.person_id} == {language}
    assert language not in {row["language"] for row in languages if row["person_id"] != maria.person_id}
