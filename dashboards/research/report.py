"""The figures of research in words and pictures: each picture with the table of what it shows.

The page and the report on a pilot have the same.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from alerts.lifecycle import Family
from alerts.wording import FAMILY_TITLES, title
from analytics.contexts.kinds import NAMES, ContextKind
from core.translation import mark
from dashboards.pictures.rows import Row, rows_picture
from dashboards.pictures.times import TICKS_S, times_axis, times_picture
from dashboards.pictures.weeks import weeks_picture
from dashboards.research.numbers import Document, digest
from dashboards.research.wording import counted, homes, lasting, rate, share, summary, who
from dashboards.statistics_views import CLOSED, NOT_KNOWN, TAKEN, TOLD
from dashboards.wording import Words

DAY_S = 86_400
LEAST_LOAD = 0.5  # alerts of a home and week: the scale of a quiet pilot does not make one look like many
TIMES = (("told", TOLD), ("taken", TAKEN), ("closed", CLOSED))

ARMS = mark("Study arms, enrolment and control")
COHORT = mark("Who takes part, by sex and age")
COVERAGE = mark("Of how much of the expected data each week tells")
LOAD = mark("Alert load: alerts for each home and week")
RESPONSES = mark("Response times: told, taken in charge, closed")
KINDS = mark("Precision by kind of alert")
DETECTORS = mark("What detectors found, by sex and age")
EVENTS = mark("What happened in homes")
INTERVALS = mark("The line is where the value may lie by chance (95 of 100): it is long where there are few.")
ARMS_NOTE = mark("Bars: how many were enrolled.")
COVERAGE_NOTE = mark("Weeks with fewer than five homes are left out.")
LOAD_NOTE = mark(
    "All families of alerts have the same scale. Weeks in which one to four homes had an alert of the family have no "
    "column."
)
TIMES_NOTE = mark(
    "The bar ends when half were, the point is where nine in ten were; each step of the scale is so many times as "
    "long. What goes on and was not yet is later than any."
)
OTHERS = mark("others: several live there, or the group is smaller than five")
OTHER_GROUPS = mark("all other groups")
KINDS_NOTE = mark(
    "The share of real needs among those of which that is known: a known reason and what stayed unclear do not count. "
    "Kinds that fewer than five homes had are left out."
)
DETECTORS_NOTE = mark(
    "Findings in 1,000 days of homes in which one person lives; days of which nothing is known do not count. Groups in "
    "which fewer than five homes had a finding of the kind are told together."
)


class Picture(NamedTuple):
    """A picture (SVG) with what it is called."""

    caption: str
    svg: str


class Section(NamedTuple):
    """A part of the report: pictures, and the table behind them; without rows there is nothing to tell."""

    identity: str
    heading: str
    note: str
    pictures: tuple[Picture, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ReportView(NamedTuple):
    """All of it; `summary` says who it is about, `digest` names the numbers."""

    first: date
    last: date
    summary: str
    sections: tuple[Section, ...]
    digest: str


def report_view(numbers: Document, words: Words) -> ReportView:
    """Return the report in words and pictures."""
    asked = numbers["query"]
    return ReportView(
        date.fromisoformat(asked["first"]),
        date.fromisoformat(asked["last"]),
        summary(numbers["cohort"], words),
        (
            _arms(numbers["arms"], words),
            _cohort(numbers["cohort"], words),
            _coverage(numbers["coverage"], words),
            _load(numbers["load"], words),
            _responses(numbers["responses"], words),
            _kinds(numbers["kinds"], words),
            _detectors(numbers["detectors"], words),
            _events(numbers["events"], words),
        ),
        digest(numbers),
    )


Rows = Sequence[dict[str, Any]]


def _bars(identity: str, heading: str, rows: list[Row]) -> tuple[Picture, ...]:
    return (Picture(heading, rows_picture(identity, rows, title=heading)),) if rows else ()


def _arms(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(ARMS)
    rows, bars = [], []
    for each in found:
        kind = gettext("control") if each["is_control"] else gettext("monitored")
        name = f"{each['arm']} ({kind})"
        counts = [counted(each[what], words) for what in ("enrolled", "left", "agree")]
        rows.append((each["study"], name, *counts))
        bars.append(Row(f"{each['study']}: {name}", counts[0], each["enrolled"]))
    heads = (gettext("Study"), gettext("Arm"), gettext("Enrolled"), gettext("Have left"), gettext("Agree to research"))
    return Section("arms", heading, words.say(ARMS_NOTE), _bars("arms-picture", heading, bars), heads, tuple(rows))


def _cohort(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(COHORT)
    rows, bars = [], []
    for each in found:
        name = words.say(OTHERS) if each["sex"] is None else who(each["sex"], each["age_from"], words)
        persons = counted(each["persons"], words)
        rows.append((name, counted(each["homes"], words), persons))
        bars.append(Row(name, persons, each["persons"]))
    heads = (gettext("Who"), gettext("Homes"), gettext("Persons"))
    return Section("cohort", heading, "", _bars("cohort-picture", heading, bars), heads, tuple(rows))


def _coverage(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(COVERAGE)
    weeks = [words.short_day(date.fromisoformat(each["week"])) for each in found]
    shares = [words.percent(each["coverage"]) for each in found]
    rows = [
        (week, homes(each["homes"], words), told, words.percent(each["unknown"]))
        for week, told, each in zip(weeks, shares, found, strict=True)
    ]
    picture: tuple[Picture, ...] = ()
    if found:
        svg = weeks_picture(
            "coverage-picture",
            [each["coverage"] for each in found],
            (weeks[0], weeks[-1]),
            words.percent(1.0),
            title=heading,
            description="; ".join(f"{week}: {told}" for week, told in zip(weeks, shares, strict=True)),
            ceiling=1.0,
        )
        picture = (Picture(heading, svg),)
    heads = (gettext("Week from"), gettext("Homes"), gettext("Data there"), gettext("Days that could not be judged"))
    return Section("coverage", heading, words.say(COVERAGE_NOTE), picture, heads, tuple(rows))


def _load(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(LOAD)
    weeks = sorted({each["week"] for each in found})
    names = [words.short_day(date.fromisoformat(week)) for week in weeks]
    of = {(each["week"], each["family"]): each for each in found}
    ceiling = max([LEAST_LOAD, *(each["per_home_week"] or 0.0 for each in found)])
    pictures = []
    for family in Family if found else ():
        values = [of[week, family.value]["per_home_week"] for week in weeks]
        said = [f"{name}: {_per(value, words)}" for name, value in zip(names, values, strict=True)]
        caption = words.say(FAMILY_TITLES[family])
        svg = weeks_picture(
            f"load-{family.value}", values, (names[0], names[-1]), words.number(ceiling, 2),
            title=caption, description="; ".join(said), ceiling=ceiling,
        )  # fmt: skip
        pictures.append(Picture(caption, svg))
    rows = [
        (
            name,
            homes(of[week, Family.SAFETY.value]["homes"], words),
            *(_per(of[week, family.value]["per_home_week"], words) for family in Family),
        )
        for week, name in zip(weeks, names, strict=True)
    ]
    heads = (gettext("Week from"), gettext("Homes"), *(words.say(FAMILY_TITLES[family]) for family in Family))
    return Section("load", heading, words.say(LOAD_NOTE), tuple(pictures), heads, tuple(rows))


def _per(value: float | None, words: Words) -> str:
    return words.translations.gettext("not told") if value is None else words.number(value, 2)


def _responses(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(RESPONSES)
    rows, pictures = [], []
    for each in found:
        family = words.say(FAMILY_TITLES[Family(each["family"])])
        cells = []
        for what, name in TIMES:
            half, most = each[f"{what}_s"], each[f"{what}_late_s"]
            said = gettext("half within %(half)s, nine in ten within %(most)s") % {
                "half": lasting(half, words), "most": lasting(most, words),
            }  # fmt: skip
            svg = times_picture(
                f"response-{each['family']}-{what}", half, most, title=f"{family}: {words.say(name)}",
                description=words.say(NOT_KNOWN) if half is None else said,
            )  # fmt: skip
            pictures.append(Picture(f"{family}. {words.say(name)}: {said}", svg))
            cells += [lasting(half, words), lasting(most, words)]
        counts = (words.number(each["alerts"], 0), words.number(each["per_home_week"], 2))
        rows.append((family, *counts, *cells, counted(each["unanswered"], words)))
    if found:
        pictures.append(Picture("", times_axis([lasting(seconds, words) for seconds in TICKS_S])))
    heads = (
        gettext("Family"), gettext("Alerts"), gettext("For each home and week"),
        gettext("Half told within"), gettext("Nine in ten told within"),
        gettext("Half taken within"), gettext("Nine in ten taken within"), gettext("Half closed within"),
        gettext("Nine in ten closed within"), gettext("Nobody in time"),
    )  # fmt: skip
    return Section("responses", heading, words.say(TIMES_NOTE), tuple(pictures), heads, tuple(rows))


def _shares(identity: str, heading: str, rows: list[Row]) -> tuple[Picture, ...]:
    return (Picture(heading, rows_picture(identity, rows, title=heading, whole=1.0)),) if rows else ()


def _kinds(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(KINDS)
    rows, points = [], []
    for each in found:
        name, right = title(each["kind"], Family(each["family"]), words.language), share(each, words)
        counts = (each[what] for what in ("alerts", "needed", "mistaken", "explained", "unclear"))
        rows.append((name, homes(each["homes"], words), *(counted(count, words) for count in counts), right))
        if each["precision"] is not None:
            points.append(Row(name, right, each["precision"], each["precision_low"], each["precision_high"]))
    heads = (
        gettext("Kind"), gettext("Homes"), gettext("Alerts"), gettext("It was a real need"), gettext("False alarm"),
        gettext("There was a known reason"), gettext("It is not clear"), gettext("Attention was needed"),
    )  # fmt: skip
    note = f"{words.say(KINDS_NOTE)} {words.say(INTERVALS)}"
    return Section("kinds", heading, note, _shares("kinds-picture", heading, points), heads, tuple(rows))


def _detectors(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(DETECTORS)
    rows = []
    for each in found:
        days, findings = (words.number(each[what], 0) for what in ("home_days", "findings"))
        counts = (homes(each["homes"], words), days, findings)
        rows.append((_kind(each, words), _group(each, words), *counts, rate(each, words), share(each, words)))
    heads = (
        gettext("Kind"), gettext("Who"), gettext("Homes"), gettext("Days"), gettext("Findings"),
        gettext("In 1,000 days"), gettext("Attention was needed"),
    )  # fmt: skip
    pictures = [each for kind in dict.fromkeys(each["kind"] for each in found) for each in _of_kind(kind, found, words)]
    note = f"{words.say(DETECTORS_NOTE)} {words.say(INTERVALS)}"
    return Section("detectors", heading, note, tuple(pictures), heads, tuple(rows))


def _kind(each: dict[str, Any], words: Words) -> str:
    return title(each["kind"], Family.WELLBEING, words.language)


def _group(each: dict[str, Any], words: Words) -> str:
    return words.say(OTHER_GROUPS) if each["sex"] is None else who(each["sex"], each["age_from"], words)


def _of_kind(kind: str, found: Rows, words: Words) -> Iterator[Picture]:
    """Return how often a kind was found in each group, on one scale for all kinds, and how often rightly."""
    gettext = words.translations.gettext
    of = [(_group(each, words), each) for each in found if each["kind"] == kind]
    name, most = _kind(of[0][1], words), max(each["rate_high"] for each in found)
    rates = [
        Row(group, rate(each, words), each["per_1000_days"], each["rate_low"], each["rate_high"]) for group, each in of
    ]
    found_caption, right_caption = gettext("Findings in 1,000 days"), gettext("Attention was needed")
    caption = f"{name}. {found_caption}"
    yield Picture(caption, rows_picture(f"rates-{kind}", rates, title=caption, whole=most))
    shares = [
        Row(group, share(each, words), each["precision"], each["precision_low"], each["precision_high"])
        for group, each in of
        if each["precision"] is not None
    ]
    yield from _shares(f"shares-{kind}", f"{name}. {right_caption}", shares)


def _events(found: Rows, words: Words) -> Section:
    gettext, heading = words.translations.gettext, words.say(EVENTS)
    rows, bars = [], []
    for each in found:
        name, events = words.say(NAMES[ContextKind(each["kind"])]), words.number(each["events"], 0)
        lasted = lasting(None if each["days"] is None else each["days"] * DAY_S, words)
        rows.append((name, events, homes(each["homes"], words), lasted))
        bars.append(Row(name, events, each["events"]))
    heads = (gettext("Kind"), gettext("How often"), gettext("Homes"), gettext("Lasted on average"))
    return Section("events", heading, "", _bars("events-picture", heading, bars), heads, tuple(rows))
