"""What the measurement of storage does to the database that was made for it, and asks of it."""

from typing import Any

from psycopg import Connection
from psycopg.sql import Identifier

from core.database import Row
from core.statements import Statements

_sql = Statements.beside(__file__)


def stop_jobs(administrator: Connection[Any]) -> None:
    """End TimescaleDB's jobs of the database."""
    administrator.execute(_sql["stop_jobs"])


def compress_all(administrator: Connection[Any]) -> None:
    """Compress every chunk there is."""
    administrator.execute(_sql["compress_all"])


def size(connection: Connection[Row], relation: str, *, timescale: bool) -> int:
    """Return the bytes of a table of readings or figures in the schema `ingest`, with all that belongs to it."""
    statement = _sql["hypertable_size" if timescale else "plain_size"]
    row = connection.execute(statement, {"relation": f"ingest.{relation}"}).fetchone()
    return int(row["bytes"]) if row and row["bytes"] else 0


def table_size(connection: Connection[Row], relation: str) -> int:
    """Return the bytes of an ordinary table in the schema `ingest`, with its indexes."""
    row = connection.execute(_sql["table_size"], {"relation": f"ingest.{relation}"}).fetchone()
    assert row is not None
    return int(row["bytes"])


def rows(connection: Connection[Row], relation: str) -> int:
    """Return how many rows a table in the schema `ingest` has."""
    row = connection.execute(_sql["rows"].format(relation=Identifier("ingest", relation))).fetchone()
    assert row is not None
    return int(row["n"])
