"""What a setting would have told, beside what the present one would have, in words and pictures."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from analytics.preview import reads
from analytics.preview.reads import Holding, Preview, Told
from analytics.rules.standing import Standing, with_fields
from core.database import View
from dashboards import rule_words, rules
from dashboards.rule_fields import fields
from dashboards.wording import Words

LISTED = 200  # of what would have been told, one by one


class ToldView(NamedTuple):
    """What would have been told: when, where, in one sentence."""

    day: str
    home: str
    sentence: str


class Side(NamedTuple):
    """One of two settings that are compared: what it is, how often it tells, on which days, in which homes.

    Each of `settings` says whether it differs from the other side.
    """

    title: str
    settings: tuple[tuple[str, bool], ...]
    told: str
    picture: str
    homes: str
    listed: tuple[ToldView, ...]
    unlisted: int


def wished(found: Preview, holding: Holding) -> Standing:
    """Return what a rule would be set to."""
    above = rules.standing_in(holding.above, found.wished.rule)
    settings = with_fields(found.wished.rule, above.settings, found.wished.fields)
    return Standing(found.wished.mode or above.mode, settings)


def compared(view: View, place: rules.Place, found: Preview, holding: Holding, words: Words) -> tuple[Side, Side]:
    """Return what would have been told as it is set, and as it is wished."""
    gettext = words.translations.gettext
    rule = found.wished.rule
    homes = reads.previewed_homes(view, found)
    days = rules.days_before(found.asked_at, place)
    first = [(home.home_id, home.as_set) for home in homes]
    second = [(home.home_id, home.as_wished) for home in homes]
    top = max(max(_counts(days, each), default=0) for each in (first, second))
    said = _said(rule, rules.standing_in(holding.here, rule), words)
    wish = _said(rule, wished(found, holding), words)
    return (
        _side("set", gettext("As it is now"), _beside(said, wish), place, first, days, top, words),
        _side("wished", gettext("As you would set it"), _beside(wish, said), place, second, days, top, words),
    )


def _said(rule: str, standing: Standing, words: Words) -> list[str]:
    settings = fields(rule, standing.settings, words)
    return [words.say(rule_words.MODES[standing.mode]), *(rules.in_words(each) for each in settings if each.shown)]


def _beside(these: Sequence[str], those: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    return tuple((each, each not in those) for each in these)


OfHomes = Sequence[tuple[int, Sequence[Told]]]


def _counts(days: Sequence[date], homes: OfHomes) -> list[int]:
    of_days = Counter(one.day for _, told in homes for one in told)
    return [of_days[day.isoformat()] for day in days]


def _side(
    identity: str,
    title: str,
    settings: tuple[tuple[str, bool], ...],
    place: rules.Place,
    homes: OfHomes,
    days: Sequence[date],
    top: int,
    words: Words,
) -> Side:
    every = sorted(((one.day, _name(place, home_id), one) for home_id, told in homes for one in told), reverse=True)
    with_any = sum(bool(told) for _, told in homes)
    in_homes = words.translations.ngettext(
        "in %(count)s of %(all)s home", "in %(count)s of %(all)s homes", len(homes)
    ) % {"count": words.number(with_any, 0), "all": words.number(len(homes), 0)}
    return Side(
        title,
        settings,
        rules.times(len(every), words),
        rules.picture(f"preview-{identity}", title, _counts(days, homes), days, words, top),
        in_homes,
        tuple(
            ToldView(words.short_day(date.fromisoformat(day)), name, told.it if words.language == "it" else told.en)
            for day, name, told in every[:LISTED]
        ),
        max(0, len(every) - LISTED),
    )


def _name(place: rules.Place, home_id: int) -> str:
    home = place.homes.get(home_id)
    return home.name if home else ""
