"""Taken but idle: a reminder to whoever has it, then back to the queue."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts import actions, notify
from alerts.addresses.ways import Recipient, Way
from alerts.escalation import escalate
from alerts.idle.idleness import look_after_idle
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import LastResort, Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose
from core.clock import SimulatedClock

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


class Channel:
    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)


@pytest.fixture
def taken(world, service, intake, seen_by):
    """An alert that anna has had since `later(10)` and is reminded of after ten minutes; then five more."""
    plan = Plan(
        name="p", steps=(Step(tell=(Who(role="operator"),)),), last_resort=LastResort(tell=(Who(person="dora"),)),
        remind_after=600, give_back_after=300,
    )  # fmt: skip
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", plan)], NOW)
    world.urgent()
    intake.look_urgent(NOW)
    escalate(service, NOW)
    public_id = world.alerts()[0]["public_id"]
    with seen_by(world.anna) as view:
        actions.take_charge(view, public_id, later(10))
    return public_id


def deliver_all(service, seconds):
    channel, clock = Channel(), SimulatedClock(later(seconds))
    while (claimed := notify.claim(service, clock.now())) is not None:
        notify.deliver(service, {"email": channel}, claimed, clock, lambda: 0.5)
    return channel.sent


@pytest.mark.parametrize("gives_it_away", ["released", "called again"])
def test_a_reminder_that_waits_is_called_off_with_the_charge(world, service, taken, seen_by, intake, gives_it_away):
    look_after_idle(service, later(610))
    if gives_it_away == "released":
        with seen_by(world.anna) as view:
            actions.release(view, taken, later(620))
    else:
        world.urgent(later(619))
        intake.look_urgent(later(620))
    (reminder,) = [row for row in world.notifications() if row["purpose"] == "reminder"]
    assert reminder["state"] == "cancelled"
    # Whoever takes it again is not reminded by that.
    with seen_by(world.anna) as view:
        actions.take_charge(view, taken, later(630))
    assert deliver_all(service, 640) == []


def test_a_reminder_uses_the_next_way_where_the_best_fails(world, service, taken):
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
        " VALUES (%s, 'sms', '+393330000001', 0, '2026-01-01')",
        (world.anna,),
    )
    look_after_idle(service, later(610))
    # No text messages are set up here.
    assert [message.purpose for message in deliver_all(service, 610)] == [Purpose.REMINDER]
    rows = [(row["channel"], row["state"]) for row in world.notifications() if row["purpose"] == "reminder"]
    assert rows == [("sms", "failed"), ("email", "sent")]


def test_whoever_has_it_is_reminded_and_then_it_is_given_back(world, service, taken):
    assert look_after_idle(service, later(609)) == 0
    assert look_after_idle(service, later(610)) == 1
    (message,) = deliver_all(service, 610)
    assert (message.address, message.purpose) == ("anna@example.org", Purpose.REMINDER)
    assert look_after_idle(service, later(909)) == 0
    assert look_after_idle(service, later(910)) == 1
    (alert,) = world.alerts()
    assert (alert["state"], alert["taken_by"], alert["round"], alert["escalates_at"]) == ("new", None, 2, later(910))
    assert world.actions() == ["opened", "taken", "reminded", "given_back"]
    (entry,) = world.rows("SELECT * FROM alerts.history WHERE action = 'given_back'")
    assert (entry["account_id"], entry["from_state"], entry["to_state"]) == (world.anna, "in_charge", "new")
    escalate(service, later(910))
    assert {message.address for message in deliver_all(service, 910)} == {"anna@example.org", "bruno@example.org"}


def test_who_was_told_of_it_when_coming_on_shift_is_reminded_and_it_is_given_back_all_the_same(world, service, taken):
    (alert,) = world.alerts()
    anna = Recipient(world.anna, None, "Anna", "it")
    with service.transaction() as connection:
        way = [Way("email", "anna@example.org")]
        summaries.add(connection, [alert["alert_id"]], anna, way, Purpose.HAND_OVER, later(20), later(15))
    deliver_all(service, 21)
    assert look_after_idle(service, later(610)) == 1
    (message,) = deliver_all(service, 610)
    assert message.purpose is Purpose.REMINDER
    assert look_after_idle(service, later(910)) == 1
    assert world.alerts()[0]["state"] == "new"


def test_who_writes_a_note_is_not_idle(world, service, taken, seen_by):
    with seen_by(world.anna) as view:
        actions.note(view, taken, "I am on the way", later(500))
    assert look_after_idle(service, later(1099)) == 0
    assert look_after_idle(service, later(1100)) == 1
    with seen_by(world.anna) as view:
        actions.note(view, taken, "nearly there", later(1200))
    assert look_after_idle(service, later(1799)) == 0
    assert look_after_idle(service, later(1800)) == 1
    assert len([row for row in world.notifications() if row["purpose"] == "reminder"]) == 2


def test_a_reminder_of_what_is_given_back_or_over_is_not_sent(world, service, taken, seen_by):
    look_after_idle(service, later(610))
    with seen_by(world.anna) as view:
        actions.release(view, taken, later(611))
    assert deliver_all(service, 612) == []
    with seen_by(world.bruno) as view:
        actions.take_charge(view, taken, later(620))
    look_after_idle(service, later(1220))
    with seen_by(world.bruno) as view:
        actions.resolve(view, taken, "true", "", later(1221))
    assert deliver_all(service, 1222) == []
    assert look_after_idle(service, later(9999)) == 0


def test_only_what_somebody_has_can_be_idle_says_the_database(world, taken):
    world.connection.execute("UPDATE alerts.alert SET state = 'resolved', outcome = 'true', resolved_at = opened_at")
    assert world.alerts()[0]["idle_at"] is None
    with pytest.raises(psycopg.errors.CheckViolation, match="idle_only_while_in_charge"):
        world.connection.execute("UPDATE alerts.alert SET idle_at = opened_at")


def test_without_a_policy_of_ones_own_nobody_is_reminded(world, service, intake, seen_by):
    world.urgent()
    intake.look_urgent(NOW)
    with seen_by(world.anna) as view:
        actions.take_charge(view, world.alerts()[0]["public_id"], later(10))
    assert look_after_idle(service, later(1_000_000)) == 0
