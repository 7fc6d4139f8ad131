"""Who may see what of a person, who has looked, and how long nothing is looked at: for the person and for staff."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from core.database import View
from core.localtime import day_of, local_instant
from core.translation import mark
from dashboards.reads import Look, looks
from dashboards.wording import Words
from registry.agreement import BASES, NAMES, PLAIN, PURPOSES, Basis, Capacity, Data, Purpose
from registry.closeness import Decided
from registry.hours import Hours

LOOKED_BACK = timedelta(days=30)
# What hours can be chosen with one touch; others stay as they were agreed.
PRESETS = (Hours(), Hours(420, 1260), Hours(480, 1200), Hours(1200, 480))
# How long a pause lasts, by what is touched; None until it is ended.
LENGTHS: Mapping[str, str] = {
    "hour": mark("For 1 hour"),
    "three": mark("For 3 hours"),
    "morning": mark("Till 8 tomorrow"),
    "open": mark("Till I end it"),
}
MORNING = time(8)
OWN_COPY = "/sharing/{public_id}/copy"
PAGES: Mapping[str, str] = {
    "/": mark("the list of all homes"),
    "/board": mark("the list of all homes"),
    "/alerts": mark("the list of alerts"),
    "/family": mark("the page of the family"),
    "/sharing": mark("this page"),
    OWN_COPY: mark("a copy of all that is held about you"),
    "/persons": mark("the page about you"),
    "/contexts": mark("what is going on at your home"),
    "/install": mark("the sensors in your home"),
    "/rejects": mark("what the sensors of your home sent"),
    "/batteries": mark("the round for batteries"),
    "/rules": mark("the rules of alerts"),
    "/tasks": mark("a task for volunteers"),
    "/shift": mark("the hand-over of a shift"),
    "/r": mark("the link of a message"),
    "/invite": mark("an invitation"),
    "/api": mark("through a program"),
}
CAPACITIES: Mapping[Capacity, str] = {
    Capacity.FAMILY: mark("family"),
    Capacity.DELEGATE: mark("decides for you"),
    Capacity.SELF: mark("you"),
}


class ShareRow(NamedTuple):
    """One kind of data and in which hours a contact may see it; `value` is what the form sends, "no" for never."""

    data: str
    name: str
    value: str
    said: str
    choices: tuple[tuple[str, str], ...]


class Recipient(NamedTuple):
    """A contact and what it may see."""

    key: str
    name: str
    relation: str
    account: str
    rows: tuple[ShareRow, ...]

    @property
    def shown(self) -> list[ShareRow]:
        """The kinds of data that it may see."""
        return [row for row in self.rows if row.value != "no"]


class PurposeRow(NamedTuple):
    """A purpose, on what it rests ("": nothing), until when, and what was withdrawn of it last."""

    purpose: str
    name: str
    rests_on: str
    note: str
    withdrawn: str


class LookRow(NamedTuple):
    """Somebody who looked on a day: who, as what, how often, when last, and at which pages."""

    who: str
    of: str
    times: int
    last: str
    pages: str


class Shown(NamedTuple):
    """All of it. `paused` is a sentence, "" where there is no pause; `looks` are by day, the latest first."""

    person: Decided
    is_plain: bool
    paused: str
    can_resume: bool
    recipients: tuple[Recipient, ...]
    purposes: tuple[PurposeRow, ...]
    looks: tuple[tuple[str, tuple[LookRow, ...]], ...]


def load(view: View, person: Decided, now: datetime, words: Words) -> Shown:
    """Return what the page shows of a person about whom the viewer decides."""
    rests = person.resting(now)
    is_plain = person.capacity is Capacity.SELF
    names = PLAIN if is_plain else NAMES
    return Shown(
        person,
        person.capacity is not None,
        _paused(person, now, words),
        rests is not None and rests.reason == "pause",
        tuple(
            Recipient(
                one.key, one.name, one.relation, one.account,
                tuple(_share(kind, one.shares.get(kind), names, words) for kind in Data),
            )
            for one in person.recipients
        ),
        tuple(_purpose(person, purpose, now, words) for purpose in Purpose),
        _by_day(looks(view, UUID(person.public_id), now - LOOKED_BACK, now), person, words),
    )  # fmt: skip


def pause_end(length: str, person: Decided, now: datetime) -> datetime | None:
    """Return when a pause ends that is asked for now; None where it is ended by hand. Raises `KeyError`."""
    morning = local_instant(day_of(now, person.zone) + timedelta(days=1), MORNING, person.zone)
    ends = {"hour": now + timedelta(hours=1), "three": now + timedelta(hours=3), "morning": morning, "open": None}
    return ends[length]


def hours_of(value: str) -> Hours | None:
    """Return the hours of a choice of the form; None for never. Raises `ValueError`."""
    if value == "no":
        return None
    return Hours() if value == "always" else Hours.parse(value)


def value_of(hours: Hours | None) -> str:
    """Return hours as a choice of the form."""
    if hours is None:
        return "no"
    return "always" if hours.is_always else str(hours)


def _paused(person: Decided, now: datetime, words: Words) -> str:
    rests, gettext = person.resting(now), words.translations.gettext
    if rests is None:
        return ""
    since = {"since": words.moment(rests.started_at, person.zone, now)}
    if rests.reason != "pause":
        return gettext("Nothing is looked at since %(since)s: no basis of care holds any more.") % since
    if rests.ended_at is None:
        return gettext("Paused since %(since)s, until it is ended.") % since
    until = {"until": words.moment(rests.ended_at, person.zone, now)}
    return gettext("Paused since %(since)s, until: %(until)s.") % (since | until)


def _share(kind: Data, hours: Hours | None, names: Mapping[Data, str], words: Words) -> ShareRow:
    presets = [*PRESETS, *([hours] if hours is not None and hours not in PRESETS else [])]
    choices = [("no", words.translations.gettext("no"))]
    choices += [(value_of(one), _hours(one, words)) for one in presets]
    said = words.translations.gettext("no") if hours is None else _hours(hours, words)
    return ShareRow(kind.value, words.say(names[kind]), value_of(hours), said, tuple(choices))


def _hours(hours: Hours, words: Words) -> str:
    return words.translations.gettext("all day") if hours.is_always else str(hours)


def _purpose(person: Decided, purpose: Purpose, now: datetime, words: Words) -> PurposeRow:
    gettext = words.translations.gettext
    basis = person.basis(purpose, now)
    rests_on, note = "", ""
    if basis is not None:
        rests_on = words.say(BASES[Basis(basis.basis)])
        if basis.valid_until is not None:
            until = words.moment(basis.valid_until, person.zone, now)
            rests_on = gettext("%(basis)s, until %(until)s") % {"basis": rests_on, "until": until}
        note = basis.note
    ended = [one for one in person.bases if one.purpose is purpose and one.withdrawn_at is not None]
    withdrawn = ""
    if basis is None and ended:
        last = max(ended, key=lambda one: one.withdrawn_at or now)
        when = words.moment(last.withdrawn_at or now, person.zone, now)
        withdrawn = gettext("Taken back %(when)s: %(who)s") % {"when": when, "who": last.withdrawn_by}
    return PurposeRow(purpose.value, words.say(PURPOSES[purpose]), rests_on, note, withdrawn)


def _by_day(found: Sequence[Look], person: Decided, words: Words) -> tuple[tuple[str, tuple[LookRow, ...]], ...]:
    days: dict[date, dict[tuple[str, str], list[Look]]] = defaultdict(lambda: defaultdict(list))
    for look in found:
        if look.is_viewer and person.capacity is Capacity.SELF:
            continue  # that one looked at one's own page is no news
        days[day_of(look.at, person.zone)][look.name, _of(look, words)].append(look)
    return tuple(
        (words.day(day), tuple(_look(who, of, theirs, person, words) for (who, of), theirs in people.items()))
        for day, people in days.items()
    )


def _of(look: Look, words: Words) -> str:
    if look.capacity:
        return words.say(CAPACITIES[Capacity(look.capacity)])
    return look.organisation


def _look(who: str, of: str, theirs: Sequence[Look], person: Decided, words: Words) -> LookRow:
    pages = dict.fromkeys(words.say(page_of(look.route)) for look in theirs)
    return LookRow(who, of, len(theirs), words.clock(theirs[0].at, person.zone), ", ".join(pages))


def page_of(route: str) -> str:
    """Return the name of a kind of page, to be put into a language."""
    if route in PAGES:
        return PAGES[route]
    if route.endswith("/contexts"):
        return PAGES["/contexts"]
    if route.startswith("/alerts/"):
        return mark("an alert about you")
    first = "/" + route.removeprefix("/").partition("/")[0]
    return PAGES.get(first, mark("your data"))
