"""What reminders and messages about several alerts say by each channel, and what they do not."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from alerts.channels.email.message import body, subject
from alerts.channels.telegram.message import compose
from alerts.channels.transport import Outgoing
from alerts.channels.webpush.message import payload
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.summaries.about import About, Purpose

LINKS = Links("https://vicino.example.org", b"k" * 32)
ABOUT = (About("safety", "sos_button", "in_charge", "Anna", 1), About("wellbeing", "heat", "new", "", 2))
OUTGOING = Outgoing(
    public_id=UUID(int=1), alert_public_id=UUID(int=2), address="a@example.org", language="it",
    family=Family.SAFETY, kind="sos_button", municipality="Bobbio", opened_at=datetime(2026, 3, 3, tzinfo=UTC), step=-1,
)  # fmt: skip


def said(outgoing):
    """Return what each channel says, and where it leads."""
    telegram, push = compose(outgoing, LINKS), json.loads(payload(outgoing, LINKS))
    return {
        "email": subject(outgoing) + "\n" + body(outgoing, LINKS),
        "telegram": telegram["text"] + json.dumps(telegram.get("reply_markup", "")),
        "push": json.dumps(push, ensure_ascii=False),
    }


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_reminder_says_who_is_in_charge_and_can_not_be_answered_by_a_link(language):
    for text in said(OUTGOING._replace(language=language, purpose=Purpose.REMINDER)).values():
        assert {"it": "Lo hai in carico", "en": "You are in charge"}[language] in text
        assert "/r/" not in text
        assert str(UUID(int=2)) in text
    assert "/r/" in said(OUTGOING)["email"]


@pytest.mark.parametrize(
    ("purpose", "it", "en"),
    [
        (Purpose.MORNING_ROUND, "Giro del mattino: 3 problemi tecnici", "Morning round: 3 technical problems"),
        (Purpose.OVERFLOW, "Oggi 3 altri cambiamenti nel benessere", "3 more changes in wellbeing today"),
        (Purpose.HAND_OVER, "Consegna del turno: 3 allarmi aperti", "Hand-over of the shift: 3 open alerts, 2 without"),
    ],
)
def test_several_alerts_are_counted_by_kind_with_who_has_them(purpose, it, en):
    for language, expected in (("it", it), ("en", en)):
        outgoing = OUTGOING._replace(language=language, purpose=purpose, about=ABOUT)
        for text in said(outgoing).values():
            assert expected in text
            assert "Anna" in text
            assert "/alerts" in text
            assert "/r/" not in text
            # Of wellbeing no message says what it is about.
            assert "aldo" not in text
            assert "Heat" not in text
