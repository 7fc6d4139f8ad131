"""What could not be stored is kept within bounds, seen by whoever is in charge, and tried again without doubling."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from core import senml, topics
from core.clock import SimulatedClock
from core.messages import BatchProperties
from core.topics import Leaf
from core.viewer import Viewer
from devices.reads import series_of_gateways
from ingest import repository
from ingest.mqtt5 import Delivery
from ingest.reads import totals
from ingest.rejects import actions, pruning, reads, room
from ingest.rejects.replaying import replay
from ingest.rejects.repository import end_turn, selected, take_turn
from ingest.rejects.requests import Requests
from ingest.series import Directory
from ingest.validate import Limits, Reason, judge
from tests.integration.ingest.homes import WITHIN_S, until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
LATER = timedelta(days=2)
LIMITS = Limits(262_144, 300_000)
UNITS = {"temperature": "Cel", "humidity": "%"}


class Intake:
    """What comes in and what is tried again, on one connection and with a clock that is told what the time is."""

    def __init__(self, connection):
        self.connection = connection
        self.clock = SimulatedClock(NOW)

    def take_in(self, gateway, *readings, leaf=Leaf.READINGS, payload=None, properties=None):
        pack = [senml.Measurement(n, t, v, UNITS.get(n.partition("/")[2], "1")) for n, t, v in readings]
        if properties is None:
            properties = BatchProperties("b", 1, 1.0, "synced").as_user_properties()
        delivery = Delivery(topics.topic(gateway, leaf), payload or senml.encode(pack), properties, 1, 1)
        directory = Directory(self.clock)
        directory.refresh(lambda keys: series_of_gateways(self.connection, keys))
        now = self.clock.now()
        repository.ensure_month(self.connection, now)
        verdict = judge(delivery, directory, round(now.timestamp() * 1000), LIMITS)
        return repository.store(self.connection, [verdict], lane=str(leaf), worker="w", received_at=now)

    def replay(self, **wanted):
        ids = [each.reject_id for each in selected(self.connection, **wanted) if not each.cut]
        options = {"load": series_of_gateways, "limits": LIMITS, "clock": self.clock, "worker": "test"}
        return replay(self.connection, ids, **options)


@pytest.fixture
def intake(service):
    with service.connect() as connection:
        repository.prepare(connection)
        yield Intake(connection)


def rows(world):
    return [
        (row["reason"], row["records"], row["count"], row["done"])
        for row in world.query(
            "SELECT reason, records, count, replayed_at IS NOT NULL AS done FROM ingest.reject ORDER BY reject_id"
        )
    ]


def urgent(world):
    return [
        (row["ts"], row["received_at"], row["value"])
        for row in world.query("SELECT ts, received_at, value FROM ingest.urgent ORDER BY urgent_id")
    ]


def tally(world):
    return world.query(
        "SELECT sum(stored)::int AS stored, sum(duplicates)::int AS duplicates, sum(conflicts)::int AS conflicts"
        " FROM ingest.tally"
    )[0]


def test_after_a_device_was_registered_its_readings_are_stored_with_their_own_time_and_call_nobody_again(world, intake):
    home = world.home("home", ("temperature",))
    sent = [
        ("d/temperature", NOW_MS, 20.0),
        ("new/humidity", NOW_MS - 7_200_000, 55.0),
        ("new/sos_button", NOW_MS, 1.0),
    ]
    intake.take_in(home, *sent)
    assert rows(world) == [("unknown series", 2, 1, False)]
    assert urgent(world) == [(NOW, NOW, 1.0)]
    world.device(home, "new", ("humidity", "sos_button"))
    touched = world.value("SELECT max(touched_id) FROM ingest.touched")
    intake.clock.advance(LATER.total_seconds())
    report = intake.replay()
    assert (report.messages, report.stored, report.already, dict(report.refused)) == (1, 2, 1, {})
    assert sorted(world.stored()) == sorted(sent)
    assert rows(world) == [("unknown series", 2, 1, True)]
    assert world.value("SELECT lane FROM ingest.intake ORDER BY intake_id DESC LIMIT 1") == "replay"
    hours = world.query("SELECT hour FROM ingest.touched WHERE touched_id > %s ORDER BY hour", touched)
    assert [row["hour"] for row in hours] == [NOW - timedelta(hours=2), NOW]
    # The call was heard when it came.
    assert len(urgent(world)) == 1
    # And once more, by its number: it is all there.
    again = intake.replay(ids=[world.value("SELECT reject_id FROM ingest.reject")])
    assert (again.stored, again.already, dict(again.refused)) == (0, 3, {})
    assert len(urgent(world)) == 1
    assert tally(world) == {"stored": 3, "duplicates": 0, "conflicts": 0}
    # The gateway did not hear that it was stored and sends the same bytes.
    assert intake.take_in(home, *sent, leaf=Leaf.BACKFILL).duplicates == 3
    assert rows(world) == [("unknown series", 2, 1, True)]


def test_a_call_of_a_gateway_that_was_not_registered_is_heard_late_but_once(world, intake):
    key = f"early-{world.mark}"
    sent = [("d/sos_button", NOW_MS - 60_000, 1.0), ("d/temperature", NOW_MS, 20.0)]
    intake.take_in(key, *sent, leaf=Leaf.URGENT)
    assert urgent(world) == []
    assert dict(intake.replay().refused) == {"unknown gateway": 2}
    assert rows(world) == [("unknown gateway", 2, 1, False)]
    assert world.home("early", ("temperature", "sos_button")) == key
    intake.clock.advance(LATER.total_seconds())
    assert intake.replay().stored == 2
    # Nobody could be told before: people are, and of how old it is.
    assert urgent(world) == [(NOW - timedelta(minutes=1), NOW + LATER, 1.0)]
    assert rows(world) == [("unknown gateway", 2, 1, True)]
    assert intake.take_in(key, *sent, leaf=Leaf.BACKFILL).duplicates == 2
    assert intake.replay(reasons=[Reason.UNKNOWN_GATEWAY]).messages == 0
    assert len(urgent(world)) == 1


def test_a_call_is_heard_once_however_many_steps_it_takes_until_it_can_be_stored(world, intake):
    key = f"early-{world.mark}"
    intake.take_in(key, ("new/sos_button", NOW_MS - 5, 1.0), ("d/temperature", NOW_MS, 20.0))
    world.home("early", ("temperature",))
    intake.clock.advance(600)
    report = intake.replay()
    assert (report.stored, dict(report.refused)) == (1, {"unknown series": 1})
    # The reason is the one that holds now; the call has its own time.
    assert rows(world) == [("unknown series", 1, 1, False)]
    called = [(NOW - timedelta(milliseconds=5), NOW + timedelta(minutes=10), 1.0)]
    assert urgent(world) == called
    assert dict(intake.replay().refused) == {"unknown series": 1}
    world.device(key, "new", ("sos_button",))
    assert intake.replay().stored == 1
    assert urgent(world) == called
    assert rows(world) == [("unknown series", 1, 1, True)]


def test_a_late_call_that_cannot_be_stored_is_passed_on_with_its_own_time(world, intake):
    home = world.home("home")
    ago = [timedelta(hours=hours) for hours in range(1, 5)]
    instants = [NOW_MS - round(each.total_seconds() * 1000) for each in ago]
    intake.take_in(home, ("new/sos_button", instants[0], 1.0))
    wrong = f'[{{"n":"d/sos_button","u":"%","v":1,"t":{instants[1] / 1000}}}]'.encode()
    intake.take_in(home, payload=wrong)
    intake.take_in(home, ("d/sos_button", instants[2], 0.0))
    intake.take_in(home, ("d/sos_button", instants[2], 1.0))
    intake.take_in(home, ("new/sos_button", NOW_MS + 200_000, 1.0))
    intake.take_in(
        home,
        ("new/sos_button", instants[3], 1.0),
        properties=BatchProperties("b", 1, 1.0, "unsynced").as_user_properties(),
    )
    assert set(world.rejected()) == {"unknown series", "unit", "conflict"}
    assert urgent(world) == [
        (NOW - ago[0], NOW, 1.0),
        (NOW - ago[1], NOW, 1.0),
        (NOW - ago[2], NOW, 0.0),
        (NOW - ago[2], NOW, 1.0),
        (NOW, NOW, 1.0),
        (NOW, NOW, 1.0),
    ]


def test_a_conflict_stays_one_and_is_not_counted_again(world, intake):
    home = world.home("home")
    intake.take_in(home, ("d/sos_button", NOW_MS, 0.0))
    intake.take_in(home, ("d/sos_button", NOW_MS, 1.0), ("new/humidity", NOW_MS, 50.0))
    before, calls = tally(world), urgent(world)
    assert {row[0] for row in rows(world)} == {"conflict", "unknown series"}
    report = intake.replay(reasons=[Reason.CONFLICT])
    assert dict(report.refused) == {"conflict": 1, "unknown series": 1}
    world.device(home, "new", ("humidity",))
    report = intake.replay()
    assert (report.stored, dict(report.refused)) == (1, {"conflict": 1})
    assert set(rows(world)) == {("conflict", 1, 1, False), ("unknown series", 1, 1, True)}
    assert tally(world) == before | {"stored": before["stored"] + 1}
    assert urgent(world) == calls


def test_what_is_refused_for_more_reasons_than_before_stays_with_each_of_them(world, intake):
    key = f"early-{world.mark}"
    intake.take_in(
        key, ("a/occupancy", NOW_MS, 1.0), ("d/temperature", NOW_MS + 10**9, 1.0), ("d/occupancy", NOW_MS, 1.0)
    )
    world.home("early", ("temperature", "occupancy"))
    assert dict(intake.replay().refused) == {"unknown series": 1, "time": 1}
    assert sorted(rows(world)) == [("time", 1, 1, False), ("unknown series", 1, 1, False)]
    assert world.value("SELECT kept FROM ingest.reject_room WHERE source = ''") == 2


def test_one_of_two_devices_registered_leaves_the_other_refused(world, intake):
    home = world.home("home")
    intake.take_in(home, ("a/occupancy", NOW_MS, 1.0), ("b/occupancy", NOW_MS, 1.0))
    world.device(home, "a", ("occupancy",))
    report = intake.replay()
    assert (report.stored, dict(report.refused)) == (1, {"unknown series": 1})
    assert rows(world) == [("unknown series", 1, 1, False)]
    assert "b/occupancy" in world.value("SELECT detail FROM ingest.reject")


def test_a_time_that_was_ahead_does_not_become_right_by_waiting(world, intake):
    home = world.home("home")
    doubtful = BatchProperties("b", 1, 1.0, "unsynced").as_user_properties()
    intake.take_in(home, ("d/occupancy", NOW_MS + 600_000, 1.0), properties=doubtful)
    intake.clock.advance(LATER.total_seconds())
    assert dict(intake.replay().refused) == {"time": 1}
    assert world.stored() == []


def test_what_came_while_our_clock_was_behind_is_stored_with_its_time_once_it_is_right(world, intake):
    home = world.home("home")
    sent = [("d/occupancy", NOW_MS + 600_000, 1.0), ("d/sos_button", NOW_MS + 600_000, 1.0)]
    intake.take_in(home, *sent)
    assert len(urgent(world)) == 1
    assert dict(intake.replay(reasons=[Reason.TIME]).refused) == {"time": 2}
    intake.clock.advance(600)
    assert intake.replay(reasons=[Reason.TIME]).stored == 2
    assert world.stored() == sent
    assert rows(world) == [("time", 2, 1, True)]
    # Who was called when it came is not called again.
    assert len(urgent(world)) == 1


def test_a_message_of_which_only_the_beginning_was_kept_is_not_tried(world, intake):
    home = world.home("home")
    many = [("new/occupancy", NOW_MS - number, 1.0) for number in range(4_000)]
    intake.take_in(home, *many)
    world.device(home, "new", ("occupancy",))
    assert [(each.cut, each.replayed) for each in selected(intake.connection)] == [(True, False)]
    assert intake.replay().messages == 0
    (group,) = reads.groups(intake.connection)
    assert (group.cut, group.records) == (1, 4_000)


def test_the_word_of_a_gateway_about_itself_is_settled_once_it_is_registered(world, intake):
    key = f"early-{world.mark}"
    delivery = Delivery(topics.topic(key, Leaf.STATUS), b'{"online":true,"boot":"b"}', [], 1, 1)
    refusal = repository.Refused(delivery, key, repository.Rejection(Reason.UNKNOWN_GATEWAY, "x", 1))
    repository.keep_refused(intake.connection, [refusal], NOW)
    assert dict(intake.replay().refused) == {"unknown gateway": 1}
    world.home("early")
    assert dict(intake.replay().refused) == {}
    assert rows(world) == [("unknown gateway", 1, 1, True)]


def poison(world, code="22003"):
    """Let the database refuse the value 7."""
    world.connection.execute(
        "CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.value = 7 THEN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON ingest.reading_event FOR EACH ROW EXECUTE FUNCTION public.poison()"
    )


def test_a_call_that_the_database_refuses_is_heard_all_the_same(world, intake):
    key = f"early-{world.mark}"
    intake.take_in(key, ("d/sos_button", NOW_MS, 1.0), ("d/occupancy", NOW_MS, 7.0))
    world.home("early")
    poison(world)
    for _ in range(2):
        assert dict(intake.replay().refused) == {"record": 1}
    assert urgent(world) == [(NOW, NOW, 1.0)]
    world.connection.execute("DROP TRIGGER poison ON ingest.reading_event")
    assert intake.replay().stored == 2
    assert len(urgent(world)) == 1


def test_the_same_bytes_with_and_without_properties_are_not_taken_for_stored(world, intake):
    home = world.home("home")
    sent = ("new/occupancy", NOW_MS, 1.0)
    intake.take_in(home, sent, properties=[])
    intake.take_in(home, sent)
    assert dict(intake.replay(reasons=[Reason.PROPERTIES]).refused) == {"unknown series": 1}
    world.device(home, "new", ("occupancy",))
    assert intake.replay().stored == 1
    assert world.stored() == [sent]
    assert {row[3] for row in rows(world)} == {True}


def test_the_gateway_sends_the_same_bytes_while_they_are_tried_again(world, intake, service):
    key = f"early-{world.mark}"
    sent = ("new/sos_button", NOW_MS, 1.0)
    intake.take_in(key, sent)
    world.home("early", ("temperature",))
    with service.connect() as other:
        repository.prepare(other)
        beside = Intake(other)
        # It has been refused anew and people have been called, but nobody can see that yet.
        other.execute("BEGIN")
        beside.take_in(key, sent, leaf=Leaf.BACKFILL)
        with ThreadPoolExecutor() as pool:
            report = pool.submit(intake.replay)
            until(lambda: world.value("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0, "the replay waiting")
            other.execute("COMMIT")
            assert dict(report.result(WITHIN_S).refused) == {"unknown series": 1}
    assert urgent(world) == [(NOW, NOW, 1.0)]
    assert rows(world) == [("unknown gateway", 1, 1, True), ("unknown series", 1, 1, False)]


def test_one_message_that_the_database_refuses_spoils_no_other(world, intake):
    home = world.home("home")
    poison(world)
    for value in (1.0, 7.0, 0.0):
        intake.take_in(home, ("new/occupancy", NOW_MS + round(value), value))
    world.device(home, "new", ("occupancy",))
    report = intake.replay()
    assert (report.messages, report.stored, dict(report.refused)) == (3, 2, {"record": 1})
    assert sorted(row[0] for row in rows(world) if not row[3]) == ["record"]


def test_a_sender_without_end_is_counted_but_not_kept_without_end(world, intake):
    home = world.home("home")
    intake.take_in(home, payload=b"noise 1")
    limit = room.OF_A_GATEWAY.rows
    world.connection.execute("UPDATE ingest.reject_room SET kept = %s WHERE source = %s", (limit, home))
    for payload in (b"noise 2", b"noise 3", b"noise 1"):
        intake.take_in(home, payload=payload)
    assert rows(world) == [("syntax", 1, 2, False)]
    (gone,) = reads.gone(intake.connection)
    assert (gone.source, gone.reason, gone.records, gone.times) == (home, Reason.SYNTAX, 2, 2)
    assert totals(intake.connection, NOW).rejected == 3
    # A call among what is only counted is a call.
    intake.take_in(home, ("new/sos_button", NOW_MS, 1.0))
    assert len(urgent(world)) == 1
    # Whoever is not registered has no room of their own, others have theirs.
    world.connection.execute("INSERT INTO ingest.reject_room VALUES ('', 0, %s)", (room.OF_ALL_OTHERS.payload_bytes,))
    intake.take_in(f"stranger-{world.mark}", ("d/occupancy", NOW_MS, 1.0))
    intake.take_in(world.home("other"), payload=b"noise")
    assert sorted(each.source for each in reads.gone(intake.connection)) == sorted(["", home, home])
    assert len(rows(world)) == 2


def test_what_is_very_old_is_deleted_and_stays_counted(world, intake):
    home = world.home("home")
    for payload in (b"noise 1", b"noise 2"):
        intake.take_in(home, payload=payload)
    intake.take_in(home, ("new/occupancy", NOW_MS, 1.0))
    world.device(home, "new", ("occupancy",))
    intake.replay()
    intake.clock.advance(LATER.total_seconds())
    intake.take_in(home, payload=b"noise 2")
    before = totals(intake.connection, NOW)
    assert (before.stored, before.rejected) == (1, 2)
    assert pruning.prune(intake.connection, NOW + timedelta(days=31), keep_days=30) == 2
    assert rows(world) == [("syntax", 1, 2, False)]
    assert totals(intake.connection, NOW)[:3] == before[:3]
    kept = world.query("SELECT kept, kept_bytes FROM ingest.reject_room WHERE source = %s", home)
    assert kept == [{"kept": 1, "kept_bytes": len(b"noise 2")}]
    assert pruning.prune(intake.connection, NOW + timedelta(days=3650), keep_days=0) == 0


@pytest.fixture
def requests(service, intake):
    def connect():
        connection = service.connect()
        repository.prepare(connection)
        return connection

    own = Requests(service, connect, load=series_of_gateways, limits=LIMITS, clock=intake.clock, worker="test")
    yield own
    own.close()


def person(world, login, organisation, role):
    account = world.account(login, organisation)
    world.connection.execute("UPDATE registry.membership SET role = %s WHERE account_id = %s", (role, account))
    return Viewer(account)


def test_rejects_are_seen_by_whoever_is_in_charge_of_the_gateway_and_by_nobody_else(world, intake, people):
    ours, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    for key in (ours, theirs, f"stranger-{world.mark}"):
        intake.take_in(key, ("new/occupancy", NOW_MS, 1.0))
    for role, sees in (("installer", 1), ("coordinator", 1), ("administrator", 1), ("operator", 0), ("researcher", 0)):
        with people.seen_by(person(world, f"anna-{role}", "ours", role)) as view:
            assert [group.gateway_key for group in reads.seen_groups(view)] == [ours] * sees, role
            assert reads.is_in_charge(view) is bool(sees)
            assert not reads.administers_all(view)
    everything = person(world, "root", "ours", "administrator")
    world.connection.execute(
        "INSERT INTO registry.membership VALUES (%s, %s, 'administrator')",
        (everything.account_id, world.organisation("theirs")),
    )
    with people.seen_by(everything) as view:
        assert len(reads.seen_groups(view)) == 3
        assert reads.administers_all(view)
    with people.transaction() as connection:
        assert reads.groups(connection) == []


def test_a_wish_at_which_the_database_fails_within_itself_is_not_tried_for_ever(world, intake, people, requests):
    home = world.home("ours", organisation="ours")
    intake.take_in(home, ("new/occupancy", NOW_MS, 7.0))
    world.device(home, "new", ("occupancy",))
    poison(world, "54000")
    installer = person(world, "installer", "ours", "installer")
    with people.seen_by(installer) as view:
        assert actions.try_again(view, world.value("SELECT reject_id FROM ingest.reject"), NOW)
    assert requests.look() == 1
    assert requests.look() == 0
    with people.seen_by(installer) as view:
        (wish,) = reads.seen_wishes(view, NOW - LATER)
    assert wish.outcome == {"failed": "54000"}


def test_a_wish_is_fulfilled_once_for_whoever_may_have_it(world, intake, people, requests):
    home, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    for key in (home, theirs):
        for number in range(2):
            intake.take_in(key, ("new/occupancy", NOW_MS + number, 1.0))
        world.device(key, "new", ("occupancy",))
    installer, operator = (person(world, role, "ours", role) for role in ("installer", "operator"))
    ids = {
        row["gateway_key"]: row["number"]
        for row in world.query("SELECT gateway_key, max(reject_id) AS number FROM ingest.reject GROUP BY 1")
    }
    with people.seen_by(operator) as view:
        assert not actions.try_again(view, ids[home], NOW)
    for _ in range(2):
        with people.seen_by(installer) as view:
            assert not actions.try_again(view, ids[theirs], NOW)
            assert actions.try_again(view, ids[home], NOW, with_its_group=True)
    assert world.value("SELECT count(*) FROM ingest.replay_request") == 1
    # Somebody else tries rejects again at this moment: it is done when they are through.
    assert take_turn(intake.connection)
    assert requests.look() == 0
    end_turn(intake.connection)
    assert requests.look() == 1
    assert requests.look() == 0
    assert {row[0] for row in world.stored(home)} == {"new/occupancy"}
    assert world.stored(theirs) == []
    with people.seen_by(installer) as view:
        (wish,) = reads.seen_wishes(view, NOW - LATER)
        assert (wish.outcome["stored"], wish.outcome["refused"], wish.reject_id) == (2, {}, None)
        assert not actions.try_again(view, ids[home], NOW)
    with people.seen_by(person(world, "foreign", "theirs", "administrator")) as view:
        assert reads.seen_wishes(view, NOW - LATER) == []
