"""What a due telling comes to: whom it reaches now, and which steps nobody was there for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from alerts.policies.plan import first_of_next, telling
from alerts.policy import NextStep, Policy, next_step

T = TypeVar("T")


class Carried(NamedTuple, Generic[T]):
    """The telling that was carried out, whom it reached, and the steps (from 0) that were passed over before it.

    `people` is empty only where even the last resort is nobody.
    """

    number: int
    found: NextStep
    people: Sequence[T]
    passed_over: tuple[int, ...]


def carry_out(policy: Policy, number: int, now: datetime, reach: Callable[[NextStep], Sequence[T]]) -> Carried[T]:
    """Return what the telling `number` comes to at `now`; `reach` says whom a step reaches at this moment.

    A step that reaches nobody is passed over at once, so that a gap in the shifts delays nothing. It ends in somebody
    being reached or in "nobody took charge".
    """
    passed_over: list[int] = []
    while True:
        found = next_step(policy, number, now)
        people = reach(found) if found.tell else ()
        step = telling(policy.plan, number)
        if people or step is None:
            return Carried(number, found, people, tuple(passed_over))
        passed_over.append(step.step)
        number = first_of_next(policy.plan, number)
