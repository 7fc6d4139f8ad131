"""The worker as its own process: woken by notices, killed, and taken over from."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from alerts.notify import LEASE
from alerts.worker import LONGEST_WAIT_S
from embedded.ports import free_port
from tests.unit.core.test_metrics import samples

ROOT = Path(__file__).resolve().parents[3]


def until(condition, seconds):
    """Wait for `condition` and return how long that took; fail after `seconds`."""
    began = time.monotonic()
    while not (found := condition()):
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.02)
    assert found
    return time.monotonic() - began


@pytest.fixture
def start(database_url, smtp_url, tmp_path):
    """Start a worker; whatever still runs at the end is killed."""
    running = []

    def one(metrics_port=0):
        log = (tmp_path / f"worker-{len(running)}.log").open("w")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")} | {
            "VICINO_DATABASE_URL": database_url,
            "VICINO_SMTP_URL": smtp_url,
            "VICINO_BASE_URL": "https://vicino.example.org",
            "VICINO_MAIL_FROM": "vicino@example.org",
            "VICINO_LOG_FORMAT": "json",
            "VICINO_METRICS_PORT": str(metrics_port),
        }
        process = subprocess.Popen([sys.executable, "-m", "alerts"], cwd=ROOT, env=environment, stderr=log)
        log.close()
        running.append(process)
        return process

    yield one
    for process in running:
        process.kill()
        process.wait()


def listening(world, count=1):
    """Tell whether workers listen: each then has nothing left to do but wait."""
    rows = world.rows(
        "SELECT FROM pg_stat_activity WHERE application_name = 'vicino alerts' AND query LIKE 'LISTEN %%notification%%'"
        " AND datname = current_database()"
    )
    return len(rows) >= count


def until_told(port, name, value):
    """Return the figures of a worker as soon as one of them has a value."""
    told = {}

    def look():
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            told.update(samples(answer.read().decode()))
        return told.get(name) == value

    until(look, 60)
    return told


def press(world):
    now = datetime.now(UTC)
    world.urgent(now)
    world.connection.execute("SELECT pg_notify('vicino_urgent', '')")


def test_a_call_is_in_the_mail_servers_hands_at_once(world, start, mailbox, tmp_path):
    port = free_port()
    process = start(port)
    until(lambda: listening(world), 60)
    time.sleep(0.5)  # the first look is over, and the worker sleeps
    press(world)
    took = until(lambda: len(mailbox.received) == 3, 60)
    assert took < LONGEST_WAIT_S
    until(lambda: {row["state"] for row in world.notifications()} == {"sent"}, 60)
    found = until_told(port, ("vicino_alerts_safety_notified_seconds_count", "reading"), 3)
    assert found["vicino_alerts_safety_notified_seconds_count", "opened"] == 3
    assert found["vicino_alerts_safety_opened_seconds_count", "reading"] == 1
    assert found["vicino_alerts_safety_opened_seconds_sum", "reception"] > 0
    assert found["vicino_alerts_taken_in_total", "urgent"] == 1
    assert found["vicino_alerts_notifications_total", "email", "sent"] == 3
    assert found["vicino_alerts_open", "new"] == 1
    assert found["vicino_lag_seconds", "alerts"] == found["vicino_lag_seconds", "notification"] == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(8) == 0
    log = (tmp_path / "worker-0.log").read_text()
    assert '"event": "sent"' in log
    assert "example.org" not in log
    assert "Rosa" not in log


def test_what_a_killed_worker_was_sending_goes_out_within_five_seconds_all_the_same(world, start, mailbox):
    mailbox.answer = "slow"
    first, second = start(), start()
    until(lambda: listening(world, 2), 60)
    press(world)
    until(lambda: len(world.rows("SELECT FROM alerts.notification WHERE leased_until IS NOT NULL")) == 3, 60)
    first.kill()
    mailbox.answer = "accept"
    until(lambda: len(mailbox.received) >= 3, 5 + LEASE.total_seconds())
    until(lambda: {row["state"] for row in world.notifications()} == {"sent"}, 60)
    assert len({received.message["Message-ID"] for received in mailbox.received}) == 3
    assert second.poll() is None


def test_the_only_worker_killed_while_sending_its_successor_goes_on(world, start, mailbox):
    mailbox.answer = "slow"
    first = start()
    until(lambda: listening(world), 60)
    press(world)
    until(lambda: len(world.rows("SELECT FROM alerts.notification WHERE leased_until IS NOT NULL")) == 3, 60)
    first.kill()
    first.wait()
    assert mailbox.received == []
    mailbox.answer = "accept"
    start()
    until(lambda: listening(world), 60)
    until(lambda: len(mailbox.received) == 3, 60)
    assert all(row["uncertain"] for row in world.notifications())


def test_a_worker_that_comes_later_takes_in_what_waited(world, start, mailbox):
    world.urgent(datetime.now(UTC) - timedelta(days=3), received_at=datetime.now(UTC) - timedelta(days=2))
    start()
    until(lambda: len(mailbox.received) == 3, 60)


def test_it_outlives_the_database_going_away(world, start, mailbox):
    process = start()
    until(lambda: listening(world), 60)
    for _ in range(3):
        world.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'vicino alerts%%' AND datname = current_database()"
        )
        time.sleep(0.2)
    press(world)
    until(lambda: len(mailbox.received) == 3, 60)
    assert process.poll() is None


def test_a_call_does_not_wait_until_a_nights_findings_are_taken_in(world, start, mailbox):
    start()
    until(lambda: listening(world), 60)
    now = datetime.now(UTC)
    finding = world.finding(now, now, severity=0.1)
    # A finding is known by its time, among other things.
    world.connection.execute(
        "INSERT INTO analytics.finding OVERRIDING USER VALUE"
        " SELECT (jsonb_populate_record(finding,"
        " jsonb_build_object('started_at', started_at - number * interval '1 second'))).*"
        " FROM analytics.finding, generate_series(1, 3000) AS number WHERE finding_id = %s",
        (finding,),
    )
    world.connection.execute("SELECT pg_notify('vicino_finding', '')")

    def taken():
        return len(world.rows("SELECT FROM alerts.taken_in WHERE source = 'finding'"))

    until(lambda: taken() > 5, 60)
    press(world)
    until(lambda: [mail for mail in mailbox.received if mail.message["Importance"] == "high"], 60)
    assert taken() < 3001


def test_a_call_does_not_wait_until_what_had_been_stored_is_taken_in(world, start, mailbox):
    there = world.neighbour(world.travo)
    (elsewhere,) = world.rows(
        "SELECT series_id FROM devices.series JOIN registry.home USING (home_id)"
        " WHERE home.key = %s AND quantity_id = 20",
        there,
    )
    first = world.urgent(datetime.now(UTC) - timedelta(days=60))
    world.connection.execute(
        "INSERT INTO ingest.urgent OVERRIDING USER VALUE"
        " SELECT (jsonb_populate_record(urgent, jsonb_build_object('ts', ts + number * interval '1 minute'))).*"
        " FROM ingest.urgent, generate_series(1, 3000) AS number WHERE urgent_id = %s",
        (first,),
    )
    start()

    def taken():
        return len(world.rows("SELECT FROM alerts.taken_in"))

    until(lambda: taken() > 5, 60)
    world.urgent(datetime.now(UTC), series=elsewhere["series_id"])
    world.connection.execute("SELECT pg_notify('vicino_urgent', '')")
    until(lambda: [mail for mail in mailbox.received if mail.to == ["carla@example.org"]], 60)
    # It has given a sign of life meanwhile.
    (beat,) = world.rows("SELECT at FROM alerts.heartbeat WHERE part = 'alerts'")
    assert datetime.now(UTC) - beat["at"] < timedelta(seconds=30)
    assert taken() < 3002
