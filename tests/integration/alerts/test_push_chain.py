"""From a call for help to a device: registered by its owner, told first, and followed by e-mail where it is gone."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from alerts import actions as acts
from alerts import notify
from alerts.channels.webpush.transport import WebPushTransport
from alerts.channels.webpush.vapid import VapidKey
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.notify import Result
from alerts.reach import actions
from alerts.reach.actions import Subscription
from alerts.reach.devices import KeptDevices
from alerts.reach.unseen import PATIENCE, Unseen
from alerts.replies.links import Links
from tests.integration.alerts.answering import Answering, Reply, answering
from tests.integration.alerts.browser_keys import BrowserKeys

LINKS = Links("https://vicino.example.org", b"k" * 32)


@pytest.fixture
def push() -> Iterator[Answering]:
    with answering() as server:
        yield server


@pytest.fixture
def browser(push, seen_by, world, clock) -> BrowserKeys:
    """The telephone of Anna, who is the only one to be told."""
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    keys = BrowserKeys.make()
    given = Subscription(f"{push.url}/telephone", keys.p256dh, keys.auth)
    with seen_by(world.anna) as view:
        actions.register(view, given, "telephone", [push.host], clock.now())
    return keys


@pytest.fixture
def send(service, push, email, clock):
    channels = {
        "email": email,
        "webpush": WebPushTransport(
            KeptDevices(service, clock), VapidKey.make(), "mailto:a@example.org", LINKS, [push.host], clock, 0.4
        ),
    }

    def all_due():
        escalate(service, clock.now())
        results = []
        while (claimed := notify.claim(service, clock.now())) is not None:
            results.append(notify.deliver(service, channels, claimed, clock, lambda: 0.0))
        return results

    return all_due


@pytest.fixture
def call(world, intake, clock, browser):
    world.urgent()
    intake.look(clock.now())
    return world.alerts()[0]["public_id"]


def test_a_call_for_help_reaches_the_device_and_nothing_else(call, send, push, browser, mailbox, world):
    assert send() == [Result.SENT]
    message = json.loads(browser.open(push.received[0].body))
    assert message["title"] == "Pulsante SOS premuto"
    assert message["path"] == f"/alerts/{call}"
    assert message["reply"].startswith("/r/")
    assert mailbox.received == []
    (row,) = world.notifications()
    account = world.rows("SELECT public_id FROM registry.account WHERE account_id = %s", world.anna)
    assert (row["channel"], row["address"], row["state"]) == ("webpush", str(account[0]["public_id"]), "sent")
    assert push.url not in json.dumps(row["others"])


def test_a_device_that_is_gone_is_followed_by_e_mail_and_forgotten(call, send, push, mailbox, world, clock):
    push.reply = Reply(410)
    assert send() == [Result.FELL_BACK, Result.SENT]
    assert len(mailbox.received) == 1
    assert world.rows("SELECT * FROM alerts.push_device") == []
    (address,) = world.rows("SELECT * FROM alerts.address")
    assert address["gone_for"] == "no device is left"
    clock.advance(300)
    assert send() == [Result.SENT]
    assert [row["channel"] for row in world.notifications()] == ["webpush", "email", "email"]


def test_a_service_that_is_busy_is_left_alone_as_long_as_it_wants(call, send, push, world, clock):
    push.replies = [Reply(429, {"Retry-After": "7"})]
    assert send() == [Result.RETRY]
    assert (world.notifications()[0]["due_at"] - clock.now()).total_seconds() == 7
    clock.advance(7)
    assert send() == [Result.SENT]
    assert len({received.headers["idempotency-key"] for received in push.received}) == 1


def test_a_device_of_somebody_who_took_charge_is_left_alone(call, send, push, seen_by, world, clock, service):

    escalate(service, clock.now())
    with seen_by(world.anna) as view:
        acts.take_charge(view, call, clock.now())
    assert send() == []
    assert push.received == []


def test_what_no_device_has_shown_in_time_is_followed_by_the_next_way(call, send, push, mailbox, world, clock, service):
    unseen = Unseen(service, clock)
    assert send() == [Result.SENT]
    clock.advance(PATIENCE.total_seconds() - 1)
    assert (unseen.look(), fall_back(service, clock.now())) == (0, 0)
    clock.advance(1)
    assert (unseen.look(), fall_back(service, clock.now())) == (1, 1)
    assert send() == [Result.SENT]
    assert len(mailbox.received) == 1
    assert (unseen.look(), fall_back(service, clock.now())) == (0, 0)
    assert [(row["channel"], row["state"]) for row in world.notifications()] == [
        ("webpush", "failed"),
        ("email", "sent"),
    ]


def test_what_a_device_has_shown_is_not_said_again(call, send, browser, push, people, world, clock, service):
    send()
    number = UUID(json.loads(browser.open(push.received[0].body))["receipt"])
    with people.transaction() as connection:
        assert actions.receipt(connection, number, clock.now(), was_read=False) is False
    clock.advance(600)
    assert Unseen(service, clock).look() == 0
    assert world.notifications()[0]["state"] == "sent"


def test_what_somebody_has_taken_or_what_has_no_other_way_stays_as_it_is(call, send, seen_by, world, clock, service):
    send()
    clock.advance(600)
    world.connection.execute("UPDATE alerts.notification SET others = '[]'")
    assert Unseen(service, clock).look() == 0
    world.connection.execute(
        'UPDATE alerts.notification SET others = \'[{"channel": "email", "address": "anna@example.org"}]\''
    )
    with seen_by(world.anna) as view:
        acts.take_charge(view, call, clock.now())
    assert Unseen(service, clock).look() == 0
