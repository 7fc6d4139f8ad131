"""What is told of the alerts of a period: pure functions from what happened to figures.

* Told: from the opening of an alert until a channel accepted the first message about it. Where somebody took it from
  the board, or it was over, before that, nobody knows how long it would have taken: it is broken off there.
* Taken: until somebody took charge, or closed it straight away.
* Closed: until a person closed it with an outcome. What closed by itself is broken off.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.lifecycle import Family, Outcome
from alerts.reasons.catalogue import Reason
from alerts.statistics.times import Course, Times, times
from analytics.feedback.precision import Counts, Judgement

WEEK = timedelta(days=7)
HOURS = 24


class OnDuty(NamedTuple):
    """A shift by its rota and its times of day, by the clock of the rota; without times, when nobody had a shift."""

    rota: str
    begins: time | None = None
    ends: time | None = None


class Happened(NamedTuple):
    """What happened to one alert, in instants; None where it has not. `zone` is that of its home.

    `shifts` are those in which it opened, by the rotas that held then for its home; `unanswered` tells whether it ever
    had to say that nobody took charge; `over_at` is when it closed by itself.
    """

    organisation_id: int
    family: Family
    kind: str
    zone: str
    opened_at: datetime
    told_at: datetime | None
    taken_at: datetime | None
    closed_at: datetime | None
    over_at: datetime | None
    unanswered: bool
    outcome: Outcome | None
    reason: Reason | None = None
    shifts: tuple[OnDuty, ...] = ()


class Sent(NamedTuple):
    """What became of the messages that one channel was given about the alerts of one organisation.

    `instead` is how many of them there were because another way to the same person had failed or was slow; `again` how
    many needed more than one attempt; `uncertain` how many may have arrived twice.
    """

    organisation_id: int
    channel: str
    messages: int
    sent: int
    failed: int
    called_off: int
    waiting: int
    again: int
    uncertain: int
    instead: int


class Period(NamedTuple):
    """From the first to before the last local day, and as of when it is told."""

    days: int
    now: datetime


class Hour(NamedTuple):
    """The alerts that opened in one hour of the day, by the clock of their homes."""

    hour: int
    alerts: int
    unanswered: int
    taken: Times


class OfShift(NamedTuple):
    """The alerts that opened in one shift."""

    shift: OnDuty
    alerts: int
    unanswered: int
    told: Times
    taken: Times
    closed: Times


class OfFamily(NamedTuple):
    """The alerts of one family. `per_home_week` is None where there is no home."""

    family: Family
    alerts: int
    unanswered: int
    per_home_week: float | None
    told: Times
    taken: Times
    closed: Times
    hours: tuple[Hour, ...]
    shifts: tuple[OfShift, ...] = ()

    @property
    def unanswered_share(self) -> float | None:
        """The share that nobody took charge of in time, from 0 to 1; None of none."""
        return self.unanswered / self.alerts if self.alerts else None


class OfKind(NamedTuple):
    """How the alerts of one kind ended, by the judgement of whoever closed them; and which reasons they gave."""

    family: Family
    kind: str
    alerts: int
    counts: Counts
    reasons: tuple[tuple[Reason, int], ...] = ()


class Figures(NamedTuple):
    """What is told of one organisation, or of several together."""

    homes: int
    families: tuple[OfFamily, ...]
    kinds: tuple[OfKind, ...]
    channels: tuple[Sent, ...]

    @property
    def alerts(self) -> int:
        """How many alerts there are."""
        return sum(each.alerts for each in self.families)


def figures(happened: Sequence[Happened], sent: Sequence[Sent], homes: int, period: Period) -> Figures:
    """Return the figures of alerts and messages, in so many homes."""
    return Figures(
        homes,
        tuple(_family(family, happened, homes, period) for family in Family),
        tuple(_kinds(happened)),
        tuple(_channels(sent)),
    )


def by_organisation(
    happened: Iterable[Happened], sent: Iterable[Sent], homes: Mapping[int, int], period: Period
) -> dict[int, Figures]:
    """Return the figures of each organisation that has homes or alerts."""
    alerts: defaultdict[int, list[Happened]] = defaultdict(list)
    messages: defaultdict[int, list[Sent]] = defaultdict(list)
    for one in happened:
        alerts[one.organisation_id].append(one)
    for some in sent:
        messages[some.organisation_id].append(some)
    return {
        key: figures(alerts[key], messages[key], homes.get(key, 0), period)
        for key in sorted(homes.keys() | alerts.keys())
    }


def told(one: Happened, now: datetime) -> Course:
    """Return how long it took until somebody was told."""
    return _course(one, one.told_at, (one.taken_at, one.closed_at, one.over_at), now)


def taken(one: Happened, now: datetime) -> Course:
    """Return how long it took until somebody took charge."""
    return _course(one, _first(one.taken_at, one.closed_at), (one.over_at,), now)


def closed(one: Happened, now: datetime) -> Course:
    """Return how long it took until somebody closed it."""
    return _course(one, one.closed_at, (one.over_at,), now)


def _course(one: Happened, ended: datetime | None, broken_off: Sequence[datetime | None], now: datetime) -> Course:
    until = ended or _first(*broken_off) or now
    # A clock may have been put back.
    return Course(max(0.0, (until - one.opened_at).total_seconds()), ended is not None)


def _first(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _family(family: Family, happened: Sequence[Happened], homes: int, period: Period) -> OfFamily:
    own = [one for one in happened if one.family is family]
    weeks = homes * timedelta(days=period.days) / WEEK

    def took(how: Callable[[Happened, datetime], Course], some: Iterable[Happened]) -> Times:
        return times(how(one, period.now) for one in some)

    by_hour: defaultdict[int, list[Happened]] = defaultdict(list)
    for one in own:
        by_hour[one.opened_at.astimezone(ZoneInfo(one.zone)).hour].append(one)
    hours = (
        Hour(hour, len(by_hour[hour]), _unanswered(by_hour[hour]), took(taken, by_hour[hour])) for hour in range(HOURS)
    )
    return OfFamily(
        family,
        len(own),
        _unanswered(own),
        len(own) / weeks if weeks else None,
        took(told, own),
        took(taken, own),
        took(closed, own),
        tuple(hours),
        tuple(_shifts(own, period.now)),
    )


def _shifts(happened: Sequence[Happened], now: datetime) -> Iterable[OfShift]:
    """Yield what is told of each shift, by rota and beginning; where there was none, last."""
    by_shift: defaultdict[OnDuty, list[Happened]] = defaultdict(list)
    for one in happened:
        for shift in one.shifts:
            by_shift[shift].append(one)
    for shift in sorted(
        by_shift, key=lambda each: (each.rota, each.begins is None, each.begins or time.min, each.ends)
    ):
        own = by_shift[shift]
        took = (times(how(one, now) for one in own) for how in (told, taken, closed))
        yield OfShift(shift, len(own), _unanswered(own), *took)


def _unanswered(happened: Iterable[Happened]) -> int:
    return sum(one.unanswered for one in happened)


def _kinds(happened: Sequence[Happened]) -> Iterable[OfKind]:
    alerts = Counter((one.family, one.kind) for one in happened)
    ended = Counter((one.family, one.kind, one.outcome) for one in happened)
    for (family, kind), count in sorted(alerts.items(), key=lambda each: (list(Family).index(each[0][0]), each[0][1])):
        judged = ((judgement, ended[family, kind, Outcome(judgement)]) for judgement in Judgement)
        given = Counter(one.reason for one in happened if one.reason and (one.family, one.kind) == (family, kind))
        yield OfKind(
            family, kind, count, Counts.of(judged), tuple((each, given[each]) for each in Reason if given[each])
        )


def _channels(sent: Iterable[Sent]) -> Iterable[Sent]:
    sums: dict[str, Sent] = {}
    for each in sent:
        before = sums.get(each.channel)
        sums[each.channel] = each if before is None else _plus(before, each)
    return (sums[channel] for channel in sorted(sums))


def _plus(one: Sent, other: Sent) -> Sent:
    return Sent(one.organisation_id, one.channel, *(a + b for a, b in zip(one[2:], other[2:], strict=True)))
