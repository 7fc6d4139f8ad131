"""Readings become figures and findings; late ones restate them; nothing is touched that does not differ."""

import threading
from datetime import date, datetime, timedelta

import psycopg
import pytest

from analytics.frames import instant
from analytics.jobs import Pace, analyse, analyse_home, look
from analytics.reads import Lag, ask_latest_coverage, episodes, findings_of_home, indicators, lag
from analytics.telling.reads import findings_since
from core.viewer import Viewer
from tests.unit.analytics.made import at, utc

FIRST, BAD = date(2026, 2, 1), date(2026, 2, 26)
LAST = date(2026, 2, 28)
NEVER = threading.Event()
TABLES = (
    "episode",
    "indicator",
    "baseline",
    "finding",
    "rhythm",
    "device_rhythm",
    "hourly",
    "day_profile",
    "quiet_day",
)


def catch_up(database, clock) -> int:
    """What the service does at its quickest: look, and compute what is due."""
    due = look(database, clock, Pace(settle=timedelta(0), cadence=timedelta(0)))
    return sum(analyse_home(database, clock, home_id, NEVER) for home_id in due)


def versions(installation) -> dict[str, list]:
    """Every row of every table with the transaction that wrote it."""
    return {
        table: installation.rows(f"SELECT xmin::text, t::text FROM analytics.{table} t ORDER BY t::text")  # noqa: S608 - its own list
        for table in TABLES
    }


@pytest.fixture
def home(installation, days_of, day_of_visits):
    made = installation.home(installation.organisation())
    installation.store(made, [*days_of(FIRST, BAD - timedelta(days=1)), *day_of_visits(BAD, 8)])
    installation.store(made, days_of(BAD + timedelta(days=1), LAST))
    return made


def test_from_readings_to_a_finding(installation, database, people, clock, home, database_url) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN vicino_finding")
        assert catch_up(database, clock) >= 28
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1

    with database.transaction() as connection:
        found = findings_since(connection, clock.now() - timedelta(hours=1))
        assert lag(connection, clock.now()) == Lag(0, None, None)
    assert [(row["kind"], row["started_at"]) for row in found] == [("night_bathroom_visits", utc(BAD, "22:00"))]
    finding = found[0]
    assert finding["family"] == "wellbeing"
    assert finding["person_id"] is not None
    assert finding["ended_at"] == utc(BAD + timedelta(days=1), "06:00")
    assert finding["explanation_en"].startswith("8 visits to the bathroom in the night between Thursday 26")
    assert "di solito da 0 a 1" in finding["explanation_it"]
    assert len(finding["evidence"]["episodes"]) == 8
    assert finding["evidence"]["value"] == 8
    assert finding["withdrawn_at"] is None

    viewer = Viewer(installation.viewer(home.organisation_id))
    with people.seen_by(viewer) as view:
        week = indicators(view, home.home_id, BAD - timedelta(days=6), BAD)
        visits = [row for row in week if row["kind"] == "night_bathroom_visits"]
        assert [row["value"] for row in visits] == [row["day"].toordinal() % 2 for row in visits[:-1]] + [8]
        assert (visits[-1]["low"], visits[-1]["high"], visits[-1]["days"]) == (0, 1, 25)
        assert all(row["coverage"] == 1 for row in week)
        assert len(findings_of_home(view, home.home_id, utc(BAD, "00:00"), utc(LAST, "00:00"))) == 1
        night = episodes(view, home.home_id, utc(BAD, "22:00"), utc(BAD + timedelta(days=1), "06:00"))
        assert sum(row["kind"] == "bathroom_visit" for row in night) == 8
        latest = {row["day"]: row for row in ask_latest_coverage(view, LAST - timedelta(days=7))()}
        assert (max(latest), latest[LAST]["home_id"], latest[LAST]["coverage"]) == (LAST, home.home_id, 1)


def test_nobody_sees_another_organisation(installation, database, people, clock, home) -> None:
    catch_up(database, clock)
    stranger = Viewer(installation.viewer(installation.organisation()))
    with people.seen_by(stranger) as view:
        assert indicators(view, home.home_id, FIRST, LAST) == []
        assert episodes(view, home.home_id, utc(FIRST, "00:00"), utc(LAST, "00:00")) == []
        assert findings_of_home(view, home.home_id, utc(FIRST, "00:00"), utc(LAST, "00:00")) == []
        assert ask_latest_coverage(view, FIRST)() == []


def test_a_second_run_changes_nothing(installation, database, clock, home) -> None:
    catch_up(database, clock)
    before = versions(installation)
    assert all(before[table] for table in ("episode", "indicator", "baseline", "finding", "rhythm"))
    assert analyse(database, FIRST, LAST, clock=clock) == 0
    assert versions(installation) == before


def test_one_day_at_a_time_comes_to_the_same_as_all_at_once(installation, database, clock, home) -> None:
    def contents() -> list[str]:
        query = "SELECT (to_jsonb(t) - 'episode_id' - 'finding_id')::text AS row FROM analytics.{} AS t ORDER BY 1"
        return [row["row"] for table in TABLES for row in installation.rows(query.format(table))]

    analyse(database, FIRST, LAST, clock=clock)
    at_once = contents()
    for table in TABLES:
        installation.connection.execute(f"DELETE FROM analytics.{table}")  # noqa: S608 - its own list
    for offset in range((LAST - FIRST).days + 1):
        analyse(database, FIRST + timedelta(days=offset), FIRST + timedelta(days=offset), clock=clock)
    assert contents() == at_once


def test_late_readings_restate_the_day_and_withdraw_what_does_not_hold(
    installation, database, clock, home, days_of
) -> None:
    silent = date(2026, 2, 20)
    made = installation.home(home.organisation_id)
    there = [row for row in days_of(FIRST, LAST) if not at(silent, "9:00") <= row[0] < at(silent, "22:00")]
    installation.store(made, there)
    catch_up(database, clock)
    with database.transaction() as connection:
        first = [row for row in findings_since(connection, instant(0)) if row["home_id"] == made.home_id]
    assert [(row["family"], row["kind"]) for row in first] == [("technical", "silent_home")]
    assert first[0]["person_id"] is None
    assert first[0]["started_at"] == utc(silent, "08:35")
    assert "venerdì 20 febbraio, ore 8:35" in first[0]["explanation_it"]

    late = [row for row in days_of(silent, silent) if at(silent, "9:00") <= row[0] < at(silent, "22:00")]
    installation.store(made, late)
    clock.advance(3600)
    untouched = [row for row in versions(installation)["indicator"] if f",{made.home_id}," not in row["t"]]
    looked_from = clock.now()
    catch_up(database, clock)
    with database.transaction() as connection:
        after = findings_since(connection, looked_from)
    assert [(row["finding_id"], row["withdrawn_at"] is not None) for row in after] == [(first[0]["finding_id"], True)]
    restated = installation.rows(
        "SELECT value, coverage FROM analytics.indicator"
        " WHERE home_id = %s AND kind = 'longest_stillness' AND day = %s",
        made.home_id, silent,
    )  # fmt: skip
    assert restated == [{"value": 0.5, "coverage": 1.0}]
    assert [row for row in versions(installation)["indicator"] if f",{made.home_id}," not in row["t"]] == untouched


def test_a_home_that_falls_silent_is_noticed_without_any_reading(installation, database, clock, home) -> None:
    catch_up(database, clock)
    clock.jump(utc(LAST, "23:00"))
    for _ in range(4 * 24):
        clock.advance(3600)
        for home_id in look(database, clock, Pace()):
            analyse_home(database, clock, home_id, NEVER)
    found = installation.rows("SELECT * FROM analytics.finding WHERE kind = 'silent_home' AND withdrawn_at IS NULL")
    assert [row["started_at"] for row in found] == [instant(at(LAST, "28:30"))]
    assert found[0]["explanation_en"].startswith("No data from the home since Sunday 1 March at 4:30.")
    assert found[0]["ended_at"] > utc(LAST + timedelta(days=3), "11:00")
    # As long as the silence was not longer than is believed of it, it may have been somebody who did not get up.
    wellbeing = installation.rows(
        "SELECT explanation_en, ended_at, trial FROM analytics.finding"
        " WHERE family = 'wellbeing' AND started_at >= %s ORDER BY trial",
        utc(LAST, "22:00"),
    )
    assert [(row["trial"], row["explanation_en"].partition(" (")[0]) for row in wellbeing] == [
        (False, "No movement in the home since 4:30"),
    ]
    assert all(row["ended_at"] <= utc(LAST + timedelta(days=1), "14:00") for row in wellbeing)


def test_a_touched_hour_is_moved_once_and_none_is_lost(installation, database, clock, home) -> None:
    look(database, clock, Pace())
    due = installation.rows("SELECT * FROM analytics.due_day ORDER BY day")
    cursor = installation.rows("SELECT * FROM analytics.progress")
    look(database, clock, Pace())
    assert installation.rows("SELECT * FROM analytics.due_day ORDER BY day") == due
    assert installation.rows("SELECT * FROM analytics.progress") == cursor
    assert {row["day"] for row in due} >= {FIRST + timedelta(days=n) for n in range(28)}


def test_the_due_days_of_a_worker_that_is_killed_are_still_there(
    installation, database, clock, home, monkeypatch
) -> None:
    look(database, clock, Pace())
    clock.advance(60)
    before = installation.one("SELECT count(*) FROM analytics.due_day")

    def killed(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("analytics.analysis.repository.put_rhythms", killed)
        assert analyse_home(database, clock, home.home_id, NEVER) == 0
    assert installation.one("SELECT count(*) FROM analytics.due_day") == before
    assert installation.one("SELECT count(*) FROM analytics.episode") == 0
    assert look(database, clock, Pace()) == []  # pushed ahead, so that other homes come first
    clock.advance(3600)
    assert look(database, clock, Pace()) == [home.home_id]
    assert analyse_home(database, clock, home.home_id, NEVER) >= 28


def test_two_workers_never_compute_the_same_home_at_once(installation, database, clock, home) -> None:
    look(database, clock, Pace())
    clock.advance(60)
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('analytics.due_day'), %s)", (home.home_id,))
        assert analyse_home(database, clock, home.home_id, NEVER) == 0
    assert analyse_home(database, clock, home.home_id, NEVER) >= 28


def test_today_is_computed_again_and_again_and_nothing_is_said_before_the_night_is_over(
    installation, database, clock, days_of, day_of_visits
) -> None:
    home = installation.home(installation.organisation())
    installation.store(home, days_of(FIRST, LAST))
    night = LAST + timedelta(days=1)
    catch_up(database, clock)
    installation.store(home, day_of_visits(night, 8))

    def kinds_at(now: datetime) -> list[str]:
        clock.jump(now)
        catch_up(database, clock)
        rows = installation.rows(
            "SELECT kind FROM analytics.finding WHERE started_at >= %s AND withdrawn_at IS NULL", utc(night, "12:00")
        )
        return [row["kind"] for row in rows]

    assert kinds_at(utc(night + timedelta(days=1), "03:00")) == []
    assert kinds_at(utc(night + timedelta(days=1), "06:30")) == []
    assert kinds_at(utc(night + timedelta(days=1), "08:05")) == ["night_bathroom_visits"]


def test_a_day_of_which_nothing_is_known_is_due_at_once_and_then_at_the_cadence(
    installation, database, clock, days_of
) -> None:
    made = installation.home(installation.organisation())
    pace = Pace(settle=timedelta(seconds=20), cadence=timedelta(minutes=5))
    today = clock.now().date()
    installation.store(made, days_of(today, today), clock.now())
    look(database, clock, pace)
    clock.advance(20)
    assert look(database, clock, pace) == [made.home_id]
    analyse_home(database, clock, made.home_id, NEVER)
    installation.store(made, days_of(today, today)[:1], clock.now())
    clock.advance(20)
    assert look(database, clock, pace) == []
    clock.advance(5 * 60)
    assert look(database, clock, pace) == [made.home_id]


STILL_FROM = LAST + timedelta(days=1)


@pytest.fixture
def live(installation, database, clock, home):
    """The service at its usual pace, from the morning of a day on: runs until a local time, returns what it found."""
    catch_up(database, clock)

    def until(day: date, moment: str) -> list[dict]:
        while clock.now() < utc(day, moment):
            clock.advance(30)
            for home_id in look(database, clock, Pace()):
                analyse_home(database, clock, home_id, NEVER)
        return installation.rows(
            "SELECT * FROM analytics.finding WHERE kind = 'stillness' AND started_at >= %s ORDER BY started_at",
            utc(STILL_FROM, "00:00"),
        )

    return until


def morning(day_of_visits) -> list[tuple[int, str]]:
    return [row for row in day_of_visits(STILL_FROM, 0) if row[0] < at(STILL_FROM, "9:30")]


def test_somebody_still_is_told_while_it_goes_on(installation, clock, home, live, day_of_visits) -> None:
    clock.jump(utc(STILL_FROM, "09:05"))
    installation.store(home, morning(day_of_visits))
    assert live(STILL_FROM, "10:05") == []
    found = live(STILL_FROM, "11:11")
    assert [(row["started_at"], row["person_id"] is not None) for row in found] == [(utc(STILL_FROM, "09:05"), True)]
    assert found[0]["found_at"] <= utc(STILL_FROM, "11:06") + timedelta(minutes=5), "by day after two hours at most"
    assert found[0]["ended_at"] == found[0]["updated_at"]
    assert found[0]["explanation_en"].startswith("No movement in the home since 9:05 (2 h")
    assert "Last sign: kitchen. After a last sign there at about 9:00" in found[0]["explanation_en"]
    assert found[0]["explanation_en"].endswith("within 30 min (28 days known). Based on 100 % of the data.")
    # What is expected today was learned once and is read at each look; of days that are over it is not kept.
    kept = installation.rows("SELECT day FROM analytics.expected_gap WHERE home_id = %s ORDER BY day", home.home_id)
    assert [row["day"] for row in kept][-1] == STILL_FROM
    assert len(kept) <= 3

    assert live(STILL_FROM, "14:55")[0]["severity"] == 1.0
    # Nobody moved until nobody knows any more whether the sensors live: it is not taken back for that.
    silent = live(STILL_FROM + timedelta(days=1), "13:00")
    assert [(row["finding_id"], row["withdrawn_at"]) for row in silent] == [(found[0]["finding_id"], None)]
    homes = installation.rows("SELECT started_at FROM analytics.finding WHERE kind = 'silent_home'")
    assert homes == [{"started_at": utc(STILL_FROM, "09:05")}]

    # What was late after all shows that somebody moved.
    installation.store(home, day_of_visits(STILL_FROM, 0), clock.now())
    assert live(STILL_FROM + timedelta(days=1), "13:10")[0]["withdrawn_at"] is not None


@pytest.mark.parametrize(
    ("online", "heard_at", "oldest_unsent"), [(False, "12:29", None), (True, "09:20", None), (True, "12:29", "09:10")]
)
def test_a_gateway_that_is_away_or_holds_readings_back_is_no_stillness(
    installation, clock, home, live, day_of_visits, online, heard_at, oldest_unsent
) -> None:
    clock.jump(utc(STILL_FROM, "09:05"))
    installation.store(home, morning(day_of_visits))
    unsent = utc(STILL_FROM, oldest_unsent) if oldest_unsent else None
    installation.connection.execute(
        "INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, boot, queued,"
        " oldest_unsent, thinned, clock, version, uptime_s, power)"
        " SELECT gateway_id, organisation_id, %s, %s, %s, 'b', 1, %s, 0, 'synced', '', 1, 'mains' FROM devices.gateway"
        " WHERE home_id = %s",
        (online, utc(STILL_FROM, heard_at), utc(STILL_FROM, heard_at), unsent, home.home_id),
    )
    assert live(STILL_FROM, "12:30") == []
    installation.connection.execute(
        "UPDATE ingest.gateway_status SET online = true, received_at = %s, oldest_unsent = NULL",
        (utc(STILL_FROM, "12:40"),),
    )
    assert len(live(STILL_FROM, "12:41")) == 1


def test_who_moves_again_was_still_all_the_same_and_the_day_says_so_in_the_end(
    installation, clock, home, live, day_of_visits
) -> None:
    clock.jump(utc(STILL_FROM, "09:05"))
    installation.store(home, morning(day_of_visits))
    first = live(STILL_FROM, "12:30")[0]
    rest = [row for row in day_of_visits(STILL_FROM, 0) if row[0] >= at(STILL_FROM, "12:30")]
    installation.store(home, rest[:1], clock.now())
    moved = live(STILL_FROM, "12:45")[0]
    assert moved["explanation_en"].startswith("No movement in the home from 9:05 to 12:35 (3 h 30 min).")
    assert moved["ended_at"] == utc(STILL_FROM, "12:35")
    installation.store(home, rest, clock.now())
    last = live(STILL_FROM + timedelta(days=1), "00:35")[0]
    assert (last["finding_id"], last["withdrawn_at"]) == (first["finding_id"], None)
    assert (last["ended_at"], last["evidence"]["minutes"]) == (utc(STILL_FROM, "12:35"), 210)


def test_a_sensor_that_falls_silent_is_told_once_and_leaves_no_verdict(
    installation, database, clock, home, days_of
) -> None:
    made = installation.home(home.organisation_id)
    rows = [*days_of(FIRST, LAST), *((at(FIRST + timedelta(days=n), "9:10"), "bathroom") for n in range(28))]
    dead_from, back = date(2026, 2, 24), date(2026, 2, 28)
    rows = [row for row in rows if row[1] != "bathroom" or not at(dead_from, "9:20") <= row[0] < at(back, "9:10")]
    installation.store(made, [row for row in rows if row[0] < at(back, "0:00")])

    def told() -> list[dict]:
        return installation.rows(
            "SELECT * FROM analytics.finding WHERE home_id = %s AND kind = 'silent_sensor'", made.home_id
        )

    analyse(database, FIRST, back - timedelta(days=1), clock=clock, homes=[made.home_id])
    first = told()
    assert [(row["family"], row["started_at"]) for row in first] == [("technical", utc(dead_from, "09:10"))]
    assert first[0]["explanation_en"] == (
        "One sensor has sent nothing since Tuesday 24 February at 9:10, while others have: bathroom."
    )
    assert installation.rows(
        "SELECT DISTINCT value, coverage FROM analytics.indicator"
        " WHERE home_id = %s AND kind = 'night_bathroom_visits' AND day BETWEEN %s AND %s",
        made.home_id, dead_from + timedelta(days=2), back - timedelta(days=2),
    ) == [{"value": None, "coverage": 0.5}]  # fmt: skip  # the sensor in the bedroom lives

    installation.store(made, [row for row in rows if row[0] >= at(back, "0:00")])
    analyse(database, back - timedelta(days=1), back, clock=clock, homes=[made.home_id])
    ended = told()
    assert [(row["finding_id"], row["ended_at"], row["withdrawn_at"]) for row in ended] == [
        (first[0]["finding_id"], utc(back, "09:10"), None)
    ]

    # What was late after all shows that it was alive.
    late = [(at(dead_from + timedelta(days=n), "9:10"), "bathroom") for n in range(1, 4)]
    installation.store(made, late)
    analyse(database, dead_from, back, clock=clock, homes=[made.home_id])
    assert [row["withdrawn_at"] is not None for row in told()] == [True]
