"""What others read of the intake, and who may see what."""

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from core import senml, topics
from core.clock import SimulatedClock
from core.messages import BatchProperties, GatewayStatus
from core.topics import Leaf
from core.viewer import Viewer
from devices.reads import series_of_gateways
from ingest import reads, repository
from ingest.gateways.repository import record_status
from ingest.mqtt5 import Delivery
from ingest.series import Directory
from ingest.urgent.reads import urgent_among
from ingest.validate import Limits, judge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
UNITS = {"temperature": "Cel"}


@pytest.fixture
def take_in(service):
    """Store readings (name, milliseconds, value) of a gateway, without a broker."""
    clock = SimulatedClock(NOW)

    def take_in(gateway, *readings, connection=None):
        with service.connect() as own:
            repository.prepare(own)
            directory = Directory(clock)
            directory.refresh(lambda keys: series_of_gateways(own, keys))
            pack = [senml.Measurement(n, t, v, UNITS.get(n.partition("/")[2], "1")) for n, t, v in readings]
            properties = BatchProperties("b", 1, 1.0, "synced").as_user_properties()
            delivery = Delivery(topics.topic(gateway, Leaf.READINGS), senml.encode(pack), properties, 1, 1)
            verdict = judge(delivery, directory, NOW_MS, Limits(10**6, 10**9))
            for _, at_ms, _ in readings:
                month = datetime.fromtimestamp(at_ms / 1000, UTC)
                repository.ensure_month(own, month)
            return repository.store(own, [verdict], lane="readings", worker="w", received_at=NOW)

    return take_in


def test_a_viewer_sees_the_readings_of_their_own_organisation_and_no_others(world, people, take_in):
    ours, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    for key in (ours, theirs):
        take_in(
            key,
            ("d/temperature", NOW_MS, 20.0),
            ("d/occupancy", NOW_MS + 1, 1.0),
            ("d/temperature", NOW_MS + 3_600_000, 21.0),
        )
    viewer, stranger = world.account("viewer", "ours"), world.account("stranger", "elsewhere")
    span = (NOW, NOW + timedelta(minutes=30))
    with people.seen_by(Viewer(viewer)) as view:
        seen = reads.home_readings(view, world.home_id(ours), *span)
        assert [row["value"] for row in seen] == [20.0, 1.0]
        assert [row["value"] for row in reads.home_readings(view, world.home_id(ours), *span, quantities=[40])] == [
            20.0
        ]
        assert reads.home_readings(view, world.home_id(theirs), *span) == []
    for nobody in (stranger, 10**6):
        with people.seen_by(Viewer(nobody)) as view:
            assert reads.home_readings(view, world.home_id(ours), *span) == []
            assert view.connection.execute("SELECT count(*) AS n FROM ingest.seen_reading").fetchone() == {"n": 0}


def test_only_long_stretches_without_any_reading_are_silences(world, people, take_in):
    ours, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    hours = (11, 9.5, 9, 2, 1)
    for key in (ours, theirs):
        take_in(key, *[("d/temperature", NOW_MS - round(hour * 3_600_000), 20.0) for hour in hours])
    viewer = world.account("viewer", "ours")
    three = timedelta(hours=3)

    def ago(hour):
        return NOW - timedelta(hours=hour)

    with people.seen_by(Viewer(viewer)) as view:

        def silences(home, first, last):
            return reads.silences_of_home(view, world.home_id(home), ago(first), ago(last), three)

        assert silences(ours, 13, 0) == [(ago(9), ago(2))]
        assert silences(ours, 12, -4) == [(ago(9), ago(2)), (ago(1), ago(-4))]
        assert silences(ours, 15, 8) == [(ago(15), ago(11))]
        assert silences(ours, 8, 4) == [(ago(8), ago(4))]
        assert silences(ours, 2, 0) == []
        assert silences(theirs, 13, 0) == [(ago(13), ago(0))]


def test_people_cannot_reach_the_readings_but_through_the_view(world, people):
    for relation in (
        "reading_event",
        "reading_level",
        "reading_vital",
        "reading_technical",
        "urgent",
        "touched",
        "reject_room",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            people.seen_by(Viewer(world.account(relation, "o"))) as view,
        ):
            view.connection.execute(SQL("SELECT 1 FROM ingest.{}").format(Identifier(relation)))


def test_the_view_reads_only_the_time_asked_for(world, people, take_in):
    home = world.home("home", organisation="o")
    month_ms = 31 * 24 * 3_600_000
    for number in range(4):
        take_in(home, ("d/temperature", NOW_MS - number * month_ms, 20.0))
    viewer = world.account("viewer", "o")
    with people.seen_by(Viewer(viewer)) as view:
        plan = view.connection.execute(
            "EXPLAIN SELECT ts, value FROM ingest.seen_reading WHERE home_id = %s AND ts >= %s AND ts < %s",
            (world.home_id(home), NOW - timedelta(hours=1), NOW + timedelta(hours=1)),
        ).fetchall()
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    children = {row["c"] for row in world.query(
        "SELECT relname AS c FROM pg_class WHERE relkind = 'r' AND relname ~ '^(reading_level_2|_hyper_.*_chunk$)'"
    )}  # fmt: skip
    assert len(children) == 4
    assert sum(f" on {child} " in text for child in children) == 1, text


def test_readings_for_analysis_are_columns_in_the_order_of_time(world, service, take_in):
    home, other = world.home("home"), world.home("other")
    take_in(
        home,
        ("d/temperature", NOW_MS + 5, -0.25),
        ("d/occupancy", NOW_MS + 2, 1.0),
        ("d/temperature", NOW_MS - 1, 99.0),
    )
    take_in(other, ("d/temperature", NOW_MS + 3, 1.0))
    span = (world.home_id(home), NOW, NOW + timedelta(hours=1))
    with service.transaction() as connection:
        found = reads.readings_of_home(connection, *span)
        assert found.at_ms.tolist() == [NOW_MS + 2, NOW_MS + 5]
        assert found.value.tolist() == [1.0, -0.25]
        assert found.quantity_id.tolist() == [1, 40]
        assert found.at_ms.dtype == np.int64
        assert reads.readings_of_home(connection, *span, quantities=[40]).at_ms.tolist() == [NOW_MS + 5]
        empty = reads.readings_of_home(connection, *span, quantities=[])
        assert [column.size for column in empty] == [0] * 5
        before = reads.readings_of_home(connection, span[0], NOW - timedelta(hours=1), NOW)
        assert before.flags.tolist() == [1]


def test_the_totals_count_what_came_in_and_what_waits(world, service, take_in):
    home = world.home("home")
    world.home("silent")
    take_in(
        home,
        ("d/temperature", NOW_MS, 20.0),
        ("d/temperature", NOW_MS, 20.0),
        ("d/temperature", NOW_MS, 21.0),
        ("x/y", NOW_MS, 1.0),
    )
    with service.transaction() as connection:
        assert reads.totals(connection, NOW).lag_s is None
        status = GatewayStatus(online=True, boot="b", queued=12, oldest_unsent=NOW - timedelta(seconds=90))
        record_status(connection, home, status, NOW)
        assert reads.totals(connection, NOW) == reads.Totals(1, 1, 2, 12, 1, 2, 90.0, NOW)


def test_urgent_readings_come_with_whom_they_concern(world, service, take_in):
    home = world.home("home")
    take_in(home, ("d/sos_button", NOW_MS, 1.0), ("d/occupancy", NOW_MS, 1.0))
    with service.transaction() as connection:
        (number,) = connection.execute("SELECT urgent_id FROM ingest.urgent").fetchone().values()
        (found,) = urgent_among(connection, [number])
        assert (found["quantity_id"], found["home_id"], found["value"], found["ts"]) == (
            20,
            world.home_id(home),
            1.0,
            NOW,
        )
        assert urgent_among(connection, [number + 1]) == []


def test_touched_hours_are_never_skipped_though_transactions_end_in_another_order(
    world, service, take_in, database_url
):
    home = world.home("home")
    take_in(home, ("d/temperature", NOW_MS, 20.0))
    with psycopg.connect(database_url) as slow:
        slow.execute("INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (777, %s, %s)", (NOW, NOW))
        take_in(home, ("d/temperature", NOW_MS + 3_600_000, 20.0))
        with service.transaction() as connection:
            first = reads.touched_since(connection, 0, 0)
        slow.commit()
    cursor = (first[-1]["xact"], first[-1]["touched_id"])
    with service.transaction() as connection:
        second = reads.touched_since(connection, *cursor)
        assert [row["home_id"] for row in first + second] == [world.home_id(home), 777, world.home_id(home)]
        assert len(first) == 1
        assert reads.touched_since(connection, *cursor, maximum=1) == second[:1]


def test_gateway_statuses_are_those_the_viewer_may_see(world, service, people):
    ours, theirs = world.home("ours", organisation="ours"), world.home("theirs", organisation="theirs")
    silent = world.home("silent", organisation="ours")
    with service.transaction() as connection:
        for key in (ours, theirs):
            status = GatewayStatus(online=True, boot="b", trouble="disk full", unheard=3)
            record_status(connection, key, status, NOW)
        assert reads.gateways_in_trouble(connection) == {"disk full": 2}
    with people.seen_by(Viewer(world.account("viewer", "ours"))) as view:
        found = {row["gateway_key"]: row for row in reads.gateway_statuses(view)}
    assert found.keys() == {ours, silent}
    assert (found[ours]["trouble"], found[ours]["unheard"], found[silent]["trouble"]) == ("disk full", 3, None)
    assert (found[ours]["online"], found[silent]["online"], found[silent]["received_at"]) == (True, False, None)


def test_rejects_are_listed_with_their_original_bytes(world, service, take_in):
    home = world.home("home")
    take_in(home, ("x/y", NOW_MS, 1.0))
    with service.transaction() as connection:
        (found,) = reads.rejects(connection)
        assert (found["reason"], found["gateway_key"], found["last_at"]) == ("unknown series", home, NOW)
        assert senml.decode(found["payload"])[0] == [senml.Measurement("x/y", NOW_MS, 1.0, "")]
        assert reads.rejects(connection, maximum=0) == []
