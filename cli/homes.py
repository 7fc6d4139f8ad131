"""Puts organisations, accounts, homes and devices into a running installation."""

from collections.abc import Iterable
from typing import Any

import msgspec

import devices.repository
import registry.reads
import registry.repository
from core.database import Database
from registry.changes import Changes
from registry.document import Account, Document, Home, Membership, Organisation

RECORDINGS = Organisation("recordings", "Recorded homes", "service")


def apply(database: Database, document: Document) -> Changes:
    """Make registry and devices what `document` says, both or neither; return what changed."""
    with database.transaction() as connection:
        return registry.repository.apply(connection, document).and_(devices.repository.apply(connection, document))


def document_of(organisation: Organisation, entries: Iterable[dict[str, Any]]) -> Document:
    """Return the description of homes given as entries of the registry file, all of one organisation."""
    homes = tuple(msgspec.convert({**entry, "organisation": organisation.key}, Home) for entry in entries)
    return Document(organisations=(organisation,), homes=homes)


def organisations(database: Database) -> tuple[Organisation, ...]:
    """Return the organisations of the installation, parents before children."""
    with database.transaction() as connection:
        rows = registry.reads.organisations(connection)
    keys = {row.organisation_id: row.key for row in rows}
    return tuple(
        Organisation(row.key, row.name, row.kind, keys[row.parent_id] if row.parent_id else "", row.phone)
        for row in rows
    )


def account_document(
    known: tuple[Organisation, ...], login: str, name: str, email: str, organisation: str, role: str
) -> Document:
    """Return the description of one account with one role, among the organisations that are known."""
    account = Account(login, name, email, memberships=(Membership(organisation, role),))
    return Document(organisations=known, accounts=(account,))
