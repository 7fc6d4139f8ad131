"""What channels report of messages that they have accepted."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts import actions, notify, reads
from alerts.addresses import entering
from alerts.addresses.ways import Recipient, Way
from alerts.channels.levels import Level
from alerts.channels.transport import Doubt, TransportError
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.notify import Result
from alerts.reach.unseen import PATIENCE, Unseen
from alerts.receipts.reads import latest_messages
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
LASTS = timedelta(hours=12)
DELIVERED, READ, FAILED = Report(What.DELIVERED), Report(What.READ), Report(What.FAILED)


class Channel:
    def __init__(self):
        self.handed = []
        self.error = None
        self.answer = None

    def send(self, message):
        if self.error:
            raise self.error
        self.handed.append(message)
        return self.answer


@pytest.fixture
def channels():
    return {"email": Channel(), "sms": Channel(), "voice": Channel(), "webhook": Channel()}


@pytest.fixture
def called(world, intake, service):
    """A call for help; whoever is told is reached by voice, and else by e-mail."""
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    with service.transaction() as connection:
        entering.enter(connection, Recipient(world.anna, None, "", ""), "voice", "+390523123456", 1, NOW)
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


@pytest.fixture
def send(service, channels, clock):
    def all_due(levels=()):
        results = []
        while (claimed := notify.claim(service, clock.now())) is not None:
            results.append(notify.deliver(service, channels, claimed, clock, lambda: 0.0, dict(levels)))
        return results

    return all_due


def latest(world):
    return world.notifications()[-1]


def test_what_was_delivered_and_read_is_noted_once(world, called, send, people):
    send()
    message = latest(world)["public_id"]
    assert take_in(people, message, DELIVERED, LATER, LASTS)
    assert take_in(people, message, DELIVERED, LATER + timedelta(hours=1), LASTS)
    assert take_in(people, message, READ, LATER + timedelta(hours=2), LASTS)
    row = latest(world)
    assert (row["delivered_at"], row["read_at"]) == (LATER, LATER + timedelta(hours=2))
    (address,) = world.rows("SELECT verified_at FROM alerts.address")
    assert address["verified_at"] == LATER


def test_what_was_accepted_and_failed_goes_on_to_the_next_way(world, called, service, send, people, channels, clock):
    send()
    clock.advance(60)
    assert take_in(people, latest(world)["public_id"], FAILED, LATER, LASTS)
    used = []
    assert fall_back(service, LATER, used.append) == 1
    assert fall_back(service, LATER, used.append) == 0
    send()
    assert [(row["channel"], row["state"]) for row in world.notifications()] == [("voice", "failed"), ("email", "sent")]
    assert (used, len(channels["email"].handed)) == (["voice"], 1)


def test_what_was_called_off_for_one_that_did_not_arrive_is_tried_again(
    world, called, service, send, people, channels, clock
):
    channels["voice"].error = TransportError("busy", permanent=False)
    send()
    clock.advance(21)
    fall_back(service, clock.now())
    world.connection.execute("UPDATE alerts.notification SET due_at = %s WHERE channel = 'voice'", (LATER,))
    send()
    assert [(row["channel"], row["state"]) for row in world.notifications()] == [
        ("voice", "cancelled"),
        ("email", "sent"),
    ]
    channels["voice"].error = None
    assert take_in(people, latest(world)["public_id"], FAILED, clock.now(), LASTS)
    assert [(row["channel"], row["state"]) for row in world.notifications()] == [("voice", "due"), ("email", "failed")]
    send()
    assert len(channels["voice"].handed) == 1


@pytest.fixture
def called_off(world, called, service, send, channels, clock):
    """The telephone was busy and is called off: the mail beside it was accepted, for which no way is left."""
    channels["voice"].error = TransportError("busy", permanent=False)
    send()
    clock.advance(21)
    fall_back(service, clock.now())
    send()
    channels["voice"].error = None
    voice, email = world.notifications()
    assert (voice["state"], voice["called_off_by"], email["others"]) == ("cancelled", email["notification_id"], [])


def ways_of(world):
    return [(row["channel"], row["state"], row["called_off_by"]) for row in world.notifications()]


def test_what_is_not_known_to_have_arrived_is_followed_by_the_way_it_had_called_off(
    world, service, send, channels, clock, called_off
):
    world.connection.execute(
        "UPDATE alerts.notification SET last_error = %s WHERE state = 'sent'", (Doubt.UNREAD.value,)
    )
    clock.advance(PATIENCE.total_seconds())
    assert Unseen(service, clock).look() == 1
    assert send() == [Result.SENT]
    assert ways_of(world) == [("voice", "sent", None), ("email", "failed", None)]
    clock.advance(PATIENCE.total_seconds())
    assert Unseen(service, clock).look() == 0


def test_what_is_not_known_to_have_arrived_stays_accepted_where_its_step_calls_nobody_any_more(
    world, called, service, people, seen_by, clock, called_off
):
    """The way that it had called off is no way any more once somebody has taken charge and given it back."""
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, clock.now())
    with seen_by(world.anna) as view:
        actions.release(view, called, clock.now())
    assert take_in(people, latest(world)["public_id"], FAILED, clock.now(), LASTS)
    assert [state for _, state, _ in ways_of(world)] == ["cancelled", "failed"]


def test_what_is_said_of_a_way_that_was_called_off_is_why(world, service, called_off):
    with service.transaction() as connection:
        found = latest_messages(connection, 10)
    assert [(each.channel, each.last_error) for each in found] == [("email", ""), ("voice", "another way was accepted")]


def test_a_way_called_off_by_one_that_failed_waits_on_another_that_was_accepted_at_the_same_moment(
    world, people, clock, called_off
):
    world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, due_at, state, sent_at) SELECT organisation_id, alert_id, round, step, 'sms', account_id,"
        " '+393331234567', language, due_at, 'sent', sent_at FROM alerts.notification WHERE channel = 'email'"
    )
    _, email, text = world.notifications()
    assert take_in(people, email["public_id"], FAILED, clock.now(), LASTS)
    assert ways_of(world)[0] == ("voice", "cancelled", text["notification_id"])
    assert take_in(people, text["public_id"], FAILED, clock.now(), LASTS)
    assert ways_of(world)[0] == ("voice", "due", None)


def test_a_message_about_several_alerts_is_tried_by_the_way_it_had_called_off_too(
    world, called, service, send, people, channels, clock, seen_by
):
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, NOW)
    ways = [Way("voice", "+390523123456"), Way("email", "anna@example.org")]
    (alert,) = world.alerts()
    with service.transaction() as connection:
        summaries.add(
            connection, [alert["alert_id"]], Recipient(world.anna, None, "", "it"), ways, Purpose.HAND_OVER, NOW, NOW
        )
    channels["voice"].error = TransportError("busy", permanent=False)
    send()
    clock.advance(21)
    fall_back(service, clock.now())
    send()
    assert [state for _, state, _ in ways_of(world)][-2:] == ["cancelled", "sent"]
    channels["voice"].error = None
    assert take_in(people, latest(world)["public_id"], FAILED, clock.now(), LASTS)
    assert send() == [Result.SENT]
    assert [state for _, state, _ in ways_of(world)][-2:] == ["sent", "failed"]
    assert len(channels["voice"].handed) == 1


def test_a_channel_that_says_that_it_failed_before_it_has_answered_is_heard(
    world, called, service, send, people, channels, clock
):
    channels["voice"].handed = Reporting(people)
    send()
    assert latest(world)["last_error"] == "accepted, but not delivered"
    assert latest(world)["undelivered_at"] == LATER
    assert fall_back(service, LATER) == 1
    # By e-mail, after which there is no way left: it stays as accepted.
    channels["email"].handed = Reporting(people)
    clock.advance(60)
    send()
    assert [(row["channel"], row["state"]) for row in world.notifications()] == [("voice", "failed"), ("email", "sent")]


class Reporting:
    """Reports each message as failed while it is being handed over."""

    def __init__(self, people):
        self.people = people

    def append(self, message):
        take_in(self.people, message.public_id, FAILED, LATER, LASTS)


def test_the_page_of_the_alert_tells_the_way_of_each_message(world, called, service, send, people, seen_by, clock):
    send()
    clock.advance(60)
    take_in(people, latest(world)["public_id"], FAILED, LATER, LASTS)
    fall_back(service, LATER)
    send()
    take_in(people, latest(world)["public_id"], DELIVERED, LATER, LASTS)
    with seen_by(world.anna) as view:
        told = reads.alert(view, called).told
    assert [(each.channel, each.state, each.last_error, each.delivered_at) for each in told] == [
        ("email", "sent", "", LATER),
        ("voice", "failed", "accepted, but not delivered", None),
    ]
    with service.transaction() as connection:
        found = latest_messages(connection, 10)
        assert latest_messages(connection, 10, UUID(int=7)) == []
    assert [(each.who, each.channel, each.state, each.delivered_at) for each in found] == [
        ("anna", "email", "sent", LATER),
        ("anna", "voice", "failed", None),
    ]


def test_what_may_have_gone_out_is_never_sent_there_again(world, called, send, channels, clock, service):
    channels["voice"].answer = Doubt.UNREAD
    assert send() == [Result.SENT]
    first = latest(world)
    assert (first["state"], first["uncertain"], first["last_error"]) == ("sent", True, Doubt.UNREAD.value)
    clock.advance((PATIENCE * 0.9).total_seconds())
    assert (Unseen(service, clock).look(), fall_back(service, clock.now()), send()) == (0, 0, [])
    # Nobody has said that it arrived: the next way is used, once.
    clock.advance(PATIENCE.total_seconds())
    assert (Unseen(service, clock).look(), fall_back(service, clock.now()), send()) == (1, 1, [Result.SENT])
    for _ in range(3):
        clock.advance(PATIENCE.total_seconds())
        assert (Unseen(service, clock).look(), fall_back(service, clock.now()), send()) == (0, 0, [])
    assert [(len(channels[name].handed)) for name in ("voice", "email")] == [1, 1]
    assert [(row["channel"], row["state"], row["uncertain"]) for row in world.notifications()] == [
        ("voice", "failed", True), ("email", "sent", False),
    ]  # fmt: skip


def test_what_may_have_gone_out_and_arrived_is_told_by_no_other_way(
    world, called, send, people, channels, clock, service
):
    channels["voice"].answer = Doubt.UNREAD
    send()
    take_in(people, latest(world)["public_id"], DELIVERED, clock.now(), LASTS)
    clock.advance(2 * PATIENCE.total_seconds())
    assert (Unseen(service, clock).look(), fall_back(service, clock.now()), send()) == (0, 0, [])
    assert channels["email"].handed == []


def test_what_was_delivered_does_not_fail_later(world, called, service, send, people):
    send()
    message = latest(world)["public_id"]
    take_in(people, message, DELIVERED, LATER, LASTS)
    take_in(people, message, FAILED, LATER, LASTS)
    assert fall_back(service, LATER) == 0
    assert latest(world)["state"] == "sent"


def test_a_failure_after_somebody_took_charge_calls_nobody(world, called, service, send, people, seen_by):
    send()
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, LATER)
    take_in(people, latest(world)["public_id"], FAILED, LATER, LASTS)
    assert fall_back(service, LATER) == 0


def test_a_receipt_of_an_attempt_without_an_answer_ends_the_attempts(world, called, send, people, channels, clock):
    channels["voice"].error = TransportError("no answer", permanent=False, uncertain=True)
    send()
    take_in(people, latest(world)["public_id"], DELIVERED, LATER, LASTS)
    clock.advance(10)
    assert send() == []
    assert latest(world)["state"] == "sent"


def test_one_pressed_takes_charge_as_the_account_that_was_called(world, called, send, people):
    send()
    assert take_in(people, latest(world)["public_id"], Report(What.DELIVERED, "1"), LATER, LASTS)
    (alert,) = world.alerts()
    assert (alert["state"], alert["taken_by"]) == ("in_charge", world.anna)


@pytest.mark.parametrize("digit", ["2", "#", ""])
def test_nothing_else_does(world, called, send, people, digit):
    send()
    take_in(people, latest(world)["public_id"], Report(None, digit), LATER, LASTS)
    assert world.alerts()[0]["state"] == "new"


def test_only_who_was_telephoned_answers_by_a_digit(world, called, send, people, channels):
    channels["voice"].error = TransportError("no such number", permanent=True)
    send()
    assert latest(world)["channel"] == "email"
    take_in(people, latest(world)["public_id"], Report(None, "1"), LATER, LASTS)
    assert world.alerts()[0]["state"] == "new"


def test_who_may_act_no_more_takes_charge_of_nothing(world, called, send, people):
    send()
    world.connection.execute("UPDATE registry.membership SET role = 'installer'")
    take_in(people, latest(world)["public_id"], Report(None, "1"), LATER, LASTS)
    assert world.alerts()[0]["state"] == "new"


def test_of_what_there_is_not_nothing_is_known(people, world):
    assert take_in(people, UUID(int=7), DELIVERED, LATER, LASTS) is False


def test_receipts_and_attempts_at_once_leave_no_deadlock(world, called, service, send, people):
    send()
    message = latest(world)["public_id"]
    threads = [
        threading.Thread(target=take_in, args=(people, message, what, LATER, LASTS))
        for what in (DELIVERED, FAILED, READ, Report(None, "1"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert latest(world)["delivered_at"] is not None or latest(world)["state"] == "failed"


def test_a_channel_is_told_no_more_than_its_level(world, called, send, channels, clock, intake, service):
    world.connection.execute("UPDATE registry.person SET phone = '+39 333 7654321'")
    with service.transaction() as connection:
        entering.enter(connection, Recipient(world.anna, None, "", ""), "webhook", "https://example.org/hook", 1, NOW)
    send({"voice": Level.FULL})
    (spoken,) = channels["voice"].handed
    assert not any(spoken.told)
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    send({"webhook": Level.FULL})
    (posted,) = channels["webhook"].handed
    assert (posted.told.name, posted.told.phone, posted.kind) == (
        "Rosa Bianchi", "+39 333 7654321", "night_bathroom_visits",
    )  # fmt: skip
    assert posted.told.explanation == "4 visite al bagno; di solito 1"
