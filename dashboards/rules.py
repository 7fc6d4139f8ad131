"""Rules and detectors in words and pictures: what they are set to, what they told, how often they were right."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import analytics.feedback.reads
import registry.reads
from alerts.reasons.catalogue import LABELS, Reason
from analytics.change.domains import DOMAIN_OF, DOMAINS
from analytics.feedback.precision import Because, Counts, Judgement, shares
from analytics.preview import reads
from analytics.preview.reads import Change, Holding, Scope
from analytics.rules.catalogue import RULES
from analytics.rules.protocol import Mode
from analytics.rules.standing import CHANGES, LEARNED, QUIET_TIMES, Standing, default, rule_of, with_fields
from core.database import View
from core.errors import VicinoError
from core.localtime import day_of
from core.translation import mark
from dashboards import rule_words
from dashboards.pictures.counts import counts_picture
from dashboards.rule_fields import Field, fields
from dashboards.wording import Words

DAYS = 60
YEAR = timedelta(days=365)
SEEING = {"operator", "coordinator"}
SETTING = "coordinator"
NEVER_SET = mark("as it is delivered")
EVERY = (CHANGES, *QUIET_TIMES, *RULES, LEARNED)


class Place(NamedTuple):
    """Where rules are set: an organisation with those below it, or a home. `homes` are those it concerns, by id."""

    value: str
    name: str
    scope: Scope
    homes: Mapping[int, registry.reads.Home]
    may_set: bool


class PrecisionView(NamedTuple):
    """How often a rule was right: in words, and as numbers; `sentence` says that nothing is known where it is not."""

    sentence: str
    counts: Counts
    reasons: Mapping[Judgement, Sequence["ReasonLine"]]


class ReasonLine(NamedTuple):
    """A reason that was given with an outcome: how often, and what the share of real needs would be without those."""

    name: str
    alerts: int
    without: str


class RuleView(NamedTuple):
    """A rule as the list shows it."""

    rule: str
    name: str
    meaning: str
    mode: str
    mode_name: str
    is_set_here: bool
    settings: tuple[Field, ...]
    told: str
    picture: str
    precision: PrecisionView


class ChangeView(NamedTuple):
    """One setting in the history of a rule."""

    when: str
    who: str
    what: str
    reason: str


def is_rule(name: str) -> bool:
    """Tell whether there is a rule or a detector of that name."""
    return name in EVERY or name in DOMAIN_OF


def sees_rules(organisations: Sequence[registry.reads.SeenOrganisation]) -> bool:
    """Tell whether somebody with these organisations sees what rules are set to."""
    return any(SEEING & set(each.roles) for each in organisations)


def places(view: View) -> list[Place]:
    """Return where the viewer sees what rules are set to: organisations from the top down, then homes by name."""
    organisations = [each for each in registry.reads.seen_organisations(view) if SEEING & set(each.roles)]
    homes = {home.home_id: home for home in registry.reads.seen_homes(view, cared=True)}
    seen = {each.organisation_id: each for each in organisations}

    def path(organisation_id: int) -> list[int]:
        found = [organisation_id]
        while (parent := seen[found[0]].parent_id) in seen:
            found.insert(0, parent)
        return found

    ordered = sorted(organisations, key=lambda each: [seen[step].name for step in path(each.organisation_id)])
    found = [
        Place(
            f"o-{each.key}",
            each.name,
            Scope(each.organisation_id),
            {
                home_id: home
                for home_id, home in homes.items()
                if home.organisation_id in seen and each.organisation_id in path(home.organisation_id)
            },
            SETTING in each.roles,
        )
        for each in ordered
    ]
    of_homes = sorted((home for home in homes.values() if home.organisation_id in seen), key=lambda home: home.name)
    return found + [
        Place(
            f"h-{home.public_id}",
            home.name,
            Scope(home.organisation_id, home.home_id),
            {home.home_id: home},
            SETTING in seen[home.organisation_id].roles,
        )
        for home in of_homes
    ]


def kinds_of(rule: str) -> Collection[str]:
    """Return the kinds of findings that a rule or detector raises."""
    if rule == CHANGES:
        return DOMAIN_OF
    return RULES[rule].kinds if rule in RULES else (rule,)


def standing_in(holding: Mapping[str, Standing], rule: str) -> Standing:
    """Return what a rule is set to; a figure of which nothing was set is told as all changes are."""
    if rule in holding:
        return holding[rule]
    return default(rule)._replace(mode=holding[CHANGES].mode) if rule in DOMAIN_OF else default(rule)


def load(view: View, place: Place, rules: Sequence[str], now: datetime, words: Words) -> list[RuleView]:
    """Return what some rules are set to at a place, what they told lately, and how often they were right."""
    holding = reads.rules_at(view, place.scope)
    days = days_before(now, place)
    homes = list(place.homes)
    since, until = now - timedelta(days=DAYS + 2), now
    told: dict[str, Counter[date]] = {}
    kinds = {kind for rule in rules for kind in kinds_of(rule)}
    for row in reads.told_since(view, kinds, since, until, homes):
        day = day_of(row["started_at"], place.homes[row["home_id"]].zone)
        for rule in {rule_of(row["kind"]), *([CHANGES] if row["kind"] in DOMAIN_OF else [])}:
            told.setdefault(rule, Counter())[day] += 1
    right: dict[str, Counts] = {}
    for one in analytics.feedback.reads.precision(view, now - YEAR, now + timedelta(days=1), homes):
        for rule in {rule_of(one.kind), *([CHANGES] if one.kind in DOMAIN_OF else [])}:
            right[rule] = right.get(rule, Counts()).plus(one.counts)
    given: dict[str, list[Because]] = {}
    for each in analytics.feedback.reads.reasons(view, now - YEAR, now + timedelta(days=1), homes):
        for rule in {rule_of(each.kind), *([CHANGES] if each.kind in DOMAIN_OF else [])}:
            given.setdefault(rule, []).append(each)
    return [
        _rule(
            rule,
            holding,
            [told.get(rule, Counter())[day] for day in days],
            days,
            precision_view(right.get(rule, Counts()), given.get(rule, []), words),
            words,
        )
        for rule in rules
    ]


def days_before(now: datetime, place: Place) -> list[date]:
    """Return the local days that are looked back on, up to yesterday."""
    zone = next((home.zone for home in place.homes.values()), None)
    today = now.date() if zone is None else day_of(now, zone)
    return [today - timedelta(days=ago) for ago in reversed(range(1, DAYS + 1))]


def _rule(
    rule: str, holding: Holding, counts: Sequence[int], days: Sequence[date], right: PrecisionView, words: Words
) -> RuleView:
    standing = standing_in(holding.here, rule)
    name = rule_words.name(rule, words)
    return RuleView(
        rule,
        name,
        rule_words.meaning(rule, words),
        str(standing.mode),
        words.say(rule_words.MODES[standing.mode]),
        rule in holding.set_here,
        tuple(fields(rule, standing.settings, words)),
        times(sum(counts), words),
        picture(f"told-{rule}", name, counts, days, words),
        right,
    )


def picture(identity: str, name: str, counts: Sequence[int], days: Sequence[date], words: Words, top: int = 0) -> str:
    """Return how often something was told on each day as a picture that says the same in words."""
    on_days = [f"{words.short_day(day)}: {count}" for day, count in zip(days, counts, strict=True) if count]
    return counts_picture(
        identity,
        counts,
        (words.short_day(days[0]), words.short_day(days[-1])),
        title=f"{name}: {times(sum(counts), words)}",
        description=", ".join(on_days) or words.translations.gettext("On no day."),
        ceiling=top,
    )


def times(count: int, words: Words) -> str:
    """Return how often something was told in the days that are looked back on."""
    text = words.translations.ngettext(
        "told %(count)s time in 60 days", "told %(count)s times in 60 days", count
    )  # fmt: skip
    return text % {"count": words.number(count, 0)}


def precision_view(counts: Counts, given: Sequence[Because], words: Words) -> PrecisionView:
    """Return how often something was right, in words, and for which reasons it ended as it did."""
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    share, interval = counts.precision, counts.interval
    if share is None or interval is None:
        return PrecisionView(
            gettext("No alert of this kind has been judged yet."), counts, _reasons(counts, given, words)
        )
    right = ngettext(
        "A real need in %(true)s of %(count)s alert that was judged",
        "A real need in %(true)s of %(count)s alerts that were judged",
        counts.decided,
    ) % {"true": counts.true, "count": counts.decided}
    sure = gettext("by chance between %(low)s and %(high)s") % {
        "low": words.percent(interval[0]),
        "high": words.percent(interval[1]),
    }
    return PrecisionView(f"{right}: {words.percent(share)} ({sure}).", counts, _reasons(counts, given, words))


def _reasons(counts: Counts, given: Sequence[Because], words: Words) -> dict[Judgement, list[ReasonLine]]:
    found: dict[Judgement, list[ReasonLine]] = {}
    for one in shares(counts, given):
        name = words.say(LABELS[Reason(one.reason)]) if one.reason in set(Reason) else one.reason
        without = one.precision_without if one.judgement is Judgement.FALSE else None
        said = (
            ""
            if without is None
            else words.translations.gettext("without these %(share)s a real need") % {"share": words.percent(without)}
        )
        found.setdefault(one.judgement, []).append(ReasonLine(name, one.alerts, said))
    return found


def figures(words: Words, holding: Holding) -> list[tuple[str, str, str]]:
    """Return the single figures of which changes are told, with name and state, in the order of the parts of life."""
    return [
        (kind, rule_words.name(kind, words), words.say(rule_words.MODES[standing_in(holding.here, kind).mode]))
        for kinds in DOMAINS.values()
        for kind in kinds
    ]


def history(view: View, place: Place, rule: str, now: datetime, words: Words) -> list[ChangeView]:
    """Return what was set of a rule at a place: when, by whom, to what, why."""
    zone = next((home.zone for home in place.homes.values()), None)
    return [
        ChangeView(
            words.moment(one.at, zone, now) if zone else words.day(one.at.date()),
            one.account_name or words.translations.gettext("by command"),
            ", ".join(_said(rule, one, words)),
            one.reason,
        )
        for one in reads.history(view, place.scope, rule)
    ]


def _said(rule: str, change: Change, words: Words) -> list[str]:
    mode = [words.say(rule_words.MODES[change.setting.mode])] if change.setting.mode else []
    try:
        settings = with_fields(rule, default(rule).settings, change.setting.fields)
    except VicinoError:  # what was set once and does not fit any more
        return mode
    changed = [each for each in fields(rule, settings, words) if each.name.partition(".")[0] in change.setting.fields]
    return [*mode, *(in_words(each) for each in changed if each.shown)] or [words.say(NEVER_SET)]


def in_words(field: Field) -> str:
    """Return a setting with its value."""
    return f"{field.label}: {field.shown}"


def place_of(every: Sequence[Place], value: str) -> Place | None:
    """Return the place that is asked for, the first where none is; None where there is no such place."""
    if not value:
        return every[0] if every else None
    return next((place for place in every if place.value == value), None)


def place_at(every: Sequence[Place], scope: Scope) -> Place | None:
    """Return the place of a scope, None where the viewer does not see it."""
    return next((place for place in every if place.scope == scope), None)


def mode_choices(standing: Standing, words: Words) -> list[tuple[str, str, str, bool]]:
    """Return what a rule may be set to: value, name, hint, whether it is so now."""
    return [
        (str(mode), words.say(rule_words.MODES[mode]), words.say(rule_words.MODE_HINTS[mode]), mode is standing.mode)
        for mode in Mode
    ]
