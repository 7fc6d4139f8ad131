"""The figures for research, in words."""

from typing import NamedTuple

from alerts.lifecycle import Family
from alerts.wording import FAMILY_TITLES, title
from analytics.contexts.kinds import NAMES, ContextKind
from analytics.feedback.precision import Counts
from core.translation import mark
from dashboards.pictures.shares import Part, shares_picture
from dashboards.research.numbers import arm, group
from dashboards.research.reads import Arm, Event, Figures, Found, Group, Load, Week
from dashboards.statistics_views import lasting
from dashboards.wording import Words

NONE = "\N{EN DASH}"
SEXES = {"female": mark("women"), "male": mark("men"), "other": mark("other sex"), "": mark("sex not known")}
OLDEST, YOUNGEST = 90, 50
LONG = 1_000  # days of homes to which findings are related


class WeekView(NamedTuple):
    """A week: how much of the data is there, in words and as a bar."""

    week: str
    homes: str
    coverage: str
    unknown: str
    picture: str


class ResearchView(NamedTuple):
    """All of it, as rows of tables; `summary` says who it is about."""

    summary: str
    arms: list[tuple[str, ...]]
    cohort: list[tuple[str, ...]]
    weeks: list[WeekView]
    found: list[tuple[str, ...]]
    loads: list[tuple[str, ...]]
    events: list[tuple[str, ...]]


def view_of(figures: Figures, words: Words) -> ResearchView:
    """Return the figures in words."""
    return ResearchView(
        _summary(figures.cohort, words),
        [_arm(each, words) for each in figures.arms],
        [_group(each, words) for each in figures.cohort],
        [_week(number, each, words) for number, each in enumerate(figures.weeks)],
        [_found(each, words) for each in figures.found],
        [_load(each, words) for each in figures.loads],
        [_event(each, words) for each in figures.events],
    )


def _summary(cohort: list[Group], words: Words) -> str:
    t = words.translations
    homes, persons = sum(each.homes for each in cohort), sum(each.persons for each in cohort)
    # Of a total, what is left out of the table could be told by subtraction.
    if any(None in (told["homes"], told["persons"]) for told in map(group, cohort)):
        return t.gettext(
            "All who live in these homes agree to research. How many homes there are is not said: a group is too small."
        )
    if not homes:
        return t.gettext("There is no home all of whose residents agree to research.")
    said = {
        "homes": t.ngettext("%(num)s home", "%(num)s homes", homes) % {"num": words.number(homes, 0)},
        "persons": t.ngettext("%(num)s person", "%(num)s persons", persons) % {"num": words.number(persons, 0)},
    }
    return t.gettext("Of %(homes)s with %(persons)s, all of whom agree to research.") % said


def _arm(each: Arm, words: Words) -> tuple[str, ...]:
    kind = words.translations.gettext("control") if each.is_control else words.translations.gettext("monitored")
    told = arm(each)
    counts = (told["enrolled"], told["left"], told["agree"])
    return (each.study, f"{each.arm} ({kind})", *(counted(count, words) for count in counts))


def counted(value: int | None, words: Words) -> str:
    """Return a count of persons or homes in words; None where it is too small to be told."""
    return words.translations.gettext("fewer than 5") if value is None else words.number(value, 0)


def who(sex: str | None, age_from: int | None, words: Words) -> str:
    """Return a group of persons in words."""
    gettext = words.translations.gettext
    if sex is None:
        return gettext("others: several live there, or the group is smaller than five")
    if age_from is None:
        return gettext("%(sex)s, age not known") % {"sex": words.say(SEXES[sex])}
    said = {"sex": words.say(SEXES[sex]), "from": age_from + 1, "to": age_from + 10}
    if age_from >= OLDEST:
        return gettext("%(sex)s, %(from)d and older") % said
    if age_from <= YOUNGEST:
        return gettext("%(sex)s, up to %(to)d") % said
    return gettext("%(sex)s, %(from)d to %(to)d") % said


def _group(each: Group, words: Words) -> tuple[str, ...]:
    told = group(each)
    return (who(each.sex, each.age_from, words), counted(told["homes"], words), counted(told["persons"], words))


def _week(number: int, each: Week, words: Words) -> WeekView:
    day = words.short_day(each.week)
    share = words.percent(each.coverage)
    parts = [Part("state-usual", each.coverage), Part("state-unknown", 1 - each.coverage)]
    picture = shares_picture(f"week-{number}", parts, title=day, description=share)
    unknown = words.percent(each.unknown / each.days)
    return WeekView(day, words.number(each.homes, 0), share, unknown, picture)


def _found(each: Found, words: Words) -> tuple[str, ...]:
    counts = Counts(true=each.needed, false=each.mistaken)
    right = NONE
    if counts.precision is not None and counts.interval is not None:
        low, high = (words.percent(end) for end in counts.interval)
        said = {"share": words.percent(counts.precision), "low": low, "high": high}
        right = words.translations.gettext("%(share)s (%(low)s to %(high)s)") % said
    return (
        title(each.kind, Family.WELLBEING, words.language),
        who(each.sex, each.age_from, words),
        words.number(each.homes, 0),
        words.number(each.findings, 0),
        words.number(each.findings / each.home_days * LONG, 1),
        right,
    )


def _load(each: Load, words: Words) -> tuple[str, ...]:
    per = NONE if each.per_home_week is None else words.number(each.per_home_week, 2)
    times = (each.told_s, each.taken_s, each.taken_late_s, each.closed_s)
    said = (NONE if seconds is None else lasting(seconds, words) for seconds in times)
    name = words.say(FAMILY_TITLES[Family(each.family)])
    return (name, words.number(each.alerts, 0), per, *said, words.number(each.unanswered, 0))


def _event(each: Event, words: Words) -> tuple[str, ...]:
    lasted = NONE if each.days is None else lasting(each.days * 86_400, words)
    return (words.say(NAMES[ContextKind(each.kind)]), words.number(each.events, 0), words.number(each.homes, 0), lasted)
