"""Documents of the administration for tests: which there are, and what they can be changed to."""

import re
from collections.abc import Mapping
from typing import Any

import psycopg

from tests.integration.dashboards import filling


def numbers(connection: psycopg.Connection, home: filling.Home, account: int) -> dict[str, int]:
    """Return the number of one thing of each sort that is administered, in a home or of an account."""
    contact = filling.one(connection, "SELECT contact_id FROM registry.contact WHERE person_id = %s", home.person_id)
    return {
        "organisations": home.organisation_id,
        "homes": home.home_id,
        "rooms": home.rooms["kitchen"],
        "persons": home.person_id,
        "contacts": contact,
        "accounts": account,
        "caseloads": account,
        "{thing}": home.home_id,
    }


def number_in(path: str, among: Mapping[str, int]) -> int:
    """Return which of them an address of the administration names."""
    found = re.search(r"([^/]+)/\{number\}", path)
    assert found, path
    return among[found.group(1)]


def document(
    path: str, organisation: str = "servizio-sociale", roles: tuple[str, ...] = (), parent: str = ""
) -> dict[str, Any] | None:
    """Return fields that an address of the administration takes; None where it takes none."""
    thing = next((part for part in reversed(path.split("/")) if part in DOCUMENTS), "")
    if not path.startswith("/administration/") or not thing:
        return None
    fields = {**DOCUMENTS[thing]}
    if thing == "organisations":
        fields["parent"] = parent
    if thing == "homes":
        fields["organisation"] = organisation
    if thing == "accounts":
        fields["roles"] = [f"{role} {organisation}" for role in roles or ("operator",)]
    return fields


DOCUMENTS: dict[str, dict[str, Any]] = {
    "organisations": {"name": "Nuova", "kind": "service", "parent": ""},
    "homes": {"name": "Nuova", "timezone": "Europe/Rome"},
    "rooms": {"kind": "hall", "name": "Nuova"},
    "persons": {"name": "Nuova", "language": "it"},
    "contacts": {"name": "Nuova", "language": "it", "position": 1},
    "accounts": {"login": "nuova", "name": "Nuova", "language": "it", "active": True},
    "caseloads": {"limited": False, "homes": []},
}
