"""From a published message to stored rows and back to the gateway, on real servers."""

import json
import threading
import time
from datetime import UTC, datetime

import psycopg
import pytest

from core import senml
from core.messages import BatchProperties, GatewayStatus, encode
from core.topics import Leaf
from core.vocabulary import Flag
from ingest.gateways.repository import record_status
from ingest.reads import gateway_starts
from tests.integration.ingest.homes import NOW_MS, until

HOUR_MS = 3_600_000
OUT_OF_RANGE = "22003"  # as PostgreSQL says that a number is


def test_readings_travel_to_their_tables_and_the_gateway_is_told(world, start_worker, sender):
    home = sender(world.home("home", ("temperature", "occupancy", "sos_button", "body_weight", "battery")))
    start_worker()
    first = home.send(("d/temperature", NOW_MS, 20.5), ("d/occupancy", NOW_MS, 1.0))
    old = home.send(("d/temperature", NOW_MS - 300 * 24 * HOUR_MS, 19.0), leaf=Leaf.BACKFILL)
    urgent = home.send(("d/sos_button", NOW_MS + 7, 1.0), leaf=Leaf.URGENT)
    home.await_stored(first, old, urgent)
    assert world.stored() == [
        ("d/temperature", NOW_MS - 300 * 24 * HOUR_MS, 19.0),
        ("d/occupancy", NOW_MS, 1.0),
        ("d/temperature", NOW_MS, 20.5),
        ("d/sos_button", NOW_MS + 7, 1.0),
    ]
    assert world.value("SELECT count(*) FROM ingest.reading_event") == 2
    assert sorted(row["lane"] for row in world.query("SELECT lane FROM ingest.intake")) == [
        "backfill",
        "readings",
        "urgent",
    ]
    assert world.value("SELECT sum(stored)::int FROM ingest.tally") == 4
    touched = {
        (row["home_id"], row["hour"].timestamp()) for row in world.query("SELECT home_id, hour FROM ingest.touched")
    }
    hours = {at_ms // HOUR_MS * 3600 for _, at_ms, _ in world.stored()}
    assert touched == {(world.home_id(home.key), hour) for hour in hours}


def test_the_urgent_outbox_gets_a_reading_once_and_only_safety(world, start_worker, sender, database_url):
    home = sender(world.home("home"))
    start_worker()
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN vicino_urgent; LISTEN vicino_touched")
        for _ in range(2):
            home.send(("d/sos_button", NOW_MS, 1.0), leaf=Leaf.URGENT)
        # By whichever lane it comes: a resend goes with the backfill.
        home.send(
            ("d/sos_button", NOW_MS, 1.0),
            ("d/sos_button", NOW_MS + 1, 0.0),
            ("d/occupancy", NOW_MS, 1.0),
            leaf=Leaf.BACKFILL,
        )
        home.await_stored(1, 2, 3)
        channels = {notice.channel for notice in listener.notifies(timeout=0.5)}
    assert channels == {"vicino_urgent", "vicino_touched"}
    urgent = world.query("SELECT ts, value FROM ingest.urgent ORDER BY ts")
    assert [(round(row["ts"].timestamp() * 1000), row["value"]) for row in urgent] == [(NOW_MS, 1.0), (NOW_MS + 1, 0.0)]


def urgent(world):
    return world.query(
        "SELECT series.name, quantity_id, home_id, ts = received_at AS at_once, value FROM ingest.urgent"
        " LEFT JOIN devices.series USING (series_id, home_id, quantity_id) ORDER BY urgent_id"
    )


@pytest.mark.parametrize("at_ms", [None, 5_000, 900_000_000_000], ids=["ahead", "1970", "never set"])
def test_a_call_for_help_whose_time_cannot_be_used_is_passed_on_once(world, start_worker, sender, database_url, at_ms):
    # Ahead of the clock as it is now: the module may have been read long ago.
    at_ms = at_ms or round(datetime.now(UTC).timestamp() * 1000) + 600_000
    home = sender(world.home("home"))
    start_worker()
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN vicino_urgent")
        home.send(("d/sos_button", at_ms, 1.0), ("d/sos_button", at_ms + 1, 0.0), leaf=Leaf.URGENT)
        home.await_stored(1)
        assert [notice.channel for notice in listener.notifies(timeout=0.5)] == ["vicino_urgent"]
    # The same bytes again, by the lane of resends.
    for _ in range(2):
        home.heard.clear()
        home.send(("d/sos_button", at_ms, 1.0), ("d/sos_button", at_ms + 1, 0.0), leaf=Leaf.BACKFILL, sequence=1)
        home.await_stored(1)
    # What is no call is only rejected. From ahead of our clock it also stays with the gateway.
    home.send(("d/sos_button", at_ms + 2, 0.0), ("d/temperature", at_ms, 20.0), leaf=Leaf.URGENT)
    until(lambda: len(world.query("SELECT 1 FROM ingest.reject WHERE reason = 'time'")) == 2, "the second reject")
    assert world.stored() == []
    assert urgent(world) == [
        {"name": "d/sos_button", "quantity_id": 20, "home_id": world.home_id(home.key), "at_once": True, "value": 1.0}
    ]
    assert world.query("SELECT reason, count FROM ingest.reject ORDER BY count DESC") == [
        {"reason": "time", "count": 3},
        {"reason": "time", "count": 1},
    ]


def test_a_call_by_a_device_that_is_not_registered_comes_from_the_home_of_its_gateway(world, start_worker, sender):
    home, bare = sender(world.home("home", ("temperature",))), sender(world.home("bare", ()))
    world.home("other", ("smoke", "sos_button"))
    start_worker()
    for _ in range(2):
        sent = home.send(
            ("new/sos_button/left", NOW_MS, 1.0),  # nobody has it
            ("new/sos_button/right", NOW_MS, 0.0),
            ("d/smoke", NOW_MS, 1.0),  # another home has one of this name
            ("new/occupancy", NOW_MS, 1.0),
            leaf=Leaf.URGENT,
            sequence=7,
        )
        home.await_stored(sent)
        home.heard.clear()
    bare.send(("d/fall", NOW_MS, 1.0), leaf=Leaf.URGENT)
    bare.await_stored(1)
    found = {(row["name"], row["quantity_id"], row["home_id"], row["at_once"]) for row in urgent(world)}
    here, there = world.home_id(home.key), world.home_id(bare.key)
    # Not with the time at which it was received, but with its own.
    assert found == {(None, 20, here, False), (None, 21, here, False), (None, 25, there, False)}
    assert len(urgent(world)) == 3


def test_a_call_that_contradicts_what_is_stored_or_cannot_be_stored_is_heard_all_the_same(world, start_worker, sender):
    home = sender(world.home("home", ("sos_button", "smoke")))
    world.connection.execute(
        "CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.value = 0.5 THEN RAISE EXCEPTION 'no' USING ERRCODE = '{OUT_OF_RANGE}'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON ingest.reading_event FOR EACH ROW EXECUTE FUNCTION public.poison()"
    )
    start_worker()
    home.send(("d/sos_button", NOW_MS, 0.0), leaf=Leaf.URGENT)
    home.await_stored(1)
    home.send(("d/sos_button", NOW_MS, 1.0), leaf=Leaf.URGENT)
    home.send(("d/smoke", NOW_MS, 0.5), leaf=Leaf.URGENT)
    home.await_stored(2, 3)
    assert world.rejected() == {"conflict": 1, "record": 1}
    assert [(row["name"], row["value"]) for row in urgent(world)] == [
        ("d/sos_button", 0.0), ("d/sos_button", 1.0), ("d/smoke", 0.5),
    ]  # fmt: skip


def test_what_a_gateway_sent_before_it_was_registered_comes_with_its_own_time_once_it_is(world, start_worker, sender):
    key = f"early-{world.mark}"
    early = sender(key)
    consumer = start_worker()
    early.send(("d/sos_button", NOW_MS, 1.0), leaf=Leaf.URGENT, sequence=1)
    until(lambda: world.rejected() == {"unknown gateway": 1}, "the rejection")
    early.send(("d/sos_button", NOW_MS, 1.0), leaf=Leaf.BACKFILL, sequence=1)
    until(lambda: world.value("SELECT count FROM ingest.reject") == 2, "the count being raised")
    assert early.heard == []
    assert urgent(world) == []
    assert world.home("early", ("sos_button",)) == key
    time.sleep(1.1)  # a gateway is looked up at most once a second
    early.send(("d/sos_button", NOW_MS, 1.0), leaf=Leaf.BACKFILL, sequence=1)
    early.await_stored(1)
    assert world.stored() == [("d/sos_button", NOW_MS, 1.0)]
    assert [(row["name"], row["at_once"]) for row in urgent(world)] == [("d/sos_button", False)]
    # The broker has let go of all of it.
    consumer.stop()
    start_worker()
    early.send(("d/sos_button", NOW_MS + 1, 0.0), leaf=Leaf.URGENT, sequence=2)
    early.await_stored(2)
    assert world.value("SELECT count FROM ingest.reject") == 2


def test_a_redelivery_is_stored_once_and_confirmed_again(world, start_worker, sender):
    home = sender(world.home("home"))
    start_worker()
    readings = [("d/temperature", NOW_MS + number, 20.0 + number) for number in range(50)]
    home.send(*readings, sequence=1)
    home.await_stored(1)
    touched = world.value("SELECT count(*) FROM ingest.touched")
    home.heard.clear()
    home.send(*readings, sequence=1)
    home.await_stored(1)
    assert len(world.stored()) == 50
    assert world.query("SELECT sum(stored)::int AS s, sum(duplicates)::int AS d FROM ingest.tally") == [
        {"s": 50, "d": 50}
    ]
    assert world.value("SELECT count(*) FROM ingest.touched") == touched
    assert world.rejected() == {}


def test_the_first_value_of_a_key_is_kept_and_another_is_a_conflict(world, start_worker, sender):
    home = sender(world.home("home"))
    start_worker()
    home.send(("d/temperature", NOW_MS, 20.0))
    home.await_stored(1)
    home.send(("d/temperature", NOW_MS, 21.0), ("d/temperature", NOW_MS + 1, 22.0), ("d/sos_button", NOW_MS, 0.0))
    home.await_stored(2)
    # Within one message, too: the first of equal keys counts, what says the same is no conflict.
    home.send(*[("d/occupancy", NOW_MS, value) for value in (1.0, 1.0, 0.0)], ("d/sos_button", NOW_MS, 1.0))
    home.await_stored(3)
    assert {row[:1] + row[2:] for row in world.stored()} == {
        ("d/temperature", 20.0), ("d/temperature", 22.0), ("d/occupancy", 1.0), ("d/sos_button", 0.0),
    }  # fmt: skip
    assert world.rejected() == {"conflict": 3}
    tally = world.query(
        "SELECT sum(stored)::int AS s, sum(duplicates)::int AS d, sum(conflicts)::int AS c FROM ingest.tally"
    )
    assert tally == [{"s": 4, "d": 1, "c": 3}]


def test_what_is_malformed_is_kept_with_its_reason_and_loses_nothing_beside_it(world, start_worker, sender):
    home = sender(world.home("home"))
    other = world.home("other", ("humidity",))
    start_worker()
    second = NOW_MS // 1000
    kelvin = {"n": "d/temperature", "u": "K", "v": 300, "t": second + 5}
    celsius = {"n": "d/temperature", "u": "Cel", "v": 18, "t": second + 6}
    messages = [
        home.send_bytes(b"\x00\xff\xfe noise"),
        home.send_bytes(b"[]" + b" " * 300_000),
        home.send(
            ("d/temperature", NOW_MS, 20.0),
            ("d/temperature", NOW_MS + 10**10, 20.0),
            ("d/humidity", NOW_MS, 40.0),
            ("d/smoke", NOW_MS, 1.0),
        ),
        home.send_bytes(json.dumps([kelvin, celsius]).encode()),
        home.send(("d/temperature", NOW_MS + 9, 21.0)),
    ]
    home.send_bytes(b"[]", properties=[("schema", "77")])
    stray = sender(f"nobody-{world.mark}")
    stray.send(("d/temperature", NOW_MS, 20.0), ("d/temperature", NOW_MS + 1, 20.0))
    home.await_stored(*messages)
    until(
        lambda: {"properties", "unknown gateway"} <= world.rejected().keys(),
        "the rejection of the message without properties and of the one by nobody",
    )
    assert sorted(value for _, _, value in world.stored()) == [18.0, 20.0, 21.0]
    assert world.rejected() == {
        "syntax": 1,
        "oversized": 1,
        "time": 1,
        "foreign series": 1,
        "unknown series": 1,
        "unit": 1,
        "properties": 1,
        "unknown gateway": 2,
    }
    kept = {row["reason"]: row for row in world.query("SELECT * FROM ingest.reject")}
    assert bytes(kept["syntax"]["payload"]) == b"\x00\xff\xfe noise"
    assert (kept["oversized"]["payload_bytes"], len(kept["oversized"]["payload"])) == (300_002, 65_536)
    assert dict(kept["syntax"]["properties"])["boot"] == "boot"
    assert (kept["syntax"]["gateway_key"], other in str(kept)) == (home.key, False)


def test_the_same_malformed_bytes_again_only_raise_the_count(world, start_worker, sender):
    home = sender(world.home("home"))
    start_worker()
    for _ in range(3):
        sequence = home.send_bytes(b"noise")
        home.await_stored(sequence)
    assert [(row["count"], row["records"]) for row in world.query("SELECT count, records FROM ingest.reject")] == [
        (3, 1)
    ]


def test_a_device_registered_a_moment_ago_is_known(world, start_worker, sender):
    home = sender(world.home("home"))
    start_worker()
    home.send(("d/temperature", NOW_MS, 20.0))
    home.await_stored(1)
    world.device(home.key, "new", ("temperature",))
    fresh = sender(world.home("fresh"))
    home.send(("new/temperature", NOW_MS, 20.0))
    fresh.send(("d/temperature", NOW_MS, 20.0))
    home.await_stored(2)
    fresh.await_stored(1)
    assert world.rejected() == {}
    assert len(world.stored()) == 3


def test_the_broker_has_nothing_left_that_was_not_acknowledged(world, start_worker, sender):
    home = sender(world.home("home"))
    consumer = start_worker(ingest_queue_messages=10)
    # Ten times as many as may be unacknowledged: they only come if the earlier ones are acknowledged.
    sent = [home.send(("d/temperature", NOW_MS + number, 20.0)) for number in range(100)]
    home.await_stored(*sent)
    consumer.stop()
    start_worker()
    home.await_stored(home.send(("d/temperature", NOW_MS + 500, 20.0)))
    assert world.value("SELECT sum(duplicates)::int FROM ingest.tally") == 0
    assert len(world.stored()) == 101


def test_a_message_the_database_refuses_is_found_among_many_and_rejected(world, start_worker, sender):
    """A rule of the database that validation does not know stands for whatever we did not think of."""
    home = sender(world.home("home"))
    world.connection.execute(
        "CREATE FUNCTION public.poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.value = 13 THEN RAISE EXCEPTION 'no' USING ERRCODE = '{OUT_OF_RANGE}'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER poison BEFORE INSERT ON ingest.reading_level FOR EACH ROW EXECUTE FUNCTION public.poison()"
    )
    start_worker(ingest_linger_s=0.3, ingest_writers=1)
    sent = [home.send(("d/temperature", NOW_MS + number, float(number))) for number in range(20)]
    home.await_stored(*sent)
    assert [value for _, _, value in world.stored()] == [float(number) for number in range(20) if number != 13]
    assert world.rejected() == {"record": 1}
    assert OUT_OF_RANGE in world.value("SELECT detail FROM ingest.reject")


def test_two_workers_share_the_messages_and_store_each_reading_once(world, start_worker, sender):
    homes = [sender(world.home(f"home-{number}")) for number in range(4)]
    start_worker()
    start_worker()
    for number in range(150):
        for home in homes:
            home.send(("d/temperature", NOW_MS + number, 20.0), ("d/occupancy", NOW_MS + number, number % 2))
    for home in homes:
        home.await_stored(*range(1, 151))
    assert len(world.stored()) == 4 * 150 * 2
    tally = world.query("SELECT worker, sum(stored)::int AS stored FROM ingest.tally WHERE stored > 0 GROUP BY 1")
    assert sum(row["stored"] for row in tally) == 1_200
    assert len({row["worker"].partition("/")[0] for row in tally}) == 2


def test_messages_wait_in_the_broker_while_the_queue_is_full(world, start_worker, sender):
    """The queue's bound holds also where the broker does not keep to it: the network is simply not read."""
    home = sender(world.home("home"))
    with world.connection.transaction():
        world.connection.execute("LOCK TABLE ingest.tally IN ACCESS EXCLUSIVE MODE")
        consumer = start_worker(ingest_queue_messages=20, ingest_batch_messages=5, ingest_writers=1)
        sent = [home.send(("d/temperature", NOW_MS + number, 20.0)) for number in range(200)]
        time.sleep(0.5)
        assert all(len(lane.inbox) <= 20 for lane in consumer._lanes)
        assert home.heard == []
    home.await_stored(*sent)
    assert len(world.stored()) == 200


def test_a_call_that_overtakes_the_first_word_of_its_gateway_waits_a_moment_for_it(
    world, start_worker, sender, service, monkeypatch
):
    key = world.home("home")
    home = sender(key)
    now_ms = round(time.time() * 1000)
    status = GatewayStatus(online=True, boot="boot", clock="unsynced", uptime_s=3660.0)
    looked = threading.Event()

    def seen(connection, keys):
        found = gateway_starts(connection, keys)
        if not looked.is_set():
            # The first look finds nothing, and before the second one the word is there.
            with service.transaction() as other:
                record_status(other, key, status, datetime.now(UTC))
            looked.set()
        return found

    monkeypatch.setattr("ingest.writer.gateway_starts", seen)
    start_worker()
    unsynced = BatchProperties("boot", 1, 60.0, "unsynced").as_user_properties()
    payload = senml.encode([senml.Measurement("d/sos_button", now_ms - 8000 * HOUR_MS, 1.0, "1")])
    home.send_bytes(payload, leaf=Leaf.URGENT, properties=unsynced, sequence=1)
    home.await_stored(1)
    (urgent,) = world.query("SELECT ts FROM ingest.urgent")
    assert abs(urgent["ts"].timestamp() * 1000 - (now_ms - HOUR_MS)) < 120_000


def test_a_call_by_a_clock_that_is_not_set_keeps_its_key_and_is_told_with_the_time_it_must_have_had(
    world, start_worker, sender
):
    home = sender(world.home("home"))
    start_worker()
    year_ms = 365 * 24 * HOUR_MS
    now_ms = round(time.time() * 1000)
    wrong_now = datetime.fromtimestamp((now_ms - year_ms) / 1000, UTC)
    home.say(
        encode(GatewayStatus(online=True, boot="boot", at=wrong_now, clock="unsynced", uptime_s=3660.0)), retain=False
    )
    until(lambda: world.query("SELECT 1 FROM ingest.gateway_status"), "the status")
    pressed = now_ms - year_ms - HOUR_MS
    payload = senml.encode([senml.Measurement("d/sos_button", pressed, 1.0, "1")])

    def send(sequence):
        unsynced = BatchProperties("boot", sequence, 60.0, "unsynced").as_user_properties()
        home.send_bytes(payload, leaf=Leaf.URGENT, properties=unsynced, sequence=sequence)
        home.await_stored(sequence)

    send(9)
    (kept,) = world.query("SELECT ts, corrected_ts, flags FROM ingest.reading_event")
    (urgent,) = world.query("SELECT ts FROM ingest.urgent")
    assert round(kept["ts"].timestamp() * 1000) == pressed
    assert kept["flags"] == Flag.UNSYNCHRONISED
    assert urgent["ts"] == kept["corrected_ts"]
    assert abs(kept["corrected_ts"].timestamp() * 1000 - (now_ms - HOUR_MS)) < 120_000
    # What is sent again is the same reading, whatever is known of its time by then.
    send(10)
    assert world.value("SELECT count(*) FROM ingest.reading_event") == 1
    assert world.value("SELECT count(*) FROM ingest.urgent") == 1
    assert world.rejected() == {}


def test_late_readings_find_their_place_among_compressed_ones(world, start_worker, sender):
    home = sender(world.home("home"))
    start_worker()
    old_ms = NOW_MS - 200 * 24 * HOUR_MS
    first = [("d/temperature", old_ms + minute * 60_000, 20.0 + minute % 7) for minute in range(0, 300, 2)]
    home.await_stored(home.send(*first, leaf=Leaf.BACKFILL))
    if world.value("SELECT variant FROM vicino.installation") == "timescale":
        chunks = "SELECT compress_chunk(c) FROM show_chunks('ingest.reading_level') c"
        assert world.query(chunks)
    between = [("d/temperature", old_ms + minute * 60_000, 21.0) for minute in range(1, 300, 2)]
    contradiction = ("d/temperature", first[0][1], 50.0)
    home.await_stored(home.send(*between, leaf=Leaf.BACKFILL))
    home.await_stored(home.send(*first, *between[:5], contradiction, leaf=Leaf.BACKFILL))
    assert world.stored() == sorted([*first, *between], key=lambda reading: reading[1])
    assert world.rejected()["conflict"] == 1
