"""Two persons with one mailbox: it is told once, and where that does not get there, so is who was to read it too."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.channels.transport import TransportError
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
LASTS = timedelta(hours=12)


def told(channels):
    return sorted(message.address for message in channels["email"].handed if message.said)


@pytest.fixture
def shared(world):
    """Anna and Bruno read one mailbox, in one language."""
    world.connection.execute(
        "UPDATE registry.account SET email = 'office@example.org', language = 'it' WHERE login IN ('anna', 'bruno')"
    )
    return world


@pytest.fixture
def both_called(shared, called, channels):
    """A call of which the shared mailbox was told as Anna's and as Bruno's; Anna's news of it go first."""
    # Of the call the mailbox was told once already; both are to be told that somebody has taken charge.
    assert [each.address for each in channels["email"].handed].count("office@example.org") == 1
    shared.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at, sent_at)"
        " SELECT organisation_id, alert_id, round, 1, 'email', account_id, email, 'it', 'sent', %s, %s"
        " FROM alerts.alert, registry.account WHERE login IN ('anna', 'bruno') AND NOT EXISTS ("
        " SELECT FROM alerts.notification WHERE notification.account_id = account.account_id) ORDER BY login LIMIT 1",
        (NOW, NOW),
    )
    return called


def news_of(world, *accounts):
    found = {row["account_id"]: row for row in world.rows("SELECT * FROM alerts.news WHERE account_id IS NOT NULL")}
    return [found[account] for account in accounts]


def test_the_same_text_goes_once_to_a_mailbox_that_two_persons_share(shared, both_called, take, news, channels, clock):
    take(shared.dora, both_called)
    for _ in range(3):
        news.look()
        clock.advance(60)
    assert told(channels).count("office@example.org") == 1
    assert [row["state"] for row in news_of(shared, shared.anna, shared.bruno)] == ["sent", "cancelled"]


def reached_by_text(world, account, number):
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
        " VALUES (%s, 'email', 'office@example.org', 1, %s), (%s, 'sms', %s, 2, %s)",
        (account, NOW, account, number, NOW),
    )


def test_where_the_shared_mailbox_takes_nothing_the_other_is_told_by_a_way_of_their_own(
    shared, both_called, take, news, channels
):
    reached_by_text(shared, shared.bruno, "+393337654321")
    take(shared.dora, both_called)
    channels["email"].error = TransportError("no such mailbox", permanent=True)
    news.look()
    assert "+393337654321" in [message.address for message in channels["sms"].handed]
    assert [row["state"] for row in news_of(shared, shared.anna, shared.bruno)] == ["failed", "sent"]


def test_where_one_is_told_elsewhere_the_shared_mailbox_is_tried_for_the_other(
    shared, both_called, take, news, channels, people, clock
):
    reached_by_text(shared, shared.anna, "+393337654321")
    take(shared.dora, both_called)
    news.look()
    (first,) = news_of(shared, shared.anna)
    assert take_in(people, first["public_id"], Report(What.FAILED), clock.now(), LASTS)
    news.look()
    assert "+393337654321" in [message.address for message in channels["sms"].handed]
    assert told(channels).count("office@example.org") == 2
    assert [row["state"] for row in news_of(shared, shared.anna, shared.bruno)] == ["sent", "sent"]


def test_of_three_at_one_mailbox_one_is_told_in_the_place_of_the_first(
    shared, both_called, take, news, channels, people, clock
):
    """And the third waits for the second."""
    shared.connection.execute(
        "UPDATE registry.account SET email = 'office@example.org' WHERE login = 'dora';"
        " UPDATE alerts.notification SET address = 'office@example.org', step = 2 WHERE address = 'dora@example.org'"
    )
    extra = shared.account("elsa", shared.bobbio, "operator")
    take(extra, both_called)
    news.look()
    messages = shared.rows("SELECT public_id FROM alerts.news WHERE account_id IS NOT NULL ORDER BY news_id")
    assert (len(messages), told(channels).count("office@example.org")) == (3, 1)
    for number, message in enumerate(messages, 1):
        assert told(channels).count("office@example.org") == number
        assert take_in(people, message["public_id"], Report(What.FAILED), clock.now(), LASTS)
        news.look()
    states = {row["state"] for row in shared.rows("SELECT state FROM alerts.news WHERE account_id IS NOT NULL")}
    assert states == {"failed"}


def test_another_text_goes_there_all_the_same(world, called, take, news, channels):
    world.connection.execute(
        "UPDATE alerts.notification SET address = 'anna@example.org', step = 1 WHERE account_id IS NULL"
    )
    world.connection.execute("UPDATE registry.contact SET email = 'anna@example.org'")
    take(world.dora, called)
    news.look()
    # An operator and the family are told in other words.
    assert told(channels).count("anna@example.org") == 2
