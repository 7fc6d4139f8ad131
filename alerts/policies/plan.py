"""A policy as data: its steps, whom each tells, how often, and what comes where nobody takes charge.

A plan is about no alert yet. When an alert opens, the plan that holds for its home is copied into it whole
(`alerts.policy.Policy`), so that a later change of the plan does not touch it.
"""

from datetime import time
from typing import NamedTuple

import msgspec

# A wellbeing alert of this severity and above does not wait for the day.
SEVERE = 0.7


class Who(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom a step tells; exactly one of the first five is set.

    `role`: whoever has it at the organisation of the home or at one above it, or only at `organisation` where that is
    given. `shift`: whoever is on duty in the rota of that key. `person`: the account of that login. `contacts`: the
    family ("family"). `association`: the members of another organisation, who get a task with the least data.
    """

    role: str = ""
    shift: str = ""
    person: str = ""
    contacts: str = ""
    association: str = ""
    organisation: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step, due `after` seconds after the one before it, the first after the alert has opened.

    It tells its people `times` times, every `every` seconds, over `channels`; where that is empty, over the ways that
    each person has put in order.
    """

    tell: tuple[Who, ...]
    after: int = 0
    channels: tuple[str, ...] = ()
    times: int = 1
    every: int = 0


class LastResort(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is told where nobody took charge, on or off duty; of safety again every `every` seconds, without end."""

    tell: tuple[Who, ...] = ()
    channels: tuple[str, ...] = ()
    every: int = 900


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A policy of an organisation for a family of alerts.

    `unanswered_after`: seconds from the last telling of the last step until the alert says that nobody took charge.
    Nothing but safety, and wellbeing of severity `severe` and above, is told between `quiet_from` and `quiet_until` of
    the home's clock, nor at another time than `told_at` where that is given. `remind_after`: seconds after which
    whoever has the alert and has done nothing is reminded of it; `give_back_after`: seconds after that until it goes
    back to the queue; 0 for never. Times are HH:MM; '' for none.
    `budget`: how many wellbeing alerts a day are told one by one, 0 for all. `cool_down`: seconds after an outcome in
    which the same kind of wellbeing does not open anew. `group_within`: seconds in which what is opened of one home
    belongs to what was opened before. `there_waits`: seconds for which nobody else is called after a contact has said,
    by the link in a message, that they are with the person; 0: that stops nobody.
    """

    name: str
    steps: tuple[Step, ...]
    last_resort: LastResort = LastResort()
    unanswered_after: int = 300
    quiet_from: str = ""
    quiet_until: str = ""
    told_at: str = ""
    severe: float = SEVERE
    remind_after: int = 0
    give_back_after: int = 0
    budget: int = 0
    cool_down: int = 0
    group_within: int = 0
    there_waits: int = 0


class Telling(NamedTuple):
    """One telling of a plan: the step, counted from 0, and how many times it was told before."""

    step: int
    before: int


def tellings(plan: Plan) -> int:
    """Return how many tellings a plan has before nobody has taken charge."""
    return sum(step.times for step in plan.steps)


def telling(plan: Plan, number: int) -> Telling | None:
    """Return the telling of a number, counted from 0; None where nobody has taken charge by then."""
    for index, step in enumerate(plan.steps):
        if number < step.times:
            return Telling(index, number)
        number -= step.times
    return None


def first_of_next(plan: Plan, number: int) -> int:
    """Return the number of the first telling of the step after the one that `number` belongs to."""
    found = telling(plan, number)
    if found is None:
        return number + 1
    return sum(step.times for step in plan.steps[: found.step + 1])


def wait_after(plan: Plan, number: int) -> int:
    """Return the seconds between the telling `number` and what comes next."""
    found = telling(plan, number)
    if found is None:
        return plan.last_resort.every
    if found.before + 1 < plan.steps[found.step].times:
        return plan.steps[found.step].every
    following = found.step + 1
    return plan.steps[following].after if following < len(plan.steps) else plan.unanswered_after


def clock_time(text: str) -> time | None:
    """Return the time that `HH:MM` says; None for ''. Raises `ValueError` if it says none."""
    return time.fromisoformat(text) if text else None
