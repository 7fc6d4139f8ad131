"""Three ways to somebody, each of which fails: of a call, a reminder and a hand-over, and however they fail."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import actions, notify, reads, repository
from alerts.addresses.ways import Recipient, Way
from alerts.channels.transport import TransportError
from alerts.escalation import escalate
from alerts.fallback.next_way import PATIENCE, fall_back
from alerts.idle.idleness import look_after_idle
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose
from alerts.worker import SHORTEST_WAIT_S, wait_s

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
WAYS = [Way("telegram", "1"), Way("sms", "+393330000001"), Way("email", "anna@example.org")]
PURPOSES = ("call", "reminder", "hand_over")
BUSY = TransportError("busy", permanent=False)
NEVER = TransportError("refused", permanent=True)


class Channel:
    def __init__(self):
        self.error = None
        self.handed = []

    def send(self, message):
        if self.error is not None:
            raise self.error
        self.handed.append(message)


@pytest.fixture
def channels():
    return {way.channel: Channel() for way in WAYS}


@pytest.fixture
def begun(world, service, intake, seen_by, clock):
    """Note a message of some purpose to Anna, to whom there are three ways."""
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    for place, way in enumerate(WAYS):
        world.connection.execute(
            "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
            " VALUES (%s, %s, %s, %s, '2026-01-01')",
            (world.anna, *way, place),
        )
    plan = Plan(
        name="p", steps=(Step(tell=(Who(role="operator"),)),), unanswered_after=7200, remind_after=600,
        last_resort=LastResort(tell=(Who(person="anna"),), every=7200),
    )  # fmt: skip
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", plan)], NOW)

    def of(purpose):
        world.urgent()
        intake.look(NOW)
        if purpose == "call":
            escalate(service, NOW)
            return
        (alert,) = world.alerts()
        with seen_by(world.anna) as view:
            actions.take_charge(view, alert["public_id"], NOW)
        if purpose == "reminder":
            clock.advance(600)
            look_after_idle(service, clock.now())
            return
        who = Recipient(world.anna, None, "Anna", "it")
        with service.transaction() as connection:
            summaries.add(connection, [alert["alert_id"]], who, WAYS, Purpose.HAND_OVER, NOW, NOW)

    return of


@pytest.fixture
def work(service, channels, clock):
    """Do what the worker does at its look, and say how long it would sleep then."""

    def look():
        fall_back(service, clock.now())
        while (claimed := notify.claim(service, clock.now())) is not None:
            notify.deliver(service, channels, claimed, clock, lambda: 0.0)
        fall_back(service, clock.now())
        with service.transaction() as connection:
            return wait_s(repository.next_due(connection), clock.now())

    return look


def tried(world):
    return [row["channel"] for row in world.notifications() if row["attempts"]]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_way_that_refuses_is_followed_by_the_next(world, begun, work, channels, purpose):
    begun(purpose)
    for way in WAYS[:2]:
        channels[way.channel].error = NEVER
    work()
    assert tried(world) == ["telegram", "sms", "email"]
    assert len(channels["email"].handed) == 1
    assert {row["purpose"] for row in world.notifications()} == {purpose}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_way_that_is_not_in_time_is_followed_by_the_next_and_the_worker_sleeps_meanwhile(
    world, begun, work, channels, clock, purpose
):
    begun(purpose)
    for channel in channels.values():
        channel.error = BUSY
    work()
    for expected in (["telegram", "sms"], ["telegram", "sms", "email"]):
        clock.advance(PATIENCE.total_seconds())
        work()
        assert sorted(tried(world)) == sorted(expected)
    # Nothing is left: each is tried on, now and then.
    naps = []
    for _ in range(100):
        naps.append(work())
        clock.advance(naps[-1])
    assert sum(nap <= SHORTEST_WAIT_S for nap in naps) <= 20
    channels["email"].error = None
    clock.advance(60)
    work()
    states = {row["channel"]: row["state"] for row in world.notifications()}
    assert states == {"telegram": "cancelled", "sms": "cancelled", "email": "sent"}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_way_of_which_its_channel_says_later_that_it_failed_is_followed_by_the_next(
    world, begun, work, channels, clock, people, purpose
):
    begun(purpose)
    for place, way in enumerate(WAYS):
        work()
        assert tried(world) == [each.channel for each in WAYS[: place + 1]]
        (message,) = channels[way.channel].handed
        assert take_in(people, message.public_id, Report(What.FAILED), clock.now(), timedelta(hours=12))
        clock.advance(60)
    assert work() > SHORTEST_WAIT_S
    assert [row["state"] for row in world.notifications()] == ["failed"] * 3


@pytest.mark.parametrize("purpose", ["reminder", "hand_over"])
def test_nothing_is_looked_at_without_end_that_nobody_needs_any_more(
    world, begun, work, channels, clock, service, seen_by, purpose
):
    begun(purpose)
    channels["telegram"].error = NEVER
    channels["sms"].error = BUSY
    work()
    with seen_by(world.anna) as view:
        actions.resolve(view, world.alerts()[0]["public_id"], "true", "", clock.now())
    clock.advance(60)
    work()
    assert [row["state"] for row in world.notifications()] == ["failed", "cancelled"]
    assert work() > SHORTEST_WAIT_S


def test_a_message_that_waits_for_its_next_way_though_nobody_needs_it_is_left_alone(
    world, begun, work, channels, clock
):
    """However it came to that: what is done about an alert calls its messages off, by a trigger that is away here."""
    begun("reminder")
    channels["telegram"].error = BUSY
    work()
    world.connection.execute("UPDATE alerts.notification SET due_at = %s", (clock.now() + timedelta(hours=1),))
    world.connection.execute("ALTER TABLE alerts.alert DISABLE TRIGGER end_reminders")
    world.connection.execute("UPDATE alerts.alert SET taken_by = %s", (world.bruno,))
    clock.advance(PATIENCE.total_seconds())
    assert work() > SHORTEST_WAIT_S
    (row,) = world.notifications()
    assert (row["state"], row["falls_back_at"], row["others"]) == ("due", None, [])


def test_a_hand_over_that_fell_back_is_about_the_same_and_the_page_tells_it(world, begun, work, channels, seen_by):
    begun("hand_over")
    channels["telegram"].error = NEVER
    work()
    (message,) = channels["sms"].handed
    assert [(each.kind, each.alerts) for each in message.about] == [("sos_button", 1)]
    with seen_by(world.anna) as view:
        told = reads.alert(view, world.alerts()[0]["public_id"]).told
    assert sorted((each.channel, each.state) for each in told) == [("sms", "sent"), ("telegram", "failed")]


def test_what_was_told_in_a_summary_that_fell_back_is_told(world, begun, work, channels, seen_by, clock):
    begun("hand_over")
    channels["telegram"].error = NEVER
    work()
    world.connection.execute("UPDATE alerts.alert SET state = 'new', taken_by = NULL, taken_at = NULL, step = 1")
    with seen_by(world.anna) as view:
        assert reads.unnotified(view) == 0
