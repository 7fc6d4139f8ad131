"""A policy tried out: who would be told when of an alert that nobody takes. Nothing is written."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.lifecycle import Family
from alerts.policies.recipients import Place, reached
from alerts.policies.repository import Connection
from alerts.policies.walk import carry_out
from alerts.policy import Found, NextStep, Rules, decide

LONGEST = timedelta(days=7)


class Told(NamedTuple):
    """Somebody who would be told, and the channel that would be used first; a contact has no account."""

    name: str
    channel: str
    account_id: int | None = None


class Moment(NamedTuple):
    """What would happen at an instant: whom the telling `number` reaches, which steps were passed over before it.

    `unanswered` tells that the alert says by now that nobody took charge.
    """

    at: datetime
    number: int
    people: tuple[Told, ...]
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
        carried = carry_out(policy, number, now, partial(_reached, connection, place, family, now))
        yield Moment(
            now,
            carried.number,
            tuple(carried.people),
            carried.passed_over,
            carried.found.unanswered,
            carried.found.last_resort,
        )
        number, now = carried.number + 1, carried.found.next_at


def _reached(connection: Connection, place: Place, family: Family, now: datetime, step: NextStep) -> list[Told]:
    return [
        Told(who.name, ways[0].channel, who.account_id) for who, ways in reached(connection, place, family, now, step)
    ]
