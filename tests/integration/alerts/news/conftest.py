"""A call for help of which several were told, and what tells them how it went on."""

from datetime import UTC, datetime

import pytest

from alerts import actions, notify
from alerts.escalation import escalate
from alerts.news.delivery import News
from alerts.news.taken import relieve

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


class Channel:
    def __init__(self):
        self.error = None
        self.handed = []

    def send(self, message):
        if self.error:
            raise self.error
        self.handed.append(message)


@pytest.fixture
def channels():
    return {"email": Channel(), "sms": Channel(), "voice": Channel()}


@pytest.fixture
def send(service, channels, clock):
    def all_due():
        while (claimed := notify.claim(service, clock.now())) is not None:
            notify.deliver(service, channels, claimed, clock, lambda: 0.0)

    return all_due


@pytest.fixture
def news(service, channels, clock):
    return News(service, channels, clock, (relieve,))


@pytest.fixture
def called(world, intake, service, send, daughter):
    """A call for help of which Anna, Bruno, Dora and the daughter were told."""
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    world.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, contact_id, address,"
        " language, due_at) SELECT organisation_id, alert_id, round, 0, 'email', %s, 'lucia@example.org', 'it', %s"
        " FROM alerts.alert",
        (daughter, NOW),
    )
    send()
    return world.alerts()[0]["public_id"]


@pytest.fixture
def take(seen_by, world):
    def by(account, alert, at=NOW):
        with seen_by(account) as view:
            actions.take_charge(view, alert, at)

    return by
