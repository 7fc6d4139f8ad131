"""The recorded homes of TIHM, walk-forward: few wellbeing findings, and none that an outage of the servers caused."""

import csv
import gzip
import time
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.baseline import LEAST_DAYS
from analytics.jobs import analyse
from core.clock import SimulatedClock
from tests.unit.analytics.made import utc

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2019, 5, 1), date(2019, 6, 30)  # two of the three recorded months: enough to learn and to judge
OUTAGE = datetime(2019, 6, 15, 4, 4, tzinfo=LONDON), datetime(2019, 6, 17, 14, 16, tzinfo=LONDON)
EACH = 2  # every second home: what half of them shows, all show
HOUR = timedelta(hours=1)
SENSORS = {
    "Kitchen": ("kitchen", "kitchen", "motion", ""),
    "Hallway": ("hallway", "hall", "motion", ""),
    "Lounge": ("lounge", "living", "motion", ""),
    "Bedroom": ("bedroom", "bedroom", "motion", ""),
    "Bathroom": ("bathroom", "bathroom", "motion", ""),
    "Fridge Door": ("kitchen", "kitchen", "opening", "fridge"),
    "Front Door": ("hallway", "hall", "opening", "entrance_door"),
    "Back Door": ("kitchen", "kitchen", "opening", "entrance_door"),
}


@pytest.fixture
def recorded(installation, shared_data) -> dict[int, str]:
    """The homes of TIHM with their activations, by home id."""
    path = shared_data / "tihm" / "Activity.csv.gz"
    if not path.is_file():
        pytest.skip("The recordings of TIHM are not there.")
    rows = defaultdict(set)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            if row["date"] >= FIRST.isoformat():
                rows[row["patient_id"]].add((row["date"], row["location_name"]))
    organisation = installation.organisation()
    installation.connection.execute("SELECT ingest.ensure_partitions('2019-04-30', '2019-07-01')")
    homes = {}
    with installation.connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'Europe/London'")  # the recording's own
        for patient, events in sorted(rows.items())[::EACH]:
            places = sorted({place for _, place in events})
            home = installation.home(organisation, "Europe/London", [SENSORS[place] for place in places])
            homes[home.home_id] = patient
            series = dict(zip(places, home.series_in_order, strict=True))
            with cursor.copy("COPY ingest.reading_event (ts, series_id, value) FROM STDIN") as copy:
                for clock, place in sorted(events):
                    copy.write_row((clock, series[place], 1.0))
    installation.connection.execute("SET TIME ZONE 'UTC'")
    installation.connection.execute("ANALYZE")
    return homes


def test_walk_forward(installation, database, recorded, record_testsuite_property) -> None:
    steps = []
    clock = SimulatedClock(utc(LAST + timedelta(days=2), "12:00"))
    began = time.process_time()
    changed = analyse(database, FIRST, LAST, clock=clock, progress=steps.append)
    home_days = installation.one("SELECT count(*) FROM analytics.rhythm")
    record_testsuite_property("cpu_ms_per_home_day", round((time.process_time() - began) * 1000 / home_days, 1))
    findings = installation.rows(
        "SELECT * FROM analytics.finding WHERE withdrawn_at IS NULL AND NOT trial ORDER BY started_at"
    )
    assert changed >= len(findings)  # a silence that goes on across two slices changes once more
    assert steps[-1].homes_done == steps[-1].homes == len(recorded)

    weeks = (
        installation.one("SELECT count(DISTINCT (home_id, day)) FROM analytics.indicator WHERE value IS NOT NULL") / 7
    )
    wellbeing = [row for row in findings if row["family"] == "wellbeing"]
    rate = len(wellbeing) / weeks
    record_testsuite_property("wellbeing_findings_per_home_week", rate)
    kinds = Counter(row["kind"] for row in wellbeing)
    for kind, count in kinds.items():
        record_testsuite_property(f"findings_{kind}", count)
    # Some of those who left at night really had: the door moved again when they came back.
    assert 0 < kinds["night_absence"] / weeks < 0.1
    # In the second week of a home, changes are told by its cohort: those are counted by themselves, by its weeks.
    changes = [row["evidence"]["usual"] for row in wellbeing if row["detector"] == "change"]
    early = [usual for usual in changes if usual is not None and usual["days"] < LEAST_DAYS]
    record_testsuite_property("changes_in_the_second_week_per_home", len(early) / len(recorded))
    assert len(early) / len(recorded) < 0.5
    assert 0 < rate - (kinds["night_absence"] + len(early)) / weeks < 0.5
    assert all(row["coverage"] >= 0.8 for row in wellbeing)

    from_day, to_day = (datetime(2019, 6, day, tzinfo=LONDON) for day in (15, 19))
    # A change of two weeks that shows itself later speaks of these days, too: it counts on the days that showed it.
    by_the_outage = [
        row
        for row in wellbeing
        if row["started_at"] < to_day
        and row["ended_at"] > from_day
        and "2019-06-15" <= row["evidence"].get("shown_on", ["2019-06-15"])[0] < "2019-06-19"
    ]
    assert by_the_outage == []

    verdicts = installation.rows(
        "SELECT kind, day FROM analytics.indicator"
        " WHERE value IS NOT NULL AND day BETWEEN '2019-06-15' AND '2019-06-16'"
    )
    assert verdicts == []
    before = installation.one("SELECT count(*) FROM analytics.indicator WHERE value IS NOT NULL AND day = '2019-06-13'")
    assert before > 0.75 * installation.one("SELECT count(*) FROM analytics.indicator WHERE day = '2019-06-13'")

    alive = installation.rows(
        "SELECT home_id FROM analytics.rhythm WHERE readings > 20 AND day = '2019-06-14'"
        " INTERSECT SELECT home_id FROM analytics.rhythm WHERE readings > 20 AND day = '2019-06-18'"
    )
    told = [
        row["home_id"]
        for row in findings
        if row["kind"] == "silent_home" and row["started_at"] < OUTAGE[0] + HOUR and row["ended_at"] > OUTAGE[1] - HOUR
    ]
    assert len(told) == len(set(told))
    assert {row["home_id"] for row in alive} <= set(told)

    silent = [row for row in findings if row["kind"] == "silent_sensor"]
    record_testsuite_property("silent_sensor_findings_per_home_week", len(silent) / weeks)
    assert len(silent) / weeks < 0.3
