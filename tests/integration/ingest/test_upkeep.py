"""Hourly and daily figures, retention, and what is cleared away, on whichever database the tests run."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from core import topics
from core.clock import SimulatedClock, SystemClock
from core.localtime import local_day, local_instant
from core.messages import FoundDevice, GatewayStatus, encode
from core.viewer import Viewer
from core.vocabulary import BY_NAME, Flag, Retention
from ingest import reads
from ingest import repository as intake
from ingest.mqtt5 import Delivery
from ingest.repository import Refused
from ingest.settings import IngestSettings
from ingest.status import StatusStore
from ingest.upkeep import repository
from ingest.upkeep.service import Upkeep
from ingest.validate import Reason, Rejection
from tests.integration.ingest.homes import WITHIN_S, until

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEMPERATURE = "d/temperature"
# Whoever does the upkeep of this database.
TAKEN = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND objid = (hashtext('ingest.upkeep')::bigint & 4294967295)::oid"
)


class Figures(NamedTuple):
    readings: int
    plausible: int
    total: float | None
    minimum: float | None
    maximum: float | None
    first_value: float | None
    last_value: float | None


@pytest.fixture
def connection(service):
    with service.connect() as own:
        yield own


@pytest.fixture
def take_in(world, connection):
    """Store readings (series, time, value, and flags if any) of a gateway as a worker does, in one transaction."""

    def take_in(gateway, *readings, received_at=NOW):
        home_id = world.home_id(gateway)
        with connection.transaction():
            for name, at, value, *flags in readings:
                retention = BY_NAME[name.partition("/")[2]].retention
                connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (at, at))
                connection.execute(
                    SQL(
                        "INSERT INTO ingest.{} (ts, value, series_id, flags)"
                        " SELECT %s, %s, series_id, %s FROM devices.series JOIN devices.gateway USING (gateway_id)"
                        " WHERE gateway.key = %s AND series.name = %s"
                    ).format(Identifier(f"reading_{retention}")),
                    (at, value, flags[0] if flags else 0, gateway, name),
                )
                connection.execute(
                    "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, date_trunc('hour', %s), %s)",
                    (home_id, at, received_at),
                )

    return take_in


@pytest.fixture
def make_upkeep(service, database_url):
    made = []

    def make(now=NOW, **changes):
        settings = IngestSettings(
            database_url=database_url,
            **{f"retention_{each}_days": 0 for each in Retention} | changes,
        )
        made.append(Upkeep(service.connect, settings, now if isinstance(now, SystemClock) else SimulatedClock(now)))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def keep_up(world, make_upkeep):
    """Do one round and leave it to the next process."""

    def keep_up(now=NOW, **changes):
        upkeep = make_upkeep(now, **changes)
        upkeep.look()
        upkeep.close()
        until(lambda: not world.query(TAKEN))

    return keep_up


@pytest.fixture
def hours(world):
    def hours(gateway, name=TEMPERATURE):
        return _figures(world, "hourly", "hour", gateway, name)

    return hours


@pytest.fixture
def days(world):
    def days(gateway, name=TEMPERATURE):
        return _figures(world, "daily", "day", gateway, name)

    return days


def refuse(connection, gateway, at):
    delivery = Delivery(topics.topic(gateway, topics.Leaf.READINGS), b"[]", [], 1, 1)
    intake.keep_refused(connection, [Refused(delivery, gateway, Rejection(Reason.FLOOD, "too many", 1))], at)


def _figures(world, view, bucket, gateway, name):
    rows = world.query(
        SQL(
            "SELECT {bucket} AS bucket, readings, plausible, total, minimum, maximum, first_value, last_value"
            " FROM ingest.{view} JOIN devices.series USING (series_id) JOIN devices.gateway USING (gateway_id)"
            " WHERE gateway.key = %s AND series.name = %s ORDER BY 1"
        ).format(bucket=Identifier(bucket), view=Identifier(view)),
        gateway,
        name,
    )
    return {row.pop("bucket"): Figures(**row) for row in rows}


def test_figures_say_what_the_readings_of_an_hour_and_of_a_local_day_say(world, take_in, make_upkeep, hours, days):
    home, other = world.home("home"), world.home("other")
    midnight = local_instant(date(2026, 11, 20), time.min, ROME)
    take_in(
        home,
        (TEMPERATURE, midnight - HOUR, 18.0),
        (TEMPERATURE, midnight, 20.0),
        (TEMPERATURE, midnight + timedelta(minutes=20), 22.5),
        (TEMPERATURE, midnight + timedelta(minutes=40), 99.0, int(Flag.OUT_OF_RANGE)),
        (TEMPERATURE, midnight + timedelta(minutes=59), 19.0, int(Flag.UNSYNCHRONISED)),
        (TEMPERATURE, midnight + 5 * HOUR, 99.0, int(Flag.OUT_OF_RANGE)),
        (TEMPERATURE, midnight + 20 * HOUR, 21.0),
        ("d/occupancy", midnight + 3 * HOUR, 1.0),
    )
    take_in(other, (TEMPERATURE, midnight, -5.0))
    assert not make_upkeep().look()
    assert hours(home) == {
        midnight - HOUR: Figures(1, 1, 18.0, 18.0, 18.0, 18.0, 18.0),
        midnight: Figures(4, 3, 61.5, 19.0, 22.5, 20.0, 19.0),
        midnight + 5 * HOUR: Figures(1, 0, None, None, None, None, None),
        midnight + 20 * HOUR: Figures(1, 1, 21.0, 21.0, 21.0, 21.0, 21.0),
    }
    assert days(home) == {
        midnight - DAY: Figures(1, 1, 18.0, 18.0, 18.0, 18.0, 18.0),
        midnight: Figures(6, 4, 82.5, 19.0, 22.5, 20.0, 21.0),
    }
    assert days(home, "d/occupancy") == {midnight: Figures(1, 1, 1.0, 1.0, 1.0, 1.0, 1.0)}
    assert days(other) == {midnight: Figures(1, 1, -5.0, -5.0, -5.0, -5.0, -5.0)}


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_of_daylight_saving_has_its_own_length(world, take_in, make_upkeep, days, day, length):
    home = world.home("home")
    start, end = local_day(day, ROME)
    take_in(home, *((TEMPERATURE, start + number * HOUR, 20.0) for number in range(-1, length + 1)))
    make_upkeep().look()
    assert end - start == length * HOUR
    assert {at: figures.readings for at, figures in days(home).items()} == {
        local_instant(day - DAY, time.min, ROME): 1,
        start: length,
        end: 1,
    }


def test_late_readings_are_in_the_figures_afterwards_and_change_no_others(world, take_in, make_upkeep, hours, days):
    home = world.home("home")
    start = local_instant(date(2026, 9, 1), time.min, ROME)
    take_in(home, *((TEMPERATURE, start + number * HOUR, 20.0) for number in range(48)))
    upkeep = make_upkeep()
    upkeep.look()
    before = hours(home)
    take_in(home, (TEMPERATURE, start + timedelta(minutes=90), 10.0))
    assert hours(home) == before
    upkeep.look()
    assert hours(home) == before | {start + HOUR: Figures(2, 2, 30.0, 10.0, 20.0, 20.0, 10.0)}
    assert days(home)[start] == Figures(25, 25, 490.0, 10.0, 20.0, 20.0, 20.0)
    assert days(home)[start + DAY] == Figures(24, 24, 480.0, 20.0, 20.0, 20.0, 20.0)


def test_what_was_touched_is_computed_once_and_again_only_after_a_failure(
    world, connection, take_in, make_upkeep, hours
):
    home = world.home("home")
    take_in(home, (TEMPERATURE, NOW, 20.0))
    upkeep = make_upkeep()
    upkeep.look()
    done = repository.cursor(connection)
    upkeep.look()
    assert repository.cursor(connection) == done
    # As after a failure between the figures and the note of how far they go.
    repository.set_cursor(connection, repository.Cursor(0, 0))
    upkeep.look()
    assert repository.cursor(connection) == done
    assert hours(home) == {NOW: Figures(1, 1, 20.0, 20.0, 20.0, 20.0, 20.0)}


def test_a_long_backlog_is_worked_through_piece_by_piece(world, take_in, make_upkeep, hours, monkeypatch):
    monkeypatch.setattr("ingest.upkeep.figures.TOUCHED_AT_ONCE", 5)
    home = world.home("home")
    take_in(home, *((TEMPERATURE, NOW - number * DAY, 20.0) for number in range(12)))
    upkeep = make_upkeep()
    assert [upkeep.look() for _ in range(3)] == [True, True, False]
    assert len(hours(home)) == 12


def test_dropped_readings_leave_their_figures_which_nothing_destroys_later(
    world, take_in, keep_up, hours, days, connection
):
    home = world.home("home")
    old = NOW - timedelta(days=300)
    take_in(home, *((TEMPERATURE, old + number * HOUR, 20.0) for number in range(48)))
    take_in(home, (TEMPERATURE, NOW, 21.0), ("d/occupancy", old, 1.0))
    keep_up(retention_level_days=100)
    assert world.stored(home) == [
        ("d/occupancy", round(old.timestamp() * 1000), 1.0),
        (TEMPERATURE, round(NOW.timestamp() * 1000), 21.0),
    ]
    kept, kept_days = hours(home), days(home)
    assert len(kept) == 49
    # Somebody lets readings be kept for longer; then a late one of those days comes and is stored.
    take_in(home, (TEMPERATURE, old + timedelta(minutes=7), -30.0), (TEMPERATURE, NOW + HOUR, 23.0))
    keep_up(retention_level_days=1000)
    assert len(world.stored(home)) == 4
    assert {at: figures for at, figures in hours(home).items() if at < NOW - DAY} == {
        at: figures for at, figures in kept.items() if at < NOW - DAY
    }
    assert hours(home)[NOW + HOUR].total == 23.0
    assert {day: days(home)[day] for day in list(kept_days)[:2]} == dict(list(kept_days.items())[:2])
    assert repository.dropped_before(connection)[Retention.LEVEL] > old + 2 * DAY
    assert repository.dropped_before(connection)[Retention.EVENT] is None


def test_readings_within_their_time_stay_and_so_does_everything_that_is_kept_for_ever(world, take_in, make_upkeep):
    home = world.home("home")
    take_in(home, *((TEMPERATURE, NOW - number * timedelta(days=20), 20.0) for number in range(5)))
    take_in(home, ("d/occupancy", NOW - timedelta(days=2000), 1.0))
    make_upkeep(retention_level_days=99, retention_technical_days=1, retention_vital_days=1).look()
    assert len(world.stored(home)) == 6


def test_a_clock_that_jumps_ahead_drops_nothing(world, take_in, make_upkeep):
    home = world.home("home")
    take_in(home, (TEMPERATURE, NOW - timedelta(days=50), 20.0), (TEMPERATURE, NOW, 20.0))
    make_upkeep(datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC), retention_level_days=90).look()
    assert len(world.stored(home)) == 2


def test_a_clock_that_jumps_ahead_deletes_no_reject_and_not_when_anything_came(world, take_in, make_upkeep, connection):
    home = world.home("home")
    take_in(home, (TEMPERATURE, NOW, 20.0))
    refuse(connection, home, NOW - 80 * DAY)
    for lane in ("readings", "urgent"):
        connection.execute("INSERT INTO ingest.intake (received_at, lane) VALUES (%s, %s)", (NOW, lane))
    # What is written down while the clock is wrong is no reason to believe it.
    jumped = datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC)
    connection.execute("INSERT INTO ingest.intake (received_at, lane) VALUES (%s, 'readings')", (jumped,))
    make_upkeep(jumped, reject_days=90).look()
    assert world.rejected() == {"flood": 1}
    assert world.value("SELECT count(*) FROM ingest.touched") == 1
    assert world.value("SELECT count(*) FROM ingest.intake") == 3


def test_rejects_go_after_their_days_while_readings_come(world, take_in, make_upkeep, connection):
    home = world.home("home")
    refuse(connection, home, NOW - 80 * DAY)
    take_in(home, (TEMPERATURE, NOW, 20.0))
    make_upkeep(NOW, reject_days=79).look()
    assert world.rejected() == {}


def test_figures_are_dropped_only_where_somebody_says_for_how_long_they_are_kept(world, take_in, keep_up, hours):
    home = world.home("home")
    take_in(home, (TEMPERATURE, NOW - timedelta(days=1000), 20.0), (TEMPERATURE, NOW, 21.0))
    keep_up(retention_rollup_days=0)
    assert len(hours(home)) == 2
    keep_up(retention_rollup_days=500)
    assert list(hours(home)) == [NOW]


def test_what_tells_when_readings_came_goes_when_nobody_needs_it(world, take_in, make_upkeep, connection):
    home = world.home("home")
    for age in (40, 15, 1):
        received_at = NOW - timedelta(days=age)
        take_in(home, (TEMPERATURE, received_at, 20.0), received_at=received_at)
        connection.execute("INSERT INTO ingest.intake (received_at, lane) VALUES (%s, 'readings')", (received_at,))
    make_upkeep().look()
    assert world.query("SELECT received_at FROM ingest.touched") == [{"received_at": NOW - DAY}]
    assert world.query("SELECT received_at FROM ingest.intake") == [{"received_at": NOW - DAY}]


def test_calls_for_help_go_with_the_readings_that_they_were(world, take_in, make_upkeep, connection):
    home = world.home("home")
    take_in(home, (TEMPERATURE, NOW, 20.0))
    number = world.query("SELECT home_id FROM registry.home")[0]["home_id"]
    for happened, came in ((1_200, 1_200), (1_200, 3), (1_000, 1_000)):
        connection.execute(
            "INSERT INTO ingest.urgent (home_id, quantity_id, ts, value, received_at) VALUES (%s, 20, %s, 1, %s)",
            (number, NOW - happened * DAY, NOW - came * DAY),
        )
    make_upkeep(retention_event_days=1_095).look()
    # One that came late waits for whoever is called, however old it is.
    assert world.query("SELECT ts FROM ingest.urgent ORDER BY ts") == [
        {"ts": NOW - 1_200 * DAY}, {"ts": NOW - 1_000 * DAY},
    ]  # fmt: skip


def test_what_a_gateway_has_not_found_for_half_a_year_is_forgotten_unless_it_is_installed(
    world, take_in, make_upkeep, connection
):
    spoken = encode(GatewayStatus(online=True, boot="b1", version="1"))
    home, gone = world.home("home", ()), world.home("gone", ())
    world.device(home, "0x1", ("temperature",))
    world.device(home, "0x2", ("battery",))
    world.connection.execute("UPDATE devices.device SET retired_at = %s WHERE key = '0x2'", (NOW - 200 * DAY,))
    for gateway, *found in (
        (home, (400, "0x1", "0x2", "0x3", "0x4"), (100, "0x4", "0x5"), (90, "0x5")),
        (gone, (400, "0x6"), (100, "0x7")),
    ):
        for age, *keys in found:
            devices = [FoundDevice(key) for key in keys]
            intake.record_inventory(connection, gateway, devices, NOW - age * DAY)
    status = Delivery(topics.topic(home, topics.Leaf.STATUS), spoken, [], 1, 1)
    assert StatusStore()(connection, status, NOW) is None
    take_in(home, ("0x1/temperature", NOW, 20.0))
    make_upkeep().look()
    assert [row["key"] for row in world.query("SELECT key FROM ingest.found_device ORDER BY key")] == [
        "0x1", "0x4", "0x5", "0x7",
    ]  # fmt: skip


def test_touched_hours_wait_for_the_figures_however_old_they_are(world, take_in, make_upkeep, connection, database_url):
    home = world.home("home")
    with psycopg.connect(database_url) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        take_in(home, (TEMPERATURE, NOW - 40 * DAY, 20.0), received_at=NOW - 40 * DAY)
        connection.execute("INSERT INTO ingest.intake (received_at, lane) VALUES (%s, 'readings')", (NOW - 40 * DAY,))
        take_in(home, (TEMPERATURE, NOW, 20.0))
        make_upkeep().look()
        assert world.value("SELECT count(*) FROM ingest.touched") == 2
    # The last commit tells `vicino status` when something came in: it stays, however long ago that was.
    assert world.value("SELECT count(*) FROM ingest.intake") == 1


def test_partitions_are_there_before_the_month_begins(world, make_upkeep):
    make_upkeep(datetime(2031, 1, 25, tzinfo=UTC)).look()
    made = world.query(
        "SELECT relname FROM pg_class WHERE relname ~ '^reading_event_2031' AND relkind = 'r' ORDER BY 1"
    )
    variant = world.value("SELECT variant FROM vicino.installation")
    assert [row["relname"] for row in made] == {
        "plain": ["reading_event_2031_01", "reading_event_2031_02"],
        "timescale": [],
    }[variant]


def test_one_of_several_processes_does_it_and_another_takes_over(world, take_in, make_upkeep, hours):
    home = world.home("home")
    first, second = make_upkeep(), make_upkeep()
    first.look()
    take_in(home, (TEMPERATURE, NOW, 20.0))
    second.look()
    assert hours(home) == {}
    first.close()

    def taken_over():
        second.look()
        return hours(home)

    assert until(taken_over) == {NOW: Figures(1, 1, 20.0, 20.0, 20.0, 20.0, 20.0)}


def test_it_goes_on_after_its_connection_was_cut_and_ends_when_it_is_told(world, take_in, make_upkeep, hours):
    home = world.home("home")
    upkeep = make_upkeep(SystemClock(), ingest_upkeep_s=0.05)
    stop = threading.Event()
    thread = threading.Thread(target=upkeep.run, args=(stop,))
    thread.start()
    try:
        take_in(home, (TEMPERATURE, NOW, 20.0))
        until(lambda: len(hours(home)) == 1)
        world.connection.execute("SELECT pg_terminate_backend(%s)", (world.value(TAKEN),))
        take_in(home, (TEMPERATURE, NOW + HOUR, 20.0))
        until(lambda: len(hours(home)) == 2)
    finally:
        stop.set()
        upkeep.interrupt()
        thread.join(WITHIN_S)
    assert not thread.is_alive()


def test_people_see_the_figures_of_their_own_organisation_and_no_others(world, people, take_in, make_upkeep):
    ours, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    midnight = local_instant(date(2026, 11, 20), time.min, ROME)
    for gateway in (ours, theirs):
        take_in(gateway, (TEMPERATURE, midnight, 20.0), ("d/occupancy", midnight, 1.0))
    make_upkeep().look()
    viewer, stranger = world.account("viewer", "ours"), world.account("stranger", "elsewhere")
    span = (midnight, midnight + DAY)
    with people.seen_by(Viewer(viewer)) as view:
        for read, bucket in ((reads.home_hours, "hour"), (reads.home_days, "day")):
            seen = read(view, world.home_id(ours), *span)
            assert {row["quantity_id"] for row in seen} == {1, 40}
            assert {row[bucket] for row in seen} == {midnight}
            assert [row["total"] for row in read(view, world.home_id(ours), *span, quantities=[40])] == [20.0]
            assert read(view, world.home_id(ours), midnight + DAY, midnight + 2 * DAY) == []
            assert read(view, world.home_id(theirs), *span) == []
    with people.seen_by(Viewer(stranger)) as view:
        for name in ("seen_hourly", "seen_daily"):
            count = view.connection.execute(SQL("SELECT count(*) AS n FROM ingest.{}").format(Identifier(name)))
            assert count.fetchone() == {"n": 0}


def test_people_cannot_reach_the_figures_but_through_the_views(world, people):
    account = world.account("viewer", "o")
    for name in [*(f"{kind}_{each}" for kind in ("hourly", "daily") for each in Retention), "hourly", "daily"]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), people.seen_by(Viewer(account)) as view:
            view.connection.execute(SQL("SELECT 1 FROM ingest.{}").format(Identifier(name)))


def test_the_days_of_a_home_elsewhere_are_those_of_its_own_zone(world, people, take_in, make_upkeep):
    home = world.home("home", organisation="o")
    zone = ZoneInfo("Atlantic/Canary")
    world.connection.execute(
        "UPDATE registry.home SET timezone = %s WHERE home_id = %s", (str(zone), world.home_id(home))
    )
    start, end = local_day(date(2026, 10, 25), zone)
    take_in(home, *((TEMPERATURE, start + number * HOUR, float(number)) for number in range(-1, 26)))
    make_upkeep().look()
    with people.seen_by(Viewer(world.account("viewer", "o"))) as view:
        found = reads.home_days(view, world.home_id(home), start - DAY, end + DAY)
    assert [(row["day"], row["readings"], row["first_value"], row["last_value"]) for row in found] == [
        (start - DAY, 1, -1.0, -1.0),
        (start, 25, 0.0, 24.0),
        (end, 1, 25.0, 25.0),
    ]


def test_a_corrected_time_is_told_and_its_key_stays(world, take_in, service, people):
    home = world.home("home", organisation="o")
    take_in(
        home, (TEMPERATURE, NOW, 1.0), (TEMPERATURE, NOW + timedelta(minutes=1), 2.0), (TEMPERATURE, NOW + HOUR, 3.0)
    )
    corrected = {NOW: NOW + timedelta(minutes=30), NOW + HOUR: NOW - 5 * DAY}
    for key, at in corrected.items():
        world.connection.execute("UPDATE ingest.reading_level SET corrected_ts = %s WHERE ts = %s", (at, key))
    span = (world.home_id(home), NOW, NOW + 2 * HOUR)
    with service.transaction() as connection:
        found = reads.readings_of_home(connection, *span)
        assert reads.readings_of_home(connection, span[0], NOW - 6 * DAY, NOW).at_ms.tolist() == []
    minutes = [(at_ms - NOW.timestamp() * 1000) / 60_000 for at_ms in found.at_ms.tolist()]
    # The last one was corrected to a time outside of what was asked for: it is told at the time of its key.
    assert list(zip(minutes, found.value.tolist(), strict=True)) == [(1.0, 2.0), (30.0, 1.0), (60.0, 3.0)]
    with people.seen_by(Viewer(world.account("viewer", "o"))) as view:
        seen = reads.home_readings(view, *span)
    assert {row["ts"]: row["corrected_ts"] for row in seen} == corrected | {NOW + timedelta(minutes=1): None}
