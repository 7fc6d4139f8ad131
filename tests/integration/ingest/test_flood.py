"""One gateway floods: its excess is put aside and can be stored later, everybody else is stored, and help is called."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from core import senml, topics
from core.clock import SimulatedClock
from core.messages import BatchProperties
from core.topics import Leaf
from devices.reads import series_of_gateways
from ingest import repository
from ingest.counters import Counters
from ingest.flood import Allowance, Flood
from ingest.inbox import Inbox
from ingest.mqtt5 import Delivery
from ingest.reads import FLOOD_PAUSE, floods_of_home
from ingest.rejects import room
from ingest.rejects.replaying import replay
from ingest.rejects.repository import selected
from ingest.validate import Limits, Reason
from ingest.writer import Pace, Writer
from tests.integration.ingest.homes import NOW_MS, until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START_MS = round(NOW.timestamp() * 1000)
LIMITS = Limits(262_144, 300_000)


class Told:
    """Whom the writer answers; the last message ends it."""

    def __init__(self):
        self.stop = threading.Event()
        self.wanted = 0
        self.acknowledged = []
        self.stored = []

    def acknowledge(self, deliveries):
        self.acknowledged += deliveries

    def announce(self, stored):
        self.stored += stored
        if len(self.acknowledged) == self.wanted:
            self.stop.set()


class Lane:
    """A writer by the lane of live readings that may take ten readings a minute of a device, and twenty at once."""

    def __init__(self, service):
        self.service = service
        self.clock = SimulatedClock(NOW)
        self.flood = Flood(Allowance(600, 1_000), Allowance(10, 20), self.clock)
        self.counters = Counters()
        self.told = None

    def take_in(self, *messages):
        """Store messages (gateway, readings…) in one commit."""
        deliveries = []
        for number, (gateway, *readings) in enumerate(messages):
            units = {"temperature": "Cel"}
            pack = [senml.Measurement(n, t, v, units.get(n.partition("/")[2], "1")) for n, t, v in readings]
            properties = BatchProperties("boot", number, 1.0, "synced").as_user_properties()
            deliveries.append(Delivery(topics.topic(gateway, Leaf.READINGS), senml.encode(pack), properties, 1, number))
        self.take_in_any(deliveries)

    def take_in_any(self, deliveries):
        """Store whatever was delivered in one commit."""
        inbox = Inbox(1_000, 10_000_000, self.clock)
        self.told = Told()
        for delivery in deliveries:
            inbox.put([delivery])
            self.told.wanted += 1
        writer = Writer(
            str(Leaf.READINGS), "w", inbox, self.told,
            connect=self.connect, load=series_of_gateways, pace=Pace(1_000, 10_000_000, 0.0), limits=LIMITS,
            counters=self.counters, clock=self.clock, flood=self.flood,
        )  # fmt: skip
        writer.run(self.told.stop)

    def connect(self):
        connection = self.service.connect()
        repository.prepare(connection)
        return connection

    def replay(self, **wanted):
        with self.service.connect() as connection:
            repository.prepare(connection)
            ids = [each.reject_id for each in selected(connection, **wanted)]
            options = {"load": series_of_gateways, "limits": LIMITS, "clock": self.clock, "worker": "test"}
            return replay(connection, ids, **options)

    def floods(self, world, gateway, since=NOW - timedelta(days=1)):
        with self.service.transaction() as connection:
            rows = floods_of_home(connection, world.home_id(gateway), since)
        return [(row["device"], row["started_at"], row["last_at"], row["parked"]) for row in rows]


@pytest.fixture
def lane(service):
    return Lane(service)


def many(count, start=0, name="d/temperature"):
    return [(name, START_MS + number, 20.0) for number in range(start, start + count)]


def test_the_excess_is_put_aside_the_others_are_stored_and_help_is_called(world, lane):
    loud, calm = world.home("loud"), world.home("calm")
    world.device(loud, "quiet", ("occupancy",))
    lane.take_in(
        (loud, *many(50), ("quiet/occupancy", START_MS, 1.0), ("d/sos_button", START_MS, 1.0)),
        (calm, *many(15)),
    )
    stored = world.stored(loud)
    assert len(stored) == 22
    assert {("quiet/occupancy", START_MS, 1.0), ("d/sos_button", START_MS, 1.0)} <= set(stored)
    assert len(world.stored(calm)) == 15
    assert world.value("SELECT count(*) FROM ingest.urgent") == 1
    assert world.rejected() == {"flood": 30}
    assert len(lane.told.stored) == 2
    assert lane.counters.snapshot()["readings", "parked"] == 30
    assert lane.floods(world, loud) == [("d", NOW, NOW, 30)]
    assert lane.floods(world, calm) == []


def test_what_was_put_aside_is_stored_later_with_its_own_time(world, lane):
    loud = world.home("loud")
    sent = many(50)
    lane.take_in((loud, *sent, ("d/sos_button", START_MS, 1.0)))
    lane.clock.advance(7_200)
    report = lane.replay(reasons=[Reason.FLOOD])
    assert (report.stored, dict(report.refused)) == (30, {})
    assert world.stored() == sorted([*sent, ("d/sos_button", START_MS, 1.0)], key=lambda each: (each[1], each[0]))
    assert world.query("SELECT replayed_at FROM ingest.reject") == [{"replayed_at": NOW + timedelta(hours=2)}]
    # Who was called when it came is not called again.
    assert world.value("SELECT count(*) FROM ingest.urgent") == 1


def test_a_flood_is_one_until_it_pauses(world, lane):
    loud = world.home("loud")
    lane.take_in((loud, *many(50)))
    lane.clock.advance(600)
    lane.take_in((loud, *many(50, 1_000)))
    later = NOW + timedelta(seconds=600)
    assert lane.floods(world, loud) == [("d", NOW, later, 60)]
    lane.clock.advance(FLOOD_PAUSE.total_seconds() + 1)
    lane.take_in((loud, *many(50, 2_000)))
    again = later + FLOOD_PAUSE + timedelta(seconds=1)
    assert lane.floods(world, loud) == [("d", NOW, later, 60), ("d", again, again, 30)]
    assert lane.floods(world, loud, since=again) == [("d", again, again, 30)]


def test_a_moment_of_our_clock_in_2038_does_not_stay_in_a_flood(world, lane):
    loud = world.home("loud")
    lane.clock.jump(NOW + timedelta(days=4_000))
    lane.take_in((loud, *many(50)))
    lane.clock.jump(NOW)
    lane.take_in((loud, *many(50, 1_000)))
    ((_, started_at, last_at, _),) = lane.floods(world, loud)
    assert (started_at, last_at) == (NOW, NOW)


def test_what_is_ahead_of_our_clock_stays_with_its_gateway_until_the_clocks_agree(world, lane):
    home, other = world.home("home"), world.home("other")
    live = (home, ("d/temperature", START_MS + 900_000, 20.0))
    lane.take_in(live, (other, *many(1)))
    assert len(lane.told.acknowledged) == 2
    assert [gateway for gateway, _ in lane.told.stored] == [other]
    assert world.rejected() == {"time": 1}
    lane.clock.jump(NOW + timedelta(minutes=15))
    lane.take_in(live)
    assert [gateway for gateway, _ in lane.told.stored] == [home]
    assert world.stored(home) == [live[1]]


def test_what_the_database_did_not_take_is_not_counted_twice(world, lane):
    loud = world.home("loud")
    healthy = lane.connect
    breaks = iter([True, True])

    def connect():
        connection = healthy()
        if next(breaks, False):
            # It breaks when all has been judged and the first of it was sent.
            connection.execute("DROP TABLE pg_temp.staging")
            connection.execute("CREATE TEMPORARY TABLE staging (message int)")
        return connection

    lane.connect = connect
    lane.take_in((loud, *many(18), ("d/sos_button", START_MS, 1.0)))
    assert next(breaks, None) is None
    assert len(world.stored()) == 19
    assert world.rejected() == {}
    assert lane.counters.snapshot()["readings", "retries"] == 2


def test_a_flood_takes_no_more_than_half_the_room_of_its_gateway_and_is_counted_beyond(world, lane):
    loud = world.home("loud")
    half = room.OF_A_GATEWAY.rows // 2
    world.connection.execute("INSERT INTO ingest.reject_room VALUES (%s, %s, 0)", (loud, half))
    lane.take_in((loud, *many(50)), (loud, ("new/temperature", START_MS, 20.0)))
    assert world.rejected() == {"unknown series": 1}
    assert world.query("SELECT reason, records FROM ingest.reject_gone") == [{"reason": "flood", "records": 30}]
    assert lane.floods(world, loud) == [("d", NOW, NOW, 30)]
    assert len(lane.told.acknowledged) == 2


def test_the_limits_are_those_of_the_settings_and_calls_for_help_have_none(world, start_worker, sender):
    key = world.home("loud")
    start_worker(flood_device_per_minute=10, flood_device_burst=20)
    home = sender(key)
    numbers = [home.send(*[("d/temperature", NOW_MS + n, 20.0) for n in range(60)])]
    numbers += [home.send(*[("d/occupancy", NOW_MS + n, 1.0) for n in range(60)], leaf=Leaf.BACKFILL)]
    calls = [("d/sos_button", NOW_MS + n, 1.0) for n in range(60)]
    numbers += [home.send(*calls, leaf=Leaf.URGENT)]
    home.await_stored(*numbers)
    until(lambda: world.rejected() == {"flood": 40}, "the excess being put aside")
    assert len(world.stored()) == 140
    assert world.value("SELECT count(*) FROM ingest.urgent") == 60
