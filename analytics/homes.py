"""The homes to analyse, with what the analysis needs to know of them."""

from collections.abc import Sequence

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.repository import Home
from registry import reads as registry


def homes(connection: Connection[DictRow]) -> dict[int, Home]:
    """Return all homes by id. Where several persons live, findings are about the home and name none of them."""
    people: dict[int, list[int]] = {}
    for person in registry.persons(connection):
        people.setdefault(person.home_id, []).append(person.person_id)
    return {home.home_id: _home(home, people.get(home.home_id, [])) for home in registry.homes(connection)}


def home_of(connection: Connection[DictRow], home_id: int) -> Home | None:
    """Return one home, as `homes` does; None if there is no such home."""
    found = registry.home(connection, home_id)
    if found is None:
        return None
    return _home(found, [person.person_id for person in registry.persons_of_home(connection, home_id)])


def _home(home: registry.Home, living: Sequence[int]) -> Home:
    person_id = living[0] if len(living) == 1 else None
    return Home(home.home_id, home.organisation_id, person_id, home.zone)
