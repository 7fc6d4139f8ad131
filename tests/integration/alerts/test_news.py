"""What people are told besides alerts: that somebody has taken charge, and once a day how things stand."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from alerts import actions, notify, reads
from alerts.channels.transport import TransportError
from alerts.digest import repository as digest
from alerts.digest.telling import tell
from alerts.escalation import escalate
from alerts.lifecycle import Outcome
from alerts.news.delivery import News
from alerts.news.taken import relieve
from analytics.wellbeing.repository import put_days
from analytics.wellbeing.state import DayState, State

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
YESTERDAY = date(2026, 3, 2)


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
    return News(service, channels, clock, (relieve, tell))


@pytest.fixture
def daughter(world):
    return world._make(
        "registry.contact", organisation_id=world.bobbio, person_id=world.person, key="figlia", name="Lucia",
        email="lucia@example.org", phone="333 123 4567",
    )  # fmt: skip


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


def told(channels):
    return sorted(message.address for message in channels["email"].handed if message.said)


# --- somebody has taken charge ---


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


# --- once a day ---


@pytest.fixture
def heard(world):
    def at(instant, *, online=True):
        world.connection.execute(
            "INSERT INTO ingest.gateway_status (gateway_id, organisation_id, online, changed_at, received_at, boot,"
            " queued, thinned, clock, version, uptime_s, power)"
            " VALUES (%s, %s, %s, %s, %s, 'b', 0, 0, 'synced', '1', 1, 'mains')"
            " ON CONFLICT (gateway_id) DO UPDATE SET online = excluded.online, received_at = excluded.received_at",
            (world.gateway_of("h1"), world.bobbio, online, instant, instant),
        )

    return at


@pytest.fixture
def stated(world, service):
    def day(of=YESTERDAY, state=State.GREEN, coverage=0.95):
        with service.transaction() as connection:
            one = DayState(of, state, -1.0, coverage, None, (), (), (), {}, 3.0)
            home = SimpleNamespace(home_id=world.home, organisation_id=world.bobbio)
            put_days(connection, home, [one], NOW)

    return day


@pytest.fixture
def wanted(service, daughter):
    with service.transaction() as connection:
        digest.want(connection, daughter, time(14), NOW)


def said(channels):
    return [message.said[0] for message in channels["email"].handed]


def test_who_wants_it_is_told_once_a_day_at_the_homes_own_time(wanted, heard, stated, news, channels, clock):
    heard(NOW)
    stated()
    clock.jump(NOW.replace(hour=12, minute=59))  # 13:59 in Rome
    assert news.look() == 0
    clock.jump(NOW)
    assert news.look() == 1
    assert said(channels)[0].startswith("Tutto bene")
    for _ in range(3):
        clock.advance(3600)
        assert news.look() == 0


def test_who_is_not_meant_to_know_is_told_nothing_and_in_a_pause_nobody_is(
    wanted, heard, stated, news, world, channels, clock
):
    heard(NOW)
    stated()
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
        " SELECT DISTINCT organisation_id, person_id, 'family', 'consent', %s::timestamptz FROM registry.contact",
        (NOW - timedelta(days=1),),
    )
    assert news.look() == 0
    world.connection.execute(
        "INSERT INTO registry.share (organisation_id, person_id, contact_id, data)"
        " SELECT organisation_id, person_id, contact_id, 'day' FROM registry.contact"
    )
    world.connection.execute(
        "INSERT INTO registry.pause (organisation_id, home_id, person_id, started_at)"
        " SELECT organisation_id, home_id, person_id, %s FROM registry.person",
        (NOW - timedelta(hours=1),),
    )
    assert news.look() == 0
    world.connection.execute("DELETE FROM registry.pause")
    assert news.look() == 1


def test_the_next_day_it_is_told_again(wanted, heard, stated, news, channels, clock):
    heard(NOW)
    stated()
    news.look()
    clock.advance(86400)
    heard(clock.now())
    stated(YESTERDAY + timedelta(days=1))
    assert news.look() == 1


def test_who_does_not_want_it_is_told_nothing(daughter, heard, stated, news, service):
    heard(NOW)
    stated()
    assert news.look() == 0
    with service.transaction() as connection:
        digest.want(connection, daughter, time(14), NOW)
        assert digest.unwant(connection, daughter)
        assert not digest.unwant(connection, daughter)
    assert news.look() == 0


@pytest.mark.parametrize(
    ("blind", "begins"),
    [("nothing heard", "Oggi non possiamo"), ("offline", "Oggi non possiamo"), ("silent", "Oggi non possiamo"),
     ("low coverage", "Oggi non possiamo"), ("no day", "Oggi non possiamo"), ("open", "C'è un allarme"),
     ("paused", "In questi giorni"), ("unusual", "L'ultimo giorno")],
)  # fmt: skip
def test_all_is_never_well_where_that_is_not_known(world, wanted, heard, stated, news, channels, intake, blind, begins):
    if blind != "nothing heard":
        heard(NOW - timedelta(hours=1) if blind == "silent" else NOW, online=blind != "offline")
    if blind != "no day":
        coverage = 0.5 if blind == "low coverage" else 0.95
        stated(coverage=coverage, state=State.YELLOW if blind == "unusual" else State.GREEN)
    if blind == "open":
        world.silence(NOW)
        intake.look(NOW)
    if blind == "paused":
        world.connection.execute(
            "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, standing, detector, confidence,"
            " evidence, why_it, why_en, made_at, updated_at)"
            " VALUES (%s, %s, 'hospital', %s, 'entered', '', 1, '{}', '', '', %s, %s)",
            (world.bobbio, world.home, NOW - timedelta(days=1), NOW, NOW),
        )
    assert news.look() == 1
    assert said(channels)[0].startswith(begins)


def test_a_context_that_nobody_has_confirmed_and_that_is_unsure_pauses_nothing(
    world, wanted, heard, stated, news, channels
):
    heard(NOW)
    stated()
    world.connection.execute(
        "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, standing, detector, confidence,"
        " evidence, why_it, why_en, made_at, updated_at)"
        " VALUES (%s, %s, 'visit', %s, 'proposed', 'visitors', 0.3, '{}', '', '', %s, %s)",
        (world.bobbio, world.home, NOW - timedelta(hours=1), NOW, NOW),
    )
    news.look()
    assert said(channels)[0].startswith("Tutto bene")


@pytest.mark.parametrize("kind", ["pet", "carer", "second_resident"])
@pytest.mark.parametrize(("days", "begins"), [(13, "In questi giorni"), (15, "Tutto bene")])
def test_what_lasts_is_got_used_to_and_keeps_nothing_back_for_ever(
    world, wanted, heard, stated, news, channels, kind, days, begins
):
    heard(NOW)
    stated()
    world.connection.execute(
        "INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, standing, detector, confidence,"
        " evidence, why_it, why_en, made_at, updated_at)"
        " VALUES (%s, %s, %s, %s, 'entered', '', 1, '{}', '', '', %s, %s)",
        (world.bobbio, world.home, kind, NOW - timedelta(days=days), NOW, NOW),
    )
    assert news.look() == 1
    assert said(channels)[0].startswith(begins)
