"""Test calls: through intake, escalation and channel, with the clock simulated; seen by nobody, removed after a day."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

import alerts.reads
import registry.reads
from alerts import notify
from alerts.canary import repository
from alerts.canary.calls import Canary, Pace
from alerts.canary.gateway import KEY, NAME
from alerts.channels.canary.transport import CanaryTransport
from alerts.channels.transport import NoTransport
from alerts.escalation import escalate
from alerts.watchdog import repository as chain
from alerts.watchdog.__main__ import look
from alerts.watchdog.standing import Fault, Limits
from cli.canary import register
from registry.rules import CANARY_KEY

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
PACE = Pace(timedelta(minutes=5), timedelta(seconds=30))
TO_CHANNEL = timedelta(seconds=0.4)


class Chain:
    """What lies between the gateway and the channel; `broken` keeps it from doing anything."""

    def __init__(self, world, service, intake, clock):
        self.world, self.service, self.intake, self.clock = world, service, intake, clock
        self.broken = False
        self.sent, self.latencies, self.missed = [], [], 0
        self.canary = Canary(
            service, self.publish, clock, PACE, on_arrived=self.latencies.append, on_missed=self.note_missed
        )

    def note_missed(self):
        self.missed += 1

    def publish(self, at):
        self.sent.append(at)
        series = self.world.rows("SELECT series_id FROM devices.series WHERE name = %s", NAME)[0]["series_id"]
        self.world.urgent(at, series=series)
        return True

    def work(self):
        """Do what the alert worker does."""
        now = self.clock.now()
        self.intake.look(now)
        escalate(self.service, now)
        transports = {"canary": CanaryTransport(self.service, self.clock), "email": NoTransport("none in this test")}
        while claimed := notify.claim(self.service, now):
            notify.deliver(self.service, transports, claimed, self.clock, lambda: 0.0)

    def seconds(self, count, step=1.0):
        for _ in range(round(count / step)):
            self.canary.look()
            self.clock.advance(step)
            if not self.broken:
                self.work()
        self.canary.look()

    def standing(self):
        return look(self.service, Limits(), self.clock.now())[1]


@pytest.fixture
def canary(world, service, intake, clock):
    register(service, clock)
    register(service, clock)  # twice is no harm
    return Chain(world, service, intake, clock)


def test_a_test_call_goes_through_the_chain_and_closes_by_itself(canary, world, clock):
    canary.seconds(2)
    assert canary.sent == [NOW]
    assert canary.latencies == [1.0]
    (alert,) = world.alerts()
    assert (alert["state"], alert["outcome"], alert["kind"]) == ("resolved", "explained", "sos_button")
    assert world.actions() == ["opened", "resolved"]
    assert [(row["channel"], row["address"], row["state"]) for row in world.notifications()] == [
        ("canary", KEY, "sent")
    ]


def test_the_next_one_is_made_five_minutes_later(canary):
    canary.seconds(601)
    assert canary.sent == [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)]
    assert len(canary.latencies) == 3
    assert canary.missed == 0


def test_a_watchdog_started_anew_goes_on_where_the_other_was(canary, world, service, clock):
    canary.seconds(100)
    second = Chain(world, service, canary.intake, clock)
    second.seconds(199)
    assert second.sent == []
    second.seconds(5)
    assert second.sent == [NOW + timedelta(minutes=5)]


def test_one_that_does_not_arrive_is_missed_and_the_next_one_that_does_puts_it_right(canary, world, service, clock):
    with service.transaction() as connection:
        chain.beat(connection, chain.ALERTS, NOW + timedelta(hours=1))
    canary.broken = True
    canary.seconds(29)
    assert (canary.missed, canary.standing()) == (0, [])
    canary.seconds(2)
    assert (canary.missed, canary.standing()) == (1, [Fault.CANARY])
    canary.broken = False
    # What waited arrives late: that changes nothing of its having been missed.
    canary.seconds(60)
    assert canary.standing() == [Fault.CANARY]
    canary.seconds(215)
    assert canary.standing() == []
    assert canary.latencies == [1.0]
    assert {row["state"] for row in world.alerts()} == {"resolved"}


def test_a_clock_that_is_put_back_neither_ends_nor_multiplies_the_calls(canary, clock):
    canary.seconds(10)
    clock.jump(NOW - timedelta(days=1))
    canary.seconds(295)
    assert len(canary.sent) == 2
    canary.broken = True
    canary.seconds(305)
    clock.jump(NOW - timedelta(days=2))
    canary.seconds(40)
    assert len(canary.sent) == 3
    assert canary.missed == 1


def test_what_a_call_leaves_behind_is_removed_after_a_day_and_not_taken_in_again(canary, world, clock, service):
    world.urgent(NOW)  # somebody's own call, which stays
    canary.seconds(2)
    clock.advance(86_400)
    canary.work()
    canary.seconds(3700, step=2)
    assert not [row for row in world.rows("SELECT sent_at FROM alerts.canary") if row["sent_at"] == NOW]
    kept = [row["home_id"] for row in world.alerts() if row["opened_at"] < NOW + timedelta(hours=1)]
    assert kept == [world.home]
    before = len(world.alerts())
    canary.intake.look(clock.now(), sweep=True)
    assert len(world.alerts()) == before


def test_the_service_cannot_remove_anybody_elses_alert(canary, world, service, clock, intake):
    world.urgent(NOW)
    intake.look(NOW)
    world.connection.execute(
        "UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = now(), escalates_at = NULL"
    )
    with service.transaction() as connection:
        assert repository.remove(connection, NOW + timedelta(days=1000)) == 0
    assert len(world.alerts()) == 1
    with service.transaction() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM alerts.history")


def test_nobody_sees_it(canary, world, service, people, seen_by):
    canary.canary.look()
    canary.work()
    assert len(world.alerts()) == 1
    for account in (world.anna, world.dora):
        with seen_by(account) as view:
            assert alerts.reads.open_alerts(view) == []
            assert alerts.reads.counts(view) == []
            assert alerts.reads.unnotified(view) == 0
            assert all(home.key != KEY for home in registry.reads.seen_homes(view))
            assert all(one.key != KEY for one in registry.reads.seen_organisations(view))
    with service.transaction() as connection:
        status = alerts.reads.status(connection, NOW)
        assert (status.new, status.in_charge, status.due, status.failed) == (0, 0, 0, 0)
        assert [home.key for home in registry.reads.homes(connection)] == ["h1"]
        home_id = world.rows("SELECT home_id FROM registry.home WHERE key = %s", KEY)[0]["home_id"]
        assert home_id not in registry.reads.zones(connection)
        assert registry.reads.homes_of(connection, [home_id]) == []


def test_its_key_is_kept_for_it():
    assert KEY == CANARY_KEY


def test_nobody_signs_in_as_it(canary, world):
    assert world.rows("SELECT password_hash FROM registry.account WHERE login = %s", KEY) == [{"password_hash": None}]
