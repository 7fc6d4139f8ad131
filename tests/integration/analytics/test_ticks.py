"""What is computed together, from what a process remembers and what was digested, is what each home comes to alone.

At every step the homes are computed twice from the same state: each by itself, from nothing but what is stored for
good, which is undone; and as the service does it. Both must leave the same in every table.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from analytics import analysis, jobs
from analytics.change import judging as changes
from analytics.change.domains import LOOKS
from analytics.contexts.judging import contexts_of
from analytics.contexts.kinds import ContextKind
from analytics.frames import instant
from analytics.homes import homes_of
from analytics.jobs import Pace, analyse_group, analyse_home, groups_of, look
from analytics.recent import Recent
from analytics.repository import try_homes
from analytics.rules.protocol import Mode
from analytics.rules.repository import Scope, put_setting, put_visit, standings_of
from analytics.rules.standing import Setting
from analytics.rules.timetable import ExpectedVisit
from analytics.watch.silences import watch_gateways
from core.clock import SimulatedClock
from core.database import Database, Role
from core.messages import GatewayStatus
from ingest.gateways import repository as gateways
from tests.integration.analytics.conftest import SENSORS, Installation, MadeHome
from tests.unit.analytics.made import at

ROME, LISBON = ZoneInfo("Europe/Rome"), "Europe/Lisbon"
DAY = date(2026, 2, 28)
ONE_DAY, MINUTE, HOUR = timedelta(days=1), timedelta(minutes=1), timedelta(hours=1)
BEGIN = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
PACE = Pace(settle=timedelta(0))
WARM = (*SENSORS, ("bedroom", "bedroom", "temperature", "wall"), ("living", "living", "temperature", "wall"))
KNOWN_FOR = 16
COMPARED, COMPARED_AGAIN = (1, 2, 3, 5, 6, 7, 9, 10, 12, 15, 16, 18, 20), (2, 3, 5, 7, 12, 15)  # hours
FORGOTTEN = ("day_digest", "expected_gap")  # what is only a shorter way to what is stored for good
BY_CHANCE = "stated"  # a word that is another each time
CHANGE_DAYS = "SELECT * FROM analytics.change_day ORDER BY home_id, day, domain, pace"
TOLD = {"stillness", "cold", "device_silence", "gateway_silence", "visit_missed"}


class Never:
    def is_set(self) -> bool:
        return False


class Undone:
    """A database all of whose work is one transaction of one connection, undone in the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        yield self._connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._connection.transaction():
            yield self._connection


def stored(connection: Connection) -> dict[str, str]:
    """The sum of all rows of each table, without their numbers, and without what is made again where it is missing."""
    columns: dict[str, list[str]] = {}
    for row in connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_schema = 'analytics' AND table_type = 'BASE TABLE'"
        " AND is_identity = 'NO' AND column_name NOT IN ('public_id', 'context_id')"
    ):
        columns.setdefault(row["table_name"], []).append(row["column_name"])
    each = SQL(
        "SELECT {} AS name, (SELECT md5(string_agg(r::text, '|' ORDER BY r::text)) FROM (SELECT {} FROM {}) r) AS s"
    )
    summed = SQL(" UNION ALL ").join(
        each.format(Literal(table), SQL(", ").join(map(Identifier, names)), Identifier("analytics", table))
        for table, names in columns.items()
        if table not in (*FORGOTTEN, BY_CHANCE)
    )
    return {row["name"]: row["s"] for row in connection.execute(summed)}


def one_by_one(url: str, clock: SimulatedClock, homes: Sequence[int]) -> dict[str, str]:
    with (
        Database(url, Role.SERVICE, name="test") as database,
        database.connection() as connection,
        connection.transaction(force_rollback=True),
    ):
        for table in FORGOTTEN:
            connection.execute(SQL("DELETE FROM {}").format(Identifier("analytics", table)))
        for home_id in homes:
            analyse_home(Undone(connection), clock, home_id, Never(), PACE.cadence)  # type: ignore[arg-type]
        return stored(connection)


class Town:
    """Four homes with their gateways, and what happens in them."""

    def __init__(self, installation: Installation, database: Database, clock: SimulatedClock) -> None:
        self._installation, self._database, self._clock = installation, database, clock
        organisation = installation.organisation()
        self.homes = [
            installation.home(organisation, zone, WARM)
            for zone in ("Europe/Rome", "Europe/Rome", "Europe/Rome", LISBON)
        ]
        self.away: set[int] = set()
        self._keys = {
            row["home_id"]: row["key"] for row in installation.rows("SELECT home_id, key FROM devices.gateway")
        }
        installation.connection.execute(
            "INSERT INTO ingest.gateway_transition (organisation_id, gateway_id, at, online, orderly, boot, started_at,"
            " power) SELECT organisation_id, gateway_id, %(at)s, true, false, 'b1', %(at)s, 'mains'"
            " FROM devices.gateway",
            {"at": BEGIN - 30 * ONE_DAY},
        )
        for home in self.homes:
            first = DAY - KNOWN_FOR * ONE_DAY
            self.lives(home, [first + n * ONE_DAY for n in range(KNOWN_FOR)])
            self.lives(home, [DAY], range(17))
            self.warm(home, [(first + n * ONE_DAY, 20.0) for n in range(KNOWN_FOR)])
            self.warm(home, [(DAY, 20.0)], range(17))
            self.comes(home)

    def lives(
        self, home: MadeHome, days: Sequence[date], hours: range = range(24), without: Sequence[str] = ()
    ) -> None:
        """Somebody goes through the rooms, and each sensor is heard every hour, by night because it says so itself."""
        rows = [
            (at(day, f"{hour}:{minute:02}"), room)
            for day in days
            for hour in hours
            for minute, room in ((2, "bedroom"), (11, "bathroom"), (23, "kitchen"), (41, "entrance_door"))
            if room not in without and (room != "entrance_door" or hour in (10, 17))
        ]
        if rows:
            self._installation.store(home, rows, self._clock.now())

    def warm(self, home: MadeHome, days: Sequence[tuple[date, float]], hours: range = range(24)) -> None:
        """Thermometers tell every half hour."""
        stamped = [
            (instant(at(day, f"{hour}:{minute}")), series, celsius)
            for day, celsius in days
            for hour in hours
            for minute in ("05", "35")
            for series in home.series_in_order[-2:]
        ]
        connection = self._installation.connection
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT ingest.ensure_partitions(%s, %s)", (stamped[0][0], stamped[-1][0]))
            cursor.executemany(
                "INSERT INTO ingest.reading_level (ts, series_id, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                stamped,
            )
            hours_of = sorted({row[0].replace(minute=0, second=0, microsecond=0) for row in stamped})
            cursor.executemany(
                "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)",
                [(home.home_id, hour, self._clock.now()) for hour in hours_of],
            )

    def speak(self) -> None:
        """Every gateway that is there says so, as it has said every minute since the last time."""
        self._installation.connection.execute(
            "UPDATE ingest.gateway_status SET received_at = %(now)s, said_at = %(now)s WHERE online",
            {"now": self._clock.now()},
        )

    def comes(self, home: MadeHome) -> None:
        """The gateway of a home is there from now on."""
        self._says(home, GatewayStatus(online=True, boot="b1", at=self._clock.now(), uptime_s=9e6))

    def goes(self, home: MadeHome) -> None:
        """The gateway of a home is gone."""
        self._says(home, GatewayStatus(online=False, boot="b1"))

    def _says(self, home: MadeHome, status: GatewayStatus) -> None:
        (self.away.discard if status.online else self.away.add)(home.home_id)
        with self._database.transaction() as connection:
            assert gateways.record_status(connection, self._keys[home.home_id], status, self._clock.now())

    def hour(self, number: int) -> None:
        """The hour of the clock in Rome before so many hours from the beginning."""
        local = (BEGIN + number * HOUR).astimezone(ROME)
        day, hours = local.date(), range(local.hour, local.hour + 1)
        ordinary, still, dying, other = self.homes
        for home in (ordinary, dying, other):
            if home.home_id not in self.away:
                self.lives(home, [day], hours, ("kitchen",) if home is dying else ())
                self.warm(home, [(day, 20.0 - 1.5 * max(0, number - 2) if home is ordinary else 20.0)], hours)
        if number < 2 or number > 15:
            self.lives(still, [day], hours)
        self.warm(still, [(day, 20.0)], hours)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(BEGIN - HOUR)


def test_all_homes_together_come_to_what_each_comes_to_alone(installation, database, database_url, clock, monkeypatch):
    town = Town(installation, database, clock)
    recent, together, alone = Recent(), [], []
    real = analysis.analyse_together
    monkeypatch.setattr(jobs, "analyse_together", lambda *given: together.append(len(given[1])) or real(*given))
    jobs.analyse(database, DAY - KNOWN_FOR * ONE_DAY, DAY - ONE_DAY, clock=clock)

    def compared() -> None:
        town.speak()
        watch_gateways(database, clock)
        due = look(database, clock, PACE)
        expected = one_by_one(database_url, clock, due)
        alone.append(len(due))
        for group in groups_of(due):
            analyse_group(database, clock, group, Never(), PACE.cadence, recent)
        with database.transaction() as connection:
            found = stored(connection)
        assert {table for table in found if found[table] != expected[table]} == set(), clock.now()

    for number in range(21):
        town.hour(number)
        clock.advance((BEGIN + (number + 1) * HOUR - clock.now()).total_seconds())
        happens(number, town, installation, database, clock)
        if number in COMPARED:
            compared()
        if number in COMPARED_AGAIN:
            clock.advance(5 * 60)
            compared()
    told = {row["kind"] for row in installation.rows("SELECT kind FROM analytics.finding")}
    assert told >= TOLD, TOLD - told
    assert max(together) == len(town.homes)
    assert sum(together) > 0.9 * sum(alone)
    assert recent.taken > 0
    assert installation.one("SELECT count(*) FROM analytics.day_digest") > 0
    before = installation.rows(CHANGE_DAYS)
    assert {row["domain"] for row in before} >= {"night", "kitchen", "moving"}
    with database.transaction() as connection:
        for home in homes_of(connection, [each.home_id for each in town.homes]).values():
            every = {(kind, DAY - n * ONE_DAY) for kind in LOOKS for n in range(-1, 3)}
            known = standings_of(connection, home), contexts_of(connection, home, DAY - 3 * ONE_DAY)
            changes.judge(connection, home, ((), every), lambda *_: [], *known, clock.now())
    assert installation.rows(CHANGE_DAYS) == before, "what a night leaves as it was judged is not what it comes to"


def happens(number: int, town: Town, installation: Installation, database: Database, clock: SimulatedClock) -> None:
    """Do what people and late data do in the hours of the test."""
    ordinary, still, dying, other = town.homes
    day = clock.now().astimezone(ROME).date()
    if number == 3:  # what comes in late, of today and of last week
        installation.store(ordinary, [(at(DAY, "16:17"), "kitchen"), (at(DAY, "3:07"), "bathroom")], clock.now())
        installation.store(dying, [(at(DAY - 6 * ONE_DAY, "13:33"), "bathroom")], clock.now())
    elif number == 5:
        with database.transaction() as connection:
            scope = Scope(ordinary.organisation_id, still.home_id)
            put_setting(connection, scope, Setting("cold", Mode.SHADOW, {"colder": 3.0}), None, clock.now())
            every_day = ExpectedVisit(0, "Carla", frozenset(range(7)), time(7), time(8), 30, day, None)
            put_visit(connection, other.home_id, every_day, None, clock.now())
    elif number == 7:
        town.goes(other)
    elif number == 10:
        town.comes(other)
        town.lives(other, [day], range(3))
    elif number == 12:
        installation.connection.execute(
            "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, made_at,"
            " updated_at) VALUES (%s, %s, %s, %s, %s, 'entered', %s, %s)",
            (dying.organisation_id, dying.home_id, ContextKind.VISIT, clock.now() - HOUR, clock.now() + HOUR)
            + (clock.now(),) * 2,
        )
        installation.connection.execute(
            "SELECT analytics.judge_again(%s, %s, %s)", (dying.home_id, clock.now() - HOUR, clock.now())
        )


def test_a_home_that_cannot_be_computed_keeps_none_beside_it_from_being_computed(
    installation, database, clock, monkeypatch
):
    organisation = installation.organisation()
    homes = [installation.home(organisation) for _ in range(3)]
    for home in homes:
        installation.store(home, [(at(DAY, f"{hour}:05"), "kitchen") for hour in range(15)], clock.now())
    look(database, clock, PACE)
    for home in homes:
        analyse_home(database, clock, home.home_id, Never(), PACE.cadence)
    real, bad = analysis.compute, []

    def fails_of_one(day, zone, sensed, *given):
        if homes[1].series_in_order[0] in sensed.series:
            bad.append(day)
            raise MemoryError
        return real(day, zone, sensed, *given)

    monkeypatch.setattr(analysis, "compute", fails_of_one)
    clock.advance(6 * 60)
    (group,) = groups_of(look(database, clock, PACE))
    worked = {one.home_id: one for one in analyse_group(database, clock, group, Never(), PACE.cadence, Recent())}
    assert {home_id: (one.days, one.failed) for home_id, one in worked.items()} == {
        homes[0].home_id: (1, False),
        homes[1].home_id: (0, True),
        homes[2].home_id: (1, False),
    }
    assert len(bad) == 2  # with the others, and then by itself
    due = {row["home_id"]: row["due_at"] for row in installation.rows("SELECT home_id, due_at FROM analytics.due_day")}
    assert due[homes[0].home_id] == due[homes[2].home_id] == clock.now() + PACE.cadence
    assert due[homes[1].home_id] == clock.now() + jobs.AFTER_AN_ERROR


def test_homes_that_somebody_else_computes_stay_due(installation, database, clock):
    organisation = installation.organisation()
    homes = [installation.home(organisation) for _ in range(2)]
    for home in homes:
        installation.store(home, [(at(DAY, f"{hour}:05"), "kitchen") for hour in range(15)], clock.now())
    look(database, clock, PACE)
    for home in homes:
        analyse_home(database, clock, home.home_id, Never(), PACE.cadence)
    clock.advance(6 * 60)
    (group,) = groups_of(look(database, clock, PACE))
    with database.transaction() as connection:
        assert try_homes(connection, [homes[0].home_id]) == [homes[0].home_id]
        worked = analyse_group(database, clock, group, Never(), PACE.cadence, Recent())
    assert {one.home_id: one.days for one in worked} == {homes[0].home_id: 0, homes[1].home_id: 1}
    assert look(database, clock, PACE) == [homes[0].home_id]
