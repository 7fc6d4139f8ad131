"""Policies as they are shown: what holds where, its steps over time, and what a draft would have come to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

import registry.reads
from alerts.channels.names import name_of
from alerts.drafts.draft import Moment
from alerts.drafts.reads import Choices, Draft, Held, Tried, Version, fitting, names, tried
from alerts.lifecycle import Family
from alerts.policies.plan import Plan, wait_after
from alerts.policy import Rules, standard
from alerts.wording import TITLES, TRIAL, title
from core.database import View
from dashboards.policies.words import after, besides, family_name, spell, told
from dashboards.watch import ROME
from dashboards.wording import Words

SEEING, DECIDING = {"operator", "coordinator"}, "coordinator"
LISTED, NAMED = 50, 12


class Place(NamedTuple):
    """An organisation of which the viewer sees the policies; `may_decide` them or not."""

    key: str
    name: str
    organisation_id: int
    may_decide: bool


class Point(NamedTuple):
    """A point of time in a policy: when, from the opening of the alert; who is told; what else is to be said of it.

    `is_last` is where nobody has taken charge.
    """

    when: str
    who: str
    how: str
    is_last: bool


class Shown(NamedTuple):
    """A policy in the list: of which alerts, whose it is, what it does; `is_own` of the place or of one above."""

    family: Family
    kind: str
    of: str
    whose: str
    is_own: bool
    points: tuple[Point, ...]
    besides: tuple[str, ...]


class Change(NamedTuple):
    """A version in the history of a policy; `holds` now or not."""

    version: int
    when: str
    who: str
    reason: str
    ended: str
    holds: bool


class Side(NamedTuple):
    """What one of two policies would have come to."""

    title: str
    facts: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, int], ...]
    more_people: int


class Line(NamedTuple):
    """One alert on which a draft was tried, where it makes a difference."""

    path: str
    when: str
    what: str
    home: str
    as_set: tuple[str, ...]
    as_wished: tuple[str, ...]


class Comparison(NamedTuple):
    """A draft beside what holds: both sides, the alerts that it makes a difference to, and how many it does not."""

    sides: tuple[Side, Side]
    lines: tuple[Line, ...]
    unlisted: int
    alike: int
    alerts: int


def places(view: View) -> list[Place]:
    """Return the organisations of which the viewer sees the policies, by name, those they decide for first."""
    found = [
        Place(each.key, each.name, each.organisation_id, DECIDING in each.roles)
        for each in registry.reads.seen_organisations(view)
        if SEEING & set(each.roles)
    ]
    return sorted(found, key=lambda each: (not each.may_decide, each.name))


def place_of(every: Sequence[Place], key: str) -> Place | None:
    """Return the place that is asked for, the first where none is."""
    return next((each for each in every if key in ("", each.key)), None)


def holding(held: Sequence[Held], family: Family, kind: str) -> Plan:
    """Return the plan that counts for a family or a kind of it, the standard one where nobody has decided."""
    found = fitting(held, family, kind)
    return found.plan if found else standard(family, Rules())


def shown(held: Sequence[Held], choices: Choices, words: Words) -> list[Shown]:
    """Return what holds at a place: for each family, and for each kind that something else counts for."""
    rows = []
    for family in Family:
        general = fitting(held, family)
        kinds = sorted({one.kind for one in held if one.family is family and one.kind})
        own = [kind for kind in kinds if fitting(held, family, kind) != general]
        rows += [_shown(family, kind, fitting(held, family, kind), choices, words) for kind in ("", *own)]
    return rows


def _shown(family: Family, kind: str, found: Held | None, choices: Choices, words: Words) -> Shown:
    plan = found.plan if found else standard(family, Rules())
    return Shown(
        family,
        kind,
        family_name(family, kind, words),
        whose(found, words),
        found is not None and found.is_own,
        tuple(points(plan, family, choices, words)),
        tuple(besides(plan, family, words)),
    )


def whose(found: Held | None, words: Words) -> str:
    """Return who has decided a policy."""
    gettext = words.translations.gettext
    if found is None:
        return gettext("as it is delivered: nobody has decided another one")
    if found.is_own:
        return gettext("decided here, version %(version)d") % {"version": found.version}
    return gettext("decided above, by %(organisation)s") % {"organisation": found.organisation}


def points(plan: Plan, family: Family, choices: Choices, words: Words) -> Iterator[Point]:
    """Yield the steps of a policy over time, of an alert that nobody takes."""
    gettext = words.translations.gettext
    at, number = plan.steps[0].after if plan.steps else 0, 0
    for index, step in enumerate(plan.steps):
        how = [
            gettext("by %(channels)s") % {"channels": ", ".join(name_of(one, words.language) for one in step.channels)}
        ]
        again = gettext("%(count)d times, every %(every)s") % {
            "count": step.times, "every": spell(step.every, words),
        }  # fmt: skip
        said = [*(how if step.channels else []), *([again] if step.times > 1 else [])]
        when = after(at, words)
        if plan.told_at and family is not Family.SAFETY and index == 0:
            when = gettext("at %(time)s") % {"time": plan.told_at}
        yield Point(when, told(step.tell, choices, words), ", ".join(said), False)
        at, number = at + (step.times - 1) * step.every, number + step.times
        at += wait_after(plan, number - 1)
    last = plan.last_resort
    if not last.tell:
        yield Point(after(at, words), gettext("nobody more: the board says that nobody took charge"), "", True)
        return
    again = gettext("every %(every)s until somebody takes charge") % {"every": spell(last.every, words)}
    yield Point(
        after(at, words),
        gettext("nobody took charge: %(who)s, on or off duty") % {"who": told(last.tell, choices, words)},
        again if family is Family.SAFETY else "",
        True,
    )


def kinds(family: Family, words: Words) -> list[tuple[str, str]]:
    """Return the kinds of alerts that can have a policy of their own, with their names, by name."""
    found = {
        kind: title(kind, family, words.language)
        for kind in TITLES
        if kind != TRIAL and FAMILY_OF.get(kind, Family.WELLBEING) is family
    }
    return sorted(found.items(), key=lambda each: each[1])


FAMILY_OF: Mapping[str, Family] = {
    **dict.fromkeys(("sos_button", "smoke", "gas", "carbon_monoxide", "water_leak", "fall"), Family.SAFETY),
    **dict.fromkeys(
        (
            "silent_home", "silent_sensor", "gateway_silence", "gateway_trouble", "device_silence", "weak_link",
            "flood", "no_test_alarm",
        ),
        Family.TECHNICAL,
    ),
}  # fmt: skip


def changes(history: Sequence[Version], now: datetime, words: Words) -> list[Change]:
    """Return the versions of a policy, the latest first, as they are listed."""
    by_file = words.translations.gettext("by a file")
    ended = words.translations.gettext("Ended %(time)s, %(who)s: %(reason)s")
    return [
        Change(
            one.version,
            words.moment(one.since, ROME, now),
            one.set_by_name or by_file,
            one.reason,
            ended % {"time": words.moment(one.until, ROME, now), "who": one.ended_by_name, "reason": one.ended_reason}
            if one.until is not None and one.ended_by_name
            else "",
            one.until is None,
        )
        for one in history
    ]


def compared(view: View, draft: Draft, words: Words, now: datetime) -> Comparison:
    """Return what a draft would have come to, beside what holds."""
    gettext = words.translations.gettext
    found, who = tried(view, draft), names(view, draft)
    homes = registry.reads.seen_homes_of(view, {each.home_id for each in found}) if found else {}
    different = [each for each in found if each.as_set != each.as_wished]
    lines = []
    for each in different[:LISTED]:
        home = homes.get(each.home_id)
        lines.append(
            Line(
                f"/alerts/{each.public_id}",
                words.moment(each.opened_at, home.zone if home else ROME, now),
                title(each.kind, each.family, words.language),
                home.name if home else "",
                tuple(_moment(one, who, words) for one in each.as_set),
                tuple(_moment(one, who, words) for one in each.as_wished),
            )
        )
    return Comparison(
        (
            _side(gettext("As it is now"), found, [each.as_set for each in found], who, words),
            _side(gettext("With the draft"), found, [each.as_wished for each in found], who, words),
        ),
        tuple(lines),
        len(different) - len(lines),
        len(found) - len(different),
        len(found),
    )


def _side(
    name: str, found: Sequence[Tried], every: Sequence[Sequence[Moment]], who: Mapping[int, str], words: Words
) -> Side:
    gettext = words.translations.gettext
    of_people = Counter(account for moments in every for moment in moments for account in moment.accounts)
    contacts = sum(moment.contacts for moments in every for moment in moments)
    first = [
        next(moment.after for moment in moments if moment.accounts or moment.contacts)
        for moments in every
        if any(moment.accounts or moment.contacts for moment in moments)
    ]
    unanswered = sum(any(moment.unanswered for moment in moments) for moments in every)
    facts = (
        (gettext("Messages to colleagues"), words.number(of_people.total(), 0)),
        (gettext("Messages to families and contacts"), words.number(contacts, 0)),
        (
            gettext("Alerts of which somebody was told"),
            f"{words.number(len(first), 0)} / {words.number(len(found), 0)}",
        ),
        (gettext("First told, in the middle"), after(round(median(first)), words) if first else "-"),
        (gettext("Alerts that came to “nobody took charge”"), words.number(unanswered, 0)),
    )
    people = [(who.get(account, "?"), count) for account, count in of_people.most_common()]
    return Side(name, facts, tuple(people[:NAMED]), max(0, len(people) - NAMED))


def _moment(moment: Moment, who: Mapping[int, str], words: Words) -> str:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    people = [who.get(account, "?") for account in moment.accounts]
    if moment.contacts:
        people.append(ngettext("%(count)d contact", "%(count)d contacts", moment.contacts) % {"count": moment.contacts})
    said = ", ".join(people) or gettext("nobody: it stands on the board")
    if moment.unanswered:
        said = gettext("nobody took charge: %(who)s") % {"who": said}
    if moment.passed_over:
        passed = ngettext("%(count)d step reached nobody", "%(count)d steps reached nobody", moment.passed_over)
        said = f"{said} ({passed % {'count': moment.passed_over}})"
    return f"{after(moment.after, words)}: {said}"
