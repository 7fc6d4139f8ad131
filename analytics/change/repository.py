"""What is stored of the changes of a home's days."""

from collections.abc import Sequence
from datetime import date

import msgspec
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from analytics.change.day import DomainDay, Joint, Sign
from analytics.change.domains import Domain, Pace
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.statements import Statements

SQL = Statements.beside(__file__)
# Two months of them are read at a time: decoded at once, not by way of lists.
_SIGNS, _JOINT = msgspec.json.Decoder(tuple[Sign, ...]), msgspec.json.Decoder(Joint)


def days_of(connection: Connection[DictRow], home_id: int, first: date, last: date) -> list[DomainDay]:
    """Return what the days of a home came to in each strand, `first` and `last` included, in the order of days."""
    rows = connection.execute(SQL["change_days"], {"home_id": home_id, "first": first, "last": last}).fetchall()
    known = {str(domain) for domain in Domain}
    return [
        DomainDay(
            Domain(row["domain"]),
            row["day"],
            _SIGNS.decode(row["signs"]),
            Pace(row["pace"]),
            row["rarity"],
            None if row["joint"] is None else _JOINT.decode(row["joint"]),
            row["shift"],
        )
        for row in rows
        if row["domain"] in known
    ]


def put_days(connection: Connection[DictRow], home: Home, days: Sequence[DomainDay], first: date, last: date) -> None:
    """Store what days come to, in place of all that was stored from `first` to `last`; equal rows stay untouched."""
    common = {"organisation_id": home.organisation_id, "home_id": home.home_id, "code_version": CODE_VERSION}
    rows = [
        common
        | {
            "domain": str(one.domain),
            "pace": str(one.pace),
            "day": one.day,
            "rarity": one.rarity,
            "shift": one.shift,
            "joint": one.joint and Jsonb(list(one.joint)),
            "signs": Jsonb([[*sign[:3], sign.usual and list(sign.usual), *sign[4:]] for sign in one.signs]),
        }
        for one in days
    ]
    with connection.cursor() as cursor:
        if rows:
            cursor.executemany(SQL["put_change_day"], rows)
        cursor.execute(
            SQL["forget_change_days"],
            common
            | {"first": first, "last": last}
            | {"domains": [str(one.domain) for one in days], "paces": [str(one.pace) for one in days]}
            | {"days": [one.day for one in days]},
        )
