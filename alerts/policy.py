"""Who is told of an alert and when: decided when the alert opens, and kept in it from then on.

Safety: everybody at once, again and again until somebody takes charge. Wellbeing: by day, or at once where it is as
severe as `HIGH_SEVERITY`. Technical: in the morning.
An escalation has steps: each notifies everybody again, and after the last planned one comes "nobody took charge". There
a wellbeing or technical alert stops calling; a safety alert goes on, at longer intervals, without end.
"""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from alerts.lifecycle import Family
from core.localtime import day_of, local_instant

QUIET_UNTIL = time(7)
QUIET_FROM = time(22)
MORNING_ROUND = time(8)
HIGH_SEVERITY = 0.7  # a wellbeing alert from here on does not wait for the day
RECIPIENTS = "operators and coordinators"
UNANSWERED_AFTER_S = {Family.WELLBEING: 24 * 3600.0, Family.TECHNICAL: 72 * 3600.0}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one alert.

    Step 0 is due at `first_at`; `times` steps follow each other every `repeat_s` seconds, each on `channels` to the
    `recipients`. `unanswered_after_s` seconds after the last one the alert says that nobody took charge. Where there is
    a `then_every_s`, everybody is told at that moment too and every `then_every_s` seconds from then on, without end.
    A new round (given back, opened again, happened again) begins at the next permitted time in `zone`; for an alert of
    such `severity` that it may wake people that is at once.
    """

    name: str
    family: Family
    zone: str
    channels: tuple[str, ...]
    recipients: str
    first_at: datetime
    times: int
    repeat_s: float
    unanswered_after_s: float
    severity: float = 0.0
    then_every_s: float | None = None


class Rules(NamedTuple):
    """What an installation may change about policies."""

    safety_repeat_s: float = 300.0
    safety_times: int = 12
    safety_then_every_s: float = 900.0


class NextStep(NamedTuple):
    """What a due escalation does now: tell everybody, say that nobody took charge, or both.

    `next_at` is when the following step is due, None where there is none.
    """

    tells: bool
    unanswered: bool
    next_at: datetime | None


def decide(family: Family, at: datetime, zone: ZoneInfo, rules: Rules, severity: float = 0.0) -> Policy:
    """Return the policy of an alert of `family` and `severity` that opens at the instant `at` in a home in `zone`."""
    safety = family is Family.SAFETY
    return Policy(
        name=f"standard {family}",
        family=family,
        zone=zone.key,
        channels=("email",),
        recipients=RECIPIENTS,
        first_at=first_notification(family, at, zone, severity),
        times=rules.safety_times if safety else 1,
        repeat_s=rules.safety_repeat_s,
        unanswered_after_s=rules.safety_repeat_s if safety else UNANSWERED_AFTER_S[family],
        severity=severity,
        then_every_s=rules.safety_then_every_s if safety else None,
    )


def first_notification(family: Family, at: datetime, zone: ZoneInfo, severity: float = 0.0) -> datetime:
    """Return when people may first be told of an alert of `severity` (0 to 1) that opens, or comes back, at `at`."""
    local = at.astimezone(zone).time()
    today = day_of(at, zone)
    if family is Family.SAFETY:
        return at
    if family is Family.WELLBEING:
        if severity >= HIGH_SEVERITY or QUIET_UNTIL <= local < QUIET_FROM:
            return at
        due = QUIET_UNTIL
    else:
        due = MORNING_ROUND
    day = today if local < due else today + timedelta(days=1)
    return local_instant(day, due, zone)


def new_round(policy: Policy, at: datetime) -> datetime:
    """Return when the first step is due of a round that begins at `at`."""
    return first_notification(policy.family, at, ZoneInfo(policy.zone), policy.severity)


def next_step(policy: Policy, step: int, now: datetime) -> NextStep:
    """Return what the step number `step` (from 0) does when it is carried out at `now`."""
    if step < policy.times:
        wait_s = policy.repeat_s if step + 1 < policy.times else policy.unanswered_after_s
        return NextStep(tells=True, unanswered=False, next_at=now + timedelta(seconds=wait_s))
    unanswered = step == policy.times
    if policy.then_every_s is None:
        return NextStep(tells=False, unanswered=unanswered, next_at=None)
    return NextStep(tells=True, unanswered=unanswered, next_at=now + timedelta(seconds=policy.then_every_s))


def has_slowed_down(policy: Policy, step: int) -> bool:
    """Tell whether, with `step` due next, all planned steps are over: it calls at long intervals, or no more."""
    return step > policy.times


def as_json(policy: Policy) -> str:
    """Return `policy` as it is kept in the alert."""
    return msgspec.json.encode(policy).decode()


def from_json(kept: dict[str, Any]) -> Policy:
    """Return the policy that is kept in an alert; raises `msgspec.ValidationError` if it is none."""
    return msgspec.convert(kept, Policy)
