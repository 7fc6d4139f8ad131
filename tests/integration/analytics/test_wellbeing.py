"""How the days of a home stand, on stored readings: stated, restated, in a context, on trial, and read by who may."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from analytics.change.domains import Domain
from analytics.contexts.kinds import ContextKind
from analytics.contexts.repository import judge_again
from analytics.homes import homes
from analytics.jobs import _judge_again, analyse
from analytics.rules.repository import Scope, put_setting
from analytics.rules.standing import Mode, Setting
from analytics.wellbeing.reads import days, latest, latest_of_all
from analytics.wellbeing.state import Because, Sight, State
from cli.__main__ import app
from core.clock import SimulatedClock
from core.database import Database, Role
from core.viewer import Viewer
from tests.integration.analytics.conftest import SENSORS
from tests.unit.analytics.made import at, utc

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 24), date(2026, 2, 27)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def home(installation, days_of):
    made = installation.home(installation.organisation(), sensors=SENSORS)
    installation.store(made, days_of(FIRST, LAST))
    return made


@pytest.fixture
def seen(installation, people, home):
    viewer = Viewer(installation.viewer(home.organisation_id))

    def read():
        with people.seen_by(viewer) as view:
            return {one.day: one for one in days(view, home.home_id, FIRST, LAST)}

    return read


def run(database, clock, home):
    return analyse(database, FIRST, LAST, clock=clock, homes=[home.home_id])


def anxious_night(installation, home, day_of_visits, day=BAD):
    installation.store(home, [row for row in day_of_visits(day, 8) if row[1] == "bathroom"])


def test_a_home_is_learned_then_judged_and_a_bad_night_stands_out_with_its_part(
    database, installation, clock, home, seen, day_of_visits
):
    anxious_night(installation, home, day_of_visits)
    run(database, clock, home)
    stated = seen()
    assert sorted(stated) == [FIRST + n * ONE_DAY for n in range((LAST - FIRST).days + 1)]
    first = stated[FIRST + 5 * ONE_DAY]
    assert (first.state, first.because) == (State.UNKNOWN, Because.LEARNING)
    night = next(part for part in first.parts if part.domain is Domain.NIGHT)
    assert (night.sight, night.known, night.needed) == (Sight.LEARNING, 5, 14)
    bad = stated[BAD]
    assert bad.state in (State.YELLOW, State.RED)
    assert bad.contributions[0].kind == "night_bathroom_visits"
    assert bad.contributions[0].domain is Domain.NIGHT
    assert bad.contributions[0].finding_id is not None
    assert bad.contributions[0].sign is not None
    assert bad.contributions[0].sign.value == 8
    assert bad.contributions[0].share > 0.9
    assert stated[BAD - 2 * ONE_DAY].state is State.GREEN
    rows = installation.rows(
        "SELECT code_version, threshold, stated_at FROM analytics.wellbeing_day WHERE day = %s", BAD
    )
    assert rows[0]["code_version"]
    assert rows[0]["threshold"] == bad.threshold > 0


def test_nothing_is_written_again_where_nothing_is_different(database, installation, clock, home, seen):
    run(database, clock, home)
    before = installation.rows("SELECT day, xmin::text FROM analytics.wellbeing_day ORDER BY day")
    assert len(before) == 27
    clock.advance(60)
    run(database, clock, home)
    assert installation.rows("SELECT day, xmin::text FROM analytics.wellbeing_day ORDER BY day") == before


def test_a_night_that_comes_in_late_restates_its_day(database, installation, clock, home, seen, day_of_visits):
    run(database, clock, home)
    assert seen()[BAD].state is State.GREEN
    anxious_night(installation, home, day_of_visits)
    analyse(database, BAD, BAD, clock=clock, homes=[home.home_id])
    assert seen()[BAD].state in (State.YELLOW, State.RED)


def test_on_trial_or_off_it_colours_nothing(database, installation, clock, home, seen, day_of_visits):
    anxious_night(installation, home, day_of_visits)
    for mode in (Mode.SHADOW, Mode.OFF):
        with database.transaction() as connection:
            put_setting(
                connection,
                Scope(home.organisation_id),
                Setting("changes", mode, {}),
                None,
                clock.now(),
            )
        run(database, clock, home)
        assert seen()[BAD].state is State.GREEN
        assert seen()[BAD].contributions == ()


def test_a_context_that_is_entered_is_named_instead_of_a_colour(
    database, installation, clock, home, seen, day_of_visits
):
    anxious_night(installation, home, day_of_visits)
    run(database, clock, home)
    assert seen()[BAD].state in (State.YELLOW, State.RED)
    start, end = utc(BAD, "10:00"), utc(BAD + ONE_DAY, "23:00")
    installation.connection.execute(
        "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, made_at,"
        " updated_at) VALUES (%s, %s, 'visit', %s, %s, 'entered', %s, %s)",
        (home.organisation_id, home.home_id, start, end, clock.now(), clock.now()),
    )
    with database.connection() as connection:
        with connection.transaction():
            judge_again(connection, home.home_id, start, clock.now())
        _judge_again(connection, SimulatedClock(clock.now()), homes(connection)[home.home_id])
    stated = seen()
    assert (stated[BAD].state, stated[BAD].because) == (State.UNKNOWN, Because.CONTEXT)
    assert stated[BAD].contexts == (ContextKind.VISIT,)
    assert stated[BAD].kept_back["night_bathroom_visits"] is ContextKind.VISIT
    assert stated[BAD + 3 * ONE_DAY].state is State.GREEN


def test_a_day_that_was_not_seen_is_not_green(database, installation, clock, days_of):
    home = installation.home(installation.organisation(), sensors=SENSORS)
    readings = days_of(FIRST, LAST)
    silent_from, silent_to = at(BAD, "6:00"), at(BAD, "23:00")
    installation.store(home, [row for row in readings if not silent_from < row[0] < silent_to])
    run(database, clock, home)
    with database.transaction() as connection:
        one = latest_of_all(connection, FIRST, home.home_id)[home.home_id].known
    assert one is not None
    by_day = {day: state for day, state, _ in one.days}
    assert by_day[BAD] is State.UNKNOWN
    assert by_day[BAD - ONE_DAY] is State.GREEN


def test_only_who_may_see_a_home_sees_how_it_stands(database, installation, people, clock, home):
    run(database, clock, home)
    with people.seen_by(Viewer(installation.viewer(home.organisation_id))) as view:
        found, silent = latest(view, LAST - 6 * ONE_DAY)[home.home_id]
    assert found is not None
    assert silent == 0
    assert found.last.day == LAST
    assert [day for day, _, _ in found.days] == [LAST - ago * ONE_DAY for ago in reversed(range(7))]
    assert found.days[-1][1] is found.last.state
    with people.seen_by(Viewer(installation.viewer(installation.organisation()))) as view:
        assert latest(view, FIRST) == {}
        assert days(view, home.home_id, FIRST, LAST) == []


def test_what_is_stated_anew_or_deleted_is_seen_at_once_though_it_was_read_a_moment_ago(
    database, installation, people, clock, home
):
    run(database, clock, home)
    viewer, stranger = (
        Viewer(installation.viewer(each)) for each in (home.organisation_id, installation.organisation())
    )

    def last():
        with people.seen_by(viewer) as view:
            return latest(view, LAST - 6 * ONE_DAY)[home.home_id].known

    def change(statement):
        with database.transaction() as connection:
            connection.execute(statement, {"home": home.home_id, "last": LAST, "before": LAST - ONE_DAY})

    first = last()
    assert last() is first  # nothing has changed, and nothing is read again
    change("UPDATE analytics.wellbeing_day SET coverage = 0.5 WHERE home_id = %(home)s AND day = %(last)s")
    assert last().last.coverage == 0.5
    change("UPDATE analytics.wellbeing_day SET score = 9 WHERE home_id = %(home)s AND day = %(before)s")
    assert last().days[-2][2] == 9
    change("DELETE FROM analytics.wellbeing_day WHERE home_id = %(home)s AND day = %(last)s")
    assert last().last.day == LAST - ONE_DAY
    # What is remembered is shown to nobody who may not see it, and a home without days is one that nothing is known of.
    with people.seen_by(stranger) as view:
        assert latest(view, LAST - 6 * ONE_DAY) == {}
    change("DELETE FROM analytics.wellbeing_day WHERE home_id = %(home)s")
    with people.seen_by(viewer) as view:
        assert latest(view, LAST - 6 * ONE_DAY) == {}


def test_the_command_lists_homes_as_they_ask_for_a_look(
    database, database_url, installation, clock, home, days_of, day_of_visits, monkeypatch
):
    unheard, calm = (installation.home(home.organisation_id) for _ in range(2))
    installation.store(calm, days_of(FIRST, LAST))
    anxious_night(installation, home, day_of_visits, LAST)
    analyse(database, FIRST, LAST, clock=clock)

    class Here:
        def __init__(self, _):
            pass

        def database(self):
            return Database(database_url, Role.SERVICE, name="test")

    monkeypatch.setattr("cli.standing.Installation", Here)
    monkeypatch.setattr("cli.standing.SystemClock", lambda: clock)
    keys = {row["home_id"]: row["key"] for row in installation.rows("SELECT home_id, key FROM registry.home")}
    lines = json.loads(CliRunner().invoke(app, ["homes", "--json"]).stdout)
    assert [line["home"] for line in lines] == [keys[each.home_id] for each in (home, unheard, calm)]
    first, second, third = lines
    assert first["state"] in ("yellow", "red")
    assert "7 visits to the bathroom" in first["sentence"]
    assert first["contributions"][0]["part"] == "night"
    assert (second["day"], second["state"], second["rank"]) == (None, "unknown", "not_seen")
    assert (third["state"], third["day"], len(third["last_days"])) == ("green", LAST.isoformat(), 7)
    assert "Hot drinks: it takes a plug that measures the kettle or the coffee machine" in third["not_shown"]
    table = CliRunner().invoke(app, ["homes", "--home", keys[calm.home_id]])
    assert "green" in table.stdout
    assert keys[home.home_id] not in table.stdout
    assert CliRunner().invoke(app, ["homes", "--home", "nowhere"]).exit_code == 1
