"""Answers by the link of a message: through the functions of the pages, with the rights of that moment."""

import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest

from alerts import actions
from alerts.escalation import escalate
from alerts.lifecycle import Outcome, State
from alerts.notify import Result, claim, deliver
from alerts.replies.answers import Answer, Standing, answer, look
from alerts.replies.links import Links
from alerts.replies.reads import There, there
from alerts.replies.tokens import read
from tests.integration.alerts.conftest import REPLY_KEY

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
LASTS = timedelta(hours=12)


@pytest.fixture
def called(world, intake, service):
    """A call for help of which everybody is told."""
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


def message_to(world, account):
    rows = world.rows(
        "SELECT public_id FROM alerts.notification WHERE account_id = %s ORDER BY notification_id DESC", account
    )
    return rows[0]["public_id"]


def replies(world):
    return world.rows("SELECT * FROM alerts.reply")


def test_looking_changes_nothing(world, called, people):
    before = world.alerts(), world.notifications(), world.actions(), replies(world)
    for _ in range(3):
        assert look(people, message_to(world, world.anna), LATER, LASTS).standing is Standing.OPEN
    assert (world.alerts(), world.notifications(), world.actions(), replies(world)) == before


def test_it_takes_charge_as_the_page_does_and_the_history_says_how(world, called, people):
    reply = answer(people, message_to(world, world.anna), Answer.TAKE_CHARGE, LATER, LASTS)
    assert (reply.standing, reply.asked.municipality) == (Standing.OPEN, "Bobbio")
    (alert,) = world.alerts()
    assert (alert["state"], alert["taken_by"], alert["taken_at"], alert["escalates_at"]) == (
        "in_charge", world.anna, LATER, None,
    )  # fmt: skip
    assert {row["state"] for row in world.notifications()} == {"cancelled"}
    (entry,) = world.rows("SELECT * FROM alerts.history WHERE action = 'taken'")
    assert (entry["account_name"], entry["detail"]) == ("Anna", {"by": "link"})
    assert [row["answer"] for row in replies(world)] == ["take_charge"]


def test_whoever_is_there_is_in_charge_too(world, called, people):
    answer(people, message_to(world, world.anna), Answer.THERE, LATER, LASTS)
    assert world.actions() == ["opened", "taken", "there"]
    details = world.rows("SELECT account_name, detail FROM alerts.history WHERE action IN ('taken', 'there')")
    assert details == [{"account_name": "Anna", "detail": {"by": "link"}}] * 2
    assert world.alerts()[0]["state"] == State.IN_CHARGE


def test_what_is_done_on_a_page_is_not_said_to_be_done_by_link(world, called, people, seen_by):
    answer(people, message_to(world, world.anna), Answer.TAKE_CHARGE, LATER, LASTS)
    with seen_by(world.anna) as view:
        actions.release(view, called, LATER)
    (entry,) = world.rows("SELECT detail FROM alerts.history WHERE action = 'released'")
    assert entry["detail"] == {}


def test_it_works_once(world, called, people, seen_by):
    message = message_to(world, world.anna)
    answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS)
    assert answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.MINE
    with seen_by(world.anna) as view:
        actions.release(view, called, LATER)
    assert answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.USED
    assert world.alerts()[0]["state"] == State.NEW


def test_it_is_for_its_round_alone(world, called, people, seen_by, service):
    message = message_to(world, world.bruno)
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, LATER)
        actions.release(view, called, LATER)
    assert answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.OVER
    escalate(service, LATER)
    newer = message_to(world, world.bruno)
    assert newer != message
    assert answer(people, newer, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.OPEN
    assert world.alerts()[0]["taken_by"] == world.bruno


def test_it_says_who_was_faster_and_that_it_is_over(world, called, people, seen_by):
    message = message_to(world, world.bruno)
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, LATER)
    reply = answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS)
    assert (reply.standing, reply.asked.taken_by_name) == (Standing.TAKEN, "Anna")
    with seen_by(world.anna) as view:
        actions.resolve(view, called, Outcome.FALSE, "", LATER)
    assert answer(people, message, Answer.THERE, LATER, LASTS).standing is Standing.RESOLVED
    assert replies(world) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE registry.account SET active = false WHERE account_id = %s",
        "DELETE FROM registry.membership WHERE account_id = %s",
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s",
    ],
)
def test_the_rights_are_those_of_the_moment(world, called, people, change):
    message = message_to(world, world.anna)
    world.connection.execute(change, (world.anna,))
    assert look(people, message, LATER, LASTS).standing is Standing.NOT_ALLOWED
    assert answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.NOT_ALLOWED
    assert world.alerts()[0]["state"] == State.NEW
    assert replies(world) == []


def test_it_expires(world, called, people):
    message = message_to(world, world.anna)
    assert answer(people, message, Answer.TAKE_CHARGE, NOW + LASTS, LASTS).standing is Standing.EXPIRED
    assert world.alerts()[0]["state"] == State.NEW


def test_a_message_without_an_account_cannot_be_answered(world, called, people):
    message = message_to(world, world.anna)
    world.connection.execute("UPDATE alerts.notification SET account_id = NULL WHERE public_id = %s", (message,))
    assert answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.UNKNOWN


@pytest.fixture
def daughter(world, called):
    """A message to the daughter, who has no account."""
    contact = world.connection.execute(
        "INSERT INTO registry.contact (organisation_id, person_id, key, name, relation)"
        " VALUES (%s, %s, 'figlia', 'Elena', 'figlia') RETURNING contact_id",
        (world.bobbio, world.person),
    ).fetchone()["contact_id"]
    return world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address,"
        " language, state, due_at, sent_at) SELECT organisation_id, alert_id, 1, 0, 'email', %s, 'e@example.org',"
        " 'it', 'sent', %s, %s FROM alerts.alert RETURNING public_id",
        (contact, NOW, NOW),
    ).fetchone()["public_id"]


def test_a_contact_is_there_and_everybody_is_called_all_the_same(world, daughter, people, seen_by):
    before = world.alerts()[0]
    assert answer(people, daughter, Answer.THERE, LATER, LASTS).standing is Standing.OPEN
    (alert,) = world.alerts()
    assert alert == before | {"updated_at": LATER}
    assert {row["state"] for row in world.notifications()} == {"due", "sent"}
    (entry,) = world.rows("SELECT * FROM alerts.history WHERE action = 'there'")
    assert (entry["account_id"], entry["account_name"], entry["detail"]["relation"]) == (None, "Elena", "figlia")
    with seen_by(world.anna) as view:
        assert there(view) == {alert["alert_id"]: There("Elena", "figlia", LATER)}
    with seen_by(world.carla) as view:
        assert there(view) == {}
    assert answer(people, daughter, Answer.THERE, LATER, LASTS).standing is Standing.USED


def test_a_contact_takes_charge_of_nothing(world, daughter, people):
    assert answer(people, daughter, Answer.TAKE_CHARGE, LATER, LASTS).standing is Standing.OPEN
    assert world.alerts()[0]["state"] == State.NEW
    assert replies(world) == []


def test_what_a_contact_said_of_an_earlier_call_is_not_told_of_the_next(world, called, daughter, people, seen_by):
    answer(people, daughter, Answer.THERE, LATER, LASTS)
    with seen_by(world.anna) as view:
        actions.take_charge(view, called, LATER)
        assert len(there(view)) == 1
        actions.release(view, called, LATER)
        assert there(view) == {}


def test_the_policy_may_let_the_calls_wait_for_a_contact(world, called, daughter, people, service):
    world.connection.execute("UPDATE alerts.alert SET policy = jsonb_set(policy, '{plan,there_waits}', '1800')")
    answer(people, daughter, Answer.THERE, LATER, LASTS)
    assert world.alerts()[0]["escalates_at"] == LATER + timedelta(minutes=30)
    assert {row["state"] for row in world.notifications()} == {"cancelled", "sent"}
    # Then people are called again: nobody has taken charge.
    escalate(service, LATER + timedelta(minutes=30))
    assert "due" in {row["state"] for row in world.notifications()}


def at_once(*acts):
    start, done = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        start.wait()
        done[number] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


@pytest.mark.parametrize("attempt", range(10))
def test_of_two_links_at_once_one_wins(world, called, people, attempt):
    messages = [message_to(world, account) for account in (world.anna, world.bruno, world.dora)]
    done = at_once(*(lambda message=m: answer(people, message, Answer.THERE, LATER, LASTS) for m in messages))
    assert sorted(reply.standing for reply in done) == ["open", "taken", "taken"]
    assert world.actions() == ["opened", "taken", "there"]
    (winner,) = [reply.asked.account_id for reply in done if reply.standing is Standing.OPEN]
    assert world.alerts()[0]["taken_by"] == winner
    assert len(replies(world)) == 1


def test_of_one_link_twice_at_once_one_counts(world, called, people):
    message = message_to(world, world.anna)
    done = at_once(*[lambda: answer(people, message, Answer.TAKE_CHARGE, LATER, LASTS)] * 3)
    assert sorted(reply.standing for reply in done) == ["mine", "mine", "open"]
    assert world.actions() == ["opened", "taken"]
    assert len(replies(world)) == 1


def test_a_mail_carries_the_link_of_its_own_message(world, called, service, clock, email, mailbox):
    claimed = claim(service, NOW)
    assert deliver(service, {"email": email}, claimed, clock, lambda: 0.0) is Result.SENT
    (received,) = mailbox.received
    text = message_from_bytes(bytes(received.message)).get_payload(decode=True).decode()
    link = Links("https://vicino.example.org", REPLY_KEY).reply(claimed.public_id)
    assert link in text
    assert read(REPLY_KEY, link.rpartition("/")[2]) == claimed.public_id
    assert "Anna" not in text
    assert "Rosa" not in text
