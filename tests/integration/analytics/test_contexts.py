"""Contexts in the database: who may say what, what becomes of findings and usual ranges, and what is proposed."""

import threading
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from analytics.contexts import actions, reads
from analytics.contexts.actions import ContextNotFoundError, ContextTimeError
from analytics.contexts.context import Standing
from analytics.contexts.kinds import ContextKind
from analytics.jobs import Pace, analyse_home, look
from analytics.reads import findings_of_home, indicators
from core.viewer import Viewer
from tests.integration.analytics.conftest import NOW, SENSORS
from tests.unit.analytics.made import at, utc

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 26), date(2026, 2, 28)
NEVER = threading.Event()
EVER = datetime(2026, 1, 1, tzinfo=utc(FIRST, "00:00").tzinfo), datetime(2027, 1, 1, tzinfo=utc(FIRST, "00:00").tzinfo)


def catch_up(database, clock) -> None:
    for home_id in look(database, clock, Pace(settle=timedelta(0), cadence=timedelta(0))):
        analyse_home(database, clock, home_id, NEVER)


@pytest.fixture
def home(installation, days_of, day_of_visits):
    made = installation.home(installation.organisation())
    installation.store(made, [*days_of(FIRST, BAD - timedelta(days=1)), *day_of_visits(BAD, 8)])
    installation.store(made, days_of(BAD + timedelta(days=1), LAST))
    return made


@pytest.fixture
def viewer(installation, home) -> Viewer:
    return Viewer(installation.viewer(home.organisation_id))


def public_id(installation, home) -> UUID:
    return installation.rows("SELECT public_id FROM registry.home WHERE home_id = %s", home.home_id)[0]["public_id"]


def alive(first: date, hours: int) -> list[tuple[int, str]]:
    """The fridge says every half hour that it is closed: its sensor lives, and nobody moves."""
    return [(at(first, "00:20") + half * 1_800_000_000, "fridge") for half in range(2 * hours)]


def gone(installation, home, days_of):
    """A home whose person has left by the door in the afternoon; the clock stands at 8:30 of the day after."""
    made = installation.home(home.organisation_id, sensors=(*SENSORS, ("kitchen", "kitchen", "contact", "fridge")))
    rows = [row for row in days_of(FIRST, LAST) if row[0] < at(LAST, "15:10")]
    still = alive(FIRST, 24 * (LAST - FIRST).days + 32)
    installation.store(made, [*rows, (at(LAST, "15:11"), "entrance_door"), *still])
    return made


def findings(people, viewer, home) -> list[str]:
    with people.seen_by(viewer) as view:
        return [row["kind"] for row in findings_of_home(view, home.home_id, utc(FIRST, "00:00"), utc(LAST, "23:00"))]


def usual(people, viewer, home, day: date) -> int:
    with people.seen_by(viewer) as view:
        rows = indicators(view, home.home_id, day, day)
    return next(row["days"] for row in rows if row["kind"] == "night_bathroom_visits")


def test_what_is_entered_later_withdraws_what_it_explains_and_when_taken_back_it_is_told_again(
    installation, database, people, clock, home, viewer
) -> None:
    catch_up(database, clock)
    assert findings(people, viewer, home) == ["night_bathroom_visits"]
    known = usual(people, viewer, home, LAST - timedelta(days=1))
    with people.seen_by(viewer) as view:
        when = utc(BAD, "18:00"), utc(BAD + timedelta(days=1), "08:00")
        made = actions.enter(view, public_id(installation, home), ContextKind.VISIT, *when, "his sister", clock.now())
        again = actions.enter(view, public_id(installation, home), ContextKind.VISIT, *when, "his sister", clock.now())
    assert made == again
    clock.advance(60)
    catch_up(database, clock)
    assert findings(people, viewer, home) == []
    withdrawn = installation.rows("SELECT withdrawn_for FROM analytics.finding WHERE kind = 'night_bathroom_visits'")
    assert [row["withdrawn_for"] for row in withdrawn] == ["visit"]
    assert usual(people, viewer, home, LAST - timedelta(days=1)) == known - 1
    with people.seen_by(viewer) as view:
        assert [
            (row["kind"], row["day"], row["context_kind"]) for row in reads.silenced(view, home.home_id, FIRST, LAST)
        ] == [("night_bathroom_visits", BAD, "visit")]
        actions.take_back(view, made, clock.now())
        assert reads.contexts(view, *EVER, home.home_id) == []
        assert [(step.action, bool(step.account_name)) for step in reads.history(view, home.home_id)] == [
            ("entered", True),
            ("withdrawn", True),
        ]
    clock.advance(60)
    catch_up(database, clock)
    assert findings(people, viewer, home) == ["night_bathroom_visits"]
    assert usual(people, viewer, home, LAST - timedelta(days=1)) == known
    with people.seen_by(viewer) as view:
        assert reads.silenced(view, home.home_id, FIRST, LAST) == []


def test_what_any_detector_has_told_is_withdrawn_and_a_call_for_help_never(
    installation, database, people, clock, home, viewer
) -> None:
    catch_up(database, clock)
    for kind in ("long_absence", "fall"):
        installation.connection.execute(
            "INSERT INTO analytics.finding (organisation_id, home_id, family, kind, severity, started_at, ended_at,"
            " found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence)"
            " VALUES (%s, %s, 'wellbeing', %s, 0.5, %s, %s, %s, %s, 1, 'x', '1', '', '', '{}')",
            (home.organisation_id, home.home_id, kind, utc(BAD, "09:00"), utc(BAD, "10:00"), NOW, NOW),
        )
    with people.seen_by(viewer) as view:
        actions.enter(
            view, public_id(installation, home), ContextKind.HOSPITAL, utc(BAD, "07:00"), None, "", clock.now()
        )
    clock.advance(60)
    catch_up(database, clock)
    assert sorted(findings(people, viewer, home)) == ["fall"]


def test_only_whoever_answers_for_the_people_may_say_and_nobody_else_sees(
    installation, people, clock, home, viewer
) -> None:
    where = public_id(installation, home)
    stranger = Viewer(installation.viewer(installation.organisation()))
    installer = Viewer(installation.viewer(home.organisation_id))
    installation.connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (installer.account_id,)
    )
    with people.seen_by(viewer) as view:
        made = actions.enter(view, where, ContextKind.HOSPITAL, clock.now(), None, "", clock.now())
        with pytest.raises(ContextTimeError):
            actions.enter(view, where, ContextKind.HOSPITAL, clock.now(), clock.now(), "", clock.now())
    for other in (stranger, installer):
        with people.seen_by(other) as view:
            with pytest.raises(ContextNotFoundError):
                actions.enter(view, where, ContextKind.VISIT, clock.now(), None, "", clock.now())
            with pytest.raises(ContextNotFoundError):
                actions.end(view, made, clock.now() + timedelta(hours=1), clock.now())
            assert not reads.may_act(view, home.home_id)
    with people.seen_by(stranger) as view:
        assert reads.contexts(view, *EVER) == []
        assert reads.history(view, home.home_id) == []
    with people.seen_by(viewer) as view:
        clock.advance(7200)
        actions.end(view, made, clock.now(), clock.now())
        (found,) = reads.contexts(view, *EVER, home.home_id)
        assert found.context.end == clock.now()
        assert found.may_act


def test_who_leaves_by_the_door_and_stays_away_is_asked_for_and_the_answer_ends_with_the_return(
    installation, database, people, clock, home, viewer, days_of
) -> None:
    made = gone(installation, home, days_of)
    catch_up(database, clock)
    with people.seen_by(viewer) as view:
        asked = [one for one in reads.contexts(view, *EVER, made.home_id) if one.detector == "absence"]
        assert [(one.context.kind, one.context.end, one.context.standing) for one in asked] == [
            (ContextKind.AWAY, None, Standing.PROPOSED)
        ]
        assert "the front door was the last sign" in asked[0].why["en"]
        assert asked[0].context.start == utc(LAST, "15:11")
        actions.confirm(view, asked[0].public_id, ContextKind.HOSPITAL, clock.now())
    clock.advance(86_400)
    back = LAST + timedelta(days=1)
    at_home = [(at(back, f"{hour}:12"), "kitchen") for hour in (15, 16, 17, 18)]
    came = [(at(back, "14:12"), "entrance_door"), (at(back, "14:13"), "kitchen")]
    installation.store(made, [*came, *at_home, *alive(back, 32)], clock.now())
    catch_up(database, clock)
    with people.seen_by(viewer) as view:
        (found,) = [one for one in reads.contexts(view, *EVER, made.home_id) if one.detector == "absence"]
        assert (found.context.kind, found.context.standing) == (ContextKind.HOSPITAL, Standing.CONFIRMED)
        assert found.context.end == utc(back, "14:12")
        steps = [(step.action, bool(step.account_name)) for step in reads.history(view, made.home_id)
                 if step.public_id == found.public_id and step.action != "restated"]  # fmt: skip
    assert steps == [("proposed", False), ("confirmed", True), ("ended", False)]


def test_what_comes_in_late_of_an_earlier_day_takes_back_nothing_that_later_days_tell(
    installation, database, clock, home, days_of
) -> None:
    house = gone(installation, home, days_of)
    catch_up(database, clock)
    asked = "SELECT context_id, standing, updated_at FROM analytics.context WHERE home_id = %s"
    (before,) = installation.rows(asked, house.home_id)
    assert before["standing"] == "proposed"
    clock.advance(60)
    installation.store(house, [(at(LAST - timedelta(days=4), "13:33"), "bathroom")], clock.now())
    looked = "SELECT looked_at FROM analytics.context_look WHERE home_id = %s"
    catch_up(database, clock)
    assert installation.one(looked, house.home_id) == clock.now(), "the late day was not looked at"
    assert installation.rows(asked, house.home_id) == [before]


def test_what_was_refused_has_no_effect_and_is_not_proposed_again(
    installation, database, people, clock, home, viewer, days_of
) -> None:
    made = gone(installation, home, days_of)
    catch_up(database, clock)
    with people.seen_by(viewer) as view:
        (asked,) = [one for one in reads.contexts(view, *EVER, made.home_id) if one.detector == "absence"]
        actions.refuse(view, asked.public_id, clock.now())
    clock.advance(7200)
    catch_up(database, clock)
    with people.seen_by(viewer) as view:
        (found,) = [one for one in reads.contexts(view, *EVER, made.home_id) if one.detector == "absence"]
        assert found.context.standing is Standing.REFUSED
        assert not found.context.acts
