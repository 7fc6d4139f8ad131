"""Who signs in to the database as Grafana, and what that login sees."""

from typing import Any

from psycopg import Connection
from psycopg.sql import Identifier

from core.errors import VicinoError
from core.statements import Statements
from embedded.repository import ensure_login

ROLE = "vicino_grafana"
_sql = Statements.beside(__file__)


def admit(connection: Connection[Any], login: str, password: str, organisation: str | None = None) -> None:
    """Make sure that `login` can sign in and sees the pseudonymous views of an organisation (its key) and those below.

    Without an organisation it sees all of them. `connection` is an administrator's and in autocommit. Raises
    `VicinoError` where there is no such organisation, or where the login serves something else: nothing is changed.
    """
    if connection.execute(_sql["serves_otherwise"], {"login": login, "role": ROLE}).fetchone() is not None:
        raise VicinoError(
            f"{login} is the login of something else: Grafana gets one of its own.",
            kept="the logins as they were",
            advice="name another one",
        )
    with connection.transaction():
        connection.execute(_sql["become_owner"])
        number = None if organisation is None else _number(connection, organisation)
        connection.execute(_sql["admit"], {"login": login, "organisation": number})
    ensure_login(connection, login, password, ROLE)
    connection.execute(_sql["bound"].format(login=Identifier(login)))


def _number(connection: Connection[Any], key: str) -> int:
    found = connection.execute(_sql["organisation"], {"key": key}).fetchone()
    if found is None:
        keys = ", ".join(_first(row) for row in connection.execute(_sql["organisations"]))
        raise VicinoError(
            f"There is no organisation {key!r}.", kept="the logins as they were", advice=f"choose one of: {keys}"
        )
    return int(_first(found))


def _first(row: Any) -> Any:
    return next(iter(row.values())) if isinstance(row, dict) else row[0]
