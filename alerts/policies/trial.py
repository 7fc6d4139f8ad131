"""A policy tried out: who would be told when of an alert that nobody takes. Nothing is written."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.lifecycle import Family
from alerts.policies.recipients import Place, people
from alerts.policies.repository import Connection, Person
from alerts.policies.walk import carry_out
from alerts.policy import Found, NextStep, Rules, decide

LONGEST = timedelta(days=7)


class Moment(NamedTuple):
    """What would happen at an instant: whom the telling `number` reaches, which steps were passed over before it.

    `unanswered` tells that the alert says by now that nobody took charge.
    """

    at: datetime
    number: int
    names: tuple[str, ...]
    passed_over: tuple[int, ...]
    unanswered: bool
    last_resort: bool


def moments(
    connection: Connection,
    found: Rules | Found,
    family: Family,
    place: Place,
    zone: ZoneInfo,
    at: datetime,
    severity: float,
    most: int,
) -> Iterator[Moment]:
    """Yield what would happen, at most `most` tellings and within a week."""
    policy = decide(family, at, zone, found, severity)
    now: datetime | None = policy.first_at
    number = 0
    for _ in range(most):
        if now is None or now - at > LONGEST:
            return
        carried = carry_out(policy, number, now, _reaching(connection, place, now))
        yield Moment(
            now,
            carried.number,
            tuple(person.name for person in carried.people),
            carried.passed_over,
            carried.found.unanswered,
            carried.found.last_resort,
        )
        number, now = carried.number + 1, carried.found.next_at


def _reaching(connection: Connection, place: Place, now: datetime) -> Callable[[NextStep], list[Person]]:
    """Return what says whom a step would reach at an instant."""

    def reach(found: NextStep) -> list[Person]:
        return people(connection, found.tell, place, now, last_resort=found.last_resort)

    return reach
