"""The request to whoever watches from outside: to a real server that answers, refuses, hangs, or is not there."""

import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts.escalation import escalate
from alerts.intake import Intake
from alerts.policy import Rules
from alerts.watchdog import repository
from alerts.watchdog.__main__ import look
from alerts.watchdog.deadman import Addresses, DeadMan
from alerts.watchdog.standing import Fault, Limits
from alerts.worker import Worker
from core.clock import SimulatedClock, SystemClock
from core.database import Database, Role
from tests.integration.alerts.http_server import Behaviour, serve

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LIMITS = Limits(timedelta(seconds=60), timedelta(seconds=120))


@pytest.fixture
def outside():
    behaviour = Behaviour()
    with serve(behaviour):
        yield behaviour


def pinging(outside, wrong, clock=None, **more):
    addresses = Addresses(f"{outside.url}/ping", f"{outside.url}/ping/fail", f"{outside.url}/ping/start")
    return DeadMan(addresses, wrong, clock or SystemClock(), every_s=60, timeout_s=0.5, **more)


def test_while_all_lives_it_is_told_and_nothing_else(outside):
    assert pinging(outside, list).once() == "told"
    assert [(one.method, one.path, one.body) for one in outside.received] == [("GET", "/ping", b"")]


def test_what_is_wrong_is_said_in_words_about_nobody(outside):
    assert pinging(outside, lambda: [Fault.ALERTS, Fault.CANARY]).once() == "told"
    (received,) = outside.received
    assert (received.method, received.path) == ("POST", "/ping/fail")
    assert received.body.decode() == "alerts are not worked on\nthe test call did not arrive"


def test_without_an_address_for_failures_it_says_nothing(outside):
    results = []
    deadman = DeadMan(
        Addresses(f"{outside.url}/ping"), lambda: [Fault.OVERDUE], SystemClock(), every_s=60, timeout_s=0.5,
        on_told=results.append,
    )  # fmt: skip
    assert deadman.once() == "withheld"
    assert results == ["withheld"]
    assert outside.received == []


def test_a_database_that_cannot_be_asked_is_a_fault(outside):
    def away():
        raise psycopg.OperationalError("away: secret@host")

    assert pinging(outside, away).once() == "told"
    assert outside.received[0].body == b"the database cannot be written"


@pytest.mark.parametrize("mood", ["silent", "close", "reset"])
def test_a_server_that_does_not_answer_takes_no_longer_than_its_time(outside, mood):
    outside.mood = mood
    began = time.monotonic()
    assert pinging(outside, list).once() == "not_told"
    assert time.monotonic() - began < 0.95
    outside.answer(200)
    assert pinging(outside, list).once() == "told"


def test_a_refusal_and_a_server_that_is_away_are_no_success(outside, unused_port):
    outside.answer(404)
    assert pinging(outside, list).once() == "not_told"
    there = Addresses(f"http://127.0.0.1:{unused_port}/ping")
    assert DeadMan(there, list, SystemClock(), every_s=60, timeout_s=0.5).once() == "not_told"


def test_it_tells_every_minute_and_first_that_it_begins(outside):
    clock, stop = SimulatedClock(NOW), threading.Event()
    times = []

    def wrong():
        times.append(clock.now())
        if len(times) == 3:
            stop.set()
        return []

    pinging(outside, wrong, clock).run(stop)
    assert [one.path for one in outside.received] == ["/ping/start", *["/ping"] * 3]
    assert [at - times[0] for at in times] == [timedelta(minutes=number) for number in range(3)]


def test_in_its_own_thread_it_holds_up_nobody(outside):
    outside.mood, stop = "silent", threading.Event()
    began = time.monotonic()
    thread = pinging(outside, list).start(stop)
    assert time.monotonic() - began < 0.3
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def test_the_worker_says_that_it_has_looked(world, service, clock):
    worker = Worker(service, {}, clock, Rules(), timedelta(hours=24))
    assert look(service, LIMITS, NOW) == (None, [Fault.ALERTS])
    worker.run(stopped_after_one_look(clock))
    worked_at, wrong = look(service, LIMITS, NOW)
    assert worked_at is not None
    assert wrong == []
    assert look(service, LIMITS, clock.now() + timedelta(seconds=61))[1] == [Fault.ALERTS]


def stopped_after_one_look(clock):
    class AfterOneLook(threading.Event):
        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 4

    return AfterOneLook()


def test_a_call_that_waits_for_its_channel_is_overdue_until_the_person_has_a_message(world, service):
    with service.transaction() as connection:
        repository.beat(connection, repository.ALERTS, NOW + timedelta(minutes=3))
    world.urgent()
    Intake(service, Rules(), timedelta(hours=24)).look(NOW)
    escalate(service, NOW)

    def wrong(seconds):
        return look(service, LIMITS, NOW + timedelta(seconds=seconds))[1]

    assert wrong(120) == []
    assert wrong(121) == [Fault.OVERDUE]
    world.connection.execute("UPDATE alerts.notification SET state = 'sent', sent_at = %s", (NOW,))
    assert wrong(121) == []
    # Another way to somebody who has been told is not waited for.
    world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, due_at) SELECT organisation_id, alert_id, round, 1, 'sms', account_id, '+390000', 'it', due_at"
        " FROM alerts.notification LIMIT 1"
    )
    assert wrong(121) == []
    world.connection.execute("UPDATE alerts.notification SET state = 'failed', sent_at = NULL WHERE step = 0")
    assert wrong(121) == [Fault.OVERDUE]


def test_a_database_that_only_reads_is_a_fault(world, service, database_url):
    world.connection.execute(
        "DO $$ BEGIN"
        " EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$"
    )
    with Database(database_url, Role.SERVICE, name="read only") as reading, pytest.raises(psycopg.Error):
        look(reading, LIMITS, NOW)
