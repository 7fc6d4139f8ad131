"""A pause: nothing is judged meanwhile, what was told is taken back, and what is not recorded is not called broken."""

import threading
from datetime import date, datetime, timedelta

import pytest

from analytics.contexts import actions, reads
from analytics.contexts.actions import ContextNotFoundError
from analytics.contexts.kinds import ContextKind
from analytics.jobs import Pace, analyse_home, look
from analytics.reads import findings_of_home, indicators
from analytics.wellbeing.reads import days as days_stand
from core.viewer import Viewer
from registry import pauses
from tests.integration.analytics.conftest import NOW
from tests.unit.analytics.made import utc

FIRST, BAD, LAST = date(2026, 2, 1), date(2026, 2, 26), date(2026, 2, 28)
NEVER = threading.Event()


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


def person(installation, home):
    return installation.rows("SELECT public_id FROM registry.person WHERE home_id = %s", home.home_id)[0]["public_id"]


def paused(installation, home, start: datetime, end: datetime | None) -> None:
    installation.connection.execute(
        "INSERT INTO registry.pause (organisation_id, home_id, person_id, started_at, ended_at)"
        " SELECT organisation_id, home_id, person_id, %s, %s FROM registry.person WHERE home_id = %s",
        (start, end, home.home_id),
    )


def found(people, viewer, home) -> list[str]:
    with people.seen_by(viewer) as view:
        return [row["kind"] for row in findings_of_home(view, home.home_id, utc(FIRST, "00:00"), utc(LAST, "23:00"))]


def test_a_day_that_was_paused_is_not_judged_never_green_and_teaches_nothing(
    installation, database, people, clock, home, viewer
) -> None:
    paused(installation, home, utc(BAD, "20:00"), utc(BAD + timedelta(days=1), "08:00"))
    catch_up(database, clock)
    assert found(people, viewer, home) == []
    with people.seen_by(viewer) as view:
        stands = {one.day: one for one in days_stand(view, home.home_id, BAD, LAST)}
        assert stands[BAD].state == "unknown"
        # Four hours of it were not recorded, however soon after them somebody was seen again.
        assert stands[BAD].coverage < 0.9
        assert ContextKind.PAUSED in stands[BAD].contexts
        rows = indicators(view, home.home_id, LAST - timedelta(days=1), LAST - timedelta(days=1))
        with_pause = next(row["days"] for row in rows if row["kind"] == "night_bathroom_visits")
        seen = reads.contexts(view, utc(FIRST, "00:00"), utc(LAST, "23:00"), home.home_id)
    assert [(one.context.kind, one.may_act) for one in seen] == [(ContextKind.PAUSED, False)]
    installation.connection.execute("DELETE FROM registry.pause")
    clock.advance(60)
    # The same again, without: computed anew, the day has its figures, the finding is told, and the day counts.
    installation.connection.execute(
        "INSERT INTO ingest.touched (home_id, hour, received_at)"
        " SELECT %s, generate_series(%s::timestamptz, %s, '1 hour'), %s",
        (home.home_id, utc(BAD, "00:00"), utc(BAD + timedelta(days=1), "12:00"), clock.now()),
    )
    catch_up(database, clock)
    assert found(people, viewer, home) == ["night_bathroom_visits"]
    with people.seen_by(viewer) as view:
        rows = indicators(view, home.home_id, LAST - timedelta(days=1), LAST - timedelta(days=1))
    assert next(row["days"] for row in rows if row["kind"] == "night_bathroom_visits") == with_pause + 1


def test_while_it_lasts_nobody_is_called_still_away_or_silent(
    installation, database, people, clock, home, viewer
) -> None:
    """The clock stands at half past eight: nobody has moved since the evening, for nothing is recorded since then."""
    installation.connection.execute("DELETE FROM ingest.reading_event WHERE ts >= %s", (utc(LAST, "20:00"),))
    with people.seen_by(viewer) as view:
        pauses.begin(view, person(installation, home), None, utc(LAST, "20:00"))
    for _ in range(6):
        catch_up(database, clock)
        clock.advance(6 * 3600)
        installation.store(home, [(int(clock.now().timestamp() * 1e6) - 1, "entrance_door")])
        installation.connection.execute("DELETE FROM ingest.reading_event WHERE ts >= %s", (utc(LAST, "20:00"),))
    rows = installation.rows(
        "SELECT kind, family FROM analytics.finding WHERE withdrawn_at IS NULL AND ended_at > %s", utc(LAST, "20:00")
    )
    assert rows == []
    assert installation.rows("SELECT kind FROM analytics.context") == []


def test_who_does_not_move_again_after_a_pause_is_told_of(installation, database, clock, home) -> None:
    """Somebody may have fallen in the pause: from its end on the sensors report, and nobody moves."""
    began, over = utc(LAST, "20:00"), NOW - timedelta(hours=1)
    installation.connection.execute("DELETE FROM ingest.reading_event WHERE ts >= %s", (began,))
    paused(installation, home, began, over)
    kinds: set[str] = set()
    for step in range(1, 8):
        clock.advance(3600)
        report(installation, home, over if step == 1 else clock.now() - timedelta(hours=1), clock.now())
        catch_up(database, clock)
        told = installation.rows("SELECT kind, started_at FROM analytics.finding WHERE withdrawn_at IS NULL")
        kinds |= {row["kind"] for row in told if row["started_at"] >= over}
    assert kinds & {"stillness", "long_absence"}


def report(installation, home, start: datetime, end: datetime) -> None:
    """Let every sensor of movement say four times an hour that nobody is there."""
    at, rows = start, []
    while at < end:
        rows += [(at, home.series[room]) for room in ("bedroom", "bathroom", "kitchen")]
        at += timedelta(minutes=15)
    with installation.connection.transaction(), installation.connection.cursor() as cursor:
        cursor.execute("SELECT ingest.ensure_partitions(%s, %s)", (start, end))
        cursor.executemany("INSERT INTO ingest.reading_event (ts, series_id, value) VALUES (%s, %s, 0)", rows)
        cursor.executemany(
            "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)",
            [(home.home_id, hour, end) for hour in {at.replace(minute=0, second=0) for at, _ in rows}],
        )


def test_nobody_enters_or_proposes_a_pause_as_a_context(installation, people, viewer, home, clock) -> None:
    where = installation.rows("SELECT public_id FROM registry.home WHERE home_id = %s", home.home_id)[0]["public_id"]
    with people.seen_by(viewer) as view, pytest.raises(ContextNotFoundError):
        actions.enter(view, where, ContextKind.PAUSED, clock.now(), None, "", clock.now())
