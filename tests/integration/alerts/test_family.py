"""A call for help that reaches the family, from the button to the answer by the link in the message."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import notify
from alerts.channels.email.message import compose as mail
from alerts.channels.levels import Level
from alerts.channels.sms.message import compose as text_message
from alerts.channels.transport import Told, TransportError
from alerts.escalation import escalate
from alerts.fallback.next_way import fall_back
from alerts.lifecycle import Family
from alerts.policies import repository as policies
from alerts.policies.plan import Plan, Step, Who
from alerts.policies.repository import Wanted
from alerts.replies import answers
from alerts.replies.answers import Answer, Standing
from alerts.replies.links import PATH, Links
from alerts.replies.tokens import read

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
KEY = b"k" * 32
LINKS = Links("https://vicino.example.org", KEY)
LASTS = timedelta(hours=12)


class Channel:
    def __init__(self, compose):
        self.compose = compose
        self.said = []
        self.error = None

    def send(self, message):
        if self.error:
            raise self.error
        self.said.append(self.compose(message))


@pytest.fixture
def channels():
    return {
        "email": Channel(lambda message: mail(message, "v@example.org", LINKS).get_content()),
        "sms": Channel(lambda message: text_message(message, LINKS)),
    }


@pytest.fixture
def told(world, service, intake, clock, channels):
    """The daughter, and nobody else, is told of a call for help; return what delivers to her."""
    world._make(
        "registry.contact", organisation_id=world.bobbio, person_id=world.person, key="figlia", name="Lucia",
        relation="figlia", language="it", email="lucia@example.org", phone="333 123 4567",
    )  # fmt: skip
    plan = Plan(name="p", steps=(Step(tell=(Who(contacts="family"),)),))
    with service.transaction() as connection:
        policies.load(connection, [Wanted("bobbio", Family.SAFETY, "", plan)], NOW)
    world.urgent()
    intake.look(NOW)
    escalate(service, NOW)

    def deliver():
        while (claimed := notify.claim(service, clock.now())) is not None:
            notify.deliver(service, channels, claimed, clock, lambda: 0.0)

    return deliver


def test_a_withdrawal_holds_for_a_message_that_waits(world, told, channels, service, clock):
    channels["email"].error = TransportError("busy", permanent=False)
    told()
    channels["email"].error = None
    clock.advance(30)
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, withdrawn_at)"
        " SELECT organisation_id, person_id, 'family', 'consent', %s::timestamptz, %s FROM registry.person",
        (NOW - timedelta(days=1), clock.now()),
    )
    told()
    clock.advance(30)
    fall_back(service, clock.now())
    told()
    assert (channels["email"].said, channels["sms"].said) == ([], [])
    assert [row["state"] for row in world.notifications()] == ["cancelled"]


def test_what_is_shared_is_told(world, told, channels):
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
        " SELECT organisation_id, person_id, 'family', 'consent', %s::timestamptz FROM registry.person",
        (NOW - timedelta(days=1),),
    )
    world.connection.execute(
        "INSERT INTO registry.share (organisation_id, person_id, contact_id, data)"
        " SELECT organisation_id, person_id, contact_id, 'safety' FROM registry.contact"
    )
    told()
    assert len(channels["email"].said) == 1


def test_a_contact_is_told_no_more_than_the_first_name_whatever_the_channel_may_know(world, told, service, clock):
    world.connection.execute("UPDATE registry.home SET address = 'Via Roma 1'")
    world.connection.execute("UPDATE registry.person SET phone = '0523 1'")
    # The hook of an association's own system, entered for a contact.
    world.connection.execute("UPDATE alerts.notification SET channel = 'webhook', address = 'https://example.org/hook'")
    hook = Channel(lambda message: message.told)
    claimed = notify.claim(service, clock.now())
    notify.deliver(service, {"webhook": hook}, claimed, clock, lambda: 0.0, {"webhook": Level.FULL})
    assert hook.said == [Told(first_name="Rosa")]


def the_link(said):
    (word,) = (word for word in said.split() if word.startswith("https://"))
    return read(KEY, word.removeprefix(LINKS.base_url + PATH + "/"))


def test_the_family_reads_plain_words_and_says_by_the_one_link_to_be_there(world, told, channels, people):
    told()
    (said,) = channels["email"].said
    assert said.startswith("Bobbio: È stato premuto il pulsante SOS nella casa di cui sei persona di riferimento.")
    assert "/alerts" not in said
    message = the_link(said)
    assert answers.look(people, message, NOW, LASTS).answers == (Answer.THERE,)
    assert answers.answer(people, message, Answer.THERE, NOW, LASTS).standing is Standing.OPEN
    assert "there" in world.actions()
    # Whoever looks after it is still called.
    assert world.alerts()[0]["state"] == "new"


def test_the_text_message_that_takes_its_place_has_the_same_one_link(world, told, channels, people):
    channels["email"].error = TransportError("no such mailbox", permanent=True)
    told()
    (said,) = channels["sms"].said
    assert said.startswith("Vicino: Bobbio: ")
    assert answers.look(people, the_link(said), NOW, LASTS).answers == (Answer.THERE,)
