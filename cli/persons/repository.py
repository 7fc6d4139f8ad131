"""What is asked for before somebody's data are given out or erased."""

from typing import NamedTuple
from uuid import UUID

from psycopg import Connection

from core.database import Row
from core.errors import VicinoError
from core.statements import Statements

_sql = Statements.beside(__file__)


class Person(NamedTuple):
    """Somebody in care."""

    person_id: int
    public_id: UUID
    key: str
    name: str
    language: str
    timezone: str
    home_id: int


def person(connection: Connection[Row], key: str) -> Person:
    """Return a person by key; raises `VicinoError` where there is none."""
    row = connection.execute(_sql["person"], {"key": key}).fetchone()
    if row is None:
        raise VicinoError(f"There is nobody with the key {key!r}.", advice="see the keys with: vicino registry show")
    return Person(**row)


def account(connection: Connection[Row], login: str) -> int:
    """Return the number of an account; raises `VicinoError` where there is none that can be used."""
    row = connection.execute(_sql["account"], {"login": login}).fetchone()
    if row is None:
        raise VicinoError(f"There is no active account {login!r}.", advice="see them with: vicino account list")
    return int(row["account_id"])
