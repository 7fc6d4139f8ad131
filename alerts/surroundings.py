"""What alerts need to know of a home, from the registry."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerts.channels.levels import Facts
from alerts.repository import Claimed, Connection
from core.languages import written
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


def facts(connection: Connection, claimed: Claimed) -> Facts:
    """Return what is known of whom a message is about, in the language of whoever reads it."""
    home = registry_reads.home(connection, claimed.home_id)
    people = registry_reads.persons_of_home(connection, claimed.home_id)
    person = next((each for each in people if each.person_id == claimed.person_id), None)
    return Facts(
        name=person.name if person else "",
        address=home.address if home else "",
        phone=person.phone if person else "",
        explanation=claimed.explanation_it if written(claimed.language) == "it" else claimed.explanation_en,
    )


def municipality(connection: Connection, home_id: int) -> str:
    """Return the municipality of a home, empty where it is not known."""
    home = registry_reads.home(connection, home_id)
    return home.municipality if home else ""
