"""The homes to analyse, with what the analysis needs to know of them."""

from collections.abc import Iterable, Sequence

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.repository import Home
from registry import reads as registry


def homes(connection: Connection[DictRow]) -> dict[int, Home]:
    """Return all homes by id. Where several persons live, findings are about the home and name none of them."""
    return _with_people(registry.homes(connection), registry.persons(connection))


def homes_of(connection: Connection[DictRow], home_ids: Sequence[int]) -> dict[int, Home]:
    """Return some homes, as `homes` does; those that there are not are left out."""
    return _with_people(registry.homes_of(connection, home_ids), registry.persons_of_homes(connection, home_ids))


def _with_people(found: Iterable[registry.Home], persons: Iterable[registry.Person]) -> dict[int, Home]:
    people: dict[int, list[registry.Person]] = {}
    for person in persons:
        people.setdefault(person.home_id, []).append(person)
    return {home.home_id: _home(home, people.get(home.home_id, [])) for home in found}


def _home(home: registry.Home, living: Sequence[registry.Person]) -> Home:
    person = living[0] if len(living) == 1 else None
    return Home(
        home.home_id,
        home.organisation_id,
        person and person.person_id,
        home.zone,
        person and person.birth_year,
    )
