"""Somebody who is not known for two weeks yet, judged beside people of an age."""

from datetime import date, timedelta

from analytics.change.domains import Domain
from analytics.homes import homes, homes_of
from analytics.jobs import analyse
from analytics.wellbeing.reads import days
from analytics.wellbeing.state import Sight, State
from core.viewer import Viewer
from tests.integration.analytics.conftest import SENSORS

FIRST, BAD, LAST = date(2026, 2, 10), date(2026, 2, 20), date(2026, 2, 22)


def test_bad_nights_in_the_second_week_are_told_while_the_nights_are_still_learned(
    database, installation, people, clock, days_of, day_of_visits
) -> None:
    home = installation.home(installation.organisation(), sensors=SENSORS)
    installation.store(home, days_of(FIRST, LAST))
    for day in (BAD, BAD + timedelta(days=1)):
        installation.store(home, [row for row in day_of_visits(day, 9) if row[1] == "bathroom"])
    analyse(database, FIRST, LAST, clock=clock, homes=[home.home_id])
    (found,) = installation.rows(
        "SELECT explanation_it, evidence FROM analytics.finding WHERE kind = 'night_bathroom_visits'"
        " AND withdrawn_at IS NULL"
    )
    assert found["evidence"]["usual"]["days"] < 14
    assert "sono confrontati anche con altre persone" in found["explanation_it"]
    with people.seen_by(Viewer(installation.viewer(home.organisation_id))) as view:
        stated = {one.day: one for one in days(view, home.home_id, FIRST, LAST)}
    assert stated[BAD].state in (State.YELLOW, State.RED)
    night = next(part for part in stated[BAD].parts if part.domain is Domain.NIGHT)
    assert (night.sight, night.needed) == (Sight.LEARNING, 14)


def test_whose_year_of_birth_is_known_is_compared_with_people_of_that_age(database, installation) -> None:
    home = installation.home(installation.organisation(), sensors=SENSORS)
    with database.transaction() as connection:
        assert homes(connection)[home.home_id].birth_year is None
    installation.connection.execute("UPDATE registry.person SET birth_year = 1941 WHERE home_id = %s", (home.home_id,))
    with database.transaction() as connection:
        assert homes_of(connection, [home.home_id])[home.home_id].birth_year == 1941
    installation.connection.execute(
        "INSERT INTO registry.person (organisation_id, home_id, key, name) VALUES (%s, %s, 'other', 'Ugo')",
        (home.organisation_id, home.home_id),
    )
    with database.transaction() as connection:
        assert homes_of(connection, [home.home_id])[home.home_id].birth_year is None, "findings are about the home"
