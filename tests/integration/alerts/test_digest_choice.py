"""The message of the day as contacts choose it: with an account of the family, or by the link in the message."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from alerts.channels.email.message import compose as mail
from alerts.channels.sms.message import compose as text_message
from alerts.digest import choosing
from alerts.digest import repository as digest
from alerts.digest.choosing import LINK_LASTS, NoContactError, NoTimeError, OutsideHoursError
from alerts.digest.links import PATH, PURPOSE
from alerts.digest.telling import tell
from alerts.news.delivery import News
from alerts.replies.links import Links
from alerts.replies.tokens import read
from registry.hours import Hours

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)  # 14:02 in Rome
KEY = b"k" * 32
LINKS = Links("https://vicino.example.org", KEY)


class Channel:
    def __init__(self):
        self.handed = []

    def send(self, message):
        self.handed.append(message)


@pytest.fixture
def daughter(world):
    return world._make(
        "registry.contact", organisation_id=world.bobbio, person_id=world.person, key="figlia", name="Lucia",
        language="it", email="lucia@example.org", phone="333 123 4567",
    )  # fmt: skip


@pytest.fixture
def lucia(world, daughter):
    """Her account of the family."""
    account = world._make("registry.account", login="lucia", name="Lucia", language="it")
    world.connection.execute(
        "INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id)"
        " VALUES (%s, %s, %s, 'family', %s)",
        (world.bobbio, account, world.person, daughter),
    )
    return account


@pytest.fixture
def person(world):
    return world.rows("SELECT public_id FROM registry.person WHERE person_id = %s", world.person)[0]["public_id"]


@pytest.fixture
def send(service, clock):
    channels = {"email": Channel(), "sms": Channel(), "webpush": Channel()}

    def day(at=NOW):
        clock.advance((at - clock.now()).total_seconds())
        News(service, channels, clock, (tell,)).look()
        return {name: [each.address for each in channel.handed] for name, channel in channels.items() if channel.handed}

    day.channels = channels
    return day


def agreed(world, daughter, start=0, end=1440):
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
        " VALUES (%s, %s, 'family', 'consent', %s)",
        (world.bobbio, world.person, NOW - timedelta(days=1)),
    )
    world.connection.execute(
        "INSERT INTO registry.share (organisation_id, person_id, contact_id, data, from_minute, to_minute)"
        " VALUES (%s, %s, %s, 'day', %s, %s)",
        (world.bobbio, world.person, daughter, start, end),
    )


def test_a_daughter_chooses_the_hour_and_the_way_and_stops_it(world, lucia, person, seen_by, send):
    with seen_by(lucia) as view:
        (own,) = choosing.own(view, NOW)
        assert (own.name, own.choice) == ("Rosa Bianchi", (None, None, ("email", "sms")))
        choosing.choose(view, person, "14:00", "sms", NOW)
        assert choosing.own(view, NOW)[0].choice.at == time(14)
    assert send() == {"sms": ["+393331234567"]}
    with seen_by(lucia) as view:
        choosing.choose(view, person, "14:00", "", NOW)
    assert send(NOW + timedelta(days=1))["email"] == ["lucia@example.org"]
    with seen_by(lucia) as view:
        choosing.choose(view, person, None, "", NOW)
        assert choosing.own(view, NOW)[0].choice.at is None
    assert len(send(NOW + timedelta(days=2))["email"]) == 1


def test_a_device_of_her_account_can_be_chosen_and_one_that_is_gone_is_no_end(world, lucia, person, seen_by, send):
    world.connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, added_at) VALUES (%s, 'webpush', 'x', %s)",
        (lucia, NOW),
    )
    with seen_by(lucia) as view:
        assert choosing.own(view, NOW)[0].choice.channels == ("email", "sms", "webpush")
        choosing.choose(view, person, "14:00", "webpush", NOW)
    assert send() == {"webpush": ["x"]}
    world.connection.execute("UPDATE alerts.address SET gone_at = %s, gone_for = 'x'", (NOW,))
    assert send(NOW + timedelta(days=1))["email"] == ["lucia@example.org"]


@pytest.mark.parametrize(("at", "channel"), [("25:00", ""), ("", ""), ("soon", ""), ("14:00", "voice"), ("14:00", "x")])
def test_what_is_no_time_and_no_way_changes_nothing(world, lucia, person, seen_by, at, channel):
    with seen_by(lucia) as view, pytest.raises(NoTimeError):
        choosing.choose(view, person, at, channel, NOW)
    assert world.rows("SELECT FROM alerts.digest") == []


def test_an_hour_at_which_nothing_would_come_is_refused(world, daughter, lucia, person, seen_by):
    agreed(world, daughter, 8 * 60, 20 * 60)
    with seen_by(lucia) as view:
        assert choosing.own(view, NOW)[0].hours == Hours(480, 1200)
        for at in ("07:55", "20:00", "23:00"):
            with pytest.raises(OutsideHoursError):
                choosing.choose(view, person, at, "", NOW)
        choosing.choose(view, person, "19:55", "", NOW)


def test_where_the_day_is_not_shared_that_is_said(world, daughter, lucia, seen_by):
    agreed(world, daughter)
    world.connection.execute("UPDATE registry.share SET data = 'safety'")
    with seen_by(lucia) as view:
        assert choosing.own(view, NOW)[0].hours is None


def test_nobody_chooses_for_others(world, daughter, lucia, person, seen_by):
    for account in (world.anna, world.dora, world.carla):
        with seen_by(account) as view:
            assert choosing.own(view, NOW) == []
            with pytest.raises(NoContactError):
                choosing.choose(view, person, "14:00", "", NOW)
    with seen_by(lucia) as view, pytest.raises(NoContactError):
        choosing.choose(view, uuid4(), "14:00", "", NOW)
    for statement in (
        "SELECT %s, digest FROM alerts.digest", "SELECT alerts.choose_digest_of(%s, '14:00', NULL, now())",
        "SELECT alerts.channels_of_contact(%s)",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), seen_by(lucia) as view:
            view.connection.execute(statement, (daughter,))
    assert world.rows("SELECT FROM alerts.digest") == []


def token(message):
    """The token of the link in a mail."""
    (link,) = [line for line in message.get_content().splitlines() if PATH in line]
    return link.rpartition("/")[2]


def test_the_link_in_the_message_chooses_without_an_account(world, service, daughter, people, send):
    with service.transaction() as connection:
        digest.want(connection, daughter, time(14), NOW)
    assert send() == {"email": ["lucia@example.org"]}
    (handed,) = send.channels["email"].handed
    written = mail(handed, "v@example.org", LINKS)
    assert written["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert written["List-Unsubscribe"] == f"<https://vicino.example.org{PATH}/{token(written)}>"
    assert token(written) in text_message(handed, LINKS)
    assert "Rosa" not in written.get_content()
    message = read(KEY, token(written), PURPOSE)
    assert isinstance(message, UUID)
    assert read(KEY, token(written)) is None
    with people.transaction() as connection:
        found = choosing.by_link(connection, message, NOW)
        assert (found.language, found.choice.at, found.choice.channels) == ("it", time(14), ("email", "sms"))
        choosing.choose_by_link(connection, message, "19:30", "sms", NOW)
    assert world.rows("SELECT at, channel FROM alerts.digest") == [{"at": time(19, 30), "channel": "sms"}]
    with people.transaction() as connection:
        choosing.choose_by_link(connection, message, None, "", NOW)
    assert world.rows("SELECT FROM alerts.digest") == []
    with people.transaction() as connection, pytest.raises(NoContactError):
        choosing.choose_by_link(connection, message, "18:00", "", NOW + LINK_LASTS + timedelta(days=1))
    with people.transaction() as connection:
        assert choosing.by_link(connection, uuid4(), NOW) is None


def test_no_other_message_has_that_link(world, service, daughter, send):
    with service.transaction() as connection:
        digest.want(connection, daughter, time(14), NOW)
    send()
    (handed,) = send.channels["email"].handed
    for other in (handed._replace(daily=False), handed._replace(daily=False, said=())):
        written = mail(other, "v@example.org", LINKS)
        assert PATH not in written.get_content()
        assert written["List-Unsubscribe"] is None
    assert PATH not in mail(handed, "v@example.org", Links("https://vicino.example.org", None)).get_content()
