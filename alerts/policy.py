"""Who is told of one alert and when: decided when the alert opens, and kept in it from then on.

Which plan holds for a home says `alerts.policies`; where an organisation has none, the standard plans here do. Safety:
everybody at once, again and again until somebody takes charge. Wellbeing: by day, or at once where it is as severe as
`HIGH_SEVERITY`. Technical: in the morning.
An escalation goes from telling to telling; after the last planned one comes "nobody took charge". There a wellbeing or
technical alert stops calling; a safety alert goes on calling its last resort, without end.
"""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from alerts.lifecycle import Family
from alerts.policies.plan import (
    SEVERE,
    LastResort,
    Plan,
    Step,
    Who,
    clock_time,
    telling,
    tellings,
    wait_after,
)
from core.localtime import day_of, local_instant

HIGH_SEVERITY = SEVERE
EVERYBODY = (Who(role="operator"), Who(role="coordinator"))
UNANSWERED_AFTER_S = {Family.WELLBEING: 24 * 3600, Family.TECHNICAL: 72 * 3600}
QUIET = ("22:00", "07:00")
MORNING_ROUND = "08:00"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about one alert: the plan that held for its home when it opened.

    `organisation` and `version` say whose plan it is; '' and 0 for a standard one. Telling 0 is due at `first_at`. A
    new round (given back, opened again, happened again) begins at the next permitted time in `zone`; for an alert of
    such `severity` that it may wake people that is at once.
    """

    family: Family
    zone: str
    first_at: datetime
    plan: Plan
    severity: float = 0.0
    organisation: str = ""
    version: int = 0


class Found(NamedTuple):
    """The plan that holds for a home, and whose it is; version 0 for a standard one."""

    plan: Plan
    organisation: str = ""
    version: int = 0


class Rules(NamedTuple):
    """What an installation may change about the standard plans."""

    safety_repeat_s: float = 300.0
    safety_times: int = 12
    safety_then_every_s: float = 900.0


class NextStep(NamedTuple):
    """What a due escalation does now: whom it tells, over which channels, and whether it says that nobody took charge.

    `last_resort` tells that people are told on or off duty. `next_at` is when what follows is due, None where nothing
    does.
    """

    tell: tuple[Who, ...]
    channels: tuple[str, ...]
    unanswered: bool
    last_resort: bool
    next_at: datetime | None


def standard(family: Family, rules: Rules) -> Plan:
    """Return the plan of a family where an organisation has none of its own."""
    if family is Family.SAFETY:
        every = round(rules.safety_repeat_s)
        return Plan(
            name="standard safety",
            steps=(Step(tell=EVERYBODY, times=rules.safety_times, every=every),),
            last_resort=LastResort(tell=EVERYBODY, every=round(rules.safety_then_every_s)),
            unanswered_after=every,
        )
    by_day = family is Family.WELLBEING
    return Plan(
        name=f"standard {family}",
        steps=(Step(tell=EVERYBODY),),
        unanswered_after=UNANSWERED_AFTER_S[family],
        quiet_from=QUIET[0] if by_day else "",
        quiet_until=QUIET[1] if by_day else "",
        told_at="" if by_day else MORNING_ROUND,
    )


def decide(family: Family, at: datetime, zone: ZoneInfo, found: Rules | Found, severity: float = 0.0) -> Policy:
    """Return the policy of an alert of `family` and `severity` that opens at the instant `at` in a home in `zone`."""
    plan, organisation, version = Found(standard(family, found)) if isinstance(found, Rules) else found
    after = timedelta(seconds=plan.steps[0].after if plan.steps else 0)
    return Policy(
        family=family,
        zone=zone.key,
        first_at=permitted(plan, family, at + after, zone, severity),
        plan=plan,
        severity=severity,
        organisation=organisation,
        version=version,
    )


def permitted(plan: Plan, family: Family, at: datetime, zone: ZoneInfo, severity: float = 0.0) -> datetime:
    """Return when people may be told, at `at` or later, of an alert of `severity` (0 to 1); of safety at once."""
    if family is Family.SAFETY:
        return at
    only_at = clock_time(plan.told_at)
    if only_at is not None:
        return _next(only_at, at, zone)
    return _after_quiet(plan, family, at, zone, severity)


def awake(policy: Policy, at: datetime) -> datetime:
    """Return when, at `at` or after it, quiet hours let somebody be told of an alert with `policy`."""
    if policy.family is Family.SAFETY or policy.plan.told_at:
        return at
    return _after_quiet(policy.plan, policy.family, at, ZoneInfo(policy.zone), policy.severity)


def _after_quiet(plan: Plan, family: Family, at: datetime, zone: ZoneInfo, severity: float) -> datetime:
    begins, ends = clock_time(plan.quiet_from), clock_time(plan.quiet_until)
    if begins is None or ends is None or (family is Family.WELLBEING and severity >= plan.severe):
        return at
    local = at.astimezone(zone).time()
    quiet = begins <= local < ends if begins < ends else local >= begins or local < ends
    return _next(ends, at, zone) if quiet else at


def _next(wall: time, at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock on the wall next shows a time after `at`."""
    today = day_of(at, zone)
    day = today if at.astimezone(zone).time() < wall else today + timedelta(days=1)
    # An hour that comes twice in autumn has its quiet time end the first time.
    return max(local_instant(day, wall, zone), at)


def new_round(policy: Policy, at: datetime) -> datetime:
    """Return when the first telling is due of a round that begins at `at`."""
    after = timedelta(seconds=policy.plan.steps[0].after if policy.plan.steps else 0)
    return permitted_of(policy, at + after)


def next_step(policy: Policy, number: int, now: datetime) -> NextStep:
    """Return what the telling `number` (from 0) does when it is carried out at `now`."""
    plan, found = policy.plan, telling(policy.plan, number)
    next_at = now + timedelta(seconds=wait_after(plan, number))
    if found is not None:
        step = plan.steps[found.step]
        # Nobody is told when the alert says that nobody took charge, where there is no last resort.
        silent = number + 1 == tellings(plan) and not plan.last_resort.tell
        return NextStep(step.tell, step.channels, False, False, next_at if silent else permitted_of(policy, next_at))
    last = plan.last_resort
    goes_on = policy.family is Family.SAFETY
    return NextStep(
        last.tell, last.channels, number == tellings(plan), last_resort=True, next_at=next_at if goes_on else None
    )


def has_slowed_down(policy: Policy, number: int) -> bool:
    """Tell whether, with the telling `number` due next, all planned ones are over: only the last resort is told."""
    return number > tellings(policy.plan)


def as_json(policy: Policy) -> str:
    """Return `policy` as it is kept in the alert."""
    return msgspec.json.encode(policy).decode()


def from_json(kept: dict[str, Any]) -> Policy:
    """Return the policy that is kept in an alert; raises `msgspec.ValidationError` if it is none."""
    return msgspec.convert(kept if "plan" in kept else _of_before_plans(kept), Policy)


def _of_before_plans(kept: dict[str, Any]) -> dict[str, Any]:
    """Return what an alert kept before policies had steps: everybody is told, `times` times and then without end."""
    try:
        family, then = Family(kept["family"]), kept.get("then_every_s")
        plan = Plan(
            name=kept["name"],
            steps=(
                Step(
                    tell=EVERYBODY,
                    channels=tuple(kept["channels"]),
                    times=kept["times"],
                    every=round(kept["repeat_s"]),
                ),
            ),
            last_resort=LastResort(
                tell=() if then is None else EVERYBODY, channels=tuple(kept["channels"]), every=round(then or 0)
            ),
            unanswered_after=round(kept["unanswered_after_s"]),
            quiet_from=QUIET[0] if family is Family.WELLBEING else "",
            quiet_until=QUIET[1] if family is Family.WELLBEING else "",
            told_at=MORNING_ROUND if family is Family.TECHNICAL else "",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise msgspec.ValidationError("This is no policy of an alert.") from error
    kept_on: dict[str, Any] = {name: kept[name] for name in ("zone", "first_at", "severity") if name in kept}
    return {"family": family, "plan": msgspec.to_builtins(plan), **kept_on}


def permitted_of(policy: Policy, at: datetime) -> datetime:
    """Return when, at `at` or after it, somebody may be told of an alert with `policy`."""
    return permitted(policy.plan, policy.family, at, ZoneInfo(policy.zone), policy.severity)
