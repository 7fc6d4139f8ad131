"""What measurements ask of a database, and do to one that was made for them."""

from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from psycopg import Connection
from psycopg.sql import Identifier

from core.database import Row
from core.statements import Statements

_sql = Statements.beside(__file__)

_HEAD_BYTES = 19
_TAIL_BYTES = 2
_KEYS = np.dtype([("fields", ">i2"), ("n1", ">i4"), ("series_id", ">i4"), ("n2", ">i4"), ("at_ms", ">i8")])


class OpenedAlert(NamedTuple):
    """An alert of a measurement: the gateway of its home, and when it was opened."""

    public_id: str
    gateway_key: str
    opened_at: datetime


def stored(connection: Connection[Row]) -> int:
    """Return how many readings the workers have committed so far."""
    row = connection.execute(_sql["stored"]).fetchone()
    assert row is not None
    return int(row["stored"])


def keys(connection: Connection[Any]) -> npt.NDArray[np.int64]:
    """Return series and milliseconds since 1970 of all readings, a row each."""
    with connection.cursor() as cursor, cursor.copy(_sql["keys"]) as copy:
        data = b"".join(bytes(block) for block in copy)
    found = np.frombuffer(data[_HEAD_BYTES:-_TAIL_BYTES], _KEYS)
    return np.stack([found["series_id"].astype(np.int64), found["at_ms"].astype(np.int64)], axis=1)


def opened_alerts(connection: Connection[Row]) -> list[OpenedAlert]:
    """Return all alerts, by the gateways of their homes."""
    return [OpenedAlert(**row) for row in connection.execute(_sql["opened_alerts"])]


def empty(administrator: Connection[Any]) -> None:
    """Delete all readings and what was written about them."""
    administrator.execute(_sql["empty"])
    administrator.execute(_sql["checkpoint"])


def make_database(administrator: Connection[Any], name: str) -> None:
    """Make a database of this name."""
    administrator.execute(_sql["make_database"].format(name=Identifier(name)))


def drop_database(administrator: Connection[Any], name: str) -> None:
    """Remove a database and whoever is in it."""
    administrator.execute(_sql["drop_database"].format(name=Identifier(name)))
