"""The page behind the link of a message: what it shows to whom, what it changes, and what it tells nobody."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from starlette.testclient import TestClient

from alerts.replies.tokens import sign
from core.clock import SimulatedClock
from core.database import Database, Role
from dashboards.app import REPLIES, create_app
from dashboards.metrics import RequestMetrics
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan, sign_in

KEY = "of the tests alone, 32 characters"


class Site(NamedTuple):
    client: TestClient
    figures: CollectorRegistry


@pytest.fixture
def site(database_url: str, clock: SimulatedClock) -> Iterator[Site]:
    settings = DashboardSettings(
        database_url=database_url, base_url="http://testserver", reply_key=KEY, second_factor_roles=""
    )
    figures = CollectorRegistry()
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        TestClientWithoutLifespan(
            create_app(database, clock, settings, metrics=RequestMetrics(figures), hand_over=print)
        ) as client,
    ):
        yield Site(client, figures)


@pytest.fixture
def alert(connection: psycopg.Connection, place: filling.Neighbourhood) -> UUID:
    return filling.alert(connection, place.homes["maria"], NOW)


def told(
    connection: psycopg.Connection, alert: UUID, account: int, *, at: datetime = NOW, language: str = "it"
) -> UUID:
    """Tell somebody of an alert; return the message's name."""
    return filling.one(
        connection,
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at, sent_at) SELECT organisation_id, alert_id, round, 0, 'email', %s, %s, %s, 'sent',"
        " %s, %s FROM alerts.alert WHERE public_id = %s RETURNING public_id",
        account, f"{account}@example.org", language, at, at, alert,
    )  # fmt: skip


@pytest.fixture
def message(connection: psycopg.Connection, place: filling.Neighbourhood, alert: UUID) -> UUID:
    return told(connection, alert, place.accounts[filling.LOGIN])


def link(message: UUID, key: str = KEY) -> str:
    return f"/r/{sign(key.encode(), message)}"


def state(connection: psycopg.Connection) -> str:
    return str(filling.one(connection, "SELECT state FROM alerts.alert"))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_look_shows_what_the_message_said_and_changes_nothing(
    site: Site, connection: psycopg.Connection, message: UUID
) -> None:
    for _ in range(5):
        page = site.client.get(link(message))
    assert page.status_code == 200
    assert "Pulsante SOS premuto a Castel del Rio" in page.text
    assert page.text.count("<button") == 2
    assert not re.search("Maria|Rossi|Via Roma|Anna", page.text)
    assert state(connection) == "new"
    assert filling.one(connection, "SELECT count(*) FROM alerts.reply") == 0


def test_it_works_without_script_and_tells_its_address_to_nobody(site: Site, message: UUID) -> None:
    page = site.client.get(link(message), headers={"cookie": "vicino_language=en; vicino_session=x"})
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    # In the language of whom the message was for, whoever's browser it is.
    assert page.headers["content-language"] == "it"


def test_other_pages_keep_their_own_referrer_policy(site: Site, place: filling.Neighbourhood) -> None:
    assert site.client.get("/sign-in").headers["referrer-policy"] == "same-origin"


def test_the_form_takes_charge_and_leads_to_the_alert(
    site: Site, connection: psycopg.Connection, message: UUID, alert: UUID, place: filling.Neighbourhood
) -> None:
    page = site.client.post(link(message), data={"answer": "take_charge"}, headers={"origin": "null"})
    assert page.status_code == 200
    assert "Ora te ne occupi tu" in page.text
    assert f'href="/alerts/{alert}"' in page.text
    assert "<button" not in page.text
    assert "Maria" not in page.text
    row = connection.execute("SELECT state, taken_by FROM alerts.alert").fetchone()
    assert row == {"state": "in_charge", "taken_by": place.accounts[filling.LOGIN]}
    again = site.client.post(link(message), data={"answer": "take_charge"})
    assert (again.status_code, "Te ne occupi tu" in again.text) == (409, True)


@pytest.mark.parametrize("answer", ["", "resolve", "take_charge "])
def test_any_other_form_changes_nothing(site: Site, connection: psycopg.Connection, message: UUID, answer: str) -> None:
    assert site.client.post(link(message), data={"answer": answer}).status_code == 200
    assert state(connection) == "new"


def test_each_refusal_has_a_page_of_its_own(
    site: Site, connection: psycopg.Connection, clock: SimulatedClock, place: filling.Neighbourhood, alert: UUID
) -> None:
    anna, bruno = place.accounts[filling.LOGIN], place.accounts["bruno"]
    message, other, foreign = (
        told(connection, alert, anna), told(connection, alert, bruno), told(connection, alert, place.accounts["ugo"]),
    )  # fmt: skip
    pages = {}

    def note(name: str, address: str, status: int) -> None:
        page = site.client.post(address, data={"answer": "take_charge"})
        assert page.status_code == site.client.get(address).status_code == status
        assert "<button" not in page.text
        pages[name] = plain(page.text)

    token = sign(KEY.encode(), message)
    note("tampered", f"/r/{'A' if token[0] != 'A' else 'B'}{token[1:]}", 404)
    note("of another key", link(message, "x" * 32), 404)
    note("foreign", link(foreign), 403)
    assert "Castel del Rio" not in pages["foreign"]
    clock.advance(timedelta(hours=12).total_seconds())
    note("expired", link(message), 410)
    clock.jump(NOW)
    assert state(connection) == "new"
    assert site.client.post(link(message), data={"answer": "there"}).status_code == 200
    note("mine", link(message), 409)
    note("taken", link(other), 409)
    assert "Anna Lodi" in pages["taken"]
    connection.execute(
        "UPDATE alerts.alert SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL, round = 2"
    )
    note("used", link(message), 410)
    note("over", link(other), 410)
    connection.execute("UPDATE alerts.alert SET state = 'resolved', outcome = 'false', resolved_at = now()")
    note("resolved", link(message), 410)
    different = {name: said for name, said in pages.items() if name != "of another key"}
    assert len(set(different.values())) == len(different) == 8


def test_the_board_says_that_the_daughter_is_there(
    site: Site, connection: psycopg.Connection, place: filling.Neighbourhood, alert: UUID
) -> None:
    message = told(connection, alert, place.accounts[filling.LOGIN])
    connection.execute(
        "UPDATE alerts.notification SET account_id = NULL, contact_id ="
        " (SELECT contact_id FROM registry.contact JOIN registry.person USING (person_id) WHERE person.key = 'maria')"
    )
    page = site.client.get(link(message))
    assert page.text.count("<button") == 1
    assert not re.search("Maria|Elena", page.text)
    done = site.client.post(link(message), data={"answer": "there"})
    assert "112" in done.text
    assert "/alerts/" not in done.text
    assert state(connection) == "new"
    assert site.client.post(link(message), data={"answer": "there"}).status_code == 410
    sign_in(site.client)
    for path in ("/", f"/alerts/{alert}"):
        assert "Elena (figlia) dice di essere lì con la persona" in plain(site.client.get(path).text)


def test_without_a_key_there_are_no_links(client: TestClient, message: UUID) -> None:
    assert client.get(link(message)).status_code == 404
    assert client.post(link(message), data={"answer": "take_charge"}).status_code == 404


def test_in_the_language_of_whom_it_is_for(
    site: Site, connection: psycopg.Connection, place: filling.Neighbourhood, alert: UUID
) -> None:
    message = told(connection, alert, place.accounts["bruno"], language="en")
    page = site.client.get(link(message))
    assert "SOS button pressed in Castel del Rio" in page.text
    assert "I am there with the person" in page.text
    assert '<html lang="en">' in page.text


def test_nothing_about_anybodys_health_is_shown_before_signing_in(
    site: Site, connection: psycopg.Connection, place: filling.Neighbourhood, alert: UUID
) -> None:
    connection.execute("UPDATE alerts.alert SET family = 'wellbeing', kind = 'night_bathroom_visits'")
    page = site.client.get(link(told(connection, alert, place.accounts[filling.LOGIN])))
    assert "bagno" not in page.text
    assert "Cambiamento" in page.text


def test_the_link_is_in_no_log_and_no_figure(site: Site, message: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    token = sign(KEY.encode(), message)
    site.client.get(link(message))
    site.client.post(link(message), data={"answer": "take_charge"})
    site.client.get(f"/r/{token[:-1]}")
    said = capsys.readouterr()
    told_figures = generate_latest(site.figures).decode()
    assert token[:20] not in said.out + said.err + told_figures
    assert 'route="/r/{token}"' in told_figures
    assert "answered by link" in said.out + said.err


def test_programs_are_slowed_down_and_stand_in_nobodys_way(
    site: Site, connection: psycopg.Connection, clock: SimulatedClock, message: UUID
) -> None:
    codes = [site.client.get(f"/r/{number}").status_code for number in range(REPLIES + 1)]
    assert (codes[-2], codes[-1]) == (404, 429)
    # Whoever holds a real link behind the same address is answered.
    for _ in range(REPLIES):
        assert site.client.get(link(message)).status_code == 200
    assert site.client.post(link(message), data={"answer": "take_charge"}).status_code == 200
    slowed = site.client.get(link(message))
    assert slowed.status_code == 429
    clock.advance(float(slowed.headers["retry-after"]))
    assert site.client.get(link(message)).status_code == 409
    assert state(connection) == "in_charge"


def test_a_member_of_an_association_takes_the_task_and_is_led_to_it(
    site: Site, connection: psycopg.Connection, place: filling.Neighbourhood, alert: UUID
) -> None:
    association = filling.organisation(connection, "avs", "association")
    vera, vito = (filling.account(connection, name, name.title(), association) for name in ("vera", "vito"))
    connection.execute(
        "INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en,"
        " municipality, offered_at) SELECT %s, alert_id, public_id, round, 'Passa a vedere', 'Look in', 'Bobbio', %s"
        " FROM alerts.alert",
        (association, NOW),
    )
    own, other = told(connection, alert, vera), told(connection, alert, vito)
    page = site.client.get(link(own))
    assert page.status_code == 200
    assert page.text.count("<button") == 1
    assert "Me ne occupo io" in page.text
    assert not re.search("Maria|Rossi|Via Roma", page.text)
    done = site.client.post(link(own), data={"answer": "take_charge"})
    assert done.status_code == 200
    # The page of the alert leads whoever has its task there.
    assert f'href="/alerts/{alert}"' in done.text
    assert not re.search("Maria|Rossi|Via Roma", done.text)
    assert state(connection) == "in_charge"
    gone = site.client.post(link(other), data={"answer": "take_charge"})
    assert gone.status_code == 409
    assert "Di questo incarico si occupa già qualcun altro" in plain(gone.text)
    assert "Vera" not in gone.text


def test_the_answer_of_a_person_is_taken_however_often_programs_have_looked(
    site: Site, connection: psycopg.Connection, message: UUID
) -> None:
    while site.client.get(link(message)).status_code != 429:
        pass
    assert site.client.post(link(message), data={"answer": "shrug"}).status_code == 429
    assert site.client.post(link(message), data={"answer": "take_charge"}).status_code == 200
    assert state(connection) == "in_charge"
