"""Writes the registry. The caller owns the transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from core.places import RoomKind
from core.statements import Statements
from registry import rules
from registry.changes import Changes, Count, count_of
from registry.document import Document

_SQL = Statements.beside(__file__)

Rows = list[dict[str, Any]]


def apply(connection: Connection[DictRow], document: Document) -> Changes:
    """Make organisations, accounts, homes, rooms, persons and contacts what `document` says, by their keys.

    Nothing is deleted: what is no longer described is kept and told. Applying the same document again changes
    nothing. A home that goes to another organisation takes everything of it along. Raises
    `registry.rules.DocumentError`, before anything is written, if the document breaks a rule.
    """
    rules.require_sound(document)
    connection.execute(_SQL["begin_apply"])
    counts = {"organisations": _organisations(connection, list(_organisation_rows(document)))}
    described = dict(_described(document))
    for kind, rows in (
        ("accounts", _account_rows(document)),
        ("memberships", _membership_rows(document)),
        ("homes", _home_rows(document)),
        ("rooms", _room_rows(document)),
        ("persons", _person_rows(document)),
        ("contacts", _contact_rows(document)),
    ):
        wanted = list(rows)
        touched = connection.execute(_SQL[f"apply_{kind}"], {"rows": Jsonb(wanted)}) if wanted else ()
        counts[kind] = count_of(len(wanted), (row["made"] for row in touched))
    missing: dict[str, list[str]] = {}
    for row in connection.execute(_SQL["present"]):
        if row["key"] not in described[row["kind"]]:
            missing.setdefault(row["kind"], []).append(row["key"])
    return Changes(counts, {kind: tuple(keys) for kind, keys in missing.items()})


def store_password_hash(connection: Connection[DictRow], login: str, password_hash: str, now: datetime) -> bool:
    """Set the password hash of the account `login` and end its sign-ins; tell whether there is one."""
    values = {"login": login, "hash": password_hash, "now": now}
    return connection.execute(_SQL["store_password_hash"], values).fetchone() is not None


def open_or_close_account(connection: Connection[DictRow], login: str, now: datetime, *, active: bool) -> bool:
    """Open or close the account `login` and end its sign-ins; tell whether there is one."""
    values = {"login": login, "active": active, "now": now}
    return connection.execute(_SQL["open_or_close_account"], values).fetchone() is not None


def remove_role(connection: Connection[DictRow], login: str, organisation: str, role: str) -> bool:
    """Take a role in an organisation away from the account `login`; tell whether it had it."""
    values = {"login": login, "organisation": organisation, "role": role}
    return connection.execute(_SQL["remove_role"], values).fetchone() is not None


def _organisations(connection: Connection[DictRow], rows: Rows) -> Count:
    given = {"rows": Jsonb(rows)}
    made = {row["key"] for row in connection.execute(_SQL["make_organisations"], given)}
    changed = {row["key"] for row in connection.execute(_SQL["change_organisations"], given)} - made
    return Count(len(made), len(changed), len(rows) - len(made) - len(changed))


def _organisation_rows(document: Document) -> Iterator[dict[str, Any]]:
    for thing in document.organisations:
        yield {"key": thing.key, "name": thing.name, "kind": thing.kind, "parent": thing.parent}


def _account_rows(document: Document) -> Iterator[dict[str, Any]]:
    for thing in document.accounts:
        yield {"login": thing.login, "name": thing.name, "email": thing.email, "language": thing.language}


def _membership_rows(document: Document) -> Iterator[dict[str, Any]]:
    for account in document.accounts:
        for membership in account.memberships:
            yield {"login": account.login, "organisation": membership.organisation, "role": membership.role}


def _home_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        yield {
            "key": home.key,
            "organisation": home.organisation,
            "name": home.name,
            "address": home.address,
            "municipality": home.municipality,
            "access_notes": home.access_notes,
            "timezone": home.timezone,
        }


def _room_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for room in home.rooms:
            yield {"home": home.key, "key": room.key, "name": room.name, "kind": room.kind}


def _person_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for person in home.persons:
            yield {
                "home": home.key,
                "key": person.key,
                "name": person.name,
                "birth_year": person.birth_year,
                "sex": person.sex,
                "phone": person.phone,
                "language": person.language,
            }


def _contact_rows(document: Document) -> Iterator[dict[str, Any]]:
    for home in document.homes:
        for person in home.persons:
            for position, contact in enumerate(person.contacts, 1):
                yield {
                    "person": person.key,
                    "key": contact.key,
                    "name": contact.name,
                    "relation": contact.relation,
                    "phone": contact.phone,
                    "email": contact.email,
                    "language": contact.language,
                    "position": position,
                }


def _described(document: Document) -> Iterator[tuple[str, set[str]]]:
    yield "organisations", {row["key"] for row in _organisation_rows(document)}
    yield "accounts", {row["login"] for row in _account_rows(document)}
    yield "memberships", {f"{row['login']} {row['role']} {row['organisation']}" for row in _membership_rows(document)}
    yield "homes", {row["key"] for row in _home_rows(document)}
    yield "rooms", {f"{row['home']} {row['key']}" for row in _room_rows(document)}
    yield "persons", {row["key"] for row in _person_rows(document)}
    yield "contacts", {f"{row['person']} {row['key']}" for row in _contact_rows(document)}


def add_room(connection: Connection[DictRow], home_public_id: UUID, kind: RoomKind, name: str) -> int | None:
    """Add a room as the viewer of the connection, or return the same one; None where that is not for the viewer."""
    row = connection.execute(_SQL["add_room"], {"home": home_public_id, "kind": kind, "name": name}).fetchone()
    return row["room_id"] if row else None


def rename_room(connection: Connection[DictRow], room_id: int, name: str) -> int | None:
    """Give a room another name as the viewer; None where that is not for the viewer."""
    row = connection.execute(_SQL["rename_room"], {"room_id": room_id, "name": name}).fetchone()
    return row["room_id"] if row else None
