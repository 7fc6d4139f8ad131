"""What others go by of what is kept in order. Nothing else is imported, so that an alert worker is back at once."""

from datetime import datetime

from psycopg import Connection

import ingest
from core.database import Row
from core.statements import Statements

_sql = Statements.beside(ingest.__file__ or "")


def latest_touched(connection: Connection[Row]) -> datetime | None:
    """Return the latest hour of which readings came in during the last weeks, None where none did."""
    row = connection.execute(_sql["latest_touched"]).fetchone()
    return None if row is None else row["hour"]
