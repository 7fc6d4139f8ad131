"""Figures for research through the API: the same as the pages tell, and of no fewer than five."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from core.clock import SimulatedClock
from core.database import Database, Role
from core.viewer import Viewer
from dashboards.api.application import PATH
from dashboards.api.repository import make_token
from dashboards.api.scopes import Scope
from dashboards.app import create_app
from dashboards.research.numbers import Asked, canonical, digest, document, load
from dashboards.research.reads import figures
from dashboards.settings import DashboardSettings
from dashboards.tokens import digest as digest_of_token
from tests.integration.dashboards.conftest import TestClientWithoutLifespan
from tests.integration.dashboards.grafana import filled

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
DAYS = {"first": "2026-01-01", "last": "2026-03-15"}
ASKED = Asked(first=datetime(2026, 1, 1, tzinfo=UTC).date(), last=datetime(2026, 3, 15, tzinfo=UTC).date())
LOGIN, TOKEN = "ricercatrice", "vicino_research"


@pytest.fixture
def connection(database_url: str):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        filled.fill(connection, NOW, days=90, hourly_days=0, kinds=["night_bathroom_visits"])
        connection.execute("INSERT INTO registry.account (login, name) VALUES (%s, 'Ricercatrice')", (LOGIN,))
        connection.execute(
            "INSERT INTO registry.membership SELECT account_id, organisation_id, 'researcher'"
            " FROM registry.organisation, registry.account WHERE organisation.key = 'union' AND login = %s",
            (LOGIN,),
        )
        lasts = timedelta(days=1)
        assert make_token(
            connection, LOGIN, digest_of_token(TOKEN), "test", (Scope.RESEARCH_READ,), NOW - lasts / 2, lasts
        )
        yield connection


@pytest.fixture
def database(database_url: str, connection):
    with Database(database_url, Role.PEOPLE, name="test") as database:
        yield database


@pytest.fixture
def ask(database_url: str, database):
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver")
    client = TestClientWithoutLifespan(create_app(database, SimulatedClock(NOW), settings))

    def get(part: str, status: int = 200, **asked: str):
        answer = client.get(f"{PATH}/research/{part}", headers={"Authorization": f"Bearer {TOKEN}"}, params=asked)
        assert answer.status_code == status, answer.text
        return answer

    return get


def test_the_report_is_byte_by_byte_what_the_page_gives_and_asks_for_itself_again(ask, connection, database) -> None:
    account = connection.execute("SELECT account_id FROM registry.account WHERE login = %s", (LOGIN,)).fetchone()
    with database.seen_by(Viewer(account["account_id"])) as view:
        expected = document(figures(view, ASKED.first, ASKED.last, NOW), ASKED)
    answer = ask("report", **DAYS)
    assert answer.content == canonical(expected)
    assert load(answer.content) == (ASKED, digest(expected))


def test_each_part_is_that_of_the_report(ask) -> None:
    report = ask("report", **DAYS).json()
    assert ask("arms").json() == {"items": report["arms"]}
    assert ask("cohort").json() == {"items": report["cohort"]}
    for part in ("coverage", "detectors", "events"):
        assert report[part]
        assert ask(part, **DAYS).json() == {"items": report[part]}
    assert ask("alerts", **DAYS).json() == {"items": report["responses"]}
    # Without a last day: as of yesterday.
    for part in ("arms", "cohort"):
        assert ask(part, last=DAYS["last"]).json() == {"items": report[part]}
        ask(part, 422, last="2026-03-16")
    alerts = {each["family"]: each for each in ask("alerts", **DAYS).json()["items"]}
    assert (alerts["safety"]["told_s"], alerts["safety"]["taken_s"], alerts["safety"]["closed_s"]) == (2, 180, 3600)


def test_of_fewer_than_five_nothing_is_told(ask, connection) -> None:
    connection.execute("DELETE FROM registry.consent WHERE purpose = 'research' AND person_id > 3")
    assert [(each["homes"], each["persons"]) for each in ask("cohort").json()["items"]] == [(None, None)]
    for part in ("coverage", "detectors", "alerts", "events"):
        assert ask(part, **DAYS).json() == {"items": []}
    assert all(
        each[what] is None or each[what] >= 5 or each[what] == 0
        for each in ask("arms").json()["items"]
        for what in ("enrolled", "left", "agree")
    )


def test_a_period_that_is_not_over_or_too_long_is_refused(ask) -> None:
    for part in ("coverage", "detectors", "alerts", "events", "report"):
        assert ask(part, 422, first="2026-03-01", last="2026-03-16").json()["errors"][0]["where"] == "query.last"
        ask(part, 422, first="2010-01-01", last="2026-03-15")
        ask(part, 422, first="2026-03-01")


def test_who_researches_nothing_is_told_so(ask, connection) -> None:
    connection.execute("UPDATE registry.membership SET role = 'administrator' WHERE role = 'researcher'")
    assert ask("report", 403, **DAYS).json()["type"] == "urn:vicino:problem:role"
    assert ask("arms", 403).json()["type"] == "urn:vicino:problem:role"
