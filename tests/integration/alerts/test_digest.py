"""Once a day a contact who wants that is told how things stand."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from alerts.channels.transport import TransportError
from alerts.digest import repository as digest
from alerts.digest.telling import tell
from alerts.news.delivery import News
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
def news(service, channels, clock):
    return News(service, channels, clock, (tell,))


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


def test_nobody_is_asked_what_they_may_know_before_their_hour(
    wanted, heard, stated, news, clock, daughter, monkeypatch
):
    asked = []
    may_know = digest.may_know
    monkeypatch.setattr(digest, "may_know", lambda *of: asked.append(of[1]) or may_know(*of))
    heard(NOW)
    stated()
    for hour, minute in ((9, 0), (12, 59), (16, 0)):  # 14:00 in Rome is 13:00
        clock.jump(NOW.replace(hour=hour, minute=minute))
        assert (news.look(), asked) == (0, [])
    clock.jump(NOW)
    assert (news.look(), asked) == (1, [daughter])


@pytest.fixture
def day_waits(wanted, heard, stated, news, channels, clock):
    """That all is well, which no channel has accepted so far; a minute later it is tried again."""
    heard(NOW)
    stated()
    channels["email"].error = TransportError("busy", permanent=False)
    assert news.look() == 0
    channels["email"].error = None
    clock.advance(60)


@pytest.mark.parametrize("opened_s", [30, -30])
def test_all_is_not_well_any_more_where_something_has_opened_since(
    world, day_waits, intake, news, channels, clock, opened_s
):
    """Also where the analysis that opened it began before, and ended after, the day was worded."""
    at = NOW + timedelta(seconds=opened_s)
    world.silence(at)
    intake.look(at)
    news.look()
    clock.advance(5)
    news.look()
    (one,) = said(channels)
    assert one.startswith("C'è un allarme")


def test_a_second_contact_at_the_same_mailbox_is_told_of_it_too_where_the_first_is_not_reached(
    world, service, day_waits, intake, news, channels, clock, daughter
):
    """What it called off is worded anew with it: else nobody would be told of the alert but who shares the mailbox."""
    son = world._make(
        "registry.contact", organisation_id=world.bobbio, person_id=world.person, key="figlio", name="Luca",
        email="lucia@example.org",
    )  # fmt: skip
    with service.transaction() as connection:
        digest.want(connection, son, time(14), NOW)
    world.connection.execute("UPDATE alerts.news SET due_at = %s", (clock.now() + timedelta(seconds=1),))
    news.look()
    assert [row["state"] for row in world.rows("SELECT state FROM alerts.news ORDER BY news_id")] == [
        "due",
        "cancelled",
    ]
    world.silence(clock.now())
    intake.look(clock.now())
    clock.advance(1)
    news.look()
    clock.advance(5)
    news.look()
    assert [one[:10] for one in said(channels)] == ["C'è un all"]
    rows = world.rows("SELECT state, said[1] LIKE 'C''è%%' AS anew FROM alerts.news ORDER BY news_id")
    assert [(row["state"], row["anew"]) for row in rows] == [("sent", True), ("cancelled", True)]


def test_what_says_that_something_is_open_is_told_though_more_has_opened(
    world, wanted, heard, stated, intake, news, channels, clock
):
    world.silence(NOW)
    intake.look(NOW)
    channels["email"].error = TransportError("busy", permanent=False)
    news.look()
    channels["email"].error = None
    clock.advance(60)
    world.urgent(clock.now())
    intake.look(clock.now())
    assert news.look() == 1
    assert said(channels)[0].startswith("C'è un allarme")


def test_a_withdrawal_holds_for_a_day_that_waits_to_be_told(day_waits, news, channels, clock, family_knows):
    family_knows("day")
    family_knows("day", until=clock.now())
    assert news.look() == 0
    clock.advance(60)
    assert (news.look(), said(channels), channels["sms"].handed) == (0, [], [])


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
