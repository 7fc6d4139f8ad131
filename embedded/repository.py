"""Databases and logins of a PostgreSQL server, made by its administrator."""

from typing import Any

from psycopg import Connection
from psycopg.sql import Identifier, Literal

from core.statements import Statements

_SQL = Statements.beside(__file__)


def ensure_database(connection: Connection[Any], name: str) -> None:
    """Make the database `name` unless it is there. `connection` is in autocommit."""
    if not _exists(connection, "database_exists", name):
        connection.execute(_SQL["create_database"].format(name=Identifier(name)))


def ensure_login(connection: Connection[Any], login: str, password: str, role: str) -> None:
    """Make sure that `login` can sign in with `password` and act as the existing role `role`."""
    if not _exists(connection, "role_exists", login):
        connection.execute(_SQL["create_login"].format(login=Identifier(login)))
    verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    connection.execute(_SQL["set_password"].format(login=Identifier(login), verifier=Literal(verifier.decode("ascii"))))
    connection.execute(_SQL["join_role"].format(role=Identifier(role), login=Identifier(login)))


def _exists(connection: Connection[Any], statement: str, name: str) -> bool:
    row = connection.execute(_SQL[statement], {"name": name}).fetchone()
    return row is not None and bool(row[0])
