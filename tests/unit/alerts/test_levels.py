"""What a channel may know: no text of an insecure channel holds a name, an address or a telephone number."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import levels, names, words
from alerts.channels.email.message import compose as mail
from alerts.channels.levels import Facts, Level, LevelError, kind_at, level_of, parse, told_at
from alerts.channels.sms.message import compose as text_message
from alerts.channels.telegram.message import compose as telegram
from alerts.channels.transport import NOBODY, Outgoing
from alerts.channels.voice.message import compose as spoken
from alerts.channels.webhook.message import compose as webhook
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.wording import TITLES, TRIAL
from core.languages import READ

LINKS = Links("https://vicino.example.org", b"k" * 32)
INSECURE = ("email", "sms", "voice", "telegram", "apprise", "canary")
# Names that cannot stand in any message by chance.
NAME = st.from_regex(r"[A-Z]{3}[qxj]{4}[a-z]{2} [A-Z][wyk]{5}[a-z]{2}", fullmatch=True)
FACTS = st.builds(
    Facts,
    name=NAME,
    address=st.from_regex(r"via [A-Z][wyk]{5} [0-9]{3}", fullmatch=True),
    phone=st.from_regex(r"\+39 3[0-9]{2} [0-9]{7}", fullmatch=True),
    explanation=st.from_regex(r"[0-9]{2} visits of [qxj]{6}", fullmatch=True),
)


def outgoing(channel, facts, wanted, *, family=Family.SAFETY, kind="sos_button", for_family=False, language="it"):
    level = level_of(channel, wanted)
    return Outgoing(
        public_id=UUID(int=1),
        alert_public_id=UUID(int=2),
        address="+393331234567",
        language=language,
        family=family,
        kind=kind_at(level, family, kind),
        municipality="Bobbio",
        opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
        step=1,
        told=told_at(level, facts),
        for_family=for_family,
    )


def everything_said(message):
    """All texts that any channel makes of a message."""
    return "\n".join(
        [
            words.headline(message),
            *words.sentences(message),
            *words.paragraphs(message, LINKS),
            words.short(message),
            words.link(message, LINKS),
            text_message(message, LINKS),
            spoken(message, answers=True),
            mail(message._replace(address="a@example.org"), "v@example.org", LINKS).as_string(),
            mail(message._replace(address="a@example.org"), "v@example.org", LINKS).get_content(),
            json.dumps(telegram(message, LINKS), ensure_ascii=False),
            webhook(message, LINKS, "https://vicino.example.org/callbacks/x").decode(),
        ]
    )


@given(
    channel=st.sampled_from(INSECURE),
    facts=FACTS,
    wanted=st.sampled_from(Level),
    kind=st.sampled_from(sorted(TITLES)),
    family=st.sampled_from(Family),
    for_family=st.booleans(),
    language=st.sampled_from(["it", "en"]),
)
def test_no_text_of_an_insecure_channel_says_who(channel, facts, wanted, kind, family, for_family, language):
    said = everything_said(
        outgoing(channel, facts, {channel: wanted}, family=family, kind=kind, for_family=for_family, language=language)
    )
    for secret in (*facts.name.split(), facts.address, facts.phone, facts.explanation):
        assert secret not in said


@given(facts=FACTS)
def test_what_may_be_said_is_said(facts):
    assert facts.name.split()[0] in everything_said(outgoing("webpush", facts, {"webpush": Level.FULL}))
    assert facts.phone not in everything_said(outgoing("webpush", facts, {"webpush": Level.FULL}))
    whole = everything_said(outgoing("webhook", facts, {"webhook": Level.FULL}))
    assert all(secret in whole for secret in facts)


def test_without_a_setting_every_channel_knows_least():
    assert {level_of(channel) for channel in levels.LIMITS} == {Level.KIND}
    assert level_of("pigeon", {"pigeon": Level.FULL}) is Level.KIND


def test_of_wellbeing_an_insecure_channel_says_not_even_what_it_is():
    assert kind_at(Level.KIND, Family.WELLBEING, "night_bathroom_visits") == ""
    assert kind_at(Level.NAME, Family.WELLBEING, "night_bathroom_visits") == "night_bathroom_visits"
    assert kind_at(Level.KIND, Family.SAFETY, "smoke") == "smoke"
    assert told_at(Level.KIND, Facts("Rosa Bianchi")) == NOBODY


def test_the_setting():
    assert parse("") == {}
    assert parse("webhook=full, webpush = name") == {"webhook": Level.FULL, "webpush": Level.NAME}


@pytest.mark.parametrize("setting", ["webhook", "pigeon=full", "webhook=all"])
def test_what_is_no_setting_is_refused(setting):
    with pytest.raises(LevelError):
        parse(setting)


@given(st.sampled_from(sorted(TITLES.keys() - {TRIAL})), st.sampled_from(Family), st.sampled_from(["it", "en"]))
def test_families_are_told_in_plain_words_and_led_to_no_page_with_a_sign_in(kind, family, language):
    message = outgoing("email", Facts(), {}, family=family, kind=kind, for_family=True, language=language)
    every = everything_said(message)
    assert "/alerts" not in every
    # Of a device a family has nothing to answer.
    assert (LINKS.reply(message.public_id) in every) is (family is not Family.TECHNICAL)
    said = words.paragraphs(message, LINKS)
    assert "112" in said[1] or family is not Family.SAFETY
    assert words.paragraphs(message, Links("https://vicino.example.org")) == [*said[:2], said[-1]]


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("kind", sorted(words.FAMILY_SENTENCES))
def test_a_family_reads_the_whole_of_a_call_for_help_in_a_text_message(kind, language):
    message = outgoing("sms", Facts(), {}, kind=kind, for_family=True, language=language)
    text = text_message(message, LINKS)
    assert "112." in text
    assert text.endswith(LINKS.reply(message.public_id))


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_telegram_to_a_family_has_one_button_and_that_is_the_answer(language):
    message = outgoing("telegram", Facts(), {}, for_family=True, language=language)
    rows = telegram(message, LINKS)["reply_markup"]["inline_keyboard"]
    assert [each["url"] for row in rows for each in row] == [LINKS.reply(message.public_id)]


def test_every_channel_that_has_a_name_has_a_level():
    assert levels.LIMITS.keys() == names.NAMES.keys() | {"canary"}
