"""What people are told besides alerts: that somebody has taken charge."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import actions, reads
from alerts.channels.transport import TransportError
from alerts.channels.webpush.message import path
from alerts.escalation import escalate
from alerts.lifecycle import Outcome
from alerts.news import repository as news_repository
from alerts.news.delivery import News
from alerts.news.taken import relieve
from alerts.reach import actions as reach
from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def told(channels):
    return sorted(message.address for message in channels["email"].handed if message.said)


def test_whoever_was_told_is_told_that_somebody_looks_after_it_and_nobody_else(
    world, called, take, news, channels, clock
):
    take(world.anna, called)
    assert news.look() == 3
    assert told(channels) == ["bruno@example.org", "dora@example.org", "lucia@example.org"]
    for_family = next(each for each in channels["email"].handed if each.said and each.address.startswith("lucia"))
    assert "Pulsante SOS premuto a Bobbio" in for_family.said[0]
    assert "Anna" not in " ".join(for_family.said)


def test_they_are_told_once(world, called, take, news, channels, clock):
    take(world.anna, called)
    news.look()
    clock.advance(60)
    assert news.look() == 0
    assert len(told(channels)) == 3


def test_nobody_is_told_before_somebody_has_taken_charge(called, news, channels):
    assert news.look() == 0


def test_who_was_not_reached_is_told_nothing(world, intake, service, take, news, channels, daughter, send):
    channels["email"].error = TransportError("refused", permanent=True)
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    send()
    channels["email"].error = None
    take(world.anna, world.alerts()[0]["public_id"])
    assert news.look() == 0


def test_an_alert_that_is_resolved_at_once_is_looked_after_too(world, called, seen_by, news, channels):
    with seen_by(world.bruno) as view:
        actions.resolve(view, called, Outcome.FALSE, "", NOW)
    assert news.look() == 3
    assert told(channels) == ["anna@example.org", "dora@example.org", "lucia@example.org"]


def test_who_is_called_again_is_told_again(world, called, take, news, channels, clock, seen_by, service, send):
    take(world.anna, called)
    news.look()
    clock.advance(60)
    with seen_by(world.anna) as view:
        actions.release(view, called, clock.now())
    escalate(service, clock.now())
    send()
    take(world.bruno, called, clock.now())
    news.look()
    assert told(channels).count("dora@example.org") == 2
    # The daughter was called in the first round alone.
    assert told(channels).count("lucia@example.org") == 1


def test_what_comes_too_late_is_not_told(world, called, take, news, channels, clock):
    take(world.anna, called)
    clock.advance(3601)
    assert news.look() == 0


def test_a_channel_that_is_busy_is_asked_again_and_one_that_refuses_is_left(world, called, take, news, channels, clock):
    take(world.anna, called)
    channels["email"].error = TransportError("busy", permanent=False)
    assert news.look() == 0
    channels["email"].error = TransportError("refused", permanent=True)
    clock.advance(60)
    assert news.look() == 1  # the daughter, by a text message; the others have no other way
    (message,) = channels["sms"].handed
    assert (message.address, channels["voice"].handed) == ("+393331234567", [])
    states = world.rows("SELECT state, count(*)::int AS n FROM alerts.news GROUP BY state ORDER BY state")
    assert [(row["state"], row["n"]) for row in states] == [("failed", 2), ("sent", 1)]


def test_what_cannot_be_told_in_its_time_is_given_up(world, called, take, news, channels, clock):
    take(world.anna, called)
    for channel in channels.values():
        channel.error = ValueError("a message that nobody can prepare")
    assert news.look() == 0
    clock.advance(3601)
    for channel in channels.values():
        channel.error = None
    assert news.look() == 0
    assert {row["state"] for row in world.rows("SELECT state FROM alerts.news")} == {"failed"}


def test_who_read_of_it_in_a_summary_alone_was_not_called(world, called, take, news, channels):
    world.connection.execute("UPDATE alerts.notification SET purpose = 'hand_over' WHERE address LIKE 'dora@%'")
    take(world.anna, called)
    news.look()
    assert told(channels) == ["bruno@example.org", "lucia@example.org"]


def test_the_page_of_the_alert_tells_it_to_whoever_may_see_the_alert(world, called, take, news, seen_by):
    take(world.anna, called)
    news.look()
    with seen_by(world.bruno) as view:
        told = reads.alert(view, called).told
    assert sorted(each.name for each in told if each.purpose == "taken") == ["Bruno", "Dora", "Lucia"]


LASTS = timedelta(hours=12)


def test_receipts_of_news_are_noted_once_and_shown(world, called, take, news, people, seen_by):
    take(world.anna, called)
    news.look()
    (row,) = world.rows("SELECT public_id FROM alerts.news WHERE account_id = %s", world.bruno)
    for minutes, what in enumerate((What.DELIVERED, What.DELIVERED, What.READ, What.FAILED)):
        assert take_in(people, row["public_id"], Report(what), NOW + timedelta(minutes=minutes), LASTS)
    with seen_by(world.bruno) as view:
        (told,) = [each for each in reads.alert(view, called).told if (each.purpose, each.name) == ("taken", "Bruno")]
    assert (told.state, told.delivered_at, told.read_at) == ("sent", NOW, NOW + timedelta(minutes=2))


def test_news_that_did_not_arrive_are_told_by_the_next_way_once(
    world, called, take, news, channels, people, daughter, clock
):
    take(world.anna, called)
    news.look()
    first = world.rows("SELECT public_id FROM alerts.news WHERE contact_id = %s", daughter)[0]["public_id"]
    assert take_in(people, first, Report(What.FAILED), clock.now(), LASTS)
    assert news.look() == 1
    assert [message.address for message in channels["sms"].handed] == ["+393331234567"]
    # A report that is repeated is about a message that is no more.
    assert not take_in(people, first, Report(What.FAILED), clock.now(), LASTS)
    (row,) = world.rows("SELECT * FROM alerts.news WHERE contact_id = %s", daughter)
    assert (row["state"], row["channel"]) == ("sent", "sms")
    assert take_in(people, row["public_id"], Report(What.FAILED), clock.now(), LASTS)
    assert news.look() == 0
    (row,) = world.rows("SELECT * FROM alerts.news WHERE contact_id = %s", daughter)
    assert (row["state"], row["last_error"]) == ("failed", "accepted, but not delivered")


def test_a_device_says_that_it_has_shown_news(world, called, take, news, people, clock):
    take(world.anna, called)
    news.look()
    (row,) = world.rows(
        "UPDATE alerts.news SET channel = 'webpush' WHERE account_id = %s RETURNING public_id", world.bruno
    )
    with people.transaction() as connection:
        assert reach.receipt(connection, row["public_id"], clock.now(), was_read=True) is False
    (row,) = world.rows("SELECT delivered_at, read_at FROM alerts.news WHERE account_id = %s", world.bruno)
    assert row == {"delivered_at": clock.now(), "read_at": clock.now()}


def test_what_is_told_afterwards_is_about_the_same_alert(world, called, take, news, channels):
    take(world.anna, called)
    news.look()
    assert {each.alert_public_id for each in channels["email"].handed} == {called}


def test_less_than_safety_relieves_nobody(world, intake, service, send, take, news, clock):
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    send()
    take(world.anna, world.alerts()[0]["public_id"])
    assert news.look() == 0


@pytest.fixture
def waits(world, called, take, news, channels, clock):
    """News that Anna has taken charge which no channel has accepted so far; a minute later they are tried again."""
    take(world.anna, called)
    for channel in channels.values():
        channel.error = TransportError("busy", permanent=False)
    news.look()
    for channel in channels.values():
        channel.error = None
    clock.advance(60)


def states(world):
    return sorted(row["state"] for row in world.rows("SELECT state FROM alerts.news"))


def test_nobody_is_told_that_somebody_has_charge_once_nobody_has(world, called, waits, news, channels, clock, seen_by):
    with seen_by(world.anna) as view:
        actions.release(view, called, clock.now())
    assert news.look() == 0
    assert (told(channels), states(world)) == ([], ["cancelled"] * 3)
    with seen_by(world.bruno) as view:
        assert not [each for each in reads.alert(view, called).told if each.purpose == "taken"]


def test_nobody_is_told_of_a_round_that_is_over(
    world, called, waits, news, channels, clock, seen_by, service, send, take
):
    with seen_by(world.anna) as view:
        actions.release(view, called, clock.now())
    escalate(service, clock.now())
    send()
    take(world.bruno, called, clock.now())
    news.look()
    # Of the second round, in which the daughter was not called; of the first nothing any more.
    assert told(channels) == ["anna@example.org", "dora@example.org"]
    assert states(world) == ["cancelled"] * 3 + ["sent"] * 2


def test_whoever_has_it_is_not_told_so_where_somebody_else_says_how_it_ended(
    world, called, take, seen_by, news, channels
):
    take(world.anna, called)
    with seen_by(world.bruno) as view:
        actions.resolve(view, called, Outcome.TRUE, "", NOW)
    assert news.look() == 2
    assert told(channels) == ["dora@example.org", "lucia@example.org"]


def test_a_withdrawal_holds_for_what_waits_to_be_told(world, called, waits, news, channels, clock, family_knows):
    family_knows("safety")
    family_knows("safety", until=clock.now())
    assert news.look() == 2
    assert told(channels) == ["bruno@example.org", "dora@example.org"]
    assert channels["sms"].handed == []


def test_who_may_not_know_of_the_call_any_more_is_not_told_how_it_went_on(
    world, called, take, news, channels, family_knows
):
    family_knows("safety", until=NOW)
    take(world.anna, called)
    assert news.look() == 2
    assert told(channels) == ["bruno@example.org", "dora@example.org"]


def test_news_lead_a_contact_to_the_page_of_the_family_and_others_to_the_alert(world, called, take, news, channels):
    take(world.anna, called)
    news.look()
    leads = {message.address: path(message) for message in channels["email"].handed if message.said}
    alert = f"/alerts/{called}"
    assert leads == {"bruno@example.org": alert, "dora@example.org": alert, "lucia@example.org": "/family"}


def test_news_are_spread_and_leave_alone_whoever_wants_that_as_calls_do(
    world, service, called, take, channels, clock, daughter
):
    take(world.anna, called)
    channels["email"].error = TransportError("too many", permanent=False, retry_after_s=86_400)
    chances = iter((0.0, 0.4, 0.8))
    News(service, channels, clock, (relieve,), chance=lambda: next(chances)).look()
    # As long as a call that is not for safety would at most: by then this has no use any more.
    assert {row["due_at"] for row in world.rows("SELECT due_at FROM alerts.news")} == {NOW + timedelta(hours=1)}
    channels["email"].error = TransportError("busy", permanent=False)
    world.connection.execute("UPDATE alerts.news SET due_at = %s, attempts = 0", (NOW,))
    chances = iter((0.0, 0.4, 0.8))
    News(service, channels, clock, (relieve,), chance=lambda: next(chances)).look()
    waits = sorted((row["due_at"] - NOW).total_seconds() for row in world.rows("SELECT due_at FROM alerts.news"))
    assert waits == [24, 27, 30]


def test_an_address_that_is_no_more_is_noted_by_news_too(world, called, take, news, channels, service):
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, added_at)"
        " VALUES (%s, 'email', 'dora@example.org', %s)",
        (world.dora, NOW),
    )
    take(world.anna, called)
    channels["email"].error = TransportError("no such mailbox", permanent=True, gone=True)
    news.look()
    (row,) = world.rows("SELECT * FROM alerts.address WHERE account_id = %s", world.dora)
    assert (row["gone_at"], row["gone_for"]) == (NOW, "no such mailbox")


def test_who_is_to_be_told_is_found_by_an_index_and_not_among_all_alerts_there_ever_were(world, service):
    with service.transaction() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN " + news_repository._SQL["relieved"].as_string(None), {"since": NOW, "now": NOW}
        ).fetchall()
    assert any("alert_looked_after" in line["QUERY PLAN"] for line in plan)


def test_each_is_looked_at_when_its_turn_comes_and_not_before_each_of_the_others(
    world, called, waits, news, channels, family_knows, clock
):
    family_knows("safety", until=clock.now())
    # Who may not know it any more comes last.
    world.connection.execute("UPDATE alerts.news SET due_at = %s WHERE contact_id IS NOT NULL", (clock.now(),))
    meanwhile = []
    channels["email"].handed = Noting(lambda: meanwhile.append(states(world)))
    assert news.look() == 2
    assert meanwhile == [["due", "due", "due"], ["due", "due", "sent"]]
    assert states(world) == ["cancelled", "sent", "sent"]


class Noting(list):
    """Does something as each message is handed over."""

    def __init__(self, note):
        self.note = note

    def append(self, message):
        self.note()
        super().append(message)


@pytest.fixture
def says_at_once_that_it_failed(channels, people, clock):
    """The channel reports, before it has answered, that a message did not arrive."""

    class Reporting(list):
        def append(self, message):
            take_in(people, message.public_id, Report(What.FAILED), clock.now(), LASTS)
            super().append(message)

    channels["email"].handed = Reporting()


def test_a_channel_that_says_that_news_failed_before_it_has_answered_is_heard(
    world, called, take, news, channels, daughter, says_at_once_that_it_failed
):
    take(world.anna, called)
    news.look()
    assert [message.address for message in channels["sms"].handed] == ["+393331234567"]
    found = world.rows("SELECT channel, state FROM alerts.news ORDER BY channel, state")
    assert [(row["channel"], row["state"]) for row in found] == [
        ("email", "failed"), ("email", "failed"), ("sms", "sent"),
    ]  # fmt: skip


def test_an_answer_that_comes_after_that_report_concerns_the_next_way_in_nothing(
    world, called, take, news, channels, daughter, says_at_once_that_it_failed
):
    class Refusing(list):
        def append(self, message):
            reports.append(message)
            raise TransportError("refused after all", permanent=True)

    reports = channels["email"].handed
    channels["email"].handed = Refusing()
    take(world.anna, called)
    news.look()
    # By the text message, which the refusal of the mail has not used up.
    assert [message.address for message in channels["sms"].handed] == ["+393331234567"]
