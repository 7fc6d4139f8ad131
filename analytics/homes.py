"""The homes to analyse, with what the analysis needs to know of them."""

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.repository import Home
from registry import reads as registry


def homes(connection: Connection[DictRow]) -> dict[int, Home]:
    """Return all homes by id. Where several persons live, findings are about the home and name none of them."""
    people: dict[int, list[int]] = {}
    for person in registry.persons(connection):
        people.setdefault(person.home_id, []).append(person.person_id)
    found = {}
    for home in registry.homes(connection):
        living = people.get(home.home_id, [])
        person_id = living[0] if len(living) == 1 else None
        found[home.home_id] = Home(home.home_id, home.organisation_id, person_id, home.zone)
    return found
