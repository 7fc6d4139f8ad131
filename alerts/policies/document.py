"""The file in which organisations write their policies, and what may stand in it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

import msgspec

from alerts.channels.names import CHANNELS
from alerts.lifecycle import Family
from alerts.policies import plan
from alerts.policies.wanted import Known, Wanted
from alerts.wording import TITLES
from registry import reading
from registry.rules import ROLES, Fault, Path

FAMILY_OF_A_HOME = "family"
MOST_TIMES = 100
SHORTEST_S, SHORTEST_LAST_S, LONGEST_S = 30, 60, 7 * 24 * 3600
UNANSWERED_AFTER_S = {Family.SAFETY: 300, Family.WELLBEING: 24 * 3600, Family.TECHNICAL: 72 * 3600}
_TARGETS = ("role", "shift", "person", "contacts", "association")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_SHARE = re.compile(r"0(\.[0-9]{1,3})?|1(\.0{1,3})?")


class Recipient(msgspec.Struct, frozen=True):
    """Whom a step tells."""

    role: str = ""
    shift: str = ""
    person: str = ""
    contacts: str = ""
    association: str = ""
    organisation: str = ""


class Step(msgspec.Struct, frozen=True):
    """One step."""

    tell: tuple[Recipient, ...] = ()
    after: int | None = None
    channels: tuple[str, ...] = ()
    times: int | None = None
    every: int | None = None


class LastResort(msgspec.Struct, frozen=True):
    """Who is told where nobody took charge."""

    tell: tuple[Recipient, ...] = ()
    channels: tuple[str, ...] = ()
    every: int | None = None


class Policy(msgspec.Struct, frozen=True):
    """A policy of an organisation for a family of alerts, or for one kind of it."""

    organisation: str
    family: str
    name: str = ""
    kind: str = ""
    steps: tuple[Step, ...] = ()
    last_resort: LastResort = LastResort()
    unanswered_after: int | None = None
    quiet_from: str = ""
    quiet_until: str = ""
    told_at: str = ""
    severe: str = ""
    remind_after: int | None = None
    give_back_after: int | None = None
    budget: int | None = None
    cool_down: int | None = None
    group_within: int | None = None
    there_waits: int | None = None


class File(msgspec.Struct, frozen=True):
    """All policies of the organisations that it names."""

    policies: tuple[Policy, ...] = ()


def load(path: FilePath, known: Known) -> list[Wanted]:
    """Return the policies that a file describes; `known` is what it may name.

    Raises `FileError` with each fault and its line, and `VicinoError` if the file cannot be read at all.
    """
    return parse(reading.text_of(path), path.name, known)


def parse(text: str, name: str, known: Known) -> list[Wanted]:
    """Return the policies that a text describes. Raises `FileError`."""
    found = reading.parse(text, name, File, lambda file: faults(file, known), "policies")
    return [wanted(policy) for policy in found.policies]


def faults(file: File, known: Known) -> Iterator[Fault]:
    """Yield everything that is wrong in a file beyond its shape."""
    if not file.policies:
        yield Fault((), "the file has no policies")
    seen: set[tuple[str, str, str]] = set()
    for index, policy in enumerate(file.policies):
        path: Path = ("policies", index)
        yield from _policy(policy, path, known)
        key = (policy.organisation, policy.family, policy.kind)
        if key in seen:
            yield Fault(path, f"{policy.organisation!r} has two policies for {' '.join(key[1:]).strip()}")
        seen.add(key)


def _policy(policy: Policy, path: Path, known: Known) -> Iterator[Fault]:
    yield from _one_of(policy.organisation, known.organisations, (*path, "organisation"), "the organisation")
    yield from _one_of(policy.family, [str(family) for family in Family], (*path, "family"), "the family")
    if policy.kind:
        yield from _one_of(policy.kind, TITLES, (*path, "kind"), "the kind")
    if not policy.steps:
        yield Fault((*path, "steps"), "the policy has no steps: nobody would be told")
    for index, step in enumerate(policy.steps):
        yield from _step(step, (*path, "steps", index), known)
    yield from _last_resort(policy, (*path, "last_resort"), known)
    yield from _clocks(policy, path)
    if policy.severe and not _SHARE.fullmatch(policy.severe):
        yield Fault((*path, "severe"), f"'severe' is {policy.severe!r}; a number from 0 to 1 is expected")
    for name in ("unanswered_after", "remind_after", "give_back_after"):
        yield from _seconds(getattr(policy, name), (*path, name), SHORTEST_LAST_S)
    for name in ("cool_down", "group_within", "there_waits"):
        yield from _seconds(getattr(policy, name), (*path, name), 0)
    if policy.give_back_after and not policy.remind_after:
        yield Fault((*path, "give_back_after"), "'give_back_after' counts from a reminder: it needs 'remind_after'")
    if policy.budget is not None and not 1 <= policy.budget <= MOST_TIMES:
        yield Fault((*path, "budget"), f"'budget' is {policy.budget}; 1 to {MOST_TIMES} alerts a day are expected")
    if policy.budget is not None and policy.family != Family.WELLBEING:
        yield Fault((*path, "budget"), f"only wellbeing alerts have a budget, not those of {policy.family}")


def _step(step: Step, path: Path, known: Known) -> Iterator[Fault]:
    if not step.tell:
        yield Fault((*path, "tell"), "the step tells nobody")
    yield from _told(step.tell, step.channels, path, known)
    yield from _seconds(step.after, (*path, "after"), 0)
    if step.times is not None and not 1 <= step.times <= MOST_TIMES:
        yield Fault((*path, "times"), f"'times' is {step.times}; 1 to {MOST_TIMES} are expected")
    if (step.times or 1) > 1 and step.every is None:
        yield Fault((*path, "times"), "who is told several times needs 'every', the seconds between them")
    yield from _seconds(step.every, (*path, "every"), SHORTEST_S)


def _last_resort(policy: Policy, path: Path, known: Known) -> Iterator[Fault]:
    last = policy.last_resort
    if policy.family == Family.SAFETY and not last.tell:
        yield Fault(path, "a safety policy names whom it tells where nobody took charge")
    yield from _told(last.tell, last.channels, path, known)
    for index, who in enumerate(last.tell):
        if who.shift or who.association:
            yield Fault(
                (*path, "tell", index), "the last resort is somebody who can be told at any time: a role or a person"
            )
    yield from _seconds(last.every, (*path, "every"), SHORTEST_LAST_S)


def _told(tell: tuple[Recipient, ...], channels: tuple[str, ...], path: Path, known: Known) -> Iterator[Fault]:
    for index, who in enumerate(tell):
        yield from _recipient(who, (*path, "tell", index), known)
    for index, channel in enumerate(channels):
        yield from _one_of(channel, CHANNELS, (*path, "channels", index), "the channel")


def _recipient(who: Recipient, path: Path, known: Known) -> Iterator[Fault]:
    given = [name for name in _TARGETS if getattr(who, name)]
    if len(given) != 1:
        said = f"says {' and '.join(given)} at once" if given else "says nobody"
        yield Fault(path, f"a recipient {said}; give one of: {', '.join(_TARGETS)}")
        return
    choices = {
        "role": ROLES, "shift": known.rotas, "person": known.logins, "contacts": (FAMILY_OF_A_HOME,),
        "association": known.associations,
    }  # fmt: skip
    yield from _one_of(getattr(who, given[0]), choices[given[0]], (*path, given[0]), f"the {given[0]}")
    if who.organisation and not who.role:
        yield Fault(
            (*path, "organisation"), f"'organisation' says where a role is held; it does not go with a {given[0]}"
        )
    elif who.organisation:
        yield from _one_of(who.organisation, known.organisations, (*path, "organisation"), "the organisation")


def _clocks(policy: Policy, path: Path) -> Iterator[Fault]:
    for name in ("quiet_from", "quiet_until", "told_at"):
        said = getattr(policy, name)
        if said and not _CLOCK.fullmatch(said):
            yield Fault((*path, name), f"'{name}' is {said!r}; a time as 22:00 is expected")
    if bool(policy.quiet_from) != bool(policy.quiet_until):
        given = "quiet_from" if policy.quiet_from else "quiet_until"
        yield Fault((*path, given), "quiet hours need both 'quiet_from' and 'quiet_until'")
    if policy.quiet_from and policy.quiet_from == policy.quiet_until:
        yield Fault((*path, "quiet_until"), "quiet hours end when they begin")
    if policy.family == Family.SAFETY:
        for name in ("quiet_from", "told_at"):
            if getattr(policy, name):
                yield Fault((*path, name), "safety is told at once, at any hour: take the quiet hours out")


def _seconds(value: int | None, path: Path, shortest: int) -> Iterator[Fault]:
    if value is not None and not shortest <= value <= LONGEST_S:
        yield Fault(path, f"'{path[-1]}' is {value}; {shortest} to {LONGEST_S} seconds are expected")


def _one_of(value: str, choices: Iterable[str], path: Path, what: str) -> Iterator[Fault]:
    ordered = sorted(choices)
    if value not in ordered:
        there = ", ".join(ordered[:12]) + (" and others" if len(ordered) > 12 else "") or "none"  # noqa: PLR2004 - enough to see what is meant
        yield Fault(path, f"{what} is {value!r}, which is not known; there are: {there}")


def wanted(policy: Policy) -> Wanted:
    """Return a policy without faults as it is to hold."""
    family = Family(policy.family)
    last = policy.last_resort
    default = plan.LastResort()
    return Wanted(
        policy.organisation,
        family,
        policy.kind,
        plan.Plan(
            name=policy.name or f"{policy.organisation} {policy.kind or policy.family}",
            steps=tuple(
                plan.Step(
                    tell=_whom(step.tell), after=step.after or 0, channels=step.channels, times=step.times or 1,
                    every=step.every or 0,
                )
                for step in policy.steps
            ),
            last_resort=plan.LastResort(
                tell=_whom(last.tell), channels=last.channels, every=last.every or default.every
            ),
            unanswered_after=policy.unanswered_after or UNANSWERED_AFTER_S[family],
            quiet_from=policy.quiet_from,
            quiet_until=policy.quiet_until,
            told_at=policy.told_at,
            severe=float(policy.severe) if policy.severe else plan.SEVERE,
            remind_after=policy.remind_after or 0,
            give_back_after=policy.give_back_after or 0,
            budget=policy.budget or 0,
            cool_down=policy.cool_down or 0,
            group_within=policy.group_within or 0,
            there_waits=policy.there_waits or 0,
        ),
    )  # fmt: skip


def _whom(tell: tuple[Recipient, ...]) -> tuple[plan.Who, ...]:
    return tuple(msgspec.convert(msgspec.to_builtins(who), plan.Who) for who in tell)
