"""How people are reached, and what happens when one way fails."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from alerts import actions, notify, repository
from alerts.addresses import entering
from alerts.addresses.repository import addresses_of, mark_gone
from alerts.addresses.ways import Recipient, Way, ways_of
from alerts.channels.transport import NoTransport, TransportError
from alerts.escalation import escalate
from alerts.fallback.next_way import PATIENCE, fall_back
from alerts.lifecycle import Family
from alerts.notify import Result
from alerts.summaries import repository as summaries
from alerts.summaries.about import Purpose

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


class Channel:
    """Accepts, or says what it is told to; keeps what it was handed."""

    def __init__(self):
        self.error = None
        self.handed = []

    def send(self, message):
        if self.error is not None:
            raise self.error
        self.handed.append(message)
        return f"id-{len(self.handed)}"


BUSY = TransportError("busy", permanent=False)
NEVER = TransportError("no such number", permanent=True)
GONE = TransportError("the server answered 410", permanent=True, gone=True)


@pytest.fixture
def anna(world):
    return Recipient(world.anna, None, "Anna", "it")


@pytest.fixture
def daughter(world):
    return Recipient(None, contact(world), "Lucia", "it")


def contact(world, **values):
    given = {"key": "figlia", "name": "Lucia", "email": "lucia@example.org", "phone": "333 123 4567"} | values
    return world._make("registry.contact", organisation_id=world.bobbio, person_id=world.person, **given)


@pytest.fixture
def enter(service):
    def entered(who, channel, address, position=1):
        with service.transaction() as connection:
            return entering.enter(connection, who, channel, address, position, NOW)

    return entered


@pytest.fixture
def ways(service):
    def to(who, **how):
        with service.transaction() as connection:
            return ways_of(connection, [who], **how)[who]

    return to


def test_a_contact_is_reached_on_the_telephone_of_its_account_as_long_as_it_is_of_the_family(world, service):
    account = world._make("registry.account", login="lucia", name="Lucia")
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, position, added_at)"
        " VALUES (%s, 'webpush', 'her telephone', 0, %s)",
        (account, NOW),
    )
    daughter = Recipient(None, contact(world), "Lucia", "it")

    def channels():
        with service.transaction() as connection:
            return [way.channel for way in ways_of(connection, [daughter])[daughter]]

    assert channels() == ["email", "sms", "voice"]
    world.connection.execute(
        "INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id)"
        " VALUES (%s, %s, %s, 'family', %s)",
        (world.bobbio, account, world.person, daughter.contact_id),
    )
    assert channels() == ["webpush", "email", "sms", "voice"]
    world.connection.execute("UPDATE registry.person_account SET ended_at = %s", (NOW,))
    assert channels() == ["email", "sms", "voice"]


def test_without_anything_entered_the_registry_says_how(anna, daughter, ways):
    assert ways(anna) == [Way("email", "anna@example.org")]
    assert ways(daughter) == [
        Way("email", "lucia@example.org"), Way("sms", "+393331234567"), Way("voice", "+393331234567"),
    ]  # fmt: skip
    assert ways(daughter, family=Family.WELLBEING) == [Way("email", "lucia@example.org"), Way("sms", "+393331234567")]


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("0523 123456", ["voice"]), ("+44 7700 900123", ["sms", "voice"]), ("", []), ("ask the neighbour", [])],
)
def test_a_landline_takes_no_texts(world, ways, phone, expected):
    who = Recipient(None, contact(world, phone=phone, email=""), "Lucia", "it")
    assert [way.channel for way in ways(who)] == expected


def test_what_is_entered_goes_first_in_its_order(anna, enter, ways):
    enter(anna, "webhook", "https://example.org/hook", 2)
    enter(anna, "sms", "333 123 4567")
    assert ways(anna) == [
        Way("sms", "+393331234567"), Way("webhook", "https://example.org/hook"), Way("email", "anna@example.org"),
    ]  # fmt: skip
    assert ways(anna, channels=("webhook",)) == [Way("webhook", "https://example.org/hook")]


def test_what_is_entered_twice_is_tried_once(anna, enter, ways):
    enter(anna, "email", "anna@example.org", 3)
    enter(anna, "email", "anna@example.org", 1)
    assert ways(anna) == [Way("email", "anna@example.org")]


def test_what_was_taken_away_is_not_used_though_the_registry_knows_it(anna, service, enter, ways):
    with service.transaction() as connection:
        entering.remove(connection, anna, "email", "anna@example.org", NOW)
    assert ways(anna) == []
    enter(anna, "email", "anna@example.org")
    assert ways(anna) == [Way("email", "anna@example.org")]


def test_a_closed_account_is_reached_by_what_was_entered_alone(world, anna, ways):
    world.connection.execute("UPDATE registry.account SET active = false WHERE account_id = %s", (world.anna,))
    assert ways(anna) == []


@pytest.mark.parametrize(
    ("channel", "written"),
    [("email", "anna"), ("sms", "12"), ("voice", "call me"), ("webhook", "http://example.org"), ("sms", "")],
)
def test_what_cannot_be_an_address_is_not_entered(anna, enter, ways, channel, written):
    with pytest.raises(entering.AddressError):
        enter(anna, channel, written)
    assert len(ways(anna)) == 1


# --- falling back ---


@pytest.fixture
def channels():
    return {"email": Channel(), "sms": Channel(), "webhook": Channel()}


@pytest.fixture
def alert(world, intake, service, anna, enter):
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    enter(anna, "sms", "+393331234567")
    enter(anna, "webhook", "https://example.org/hook", 2)
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)
    return world.alerts()[0]["public_id"]


@pytest.fixture
def send(service, channels, clock):
    def all_due():
        results = []
        while (claimed := notify.claim(service, clock.now())) is not None:
            results.append(notify.deliver(service, channels, claimed, clock, lambda: 0.0))
        return results

    return all_due


def states(world):
    return [(row["channel"], row["state"]) for row in world.notifications()]


def tried(world):
    return {(row["channel"], row["step"]) for row in world.notifications()}


def test_a_person_is_told_once_by_the_preferred_way(world, alert, send, channels):
    assert send() == [Result.SENT]
    (row,) = world.notifications()
    assert (row["channel"], row["provider_id"], row["first_due_at"]) == ("sms", "id-1", NOW)
    assert [way["channel"] for way in row["others"]] == ["webhook", "email"]
    assert row["falls_back_at"] is None


def test_a_way_that_fails_for_good_is_followed_by_the_next_at_once(world, alert, send, channels):
    channels["sms"].error = NEVER
    assert send() == [Result.FELL_BACK, Result.SENT]
    assert states(world) == [("sms", "failed"), ("webhook", "sent")]
    first, second = world.notifications()
    assert (first["round"], first["step"], first["account_id"]) == (
        second["round"], second["step"], second["account_id"],
    )  # fmt: skip
    assert (first["others"], [way["channel"] for way in second["others"]]) == ([], ["email"])


def test_when_no_way_is_left_that_is_said(world, alert, send, channels):
    for channel in channels.values():
        channel.error = NEVER
    assert send() == [Result.FELL_BACK, Result.FELL_BACK, Result.FAILED]
    assert states(world) == [("sms", "failed"), ("webhook", "failed"), ("email", "failed")]


def test_a_channel_that_is_not_set_up_is_passed_over(world, alert, send, channels):
    del channels["sms"]
    channels["webhook"] = NoTransport("no webhook is set")
    assert send()[-1] is Result.SENT
    assert [row["last_error"] for row in world.notifications()] == ["there is no such channel", "no webhook is set", ""]


def test_a_safety_message_that_is_not_accepted_in_time_is_followed_by_the_next_way(
    world, alert, service, send, channels, clock
):
    channels["sms"].error = BUSY
    used = []
    while clock.now() < NOW + PATIENCE:
        send()
        assert fall_back(service, clock.now(), used.append) == 0
        clock.advance(1)
    assert (fall_back(service, clock.now(), used.append), used) == (1, ["sms"])
    assert fall_back(service, clock.now(), used.append) == 0
    channels["sms"].error = None  # it recovers, but the other is on its way: it is not told twice
    assert send() == [Result.SENT]
    assert states(world) == [("sms", "cancelled"), ("webhook", "sent")]
    clock.advance(60)
    assert send() == []
    assert (len(channels["sms"].handed), len(channels["webhook"].handed)) == (0, 1)


def test_the_first_way_goes_on_where_the_next_fails_too(world, alert, service, send, channels, clock):
    channels["sms"].error = channels["webhook"].error = BUSY
    send()
    clock.advance(20)
    fall_back(service, clock.now())
    send()
    channels["sms"].error = None
    clock.advance(60)
    assert Result.SENT in send()
    assert states(world) == [("sms", "sent"), ("webhook", "cancelled")]


def test_an_attempt_that_hangs_does_not_hold_up_the_next_way(world, alert, service, send, clock):
    hanging = notify.claim(service, clock.now())
    clock.advance(3)
    notify.renew(service, hanging, clock.now())
    clock.jump(NOW + PATIENCE)
    notify.renew(service, hanging, clock.now())
    assert fall_back(service, clock.now()) == 1
    assert send() == [Result.SENT]
    assert states(world) == [("sms", "cancelled"), ("webhook", "sent")]


def test_one_way_that_cannot_be_used_holds_up_nothing_else(world, service, alert, send, channels, clock):
    channels["sms"].error = BUSY
    send()
    clock.advance(20)
    world.connection.execute('UPDATE alerts.notification SET others = \'[{"channel": "webhook"}]\'')
    assert fall_back(service, clock.now()) == 0
    assert states(world) == [("sms", "due")]


def test_what_nobody_tried_yet_does_not_fall_back(world, alert, service, clock):
    clock.advance(600)
    assert fall_back(service, clock.now()) == 0


def test_less_than_safety_waits_for_its_channel(world, intake, service, anna, enter, send, channels, clock):
    enter(anna, "sms", "+393331234567")
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    world.finding(NOW, NOW)
    intake.look(NOW)
    escalate(service, NOW)
    channels["sms"].error = BUSY
    send()
    clock.advance(60)
    assert fall_back(service, clock.now()) == 0
    world.connection.execute("UPDATE alerts.notification SET attempts = 19")
    assert send() == [Result.FELL_BACK, Result.SENT]


def test_nothing_falls_back_once_somebody_took_charge(world, alert, service, send, channels, clock, seen_by):
    channels["sms"].error = BUSY
    send()
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert, clock.now())
    clock.advance(60)
    assert fall_back(service, clock.now()) == 0
    assert send() == []
    assert states(world) == [("sms", "cancelled")]


def test_a_final_answer_that_comes_after_somebody_took_charge_uses_no_other_way(world, alert, service, clock, seen_by):
    class TakenMeanwhile:
        def send(self, _message):
            with seen_by(world.anna) as view:
                actions.take_charge(view, alert, NOW)
            raise NEVER

    claimed = notify.claim(service, NOW)
    assert notify.deliver(service, {"sms": TakenMeanwhile()}, claimed, clock, lambda: 0.0) is Result.FAILED
    assert states(world) == [("sms", "cancelled")]


def test_who_takes_charge_and_what_falls_back_never_pass_each_other_unseen(world, alert, service, clock, seen_by):
    for attempt in range(10):
        world.connection.execute("DELETE FROM alerts.notification WHERE channel <> 'sms'")
        world.connection.execute(
            "UPDATE alerts.alert SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL"
        )
        world.connection.execute(
            "UPDATE alerts.notification SET state = 'due', attempts = 1, falls_back_at = %s, others ="
            ' \'[{"channel": "webhook", "address": "https://example.org/hook"}]\'',
            (NOW,),
        )
        start = threading.Barrier(2)

        def falls(start=start):
            start.wait()
            fall_back(service, NOW)

        thread = threading.Thread(target=falls)
        thread.start()
        start.wait()
        with seen_by(world.anna) as view:
            actions.take_charge(view, alert, NOW, seen_times=99)
        thread.join()
        assert all(row["state"] == "cancelled" for row in world.notifications()), attempt


def test_a_step_uses_another_way_where_an_earlier_message_still_waits(world, alert, service, send, channels, clock):
    channels["sms"].error = channels["webhook"].error = channels["email"].error = BUSY
    send()
    clock.advance(300)
    escalate(service, clock.now())
    rows = world.notifications()
    assert [(row["channel"], row["step"]) for row in rows] == [("sms", 0), ("webhook", 1)]


def test_a_way_on_which_an_earlier_message_waited_is_tried_for_the_step_once_that_has_failed(
    world, alert, service, send, channels, clock
):
    hanging = notify.claim(service, clock.now())
    clock.jump(NOW + timedelta(seconds=300))
    notify.renew(service, hanging, clock.now())
    # The next step comes before anybody looks that the first message has not been accepted in time.
    escalate(service, clock.now())
    fall_back(service, clock.now())
    assert [(row["channel"], row["step"]) for row in world.notifications()] == [
        ("sms", 0), ("webhook", 1), ("email", 0),
    ]  # fmt: skip
    for channel in channels.values():
        channel.error = NEVER
    send()
    # But for the one that hangs, each way has failed for each step, or will when somebody looks.
    while fall_back(service, clock.now()):
        send()
    assert tried(world) == {("sms", 0), ("webhook", 0), ("email", 0), ("webhook", 1), ("email", 1)}
    notify.deliver(service, channels, hanging, clock, lambda: 0.0)
    channels["sms"].error = None
    assert (fall_back(service, clock.now()), send()) == (1, [Result.SENT])
    assert (world.notifications()[-1]["channel"], world.notifications()[-1]["step"]) == ("sms", 1)
    assert fall_back(service, clock.now()) == 0


def test_an_earlier_message_that_waits_for_its_time_is_tried_at_once_where_nothing_else_is_left(
    world, alert, service, send, channels, clock
):
    channels["sms"].error = TransportError("too many", permanent=False, retry_after_s=60)
    send()
    clock.jump(NOW + timedelta(seconds=59))
    world.connection.execute("UPDATE alerts.notification SET due_at = %s", (clock.now() + timedelta(seconds=50),))
    world.connection.execute("UPDATE alerts.alert SET escalates_at = %s", (clock.now(),))
    escalate(service, clock.now())
    channels["webhook"].error = channels["email"].error = NEVER
    channels["sms"].error = None
    assert send() == [Result.FELL_BACK, Result.FAILED, Result.SENT]
    assert (world.notifications()[0]["channel"], world.notifications()[0]["sent_at"]) == ("sms", clock.now())
    # Whoever has been told since the step began is not told of it once more.
    assert (fall_back(service, clock.now()), send()) == (0, [])


def test_a_summary_that_waits_holds_up_no_call(world, alert, service, send, channels, clock, anna):
    send()
    way = [Way("email", "anna@example.org")]
    world.connection.execute("DELETE FROM alerts.address")
    with service.transaction() as connection:
        (row,) = world.alerts()
        summaries.add(connection, [row["alert_id"]], anna, way, Purpose.HAND_OVER, NOW + timedelta(seconds=360), NOW)
    clock.jump(NOW + timedelta(seconds=300))
    escalate(service, clock.now())
    assert send() == [Result.SENT]
    assert [row["purpose"] for row in world.notifications() if row["state"] == "sent"] == ["call", "call"]


def test_a_summary_uses_the_next_way_though_the_alert_that_it_hangs_on_is_taken(
    world, alert, service, send, channels, clock, anna, seen_by
):
    with seen_by(world.anna) as view:
        actions.take_charge(view, alert, clock.now())
    ways = [Way("sms", "+393331234567"), Way("email", "anna@example.org")]
    with service.transaction() as connection:
        (row,) = world.alerts()
        summaries.add(connection, [row["alert_id"]], anna, ways, Purpose.HAND_OVER, NOW, NOW)
    channels["sms"].error = NEVER
    assert send() == [Result.FELL_BACK, Result.SENT]
    assert len(channels["email"].handed) == 1


def test_an_address_that_is_no_more_is_not_tried_again(world, alert, service, send, channels, ways, anna):
    channels["sms"].error = GONE
    send()
    assert [way.channel for way in ways(anna)] == ["webhook", "email"]
    with service.transaction() as connection:
        assert addresses_of(connection, [world.anna], [])[0]["gone_for"] == "the server answered 410"
        assert mark_gone(connection, "sms", "+393331234567", "again", NOW) == 0


def test_a_server_that_wants_to_be_left_alone_is(world, alert, send, channels):
    channels["sms"].error = TransportError("too many", permanent=False, retry_after_s=45)
    send()
    assert world.notifications()[0]["due_at"] == NOW + timedelta(seconds=45)
    world.connection.execute("UPDATE alerts.notification SET due_at = %s", (NOW,))
    channels["sms"].error = TransportError("too many", permanent=False, retry_after_s=4500)
    send()
    assert world.notifications()[0]["due_at"] == NOW + timedelta(seconds=60)


def test_the_worker_wakes_for_the_next_way(world, alert, service, send, channels):
    channels["sms"].error = TransportError("busy", permanent=False, retry_after_s=60)
    send()
    with service.transaction() as connection:
        assert repository.next_due(connection) == NOW + PATIENCE


def test_the_most_pressing_is_told_by_another_way_when_its_channel_hangs(world, alert, service, channels, clock):
    claimed = notify.claim(service, NOW, safety_only=True)
    assert (claimed.channel, claimed.account_id, claimed.contact_id) == ("sms", world.anna, None)
