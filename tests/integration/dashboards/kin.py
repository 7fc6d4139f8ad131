"""Somebody of the family of the tests' neighbourhood, what is shared with them, and a pause."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from tests.integration.dashboards import filling

DAUGHTER = "elena"
ALL = ("day", "movement", "room", "sleep", "outings", "safety", "wellbeing", "charge")


def consent(connection: Connection[Any], made: filling.Home, now: datetime, purpose: str = "family") -> None:
    connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from)"
        " VALUES (%s, %s, %s, 'consent', %s)",
        (made.organisation_id, made.person_id, purpose, now - timedelta(days=30)),
    )


def close(connection: Connection[Any], made: filling.Home, login: str, name: str, capacity: str = "family") -> int:
    """Make an account that is close to the person of a home, and no member of anything."""
    number: int = filling.one(
        connection,
        "INSERT INTO registry.account (login, name) VALUES (%s, %s)"
        " ON CONFLICT (login) DO UPDATE SET name = excluded.name RETURNING account_id",
        login, name,
    )  # fmt: skip
    connection.execute(
        "UPDATE registry.account SET password_hash = %s WHERE account_id = %s",
        (filling._hash(connection, login), number),
    )
    connection.execute(
        "INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id)"
        " SELECT organisation_id, %s, person_id, %s, contact_id FROM registry.contact WHERE person_id = %s",
        (number, capacity, made.person_id),
    )
    return number


def shared(
    connection: Connection[Any], made: filling.Home, data: Iterable[str] = ALL, hours: tuple[int, int] = (0, 1440)
) -> None:
    """Share kinds of data with the daughter, in some hours."""
    for kind in data:
        connection.execute(
            "INSERT INTO registry.share (organisation_id, person_id, contact_id, data, from_minute, to_minute)"
            " SELECT organisation_id, person_id, contact_id, %s, %s, %s FROM registry.contact WHERE person_id = %s",
            (kind, *hours, made.person_id),
        )


def pause(connection: Connection[Any], made: filling.Home, start: datetime, until: datetime | None = None) -> None:
    connection.execute(
        "INSERT INTO registry.pause (organisation_id, home_id, person_id, started_at, until, begun_by_name)"
        " VALUES (%s, %s, %s, %s, %s, 'Maria Rossi')",
        (made.organisation_id, made.home_id, made.person_id, start, until),
    )


def slept(connection: Connection[Any], made: filling.Home, start: datetime, end: datetime) -> None:
    connection.execute(
        "INSERT INTO analytics.episode (organisation_id, home_id, room_id, kind, started_at, ended_at, readings,"
        " code_version) VALUES (%s, %s, %s, 'sleep', %s, %s, 3, '1')",
        (made.organisation_id, made.home_id, made.rooms["bedroom"], start, end),
    )
