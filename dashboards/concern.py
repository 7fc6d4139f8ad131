"""How much a home concerns its operators, and in which order homes stand on the board.

Silence is never mistaken for calm: a home that cannot be seen is *not known*, never *as usual*.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from core.localtime import day_of, local_instant

HIGH_SEVERITY = 0.7  # a wellbeing alert from here on is as urgent as a safety alert
BROKEN_SEVERITY = 0.5  # a technical alert from here on means that the home cannot be judged


class Concern(IntEnum):
    """What a home asks of its operators, the most pressing first."""

    ACT = 0  # somebody may need help
    LOOK = 1  # something is out of the ordinary
    UNKNOWN = 2  # we cannot tell, because data are missing
    USUAL = 3  # as usual

    @property
    def key(self) -> str:
        """The name under which style and picture of this concern are found."""
        return self.name.lower()


class Blindness(StrEnum):
    """Why nothing can be said about a home."""

    NO_GATEWAY = "no gateway"
    NEVER = "never"  # no reading has ever come
    OFFLINE = "offline"
    UNHEARD = "unheard"  # the gateway's word about itself is old
    PAUSED = "paused"  # nothing is looked at or recorded, because the people asked for it
    NO_READING = "no reading"
    LEARNING = "learning"  # no figures yet, and nobody was seen lately
    LOW_COVERAGE = "low coverage"
    CONTEXT = "context"  # something is going on, for which the home is not judged as usual
    STILL = "still"  # the sensors work, but nobody has moved for too long


class Limits(NamedTuple):
    """From when on a home counts as not known.

    `still_by_day` is how much of the day (between `morning` and `evening` of the home's own clock) may pass without a
    movement, `still` how much time altogether: a night's sleep and a little more.
    """

    reading: timedelta = timedelta(hours=4)
    status: timedelta = timedelta(minutes=30)
    coverage: float = 0.8
    still_by_day: timedelta = timedelta(hours=4)
    still: timedelta = timedelta(hours=12)
    morning: time = time(7)
    evening: time = time(22)


class Sight(NamedTuple):
    """How well a home can be seen.

    `online` says that every gateway is connected, `heard_at` when the one that is silent longest last spoke (None:
    one has never spoken), `reading_at` the time of the last reading of a device that tells whether somebody is there
    or moves, `moved_at` of the last known movement, `coverage` the share of the expected data of the last day or night
    (None: there are no figures yet). `zone` is the home's. `context_since` is when the context began for which the home
    is not judged as usual (None: there is none), `paused_since` when the pause did in which nothing is looked at.
    `untold` says that the last day stood out as a whole, though no part of it was enough to be told.
    """

    gateways: int
    online: bool
    changed_at: datetime | None
    heard_at: datetime | None
    reading_at: datetime | None
    moved_at: datetime | None
    coverage: float | None
    zone: ZoneInfo
    context_since: datetime | None = None
    paused_since: datetime | None = None
    untold: bool = False


class Reason(NamedTuple):
    """One open alert, as far as it decides about concern."""

    public_id: UUID
    family: str
    severity: float
    opened_at: datetime
    taken: bool


class Verdict(NamedTuple):
    """What is concluded about a home: the concern, since when, the alert it rests on, and why it cannot be seen."""

    concern: Concern
    since: datetime | None
    reason: Reason | None
    blindness: Blindness | None
    unattended: int


def waking_time(start: datetime, end: datetime, zone: ZoneInfo, limits: Limits) -> timedelta:
    """Return how much of `[start, end)` lies between morning and evening, by the home's clock."""
    total, day = timedelta(), day_of(start, zone)
    while start < end and day <= day_of(end, zone):
        morning, evening = (local_instant(day, at, zone) for at in (limits.morning, limits.evening))
        total += max(timedelta(), min(end, evening) - max(start, morning))
        day += timedelta(days=1)
    return total


def is_still(moved_at: datetime | None, now: datetime, zone: ZoneInfo, limits: Limits) -> bool:
    """Tell whether too much time has passed since the last movement, or none is known."""
    if moved_at is None or now - moved_at > limits.still:
        return True
    if now - moved_at <= limits.still_by_day:  # all of it may have passed by day
        return False
    return waking_time(moved_at.astimezone(UTC), now.astimezone(UTC), zone, limits) > limits.still_by_day


def blindness(sight: Sight, now: datetime, limits: Limits) -> tuple[Blindness, datetime | None] | None:
    """Return why a home cannot be seen and since when; None if it can."""
    silent = sight.reading_at is None or now - sight.reading_at > limits.reading
    unheard = sight.heard_at is None or now - sight.heard_at > limits.status
    poor = sight.coverage is not None and sight.coverage < limits.coverage
    lately = sight.moved_at is not None and now - sight.moved_at <= limits.still_by_day
    causes: list[tuple[bool, Blindness, datetime | None]] = [
        (sight.gateways == 0, Blindness.NO_GATEWAY, None),
        (
            sight.reading_at is None and sight.moved_at is None and sight.paused_since is None,
            Blindness.NEVER,
            None,
        ),
        (not sight.online and sight.heard_at is not None, Blindness.OFFLINE, sight.changed_at),
        (unheard, Blindness.UNHEARD, sight.heard_at),
        (sight.paused_since is not None, Blindness.PAUSED, sight.paused_since),
        (silent, Blindness.NO_READING, sight.reading_at or sight.moved_at),
        (sight.context_since is not None, Blindness.CONTEXT, sight.context_since),
        (sight.coverage is None and not lately, Blindness.LEARNING, sight.moved_at),
        (poor, Blindness.LOW_COVERAGE, None),
        (is_still(sight.moved_at, now, sight.zone, limits), Blindness.STILL, sight.moved_at),
    ]
    return next(((why, since) for holds, why, since in causes if holds), None)


def concern_of(reason: Reason) -> Concern:
    """Return what one open alert asks for by itself."""
    if reason.family == "safety":
        return Concern.ACT
    if reason.family == "wellbeing":
        return Concern.ACT if reason.severity >= HIGH_SEVERITY else Concern.LOOK
    return Concern.UNKNOWN if reason.severity >= BROKEN_SEVERITY else Concern.USUAL


def _pressing(reason: Reason) -> tuple[int, bool, int, float, datetime]:
    families = ("safety", "wellbeing", "technical")
    return (
        concern_of(reason),
        reason.taken,
        families.index(reason.family) if reason.family in families else len(families),
        -reason.severity,
        reason.opened_at,
    )


def pressing_first(reasons: Iterable[Reason]) -> list[Reason]:
    """Return open alerts in the order in which somebody should look at them."""
    return sorted(reasons, key=_pressing)


def judge(reasons: Sequence[Reason], sight: Sight, now: datetime, limits: Limits) -> Verdict:
    """Return what is concluded about a home from its open alerts and from how well it can be seen."""
    ordered = pressing_first(reasons)
    unattended = sum(1 for reason in ordered if not reason.taken and concern_of(reason) < Concern.UNKNOWN)
    blind = blindness(sight, now, limits)
    why = blind[0] if blind else None
    first = ordered[0] if ordered else None
    if first is not None and concern_of(first) < Concern.USUAL:
        return Verdict(concern_of(first), first.opened_at, first, why, unattended)
    if sight.untold and sight.paused_since is None:
        return Verdict(Concern.LOOK, None, None, why, unattended)
    if blind:
        return Verdict(Concern.UNKNOWN, blind[1], None, why, unattended)
    return Verdict(Concern.USUAL, None, None, None, unattended)


T = TypeVar("T")


def ranked(homes: Iterable[tuple[Verdict, str, T]]) -> list[tuple[Verdict, str, T]]:
    """Return homes (verdict, name, anything) by concern: unattended before attended, longest waiting first."""

    def key(home: tuple[Verdict, str, T]) -> tuple[int, bool, float, str]:
        verdict, name, _ = home
        waiting = verdict.since.timestamp() if verdict.since and verdict.concern is not Concern.USUAL else float("inf")
        return verdict.concern, bool(verdict.reason and verdict.reason.taken), waiting, name.casefold()

    return sorted(homes, key=key)
