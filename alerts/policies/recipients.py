"""Who is meant by whom a step tells, at the moment at which it is told.

Whoever works in shifts is told only on duty: at no other time but as the last resort. Where a step means nobody at the
moment, it says so, and the next one comes at once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from alerts.addresses.ways import Recipient, Way, ways_of
from alerts.lifecycle import Family
from alerts.policies import repository
from alerts.policies.plan import Who
from alerts.policies.repository import Connection, Person
from alerts.policy import NextStep
from alerts.shifts.calendar import on_duty
from alerts.shifts.repository import Held, rotas_of


class Place(NamedTuple):
    """Where an alert is, and whom it is about; `person_id` is None where that is nobody in particular."""

    organisation_id: int
    home_id: int
    person_id: int | None
    family: Family


class Reached(NamedTuple):
    """Somebody who is to be told, and the ways there are to them, the best first."""

    recipient: Recipient
    ways: Sequence[Way]


def people(
    connection: Connection, tell: Sequence[Who], place: Place, now: datetime, *, last_resort: bool = False
) -> list[Person]:
    """Return who is to be told at `now`, each once."""
    rotas = rotas_of(connection, place.organisation_id)
    resting = frozenset() if last_resort else off_duty(rotas, now)
    found: dict[tuple[int | None, int | None], Person] = {}
    for who in tell:
        for person in _meant(connection, who, place, rotas, now):
            if person.login not in resting:
                found.setdefault((person.account_id, person.contact_id), person)
    return list(found.values())


def reached(connection: Connection, place: Place, family: Family, now: datetime, step: NextStep) -> list[Reached]:
    """Return whom a step reaches at `now`: those it tells to whom there is a way that it may use."""
    meant = [
        Recipient(each.account_id, each.contact_id, each.name, each.language)
        for each in people(connection, step.tell, place, now, last_resort=step.last_resort)
    ]
    ways = ways_of(connection, meant, channels=step.channels, family=family)
    return [Reached(recipient, ways[recipient]) for recipient in meant if ways[recipient]]


def off_duty(rotas: Sequence[Held], now: datetime) -> frozenset[str]:
    """Return the logins of those who work in shifts and are on duty by none of the rotas."""
    working = frozenset(login for held in rotas for login in on_duty(held.rota, now))
    return frozenset(login for held in rotas for login in held.rota.people) - working


def _meant(connection: Connection, who: Who, place: Place, rotas: Sequence[Held], now: datetime) -> Iterator[Person]:
    if who.role:
        yield from repository.by_role(connection, who.role, place.organisation_id, who.organisation)
    elif who.shift:
        # The nearest rota of that key, as the nearest policy holds.
        nearest = next((held for held in rotas if held.rota.key == who.shift), None)
        if nearest is not None:
            yield from repository.by_login(connection, on_duty(nearest.rota, now))
    elif who.person:
        yield from repository.by_login(connection, [who.person])
    elif who.association:
        for role in ("operator", "coordinator"):
            yield from repository.by_role(connection, role, place.organisation_id, who.association)
    elif who.contacts:
        yield from repository.contacts(connection, place.home_id, place.person_id, place.family, now)
