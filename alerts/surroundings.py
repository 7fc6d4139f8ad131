"""What alerts need to know of a home, from the registry."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.repository import Connection
from registry import reads as registry_reads


class HomeFacts(NamedTuple):
    """What an alert says about a home; `only_person` is None where nobody, or more than one, lives there."""

    zone: ZoneInfo
    only_person: int | None


def home_facts(connection: Connection, home_id: int) -> HomeFacts:
    """Return what an alert says about a home. Raises `VicinoError` if there is no such home."""
    zone = registry_reads.zone_of_home(connection, home_id)
    people = registry_reads.persons_of_home(connection, home_id)
    return HomeFacts(zone, people[0].person_id if len(people) == 1 else None)


def municipality(connection: Connection, home_id: int) -> str:
    """Return the municipality of a home, empty where it is not known."""
    home = registry_reads.home(connection, home_id)
    return home.municipality if home else ""
