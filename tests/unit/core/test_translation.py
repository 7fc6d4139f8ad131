"""Languages of carers: their plural forms, what comes in place of what they do not say, and how they count days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog

from core import translation
from core.languages import FALLBACKS, LANGUAGE_NAMES, LOCALES, READ, written
from core.translation import translator
from dashboards.wording import Words
from tests.languages import unsaid

# Of the pages of administrators: nobody translates it to the languages of carers.
OF_OPERATORS = "Choose one of the list."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ro", {0: "0 zile", 1: "1 zi", 2: "2 zile", 19: "19 zile", 20: "20 de zile", 101: "101 zile"}),
        ("uk", {0: "0 днів", 1: "1 день", 2: "2 дні", 4: "4 дні", 5: "5 днів", 11: "11 днів", 21: "21 день"}),
    ],
)
def test_plurals_are_those_of_the_language(language, said):
    ngettext = translator(language).ngettext
    assert {count: ngettext("%(count)d day", "%(count)d days", count) % {"count": count} for count in said} == said


@pytest.mark.parametrize("language", FALLBACKS)
def test_what_is_not_said_comes_whole_in_italian_and_is_noted(language):
    with unsaid(language) as missing:
        assert translator(language).gettext("Today as usual.") != "Oggi come al solito."
        assert missing == []
        assert translator(language).gettext(OF_OPERATORS) == "Scegli dall'elenco."
        assert missing == [OF_OPERATORS]


def test_a_text_that_lacks_a_form_is_left_to_the_fallback(monkeypatch, tmp_path):
    texts = Catalog(locale="uk")
    texts.add(("%(count)d day", "%(count)d days"), ("%(count)d день", "%(count)d дні", ""))
    monkeypatch.setattr(translation, "catalogue", lambda _: texts)
    made = translator.__wrapped__("uk")
    assert made.ngettext("%(count)d day", "%(count)d days", 5) == "%(count)d giorni"


def test_every_language_that_can_be_read_has_a_name_and_a_locale():
    assert set(LANGUAGE_NAMES) == set(LOCALES) == set(READ)
    assert {each: written(each) for each in (*READ, "fr")} == {
        "it": "it", "en": "en", "ro": "it", "uk": "it", "fr": "en",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "day", "ago", "lasted", "number"),
    [
        ("ro", "luni 16 martie", "acum 20 de minute", "2 h 5 min", "1.234,5"),
        ("uk", "понеділок 16 березня", "20 хвилин тому", "2 год 5 хв", "1\xa0234,5"),
    ],
)
def test_days_times_and_numbers_are_written_as_in_the_language(language, day, ago, lasted, number):
    words, now = Words(language), datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert words.day(date(2026, 3, 16)) == day
    assert words.ago(now - timedelta(minutes=20), now) == ago
    assert words.lasted(timedelta(hours=2, minutes=5)) == lasted
    assert words.number(1234.5) == number
