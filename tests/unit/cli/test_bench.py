"""Measurements that could not fail would measure nothing."""

from datetime import UTC, datetime

import numpy as np

from cli.bench import alert_latency, calls, fleet, gateways, publishing
from cli.bench.channel import Handed
from cli.bench.fleet import Source
from cli.bench.ingest import compare
from cli.bench.repository import OpenedAlert
from core import senml
from core.topics import Leaf
from core.vocabulary import BY_NAME
from ingest import mqtt5

SENT = np.array([[1, 10], [1, 11], [2, 10]])


def test_what_is_not_there_is_lost_and_what_nobody_sent_is_too_much():
    assert compare(SENT, SENT) == (0, 0)
    assert compare(SENT, SENT[:2]) == (1, 0)
    assert compare(SENT, np.array([[1, 10], [1, 11], [3, 10]])) == (1, 1)
    assert compare(SENT, np.array([[1, 10], [1, 11], [2, 10], [2, 11]])) == (0, 1)
    assert compare(SENT, np.empty((0, 2), np.int64)) == (3, 0)


def load(**changes):
    own = [Source(1, "a/occupancy", BY_NAME["occupancy"]), Source(2, "a/temperature", BY_NAME["temperature"])]
    values = {"messages": 6, "readings": 3, "ends_at": datetime(2026, 3, 1, tzinfo=UTC)}
    return fleet.load({"gw-a": own, "gw-b": [own[0]._replace(series_id=3)]}, Leaf.READINGS, **values | changes)


def test_a_load_says_which_readings_are_in_its_packets_and_none_twice():
    made = load()
    assert len({tuple(key) for key in made.keys.tolist()}) == len(made.keys) == 18
    times = []
    for packet in made.packets:
        (read,) = mqtt5.split(bytearray(packet.content))
        measurements, faults = senml.decode(mqtt5.delivery(read, 0).payload)
        assert faults == []
        times += [at_ms for _, at_ms, _, _ in measurements]
    assert times == made.keys[:, 1].tolist()


def test_packets_are_read_as_they_were_written(tmp_path):
    made = load(every_s=0.5)
    gateways.write(tmp_path / "packets", made.packets)
    assert gateways.read(tmp_path / "packets") == list(made.packets)
    assert [packet.due_s for packet in made.packets] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    publishing.write(tmp_path / "raw", made.packets)
    queues = publishing.read(tmp_path / "raw")
    ids = [mqtt5.delivery(mqtt5.split(bytearray(raw))[0], 0).packet_id for raw in queues[0]]
    assert ids == [1, 2, 3]


def test_the_longest_delay_is_told_and_a_stuck_batch_counts():
    assert gateways.delays([0.1] * 98 + [2.0, 9.0]) == (0.1, 9.0, 9.0)
    assert gateways.delays([]) == (0.0, 0.0, 0.0)
    stuck = gateways.Gateway(load(every_s=1.0).packets)
    assert stuck.overdue(1.5) == [0.0, 1.0]


def test_a_percentile_is_one_of_what_was_measured():
    assert alert_latency.percentile([], 99) == 0.0
    assert alert_latency.percentile([7.0], 50) == 7.0
    measured = [float(number) for number in range(1, 201)]
    assert [alert_latency.percentile(measured, share) for share in (50, 95, 99, 100)] == [100.0, 190.0, 198.0, 200.0]


def test_what_nobody_was_told_is_lost_and_a_message_again_is_no_other():
    opened = [OpenedAlert(alert, f"gw-{alert}", datetime.fromtimestamp(1000.2, UTC)) for alert in "ab"]
    handed = [
        Handed("a", "x@example.org", 10.5),
        Handed("a", "y@example.org", 10.6),
        Handed("a", "x@example.org", 99.0),
        Handed("a", "z@example.org", 10.7),
        Handed("b", "x@example.org", 11.0),
    ]
    found = alert_latency.figures(2000, 1999.0, {"gw-a": 10.0, "gw-b": 10.1}, handed, opened, monotonic_at_s=990.0)
    assert (found.calls, found.count, found.lost, found.duplicated) == (2, 4, 2, 1)
    assert (found.p50_ms, found.p99_ms, found.longest_ms) == (600.0, 900.0, 900.0)
    assert found.opened_p99_ms == 200.0


def test_a_press_says_when_it_was_and_each_comes_after_the_other(tmp_path):
    pressed = [calls.Call(f"gw-{number}", "button/sos_button", "", number / 4) for number in range(3)]
    calls.write(tmp_path / "calls", pressed)
    assert calls.read(tmp_path / "calls") == pressed
    (read,) = mqtt5.split(bytearray(calls.packet(pressed[1], 1_772_000_000_000)))
    delivery = mqtt5.delivery(read, 0)
    assert (delivery.topic, delivery.packet_id) == ("vicino/v1/gw/gw-1/urgent", 1)
    measurements, faults = senml.decode(delivery.payload)
    assert faults == []
    assert [(name, at_ms, value) for name, at_ms, value, _ in measurements] == [
        ("button/sos_button", 1_772_000_000_000, 1.0)
    ]
