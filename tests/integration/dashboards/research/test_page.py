"""The page for research: who sees it, whose figures are in it, and that nothing is told of fewer than five."""

import re
from datetime import UTC, datetime

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    responses = {each.family: each for each in told.responses}
    assert set(responses) == {"safety", "wellbeing"}
    assert responses["safety"].alerts == responses["wellbeing"].alerts > 0
    assert responses["safety"].per_home_week == pytest.approx(7, rel=0.03)
    assert (responses["safety"].told_s, responses["safety"].taken_s, responses["safety"].closed_s) == (2, 180, 3600)
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
    assert seen()[0].responses[0].alerts * 2 == pytest.approx(
        seen(datetime(2026, 3, 16, 11, 11, tzinfo=UTC))[0].responses[0].alerts, rel=0.01
    )


def test_nothing_is_told_of_fewer_than_five(seen, connection):
    withdraw(connection, *range(5, 42))
    told, _ = seen()
    assert [(each.sex, each.age_from, each.homes) for each in told.cohort] == [(None, None, 4)]
    assert not any((told.weeks, told.loads, told.responses, told.kinds, told.found, told.events))


def test_nothing_is_told_of_fewer_than_five_in_the_time_that_is_asked_for(seen, connection):
    """The others agree as well, but only since then."""
    connection.execute(
        "UPDATE registry.consent SET valid_from = %s WHERE purpose = 'research' AND person_id > 4", (LAST,)
    )
    told, _ = seen()
    assert [(each.sex, each.age_from, each.homes) for each in told.cohort] == [(None, None, 4)]
    assert not any((told.weeks, told.loads, told.responses, told.kinds, told.found, told.events))


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
    # By how many homes a week has less than take part is not told.
    assert {each.homes for each in seen()[0].weeks} == {each.homes for each in seen()[0].loads} == {filled.HOMES - 5}
    assert {each.homes for each in (*seen()[0].responses, *seen()[0].events)} == {filled.HOMES - 5}


def test_what_was_before_the_consent_is_not_in_it(seen, connection):
    connection.execute("UPDATE registry.consent SET valid_from = '2026-03-01T00:00:00Z' WHERE purpose = 'research'")
    told, _ = seen()
    assert min(each.week for each in told.weeks).isoformat() >= "2026-02-23"
    assert len(told.weeks) == 2
    assert told.responses[0].per_home_week == pytest.approx(7, rel=0.1)


def test_arms_of_studies(seen, connection):
    connection.execute("INSERT INTO registry.study (organisation_id, key, name) VALUES (1, 'valle', 'Valle')")
    connection.execute("INSERT INTO registry.study_arm VALUES (1, 'monitored', false), (1, 'control', true)")
    connection.execute(
        "INSERT INTO registry.study_member (organisation_id, study_id, person_id, arm, enrolled_on, left_on)"
        " SELECT organisation_id, 1, person_id, CASE person_id % 2 WHEN 0 THEN 'monitored' ELSE 'control' END,"
        " '2026-01-01', CASE WHEN person_id < 5 THEN date '2026-02-01' END FROM registry.person WHERE person_id <= 20"
    )
    withdraw(connection, 20)

    def arms():
        return [(each.arm, each.is_control, each.enrolled, each.has_left, each.agree) for each in seen()[0].arms]

    assert arms() == [("monitored", False, 10, 2, 9), ("control", True, 10, 2, 10)]
    # Who is enrolled, leaves or agrees after the last day is not in figures of these days.
    connection.execute("UPDATE registry.study_member SET left_on = '2026-03-16' WHERE left_on IS NOT NULL")
    connection.execute("UPDATE registry.study_member SET enrolled_on = '2026-03-16' WHERE person_id IN (11, 13)")
    connection.execute("UPDATE registry.consent SET valid_from = '2026-03-15T12:00Z' WHERE person_id IN (12, 14)")
    assert arms() == [("monitored", False, 10, 0, 7), ("control", True, 8, 0, 8)]


def test_ages_are_those_of_the_last_day(seen, connection):
    connection.execute("UPDATE registry.person SET birth_year = 1945")
    told, _ = seen()
    # Whoever was born in 1945 is 81 at the earliest in 2026; the year in which it is asked does not count.
    assert {each.age_from for each in told.cohort} == {80}
    later, _ = seen(datetime(2036, 1, 2, tzinfo=UTC))
    assert later == told


def test_outcomes_are_told_of_none_or_of_five_homes_and_so_is_what_is_left(connection):
    kinds = ("true", "false", "explained", "unclear")
    events = st.lists(st.tuples(st.integers(1, 12), st.sampled_from((*kinds, None))), min_size=1, max_size=40)

    def few(homes):
        return 0 < len(homes) < 5

    @settings(max_examples=150, deadline=None)
    @given(events)
    def check(events):
        row = connection.execute(
            "SELECT * FROM dashboards.research_outcomes(%s::int[], %s::text[])",
            ([home for home, _ in events], [outcome for _, outcome in events]),
        ).fetchone()
        if few({home for home, _ in events}):
            assert row is None
            return
        told = dict(zip(kinds, row.values(), strict=True))
        homes = {kind: {home for home, outcome in events if outcome == kind} for kind in kinds}

        def left(shown):
            return {home for home, outcome in events if outcome not in shown}

        shown = {kind for kind, count in told.items() if count is not None}
        for kind in shown:
            assert told[kind] == sum(outcome == kind for _, outcome in events)
            assert not few(homes[kind])
        assert not few(left(shown))
        # Nothing is kept back that could be told besides.
        for kind in set(kinds) - shown:
            assert few(homes[kind]) or few(left(shown | {kind}))

    check()


def test_what_one_to_four_homes_had_is_not_told(seen, connection):
    """The others had none: neither their number nor the rest is told."""
    connection.execute(
        "UPDATE alerts.alert SET family = 'wellbeing' WHERE family = 'safety'"
        " AND home_id NOT IN (SELECT home_id FROM registry.home ORDER BY home_id LIMIT 4)"
    )
    told, _ = seen()
    by = {
        family: {each.per_home_week for each in told.loads if each.family == family}
        for family in ("safety", "technical")
    }
    assert by == {"safety": {None}, "technical": {0}}
    assert {each.family for each in told.responses} == {each.family for each in told.kinds} == {"wellbeing"}


def test_who_was_not_answered_in_time_is_told_of_five_homes_and_with_five_left(seen, connection):
    def unanswered(homes):
        connection.execute("DELETE FROM alerts.history WHERE action = 'unanswered'")
        connection.execute(
            "INSERT INTO alerts.history (organisation_id, alert_id, at, account_name, action, to_state, note)"
            " SELECT organisation_id, alert_id, opened_at, '', 'unanswered', 'new', '' FROM alerts.alert"
            " WHERE family = 'safety' AND home_id IN (SELECT home_id FROM registry.home ORDER BY home_id LIMIT %s)",
            (homes,),
        )
        return next(each for each in seen()[0].responses if each.family == "safety")

    each = unanswered(0)
    assert each.unanswered == 0
    assert (unanswered(4).unanswered, unanswered(36).unanswered, unanswered(39).unanswered) == (None, None, None)
    assert unanswered(10).unanswered == each.alerts / 4
    assert unanswered(40).unanswered == each.alerts


def test_groups_in_which_few_homes_had_a_kind_are_told_together(seen, connection):
    whole = seen()[0].found
    groups = {(each.sex, each.age_from) for each in whole}
    assert len(groups) > 2
    # Of the women only three homes have findings.
    connection.execute(
        "UPDATE analytics.finding SET withdrawn_at = %s WHERE home_id IN (SELECT home_id FROM registry.person WHERE"
        " sex = 'female' ORDER BY home_id OFFSET 3)",
        (NOW,),
    )
    told = seen()[0].found
    assert {each.sex for each in told} <= {"male", None}
    assert sum(each.findings for each in told) < sum(each.findings for each in whole)
    assert all(each.homes >= 5 for each in told)


def test_a_researcher_reads_no_table_behind_it(connection, database_url):
    with Database(database_url, Role.PEOPLE, name="test") as database:
        for statement in (
            "SELECT * FROM dashboards.research_homes(current_date, now())",
            "SELECT * FROM dashboards.research_export",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), database.seen_by(Viewer(2)) as view:
                view.connection.execute(statement)
        with database.seen_by(Viewer(2)) as view:
            _sees_nobody(view)


def _sees_nobody(view: View) -> None:
    for table in ("registry.person", "registry.home", "registry.study_member", "analytics.indicator", "alerts.alert"):
        assert view.connection.execute(f"SELECT FROM {table}").fetchall() == [], table


def test_the_page(connection, database_url):
    pages = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with Database(database_url, Role.PEOPLE, name="test", maximum=4) as database:
        client = TestClientWithoutLifespan(create_app(database, SimulatedClock(NOW), pages))
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
