"""How the page of an alert tells the way of a message."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.reads import Told
from dashboards.telling import told
from dashboards.wording import Words

ROME = ZoneInfo("Europe/Rome")
AT = datetime(2026, 3, 3, 2, 11, tzinfo=UTC)
SENT = Told("Anna", "sms", "call", "sent", AT, "")
LATER = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "it", "en"),
    [
        ({}, "SMS, avvisato", "SMS, told"),
        (
            {"delivered_at": AT + LATER, "read_at": AT + 2 * LATER},
            "SMS, avvisato, consegnato 03:12, letto 03:13",
            "SMS, told, delivered 03:12, read 03:13",
        ),
        ({"read_at": AT + timedelta(days=1)}, "SMS, avvisato, letto 4 mar, 03:11", "SMS, told, read 4 Mar, 03:11"),
        (
            {"state": "failed", "last_error": "accepted, but not delivered"},
            "SMS, non raggiungibile, accettato ma non consegnato",
            "SMS, could not be reached, accepted, but not delivered",
        ),
        (
            {"state": "failed", "last_error": "the server answered 400"},
            "SMS, non raggiungibile",
            "SMS, could not be reached",
        ),
        ({"purpose": "taken"}, "SMS, avvisato, che qualcuno se ne occupa", "SMS, told, that somebody has taken charge"),
    ],
)  # fmt: skip
def test_a_message_is_told_by_its_way_and_what_became_of_it(changes: dict[str, object], it: str, en: str) -> None:
    for language, expected in (("it", it), ("en", en)):
        (line,) = told([SENT._replace(**changes)], Words(language), ROME)
        assert (line.at, line.who, line.how) == (AT, "Anna", expected)
