"""What somebody of the family sees of a person: one sentence, one picture, and never more than is shared at that hour.

What is not known is said as such: without data, in a pause, while still learning, nothing is ever "as usual".
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import alerts.reads
import analytics.reads
import ingest.reads
import registry.reads
from alerts.lifecycle import State as AlertState
from alerts.reads import SharedAlert
from analytics.wellbeing.state import State
from core.database import View
from core.localtime import day_of, local_day
from core.translation import mark
from dashboards.concern import Blindness, Concern, Limits, Reason, Sight, Verdict, blindness, judge
from dashboards.pictures.hours import Hour, hours_picture
from dashboards.pictures.states import Column
from dashboards.pictures.week import week_picture
from dashboards.reads import MOVEMENT, WATCHING
from dashboards.wellbeing import TONES
from dashboards.wording import Words
from registry.agreement import NAMES, OF_WELLBEING, Capacity, Data
from registry.closeness import Close
from registry.hours import Hours

Row = Mapping[str, Any]
WEEK = 7
LOOKED_BACK = timedelta(hours=36)  # a night's sleep, and the day before it
UP_AFTER = timedelta(minutes=15)
TOLD_FOR = timedelta(days=2)  # for how long an alert that is over is still shown
COVERAGE_DAYS = 2

PAUSED = mark(
    "Paused since %(since)s. Meanwhile nothing is looked at and nothing is recorded: we do not know how it is going."
)
PAUSED_UNTIL = mark("Planned until %(until)s.")
HELP_GOES_ON = mark("Calls for help, smoke, gas and water go on reaching the service.")
NO_BASIS = mark("Nothing is looked at since %(since)s: there is no agreement for it any more.")
NOT_SHARED = mark("At present nothing about %(name)s is shared with you. That is for %(name)s to decide.")
NOT_NOW = mark("Nothing about %(name)s is shared with you at this hour.")
HELP = mark("Somebody may need help. The service has been told.")
ODD = mark("Today is not quite like other days. The service knows.")
USUAL = mark("Today as usual.")
SO_FAR = mark("Nothing out of the ordinary so far.")
BLIND = mark("We cannot see right now how it is going. That does not mean that something has happened.")
CALL = mark("If you are worried, call.")
UNSEEN: Mapping[Blindness, str] = {
    Blindness.LEARNING: mark("We are still getting to know what is usual. We cannot say yet how the day goes."),
    Blindness.CONTEXT: mark("Something is going on that makes these days unlike others: they cannot be compared."),
    Blindness.LOW_COVERAGE: mark("Too little has been seen to say how the day goes."),
    Blindness.STILL: mark("Nobody has been seen moving for quite some time: out, or resting, we cannot tell."),
}
OFFLINE = mark("The home has not been heard since %(since)s: a call for help might not get through either.")
NEVER_HEARD = mark("The home has never been heard: a call for help would not get through.")
UP = mark("Up at %(time)s.")
WENT_TO_BED = mark("Went to bed at %(time)s.")
MOVED = mark("Last movement %(when)s.")
MOVED_WHERE = mark("Last movement %(when)s %(where)s.")
NOT_MOVED = mark("No movement has been seen since %(since)s: out, asleep or not seen, we cannot tell.")
OUT = mark("Out today for %(long)s.")
NOT_OUT = mark("Not out today, as far as we can see.")
NO_CALL = mark("No call for help is open.")
# The states of a day in the words of a family.
DAYS: Mapping[Concern, str] = {
    Concern.USUAL: mark("as usual"),
    Concern.LOOK: mark("not quite as usual"),
    Concern.ACT: mark("out of the ordinary"),
    Concern.UNKNOWN: mark("not known"),
}


class AlertLine(NamedTuple):
    """An alert in the words of the family: what, when, and how it stands."""

    public_id: UUID
    title: str
    when: str
    stands: str
    concern: Concern
    is_open: bool


class Agreed(NamedTuple):
    """What is shared, and in which hours ("" for always); `now`: in these."""

    name: str
    hours: str
    now: bool


class PersonView(NamedTuple):
    """One person as somebody of the family sees them.

    `tone` is None where nothing is said about the day: then it is no colour's to tell; in a pause it is there only
    where a call for help waits. `table` is what stands behind the picture.
    """

    public_id: str
    name: str
    capacity: Capacity
    tone: Concern | None
    is_paused: bool
    sentence: str
    more: tuple[str, ...]
    picture: str
    picture_title: str
    table: tuple[tuple[str, str], ...]
    alerts: tuple[AlertLine, ...]
    shows_alerts: bool
    agreed: tuple[Agreed, ...]
    organisation: str
    phone: str

    @property
    def spoken(self) -> str:
        """What is read out when it changes: the sentence, and in a pause in which help is called for the pause too."""
        calls = self.is_paused and self.tone is not None
        return " ".join((self.sentence, *(self.more[:1] if calls else ())))


class Known(NamedTuple):
    """All that is shared of one person at an instant."""

    person: Close
    kinds: frozenset[Data]
    agreed: Mapping[Data, Hours]
    days: Sequence[Row]
    sight: Row | None
    signs: Sequence[Row]
    gateways: Sequence[Row]
    sleep: Row | None
    outings: Sequence[Row]
    alerts: Sequence[SharedAlert]
    reasons: Sequence[Row]

    @property
    def open_alerts(self) -> list[SharedAlert]:
        """The alerts that are not over."""
        return [one for one in self.alerts if one.state is not AlertState.RESOLVED]

    @property
    def calls_for_help(self) -> bool:
        """Whether a safety alert that is shared is not over."""
        return any(one.family == "safety" for one in self.open_alerts)


def load(view: View, now: datetime, words: Words, limits: Limits) -> list[PersonView]:
    """Return what the viewer may see of the persons to whom they are close as family or as a delegate."""
    close = [one for one in registry.reads.close_persons(view, now) if one.capacity is not Capacity.SELF]
    if not close:
        return []
    view.listed.update(one.person_id for one in close)
    kinds = registry.reads.shared_now(view, now)
    agreed = registry.reads.agreed(view, now)
    since = now - LOOKED_BACK
    days = analytics.reads.shared_days(view, now, now.date() - timedelta(days=WEEK + 1))
    sights = analytics.reads.shared_sight(view, now, now.date() - timedelta(days=COVERAGE_DAYS))
    signs = ingest.reads.shared_signs(view, now, since, MOVEMENT, WATCHING)
    gateways = ingest.reads.shared_gateways(view, now)
    sleep = analytics.reads.shared_sleep(view, now, since)
    outings = analytics.reads.shared_outings(view, now, since)
    told = alerts.reads.shared_alerts(view, now, now - TOLD_FOR)
    reasons = alerts.reads.shared_reasons(view, now)

    def of(rows: Sequence[Row], person: Close) -> list[Row]:
        return [row for row in rows if row["person_id"] == person.person_id]

    return [
        person_view(
            Known(
                one,
                kinds.get(one.person_id, frozenset()),
                agreed.get(one.person_id, {}),
                of(days, one),
                next(iter(of(sights, one)), None),
                of(signs, one),
                of(gateways, one),
                next(iter(of(sleep, one)), None),
                of(outings, one),
                [alert for alert in told if alert.person_id == one.person_id],
                of(reasons, one),
            ),
            now,
            words,
            limits,
        )
        for one in close
    ]


def person_view(known: Known, now: datetime, words: Words, limits: Limits) -> PersonView:
    """Return one person as the family sees them."""
    person, kinds = known.person, known.kinds
    verdict = judge(_reasons(known), sight_of(known), now, limits) if Data.DAY in kinds else None
    paused = person.unwatched_since is not None
    tone = None if verdict is None else verdict.concern
    if paused:
        tone = Concern.ACT if known.calls_for_help else None
    sentence, more = _said(known, verdict, now, words, limits)
    picture, title, table = ("", "", ()) if paused else _picture(known, now, words)
    shown = [_alert(one, known, now, words) for one in known.alerts]
    return PersonView(
        person.public_id,
        person.name,
        person.capacity,
        tone,
        paused,
        sentence,
        tuple(more),
        picture,
        title,
        tuple(table),
        tuple(shown),
        bool(kinds & {Data.SAFETY, Data.WELLBEING, Data.TECHNICAL}),
        tuple(Agreed(words.say(NAMES[kind]), str(hours), kind in kinds) for kind, hours in _ordered(known.agreed)),
        person.organisation,
        person.organisation_phone,
    )


def sight_of(known: Known) -> Sight:
    """Return how well the home can be seen, of what is shared of it."""
    heard = [one["received_at"] for one in known.gateways]
    away = [one["changed_at"] for one in known.gateways if not one["online"] and one["changed_at"]]
    return Sight(
        gateways=len(known.gateways),
        online=all(one["online"] for one in known.gateways),
        changed_at=min(away, default=None),
        heard_at=None if None in heard else min(heard, default=None),
        reading_at=_last(known.signs, "reading_at"),
        moved_at=_last(known.signs, "moved_at"),
        coverage=known.sight["coverage"] if known.sight else None,
        zone=known.person.zone,
        context_since=known.sight["context_since"] if known.sight else None,
        paused_since=known.person.unwatched_since,
    )


def _reasons(known: Known) -> list[Reason]:
    return [
        Reason(row["public_id"], row["family"], row["severity"], row["opened_at"], row["in_charge"])
        for row in known.reasons
    ]


def _last(rows: Sequence[Row], name: str) -> datetime | None:
    return max((row[name] for row in rows if row[name] is not None), default=None)


def _said(known: Known, verdict: Verdict | None, now: datetime, words: Words, limits: Limits) -> tuple[str, list[str]]:
    """Return the one sentence, and what follows it."""
    nothing = _nothing(known, now, words, limits)
    if nothing is not None:
        return nothing
    facts = [*_facts(known, now, words), *_unheard(known, now, words, limits)]
    if verdict is not None:
        worried = verdict.concern is Concern.UNKNOWN and verdict.blindness is not Blindness.LEARNING
        return _about_the_day(known, verdict, now, words), [*facts, *([words.say(CALL)] if worried else [])]
    if known.calls_for_help:
        facts.insert(0, words.say(HELP))
    elif not facts and Data.SAFETY in known.kinds:
        facts = [words.say(NO_CALL)]
    return (facts[0], facts[1:]) if facts else ("", [])


def _nothing(known: Known, now: datetime, words: Words, limits: Limits) -> tuple[str, list[str]] | None:
    """Return why nothing is said of a person, and what follows; None where something is."""
    person, say = known.person, words.say
    called = {"name": person.name}
    if not known.agreed:
        return say(NOT_SHARED) % called, []
    if person.unwatched_since is not None and known.agreed.keys() & OF_WELLBEING:
        since = {"since": words.moment(person.unwatched_since, person.zone, now)}
        paused, more = say(NO_BASIS) % since, _help_in_a_pause(known, now, words, limits)
        if person.reason == "pause":
            paused = say(PAUSED) % since
            if person.until is not None:
                more.insert(0, say(PAUSED_UNTIL) % {"until": words.moment(person.until, person.zone, now)})
        return (say(HELP), [paused, *more]) if known.calls_for_help else (paused, more)
    return (say(NOT_NOW) % called, []) if not known.kinds else None


def _help_in_a_pause(known: Known, now: datetime, words: Words, limits: Limits) -> list[str]:
    """Return whether calls for help get through, as far as it is known."""
    if not known.kinds:  # whether the home is heard is told only while something of it is shared
        return []
    return _unheard(known, now, words, limits) or [words.say(HELP_GOES_ON)]


def _about_the_day(known: Known, verdict: Verdict, now: datetime, words: Words) -> str:
    if verdict.concern is Concern.ACT:
        return words.say(HELP)
    if verdict.concern is Concern.LOOK:
        return words.say(ODD)
    if verdict.concern is Concern.UNKNOWN:
        return words.say(UNSEEN.get(verdict.blindness, BLIND) if verdict.blindness is not None else BLIND)
    last = known.days[-1] if known.days else None
    yesterday = day_of(now, known.person.zone) - timedelta(days=1)
    as_usual = last is not None and last["day"] >= yesterday and last["state"] == State.GREEN
    return words.say(USUAL if as_usual else SO_FAR)


def _facts(known: Known, now: datetime, words: Words) -> list[str]:
    """Return what is known of today, one short sentence each."""
    zone, kinds = known.person.zone, known.kinds
    facts = []
    moved = _last(known.signs, "moved_at") if Data.MOVEMENT in kinds else None
    if known.sleep is not None:
        up_at: datetime = known.sleep["up_at"]
        today = local_day(day_of(now, zone), zone).start
        is_up = up_at >= today and moved is not None and moved - up_at >= UP_AFTER
        if is_up:
            facts.append(words.say(UP) % {"time": words.clock(up_at, zone)})
        else:
            facts.append(words.say(WENT_TO_BED) % {"time": words.clock(known.sleep["asleep_at"], zone)})
    if Data.MOVEMENT in kinds:
        facts.append(_movement(known, moved, now, words))
    if Data.OUTINGS in kinds:
        start = local_day(day_of(now, zone), zone).start
        out = sum((min(now, one["ended_at"]) - max(start, one["started_at"]) for one in known.outings
                   if one["ended_at"] > start), timedelta())  # fmt: skip
        facts.append(words.say(OUT) % {"long": words.lasted(out)} if out else words.say(NOT_OUT))
    return facts


def _movement(known: Known, moved: datetime | None, now: datetime, words: Words) -> str:
    if moved is None:
        since = words.moment(now - LOOKED_BACK, known.person.zone, now)
        return words.say(NOT_MOVED) % {"since": since}
    said = {"when": words.ago(moved, now)}
    last = next(row for row in known.signs if row["moved_at"] == moved)
    if Data.ROOM in known.kinds and last["room_kind"]:
        return words.say(MOVED_WHERE) % (said | {"where": words.place(last["room_kind"])})
    return words.say(MOVED) % said


def _unheard(known: Known, now: datetime, words: Words, limits: Limits) -> list[str]:
    """Return that a call for help might not get through, where the home is not heard."""
    sight = sight_of(known)._replace(paused_since=None)
    seen = sight._replace(reading_at=now, moved_at=now, coverage=1.0, context_since=None)
    why = blindness(seen, now, limits)
    if why is None:
        return []
    since = sight.changed_at if not sight.online else sight.heard_at
    if since is None:
        return [words.say(NEVER_HEARD)]
    return [words.say(OFFLINE) % {"since": words.moment(since, known.person.zone, now)}]


def _alert(one: SharedAlert, known: Known, now: datetime, words: Words) -> AlertLine:
    zone, gettext = known.person.zone, words.translations.gettext
    if one.state is AlertState.RESOLVED and one.resolved_at is not None:
        stands = gettext("Over since %(when)s") % {"when": words.moment(one.resolved_at, zone, now)}
    elif not one.in_charge:
        stands = gettext("The service has been told; nobody has taken charge yet")
    elif one.taken_by:
        stands = gettext("In charge: %(name)s") % {"name": one.taken_by}
    else:
        stands = gettext("Somebody is looking after it")
    concern = Concern.UNKNOWN
    if one.family == "safety":
        concern = Concern.ACT
    elif one.family == "wellbeing":
        concern = Concern.LOOK
    is_open = one.state is not AlertState.RESOLVED
    when = words.moment(one.happened_at, zone, now)
    return AlertLine(one.public_id, one.title(words.language), when, stands, concern, is_open)


def _picture(known: Known, now: datetime, words: Words) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the picture, what it is called and the table behind it: today by the hour, else the last week."""
    if Data.MOVEMENT in known.kinds:
        return _today(known, now, words)
    if Data.DAY in known.kinds and known.days:
        return _week(known, now, words)
    return "", "", []


def _today(known: Known, now: datetime, words: Words) -> tuple[str, str, list[tuple[str, str]]]:
    zone, gettext = known.person.zone, words.translations.gettext
    start = local_day(day_of(now, zone), zone).start
    by_hour = {row["hour"]: row for row in known.signs if row["hour"] is not None}
    hours, table = [], []
    at = start
    while at < local_day(day_of(now, zone), zone).end:
        row = by_hour.get(at)
        # Of the hour that goes on there may be nothing yet.
        ahead = at > now or (row is None and now - at < timedelta(hours=1))
        hours.append(Hour(None if row is None else int(row["moves"]), ahead))
        if not ahead:
            said = gettext("nothing heard")
            if row is not None:
                said = gettext("movement") if row["moves"] else gettext("no movement")
            table.append((words.clock(at, zone), said))
        at += timedelta(hours=1)
    title = gettext("Movement today, by the hour")
    moved = [clock for clock, said in table if said == gettext("movement")]
    told = gettext("Movement in these hours: %(hours)s") % {"hours": ", ".join(moved) or gettext("none")}
    return hours_picture(f"today-{known.person.person_id}", hours, title=title, description=told), title, table


def _week(known: Known, now: datetime, words: Words) -> tuple[str, str, list[tuple[str, str]]]:
    today = day_of(now, known.person.zone)
    days: list[date] = [today - timedelta(days=back) for back in range(WEEK, 0, -1)]
    stands = {row["day"]: TONES[State(row["state"])] for row in known.days}
    tones = [stands.get(day, Concern.UNKNOWN) for day in days]
    title = words.translations.gettext("The last seven days")
    table = [(words.day(day), words.say(DAYS[tone])) for day, tone in zip(days, tones, strict=True)]
    picture = week_picture(
        f"week-{known.person.person_id}",
        [Column(day, tone) for day, tone in zip(days, tones, strict=True)],
        [words.weekday(day) for day in days],
        title=title,
        description="; ".join(f"{day}: {said}" for day, said in table),
    )
    return picture, title, table


def _ordered(agreed: Mapping[Data, Hours]) -> list[tuple[Data, Hours]]:
    return [(kind, agreed[kind]) for kind in Data if kind in agreed]
