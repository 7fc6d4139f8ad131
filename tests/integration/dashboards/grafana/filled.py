"""A database with so many rows that the planner has a choice: 40 homes, 200 days of derived data, 60 of hours."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Literal

from analytics.indicators import INDICATORS
from core.vocabulary import BY_NAME

HOMES, DAYS, HOURLY_DAYS = 40, 200, 60
# Names, addresses and telephones that nobody may find in a view.
PERSON, CONTACT = "Zenobia Quarantotti", "Ermenegilda Fuochi"
ADDRESS, PHONE = "Vicolo del Gelsomino 77", "+39 0999 424242"
LOGIN, NOTE = "operatrice-celata", "nota riservata"
_FILL = Path(__file__).with_name("filled.sql")


def fill(
    connection: Connection[Any],
    now: datetime,
    *,
    days: int = DAYS,
    hourly_days: int = HOURLY_DAYS,
    kinds: Sequence[str] = (),
) -> None:
    """Fill an empty database, with some kinds of indicators or all; `connection` is a superuser's, in autocommit."""
    values = {
        "now": now, "homes": HOMES, "days": days, "hourly_days": hourly_days, "kinds": list(kinds or INDICATORS),
        "person": PERSON, "contact": CONTACT, "address": ADDRESS, "phone": PHONE, "login": LOGIN, "note": NOTE,
        "occupancy": BY_NAME["occupancy"].id, "temperature": BY_NAME["temperature"].id,
    }  # fmt: skip
    with connection.transaction():
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute(
            SQL(_FILL.read_text(encoding="utf-8")).format(**{name: Literal(value) for name, value in values.items()})
        )
    connection.execute("VACUUM ANALYZE")
