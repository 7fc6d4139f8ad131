"""A line of the board: what is shown of one home, and how it is put together from what the database tells."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import alerts.reads
import analytics.contexts.reads
import analytics.reads
import ingest.reads
import registry.reads
from alerts.replies.reads import There, ask_there
from analytics.contexts.context import Context
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.reads import NOTHING, Latest
from core.database import Answer, View
from core.localtime import day_of
from core.translation import mark
from dashboards import contexts, wellbeing
from dashboards.concern import (
    Blindness,
    Concern,
    Limits,
    Reason,
    Sight,
    Verdict,
    judge,
    pressing_first,
)
from dashboards.reads import LastSeen, LastSigns, ask_last_signs
from dashboards.wording import Words

Row = Mapping[str, Any]
COVERAGE_WITHIN = timedelta(days=2)  # an older indicator says nothing about the present

WHY_BLIND = {
    Blindness.NO_GATEWAY: mark("No gateway is installed: nothing can be seen of this home."),
    Blindness.NEVER: mark("No sensor of movement has ever reported from this home."),
    Blindness.OFFLINE: mark(
        "The gateway of the home is offline (power or internet?): "
        "we cannot see what happens, and an SOS might not arrive."
    ),
    Blindness.UNHEARD: mark("The gateway has not been heard for too long: we cannot see what happens in this home."),
    Blindness.PAUSED: mark(
        "Paused since %(since)s: nothing of the wellbeing is looked at or recorded. "
        "Calls for help, smoke, gas and water arrive as always."
    ),
    Blindness.NO_READING: mark("No sensor of movement has reported for too long: quiet or broken, we cannot tell."),
    Blindness.LEARNING: mark("There are no figures of this home yet, and nobody was seen moving in the last hours."),
    Blindness.STILL: mark(
        "The sensors work, but nobody has been seen moving for too long: out, or still, we cannot tell."
    ),
    Blindness.LOW_COVERAGE: mark("Too few data have come to judge: %(percent)s of what was expected."),
}
UNTOLD = mark("The last day was out of the ordinary as a whole, though no part of it was enough for an alert.")


class OpenAlert(NamedTuple):
    """An open alert as the board shows it."""

    public_id: UUID
    family: str
    sentence: str
    happened_at: datetime
    opened_at: datetime
    severity: float
    taken_by: str | None
    taken_at: datetime | None
    times: int

    @property
    def reason(self) -> Reason:
        """What of the alert decides about concern."""
        return Reason(self.public_id, self.family, self.severity, self.opened_at, self.taken_by is not None)


class Inhabitant(NamedTuple):
    """Somebody who lives in a home on the board."""

    public_id: str
    name: str
    phone: str


class Line(NamedTuple):
    """One home on the board; `moved` is the last movement in words, "" where none is known."""

    home_id: int
    people: tuple[Inhabitant, ...]
    home_name: str
    municipality: str
    zone: ZoneInfo
    verdict: Verdict
    why: str
    alerts: tuple[OpenAlert, ...]
    last_seen: LastSeen | None
    reading_at: datetime | None
    stand: wellbeing.Stand
    moved: str
    there: tuple[str, ...] = ()
    contacts: tuple[registry.reads.FirstContact, ...] = ()

    @property
    def sort_name(self) -> str:
        """What the line is sorted by among equals."""
        return self.people[0].name if self.people else self.home_name

    @property
    def first(self) -> OpenAlert | None:
        """The alert the verdict rests on."""
        reason = self.verdict.reason
        return next((alert for alert in self.alerts if reason and alert.public_id == reason.public_id), None)

    @property
    def since(self) -> datetime | None:
        """Since when it is as the verdict says: since it happened, which may be long before it was told."""
        return self.first.happened_at if self.first else self.verdict.since


class Read(NamedTuple):
    """What a page that shows lines has read already: who lives there, open alerts, what goes on, how homes stand."""

    persons: Sequence[registry.reads.Person]
    opened: Sequence[alerts.reads.Alert]
    around: Sequence[analytics.contexts.reads.Seen]
    stands: Answer[Mapping[int, Latest]]


class Signals(NamedTuple):
    """What was asked for of homes: who says to be there, what gateways tell, on how much the last figures rest."""

    theirs: Answer[dict[int, There]]
    heard: Answer[list[dict[str, Any]]]
    coverage: Answer[list[dict[str, Any]]]


def line_of(view: View, home: registry.reads.Home, read: Read, now: datetime, words: Words, limits: Limits) -> Line:
    """Return the line of one home, as it stands on the board."""
    signals, signs = ask_signals(view, now, [home.home_id]), ask_last_signs(view, now, [home.home_id])
    return lines_of([home], read, signals, signs, now, words, limits)[0]


def ask_signals(view: View, now: datetime, only: Sequence[int] | None) -> Signals:
    """Ask what gateways and sensors tell of all homes that the viewer may see, or of some."""
    return Signals(
        ask_there(view),
        ingest.reads.ask_gateways_heard(view, only),
        analytics.reads.ask_latest_coverage(view, (now - COVERAGE_WITHIN).date(), only),
    )


def lines_of(
    homes: Sequence[registry.reads.Home],
    read: Read,
    signals: Signals,
    signs_of: Callable[[Iterable[int]], dict[int, LastSigns]],
    now: datetime,
    words: Words,
    limits: Limits,
) -> list[Line]:
    """Return the lines of homes, put together as far as it goes before the last signs are taken from `signs_of`."""
    people: dict[int, list[Inhabitant]] = defaultdict(list)
    for person in read.persons:
        people[person.home_id].append(Inhabitant(person.public_id, person.name, person.phone))
    theirs = signals.theirs()
    found: dict[int, list[alerts.reads.Alert]] = defaultdict(list)
    for alert in read.opened:
        found[alert.home_id].append(alert)
    statuses: dict[int, list[Row]] = defaultdict(list)
    for status in signals.heard():
        statuses[status["home_id"]].append(status)
    indicators: dict[int, list[Row]] = defaultdict(list)
    for indicator in signals.coverage():
        indicators[indicator["home_id"]].append(indicator)
    around: dict[int, list[analytics.contexts.reads.Seen]] = defaultdict(list)
    for seen in read.around:
        around[seen.home_id].append(seen)
    so_far = [
        _so_far(
            home,
            people[home.home_id],
            found[home.home_id],
            around[home.home_id],
            _gateways(statuses[home.home_id]),
            indicators[home.home_id],
            theirs,
            now=now,
            words=words,
        )
        for home in homes
    ]
    # These come last, and so are asked for last.
    stands, signs = read.stands(), signs_of(home.home_id for home in homes)
    return [
        _line(each, signs[each.home.home_id], stands.get(each.home.home_id, NOTHING), now, words, limits)
        for each in so_far
    ]


class _Gateways(NamedTuple):
    """What the gateways of a home say of how well it can be seen; as in `Sight`."""

    gateways: int
    online: bool
    changed_at: datetime | None
    heard_at: datetime | None


def _gateways(statuses: Sequence[Row]) -> _Gateways:
    heard = [status["received_at"] for status in statuses]
    changed = [status["changed_at"] for status in statuses if not status["online"] and status["changed_at"]]
    return _Gateways(
        len(statuses),
        all(status["online"] for status in statuses),
        min(changed, default=None),
        None if None in heard else min(heard, default=None),
    )


class _SoFar(NamedTuple):
    """What is known of a home before its last signs are, and how its days stand: most of a line."""

    home: registry.reads.Home
    zone: ZoneInfo
    people: tuple[Inhabitant, ...]
    alerts: tuple[OpenAlert, ...]
    reasons: tuple[Reason, ...]
    gateways: _Gateways
    coverage: float | None
    going_on: Context | None
    there: tuple[str, ...]


def _so_far(
    home: registry.reads.Home,
    people: Sequence[Inhabitant],
    found: Sequence[alerts.reads.Alert],
    around: Sequence[analytics.contexts.reads.Seen],
    gateways: _Gateways,
    indicators: Sequence[Row],
    theirs: Mapping[int, There],
    *,
    now: datetime,
    words: Words,
) -> _SoFar:
    zone = home.zone
    opened = [open_alert(alert, words) for alert in found]
    reasons = [alert.reason for alert in opened]
    order = [reason.public_id for reason in pressing_first(reasons)]
    return _SoFar(
        home=home,
        zone=zone,
        people=tuple(people),
        alerts=tuple(sorted(opened, key=lambda alert: order.index(alert.public_id))),
        reasons=tuple(reasons),
        gateways=gateways,
        coverage=min((row["coverage"] for row in unpaused(indicators, around, home.home_id, zone)), default=None),
        going_on=contexts.going_on(around, home, now),
        there=told_there(found, theirs, zone, now, words),
    )


def unpaused(
    indicators: Sequence[Row], around: Sequence[analytics.contexts.reads.Seen], home_id: int, zone: ZoneInfo
) -> list[Row]:
    """Return the indicators of days that no pause touches: what was not recorded is nothing that was missed."""
    if not around:
        return list(indicators)
    pauses = [one.context for one in around if one.home_id == home_id and one.context.kind is ContextKind.PAUSED]
    return [
        row
        for row in indicators
        # A night runs from noon to noon, so that the day after counts as well.
        if not any(
            day_of(one.start, zone) <= row["day"] + timedelta(days=1) and row["day"] <= day_of(one.interval.end, zone)
            for one in pauses
        )
    ]


def told_there(
    opened: Sequence[alerts.reads.Alert], theirs: Mapping[int, There], zone: ZoneInfo, now: datetime, words: Words
) -> tuple[str, ...]:
    """Return who says to be with the person of open alerts, a sentence each."""
    if not theirs:
        return ()
    gettext = words.translations.gettext
    sentences = []
    for each in (theirs[alert.alert_id] for alert in opened if alert.alert_id in theirs):
        name = each.name
        if each.relation:
            name = gettext("%(name)s (%(relation)s)") % {"name": each.name, "relation": each.relation}
        when = words.moment(each.at, zone, now)
        sentences.append(gettext("%(name)s says to be there with the person (%(time)s)") % {"name": name, "time": when})
    return tuple(sentences)


def open_alert(alert: alerts.reads.Alert, words: Words) -> OpenAlert:
    """Return an open alert as the board shows it."""
    return OpenAlert(
        alert.public_id,
        alert.family,
        alert.explanation(words.language),
        alert.happened_at,
        alert.opened_at,
        alert.severity,
        alert.taken_by_name or None if alert.taken_by else None,
        alert.taken_at,
        alert.times,
    )


def _line(so_far: _SoFar, signs: LastSigns, latest: Latest, now: datetime, words: Words, limits: Limits) -> Line:
    home, zone, going_on, movement = so_far.home, so_far.zone, so_far.going_on, signs.movement
    since = None if going_on is None else going_on.start
    sight = Sight(
        *so_far.gateways,
        reading_at=signs.reading_at,
        moved_at=None if movement is None else movement.at,
        coverage=so_far.coverage,
        zone=zone,
        context_since=since,
        paused_since=since if going_on is not None and going_on.kind is ContextKind.PAUSED else None,
        untold=wellbeing.is_untold(latest),
    )
    verdict = judge(so_far.reasons, sight, now, limits)
    untaken = sum(not alert.taken_by for alert in so_far.alerts)
    stand = wellbeing.stand(latest, zone, now, words, is_blind=verdict.blindness is not None, untaken=untaken)
    return Line(
        home_id=home.home_id,
        people=so_far.people,
        home_name=home.name,
        municipality=home.municipality,
        zone=zone,
        verdict=verdict,
        why=contexts.not_judged(going_on, home, now, words)
        if going_on is not None and verdict.blindness is Blindness.CONTEXT
        else _why(verdict, sight, stand, now, words),
        alerts=so_far.alerts,
        last_seen=movement,
        reading_at=signs.reading_at,
        stand=stand,
        moved="" if movement is None else f"{words.place(movement.room_kind)}, {words.ago(movement.at, now)}",
        there=so_far.there,
    )


def _why(verdict: Verdict, sight: Sight, stand: wellbeing.Stand, now: datetime, words: Words) -> str:
    """Return the sentence of a home without an alert that counts."""
    if verdict.concern is Concern.LOOK:
        return words.say(UNTOLD)
    if verdict.blindness is not None:
        sentence = words.say(WHY_BLIND[verdict.blindness])
        if verdict.blindness is Blindness.LOW_COVERAGE and sight.coverage is not None:
            return sentence % {"percent": words.percent(sight.coverage)}
        if verdict.blindness is Blindness.PAUSED and sight.paused_since is not None:
            return sentence % {"since": words.moment(sight.paused_since, sight.zone, now)}
        return sentence
    gettext = words.translations.gettext
    return gettext("As usual.") if stand.tone is Concern.USUAL else gettext("Nothing to report now.")


def rows(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    """Return what is said of homes that are shown in a row each, in the order in which the template takes it apart."""
    return [
        (
            line.home_id,
            line.people,
            line.home_name,
            line.municipality,
            line.why,
            line.moved,
            line.stand.tone,
            line.stand.said,
        )
        for line in lines
    ]
