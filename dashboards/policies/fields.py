"""A policy as a form: what stands in its fields, and what an answer comes to, with each fault beside its field.

What may stand in a policy says `alerts.policies.document`, for this form as for a file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from alerts.channels.names import CHANNELS, title_of
from alerts.drafts.reads import Choices
from alerts.lifecycle import Family
from alerts.policies import document
from alerts.policies.document import LONGEST_S, SHORTEST_LAST_S, SHORTEST_S
from alerts.policies.plan import Plan, Who
from alerts.policies.wanted import Known
from core.translation import mark
from dashboards.policies.words import spell
from dashboards.wording import Words
from dashboards.written import plain
from registry.rules import Path

Given = Mapping[str, Sequence[str]]
MINUTE, HOUR = 60, 3600
MOST_STEPS, MOST_WHO, NAME_CHARACTERS = 12, 3, 80
TARGETS = ("role", "shift", "person", "contacts", "association")
DURATIONS = ("unanswered_after", "remind_after", "give_back_after", "there_waits", "group_within", "cool_down")
CLOCKS = ("quiet_from", "quiet_until", "told_at")
# What is asked of each family besides its steps, in this order; the others mean nothing there.
ASKED: Mapping[Family, tuple[str, ...]] = {
    Family.SAFETY: ("remind_after", "give_back_after", "there_waits", "group_within"),
    Family.WELLBEING: (
        "quiet_from", "quiet_until", "severe", "budget", "cool_down", "remind_after", "give_back_after", "there_waits",
        "group_within",
    ),
    Family.TECHNICAL: ("told_at", "quiet_from", "quiet_until", "remind_after", "give_back_after", "group_within"),
}  # fmt: skip
_STEP = re.compile(r"step-([0-9]{1,3})-(who-[0-9]|after|times|every|by)")
_FIELDS = {"tell": "who", "channels": "by"}  # where the form calls it otherwise than the document
_NUMBER = re.compile(r"[0-9]{1,7}([.,][0-9]{1,6})?")

A_NUMBER = mark("Write a number, as 5 or 1,5.")
FAULTS: Mapping[str, str] = {
    "steps": mark("Name in the first step whom to tell: a policy without steps would tell nobody."),
    "tell": mark("This is not among those who can be told here. Choose somebody of the list."),
    "channels": mark("This way of telling is not known. Choose those of the list."),
    "times": mark("From 1 to 100 times; for more than once it needs the time between."),
    "last_resort": mark("A safety policy needs somebody for when nobody takes charge."),
    "resort": mark("For when nobody takes charge name somebody who can be told at any time: a role or a person."),
    "clock": mark("Write a time as 22:00. Quiet hours need both times, and they must differ."),
    "severe": mark("Write a number from 0 to 100."),
    "budget": mark("From 1 to 100 alerts a day; empty for all of them."),
    "give_back_after": mark("It counts from the reminder: fill in both, or neither."),
}


class Fields(NamedTuple):
    """A form as it was answered: the policy where nothing is wrong with it, else what is, by the field's name."""

    given: Given
    plan: Plan | None
    problems: Mapping[str, str]


def unit(family: Family, name: str) -> int:
    """Return in how many seconds a duration is counted in the form."""
    if name in ("there_waits", "group_within"):
        return MINUTE
    return HOUR if name == "cool_down" or family is not Family.SAFETY else MINUTE


def filled(plan: Plan, family: Family) -> Given:
    """Return the fields of a form in which a policy stands."""
    given: dict[str, list[str]] = {"name": [plan.name], "unanswered_after": [_count(plan.unanswered_after, family, "")]}
    for index, step in enumerate(plan.steps):
        _put_told(given, f"step-{index}", step.tell, step.channels)
        given[f"step-{index}-after"] = [_count(step.after, family, "")]
        given[f"step-{index}-times"] = [str(step.times)]
        given[f"step-{index}-every"] = [_count(step.every, family, "") if step.every else ""]
    _put_told(given, "last", plan.last_resort.tell, plan.last_resort.channels)
    given["last-every"] = [_count(plan.last_resort.every, family, "")]
    for name in DURATIONS[1:]:
        value = getattr(plan, name)
        given[name] = [_count(value, family, name) if value else ""]
    for name in CLOCKS:
        given[name] = [getattr(plan, name)]
    given["severe"] = [f"{plan.severe * 100:g}"]
    given["budget"] = [str(plan.budget) if plan.budget else ""]
    return given


def read(given: Given, organisation: str, family: Family, kind: str, known: Known, words: Words) -> Fields:
    """Return what the answer of a form comes to."""
    given = compacted(given)
    problems: dict[str, str] = {}
    number = _Numbers(given, family, problems, words)
    asked = ASKED[family]
    steps = tuple(
        document.Step(
            tell=_told(given, f"step-{index}"),
            after=number.seconds(f"step-{index}-after", ""),
            channels=tuple(given.get(f"step-{index}-by", ())),
            times=number.whole(f"step-{index}-times"),
            every=number.seconds(f"step-{index}-every", ""),
        )
        for index in range(steps_of(given))
    )
    durations = {name: number.seconds(name, name) for name in DURATIONS if name == DURATIONS[0] or name in asked}
    share = number.whole("severe") if "severe" in asked else None
    wished = document.Policy(
        organisation=organisation,
        family=str(family),
        kind=kind,
        name=plain(one(given, "name"))[:NAME_CHARACTERS],
        steps=steps,
        last_resort=document.LastResort(
            tell=_told(given, "last"), channels=tuple(given.get("last-by", ())), every=number.seconds("last-every", "")
        ),
        severe="" if share is None else f"{share / 100:g}",
        budget=number.whole("budget") if "budget" in asked else None,
    )
    clocks = {name: one(given, name) for name in CLOCKS if name in asked}
    wished = msgspec.structs.replace(wished, **durations, **clocks)
    for fault in document.faults(document.File((wished,)), known):
        field, said = _fault(fault.path, words)
        problems.setdefault(field, said)
    return Fields(given, None if problems else document.wanted(wished).plan, problems)


def compacted(given: Given) -> dict[str, list[str]]:
    """Return the fields of a form without the steps in which nobody is named, the others numbered anew."""
    rest = {name: list(values) for name, values in given.items() if not _STEP.fullmatch(name)}
    steps: dict[int, dict[str, list[str]]] = {}
    for name, values in given.items():
        found = _STEP.fullmatch(name)
        if found:
            steps.setdefault(int(found[1]), {})[found[2]] = list(values)
    named = [
        fields
        for _, fields in sorted(steps.items())
        if any(values and values[0] for name, values in fields.items() if name.startswith("who"))
    ]
    for index, fields in enumerate(named[:MOST_STEPS]):
        rest |= {f"step-{index}-{name}": values for name, values in fields.items()}
    return rest


def steps_of(given: Given) -> int:
    """Return how many steps a compacted form has."""
    return 1 + max((int(found[1]) for found in map(_STEP.fullmatch, given) if found), default=-1)


def known_to(organisation: str, choices: Choices, plan: Plan) -> Known:
    """Return what a policy may name: what there is to choose, and what the policy before it names already."""
    named = [*plan.last_resort.tell, *(who for step in plan.steps for who in step.tell)]
    return Known(
        frozenset({organisation, *(who.organisation for who in named if who.organisation)}),
        frozenset({*choices.association, *(who.association for who in named if who.association)}),
        frozenset({*choices.person, *(who.person for who in named if who.person)}),
        frozenset({*choices.shift, *(who.shift for who in named if who.shift)}),
    )


def value_of(who: Who) -> str:
    """Return a recipient as a choice of the form."""
    target = next(name for name in TARGETS if getattr(who, name))
    return " ".join(part for part in (target, getattr(who, target), who.organisation) if part)


def one(given: Given, name: str) -> str:
    """Return the value of a field that has one, "" where it is empty."""
    return next(iter(given.get(name, ())), "").strip()


def _told(given: Given, prefix: str) -> tuple[document.Recipient, ...]:
    values = [one(given, name) for name in sorted(given) if name.startswith(f"{prefix}-who-")]
    return tuple(_recipient(value) for value in dict.fromkeys(values) if value)


def _recipient(value: str) -> document.Recipient:
    target, _, rest = value.partition(" ")
    key, _, organisation = rest.partition(" ")
    if target not in TARGETS:
        return document.Recipient(person=value)  # which is nobody's login
    return document.Recipient(**{target: key, "organisation": organisation})


def _put_told(given: dict[str, list[str]], prefix: str, tell: Sequence[Who], channels: Sequence[str]) -> None:
    for place, who in enumerate(tell):
        given[f"{prefix}-who-{place}"] = [value_of(who)]
    given[f"{prefix}-by"] = list(channels)


def _count(seconds: int, family: Family, name: str) -> str:
    return f"{seconds / unit(family, name):.4f}".rstrip("0").rstrip(".")


class _Numbers:
    """Reads numbers of a form, and writes down which fields hold none."""

    def __init__(self, given: Given, family: Family, problems: dict[str, str], words: Words) -> None:
        self._given, self._family, self._problems, self._words = given, family, problems, words

    def seconds(self, field: str, name: str) -> int | None:
        """Return a duration in seconds, None where the field is empty."""
        value = self._number(field)
        return None if value is None else round(value * unit(self._family, name))

    def whole(self, field: str) -> int | None:
        """Return a whole number, None where the field is empty."""
        value = self._number(field)
        if value is not None and value != int(value):
            self._problems[field] = self._words.say(A_NUMBER)
            return None
        return None if value is None else int(value)

    def _number(self, field: str) -> float | None:
        text = one(self._given, field)
        if text and not _NUMBER.fullmatch(text):
            self._problems[field] = self._words.say(A_NUMBER)
            return None
        return float(text.replace(",", ".")) if text else None


def _fault(path: Path, words: Words) -> tuple[str, str]:
    """Return beside which field a fault stands, and what may stand there."""
    field, what = _place(path[2:])
    if what in FAULTS:
        return field, words.say(FAULTS[what])
    least = {"after": 0, "every": SHORTEST_S, "cool_down": 0, "group_within": 0, "there_waits": 0}.get(
        what, SHORTEST_LAST_S
    )
    text = words.translations.gettext("From %(least)s to %(most)s.")
    return field, text % {"least": spell(least, words), "most": spell(LONGEST_S, words)}


def _place(rest: Path) -> tuple[str, str]:
    """Return the field at a place of the document, and which sort of fault stands there."""
    match rest:
        case ("steps", int() as index, what, *inner):
            name = f"step-{index}-{_FIELDS.get(str(what), what)}"
            return (f"{name}-{next(iter(inner), 0)}" if what == "tell" else name), str(what)
        case ("last_resort", "tell", place, *inner):
            return f"last-who-{place}", "tell" if inner else "resort"
        case ("last_resort", str() as what, *_):
            return f"last-{_FIELDS.get(what, what)}", "last_every" if what == "every" else what
        case ("last_resort",):
            return "last-who-0", "last_resort"
        case (what, *_):
            return str(what), "clock" if what in CLOCKS else str(what)
    return "name", "steps"


def channels_of(words: Words) -> Iterator[tuple[str, str]]:
    """Yield the channels that a step may be restricted to, with their names."""
    for channel in CHANNELS:
        yield channel, title_of(channel, words.language)
