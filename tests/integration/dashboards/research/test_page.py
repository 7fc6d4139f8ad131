"""The page for research: who sees it, whose figures are in it, and that nothing is told of fewer than five."""

import re
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import dict_row

from core.clock import SimulatedClock
from core.database import Database, Role, View
from core.viewer import Viewer
from dashboards.app import create_app
from dashboards.research.reads import figures, researches
from dashboards.settings import DashboardSettings
from registry.accounts import set_password
from tests.integration.dashboards.conftest import TestClientWithoutLifespan, sign_in
from tests.integration.dashboards.grafana import filled

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC).date(), datetime(2026, 3, 15, tzinfo=UTC).date()
LOGIN = "ricercatrice"


@pytest.fixture
def connection(database_url: str):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        filled.fill(connection, NOW, days=90, hourly_days=0, kinds=["night_bathroom_visits"])
        connection.execute("INSERT INTO registry.account (login, name) VALUES (%s, 'Ricercatrice')", (LOGIN,))
        join(connection, "union", "researcher")
        set_password(connection, LOGIN, "una passeggiata lunga", datetime(2020, 1, 1, tzinfo=UTC))
        yield connection


def join(connection, organisation, role):
    connection.execute("DELETE FROM registry.membership WHERE account_id = 2")
    connection.execute(
        "INSERT INTO registry.membership SELECT 2, organisation_id, %s FROM registry.organisation WHERE key = %s",
        (role, organisation),
    )


@pytest.fixture
def seen(connection, database_url):
    """Ask for the figures as the researcher."""

    def ask(at=NOW, account=2):
        with Database(database_url, Role.PEOPLE, name="test") as database, database.seen_by(Viewer(account)) as view:
            return figures(view, FIRST, LAST, at), researches(view)

    return ask


def withdraw(connection, *persons):
    connection.execute(
        "UPDATE registry.consent SET withdrawn_at = %s WHERE purpose = 'research' AND person_id = ANY (%s)",
        (NOW, list(persons)),
    )


def test_who_researches_sees_figures_of_all_that_agree(seen, connection):
    told, does = seen()
    assert does
    assert sum(each.homes for each in told.cohort) == filled.HOMES
    assert {each.sex for each in told.cohort} <= {"female", "male", None}
    assert len(told.weeks) >= 10
    assert all(0 < each.coverage <= 1 and each.homes == filled.HOMES for each in told.weeks)
    loads = {each.family: each for each in told.loads}
    assert set(loads) == {"safety", "wellbeing"}
    assert loads["safety"].alerts == loads["wellbeing"].alerts > 0
    assert loads["safety"].per_home_week == pytest.approx(7, rel=0.03)
    assert (loads["safety"].told_s, loads["safety"].taken_s, loads["safety"].closed_s) == (2, 180, 3600)
    assert [(each.kind, each.homes) for each in told.events] == [("visit", filled.HOMES)]
    assert told.events[0].days == pytest.approx(1)
    assert told.found
    for each in told.found:
        assert each.homes >= 5
        assert 0 < each.findings <= each.home_days
    # Those on trial are not what was told: two of three are left.
    assert {each.kind for each in told.found} == {"night_bathroom_visits"}


def test_nobody_else_sees_any(seen, connection):
    for organisation, role in (("union", "coordinator"), ("union", "administrator"), ("town-1", "operator")):
        join(connection, organisation, role)
        told, does = seen()
        assert not does
        assert all(not each for each in told), role
    assert not any(seen(account=987_654)[0])


def test_a_researcher_of_one_town_sees_that_town(seen, connection):
    join(connection, "town-1", "researcher")
    assert sum(each.homes for each in seen()[0].cohort) == filled.HOMES // 2


def test_a_consent_that_ends_counts_at_once(seen, connection):
    withdraw(connection, *range(2, 42, 2))
    assert sum(each.homes for each in seen()[0].cohort) == filled.HOMES // 2
    assert seen()[0].loads[0].alerts * 2 == pytest.approx(
        seen(datetime(2026, 3, 16, 11, 11, tzinfo=UTC))[0].loads[0].alerts, rel=0.01
    )


def test_nothing_is_told_of_fewer_than_five(seen, connection):
    withdraw(connection, *range(5, 42))
    told, _ = seen()
    assert [(each.sex, each.age_from, each.homes) for each in told.cohort] == [(None, None, 4)]
    assert (told.weeks, told.found, told.loads, told.events) == ([], [], [], [])


def test_nothing_is_told_of_fewer_than_five_in_the_time_that_is_asked_for(seen, connection):
    """The others agree as well, but only since then."""
    connection.execute(
        "UPDATE registry.consent SET valid_from = %s WHERE purpose = 'research' AND person_id > 4", (LAST,)
    )
    told, _ = seen()
    assert sum(each.homes for each in told.cohort) == filled.HOMES
    assert (told.weeks, told.found, told.loads, told.events) == ([], [], [], [])


def test_an_age_that_is_not_known_is_none(seen, connection):
    connection.execute("UPDATE registry.person SET birth_year = NULL")
    told, _ = seen()
    assert {each.age_from for each in told.cohort} == {None}
    assert {each.age_from for each in told.found} == {None}


def test_a_home_where_one_does_not_agree_is_not_in_it(seen, connection):
    connection.execute(
        "INSERT INTO registry.person (organisation_id, home_id, key, name, birth_year, sex)"
        " SELECT organisation_id, home_id, 'second', 'Seconda Persona', 1940, 'female' FROM registry.home"
        " WHERE home_id = 1"
    )
    assert sum(each.homes for each in seen()[0].cohort) == filled.HOMES - 1


def test_what_was_before_the_consent_is_not_in_it(seen, connection):
    connection.execute("UPDATE registry.consent SET valid_from = '2026-03-01T00:00:00Z' WHERE purpose = 'research'")
    told, _ = seen()
    assert min(each.week for each in told.weeks).isoformat() >= "2026-02-23"
    assert sum(each.days for each in told.weeks) == filled.HOMES * 14
    assert told.loads[0].per_home_week == pytest.approx(7, rel=0.1)


def test_arms_of_studies(seen, connection):
    connection.execute("INSERT INTO registry.study (organisation_id, key, name) VALUES (1, 'valle', 'Valle')")
    connection.execute("INSERT INTO registry.study_arm VALUES (1, 'monitored', false), (1, 'control', true)")
    connection.execute(
        "INSERT INTO registry.study_member (organisation_id, study_id, person_id, arm, enrolled_on, left_on)"
        " SELECT organisation_id, 1, person_id, CASE person_id % 2 WHEN 0 THEN 'monitored' ELSE 'control' END,"
        " '2026-01-01', CASE WHEN person_id < 5 THEN date '2026-02-01' END FROM registry.person WHERE person_id <= 20"
    )
    withdraw(connection, 20)
    arms = [(each.arm, each.is_control, each.enrolled, each.has_left, each.agree) for each in seen()[0].arms]
    assert arms == [("monitored", False, 10, 2, 9), ("control", True, 10, 2, 10)]


def test_a_researcher_reads_no_table_behind_it(connection, database_url):
    with Database(database_url, Role.PEOPLE, name="test") as database:
        for statement in ("SELECT * FROM dashboards.research_homes(now())", "SELECT * FROM dashboards.research_export"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), database.seen_by(Viewer(2)) as view:
                view.connection.execute(statement)
        with database.seen_by(Viewer(2)) as view:
            _sees_nobody(view)


def _sees_nobody(view: View) -> None:
    for table in ("registry.person", "registry.home", "registry.study_member", "analytics.indicator", "alerts.alert"):
        assert view.connection.execute(f"SELECT FROM {table}").fetchall() == [], table


def test_the_page(connection, database_url):
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with Database(database_url, Role.PEOPLE, name="test", maximum=4) as database:
        client = TestClientWithoutLifespan(create_app(database, SimulatedClock(NOW), settings))
        sign_in(client, LOGIN)
        page = client.get("/research")
        assert page.status_code == 200
        summary = re.search(r'id="summary">([^<]+)<', page.text)
        assert summary is not None
        assert summary[1].startswith("Di 40 case con 40 persone, ")
        assert 'href="/research" aria-current="page"' in page.text
        assert "donne, da 81 a 90 anni" in page.text
        for word in (filled.PERSON, filled.CONTACT, filled.ADDRESS, "casa-", "zenobia"):
            assert word not in page.text
        day = client.get("/research", params={"first": "2026-03-10", "last": "2026-03-10"}).text
        assert 'value="2026-03-10"' in day
        assert client.get("/research", params={"first": "never", "last": "2099-01-01"}).status_code == 200
        join(connection, "union", "coordinator")
        assert client.get("/research").status_code == 404
