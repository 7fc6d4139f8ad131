"""Writes which gateways may connect. The caller owns the transaction."""

from collections.abc import Mapping
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from core.database import View
from core.statements import Statements

_SQL = Statements.beside(__file__)


def gateways_of_home(connection: Connection[DictRow], home: str) -> list[str] | None:
    """Return the keys of a home's gateways; None if there is no such home."""
    rows = connection.execute(_SQL["gateways_of_home"], {"home": home}).fetchall()
    return [row["key"] for row in rows if row["key"] is not None] if rows else None


def place_gateway(connection: Connection[DictRow], home: str, key: str) -> bool:
    """Make a gateway in a home; tell whether it was made: not if one of that key is there already."""
    return connection.execute(_SQL["place_gateway"], {"home": home, "key": key}).fetchone() is not None


def write_enrolments(connection: Connection[DictRow], hashes: Mapping[str, str], now: datetime) -> set[str]:
    """Give gateways new credentials, by key the hash of the password; return which of them are known."""
    parameters = {"keys": list(hashes), "hashes": list(hashes.values()), "now": now}
    return {row["key"] for row in connection.execute(_SQL["write_enrolments"], parameters)}


def note_admitted(connection: Connection[DictRow], hashes: Mapping[str, str], now: datetime) -> None:
    """Note that the broker was told of credentials, as far as they are still the present ones."""
    connection.execute(_SQL["note_admitted"], {"keys": list(hashes), "hashes": list(hashes.values()), "now": now})


def write_revocation(connection: Connection[DictRow], key: str, now: datetime) -> bool:
    """Take a gateway's credentials away; tell whether it had any."""
    row = connection.execute(_SQL["write_revocation"], {"key": key, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def enrol_for_viewer(view: View, key: str, hash_: str, now: datetime) -> bool:
    """Give a gateway new credentials if the viewer may; tell whether it was done."""
    row = view.connection.execute(_SQL["enrol_for_viewer"], {"key": key, "hash": hash_, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def revoke_for_viewer(view: View, key: str, now: datetime) -> bool:
    """Take a gateway's credentials away if the viewer may; tell whether it was done."""
    row = view.connection.execute(_SQL["revoke_for_viewer"], {"key": key, "now": now}).fetchone()
    return row is not None and bool(row["done"])


def active_enrolments(connection: Connection[DictRow]) -> dict[str, str]:
    """Return the hash of the password of each gateway that may sign in, by key."""
    return {row["key"]: row["password_hash"] for row in connection.execute(_SQL["active_enrolments"])}
