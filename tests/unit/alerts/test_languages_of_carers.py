"""Whatever a message says, it says in the language of whoever gets it: nothing is left to another one."""

from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import pytest

from alerts.channels import names
from alerts.channels.email.message import compose
from alerts.channels.sms.message import compose as text_message
from alerts.channels.telegram import updates
from alerts.channels.telegram.message import compose as telegram
from alerts.channels.transport import Outgoing, Told
from alerts.channels.voice.message import compose as call
from alerts.channels.webpush.message import payload
from alerts.digest.verdict import Verdict, said
from alerts.lifecycle import Family, State
from alerts.news.taken import said as taken
from alerts.replies.links import Links
from alerts.summaries.about import About, Purpose
from alerts.wording import TITLES
from core.languages import FALLBACKS
from core.translation import translator
from tests.languages import unsaid

LINKS = Links("https://vicino.example.org", b"k" * 32)
ABOUT = (About("safety", "smoke", State.NEW, "", 2), About("wellbeing", "cold", State.NEW, "Anna", 21))


def messages(language: str) -> list[Outgoing]:
    """Every sort of message: of each family and kind, to families and to operators, of one alert and of several."""
    plain = Outgoing(
        public_id=UUID(int=1), alert_public_id=UUID(int=2), address="anna@example.org", language=language,
        family=Family.SAFETY, kind="sos_button", municipality="Bobbio", step=0,
        opened_at=datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
    )  # fmt: skip
    kinds = [
        plain._replace(family=family, kind=kind, for_family=for_family, step=step, told=told, together=2 * step)
        for family, kind, for_family, step, told in product(
            Family, ["", *TITLES], [True, False], [0, 2], [Told(), Told("Rosa")]
        )
    ]
    several = [plain._replace(purpose=purpose, about=ABOUT) for purpose in Purpose]
    days = [
        plain._replace(said=said(verdict, language), daily=True, for_family=True, family=Family.WELLBEING)
        for verdict in Verdict
    ]
    news = [plain._replace(said=taken("smoke", "Bobbio", language, for_family=each)) for each in (True, False)]
    return kinds + several + days + news


@pytest.mark.parametrize("language", FALLBACKS)
def test_no_message_is_half_in_another_language(language):
    with unsaid(language) as missing:
        for outgoing in messages(language):
            compose(outgoing, "v@example.org", LINKS)
            text_message(outgoing, LINKS)
            telegram(outgoing, LINKS)
            payload(outgoing, LINKS)
            call(outgoing, answers=True)
        for text in (updates.PAIRED, updates.NOT_PAIRED, updates.STOPPED, updates.HELP, updates.ONLY_PRIVATE):
            translator(language).gettext(text)
        for channel in names.NAMES:
            names.title_of(channel, language)
    assert sorted(set(missing)) == []


@pytest.mark.parametrize(
    ("language", "line"), [("ro", "Buton SOS apăsat, la Bobbio"), ("uk", "Натиснуто кнопку SOS, Bobbio")]
)
def test_a_mail_is_in_the_language_and_says_so(language, line):
    mail = compose(messages(language)[0]._replace(kind="sos_button"), "v@example.org", LINKS)
    assert mail["Content-Language"] == language
    assert mail["Subject"].startswith(line)
