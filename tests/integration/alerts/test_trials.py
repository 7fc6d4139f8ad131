"""Test messages: sent once, to whom asked, and what came of them is told."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from alerts.channels.transport import NoTransport, Transport
from alerts.channels.webpush.transport import WebPushTransport
from alerts.channels.webpush.vapid import VapidKey
from alerts.reach import actions
from alerts.reach.actions import WAITS, Outcome, Subscription
from alerts.reach.devices import KeptDevices
from alerts.reach.errors import TrialRefusedError
from alerts.reach.trials import Trials
from alerts.replies.links import Links
from core.clock import SimulatedClock
from core.database import Database
from tests.integration.alerts.answering import SLOW, Answering, Reply, answering
from tests.integration.alerts.browser_keys import BrowserKeys


@pytest.fixture
def push() -> Iterator[Answering]:
    with answering() as server:
        yield server


class Anna:
    """Somebody with devices, and the worker that sends to them."""

    def __init__(self, seen_by, account: int, service: Database, push: Answering, clock: SimulatedClock) -> None:
        self.seen = lambda: seen_by(account)
        self.push = push
        self.clock = clock
        self.transports: dict[str, Transport] = {
            "webpush": WebPushTransport(
                KeptDevices(service, clock),
                VapidKey.make(),
                "mailto:a@example.org",
                Links(push.url),
                [push.host],
                clock,
                0.4,
            ),
            "telegram": NoTransport("no bot is set up"),
        }
        self.trials = Trials(service, self.transports, clock)

    def register(self, name: str) -> tuple[UUID, BrowserKeys]:
        browser = BrowserKeys.make()
        given = Subscription(f"{self.push.url}/{name}", browser.p256dh, browser.auth)
        with self.seen() as view:
            return actions.register(view, given, name, [self.push.host], self.clock.now()), browser

    def ask(self, device: UUID | None = None, channel: str = actions.WEBPUSH) -> None:
        self.clock.advance(actions.BETWEEN_TRIALS.total_seconds() + 1)
        with self.seen() as view:
            actions.ask_trial(view, channel, device, self.clock.now())

    def outcome(self) -> Outcome | None:
        with self.seen() as view:
            return actions.latest_trial(view, self.clock.now())


@pytest.fixture
def anna(seen_by, world, service: Database, push: Answering, clock: SimulatedClock) -> Anna:
    return Anna(seen_by, world.anna, service, push, clock)


def test_one_device_is_tried_and_says_that_it_has_shown_it(anna: Anna, push: Answering) -> None:
    device, browser = anna.register("telephone")
    anna.register("desk")
    assert anna.outcome() is None
    anna.ask(device)
    assert anna.outcome() is Outcome.WAITS
    assert anna.trials.look()
    assert not anna.trials.look()
    (received,) = push.received
    assert received.path == "/telephone"
    assert received.headers["urgency"] == "high"
    message = json.loads(browser.open(received.body))
    assert (message["title"], message["path"], message["urgent"]) == (
        "Questo è un messaggio di prova",
        "/notifications",
        False,
    )
    assert anna.outcome() is Outcome.SENT
    with anna.seen() as view:
        assert actions.receipt(view.connection, UUID(message["receipt"]), anna.clock.now(), was_read=False) is False
    assert anna.outcome() is Outcome.SHOWN


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(410), Outcome.GONE),
        (Reply(403), Outcome.REFUSED),
        (Reply(503), Outcome.LATER),
        (Reply(SLOW), Outcome.LATER),
    ],
)
def test_what_came_of_it_is_told(anna: Anna, push: Answering, reply: Reply, outcome: Outcome, world) -> None:
    device, _ = anna.register("telephone")
    push.reply = reply
    anna.ask(device)
    anna.trials.look()
    assert anna.outcome() is outcome
    left = world.rows("SELECT * FROM alerts.push_device")
    (address,) = world.rows("SELECT gone_at FROM alerts.address")
    assert (left == []) is (outcome is Outcome.GONE)
    assert (address["gone_at"] is not None) is (outcome is Outcome.GONE)


def test_it_is_sent_once_and_not_long_after(anna: Anna, push: Answering) -> None:
    device, _ = anna.register("telephone")
    anna.ask(device)
    with pytest.raises(TrialRefusedError), anna.seen() as view:
        actions.ask_trial(view, actions.WEBPUSH, device, anna.clock.now())
    anna.clock.advance(WAITS.total_seconds() + 1)
    assert not anna.trials.look()
    assert anna.outcome() is Outcome.LATER
    assert push.received == []
    anna.clock.advance(timedelta(minutes=20).total_seconds())
    assert anna.outcome() is None


def test_a_channel_that_is_not_set_up_refuses(anna: Anna, world) -> None:
    with pytest.raises(TrialRefusedError):
        anna.ask(channel=actions.TELEGRAM)
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, added_at) VALUES (%s, 'telegram', '42', now())",
        (world.anna,),
    )
    anna.ask(channel=actions.TELEGRAM)
    anna.trials.look()
    assert anna.outcome() is Outcome.REFUSED


def test_nobody_tries_the_device_of_somebody_else(anna: Anna, seen_by, world) -> None:
    device, _ = anna.register("telephone")
    anna.register("desk")
    with pytest.raises(TrialRefusedError), seen_by(world.bruno) as view:
        actions.ask_trial(view, actions.WEBPUSH, device, anna.clock.now())


def test_a_device_counts_first_and_is_one_address_with_the_others(anna: Anna, world) -> None:
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
        " VALUES (%s, 'email', 'anna@example.org', 1, now())",
        (world.anna,),
    )
    first, _ = anna.register("telephone")
    second, _ = anna.register("desk")
    rows = world.rows("SELECT channel, address, gone_at FROM alerts.address ORDER BY position")
    assert [row["channel"] for row in rows] == ["webpush", "email"]
    account = world.rows("SELECT public_id FROM registry.account WHERE account_id = %s", world.anna)
    assert rows[0]["address"] == str(account[0]["public_id"])
    with anna.seen() as view:
        assert actions.remove(view, first, anna.clock.now())
    assert world.rows("SELECT FROM alerts.address WHERE gone_at IS NOT NULL") == []
    with anna.seen() as view:
        assert actions.remove(view, second, anna.clock.now())
        assert not actions.remove(view, second, anna.clock.now())
    assert len(world.rows("SELECT FROM alerts.address WHERE gone_at IS NOT NULL")) == 1
    anna.register("desk")
    assert world.rows("SELECT FROM alerts.address WHERE gone_at IS NOT NULL") == []
