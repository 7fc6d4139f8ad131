"""Who wants to be told once a day, and what is open where."""

from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from alerts.repository import Connection
from core.database import Row, only
from core.statements import Statements

_SQL = Statements.beside(__file__)
DigestRow = Row


class Wanted(NamedTuple):
    """A contact who wants to be told once a day at `at` of the home's clock, of the home of the person.

    `channel` is the one they want it by, None for the first that reaches them.
    """

    contact_id: int
    language: str
    organisation_id: int
    home_id: int
    timezone: str
    at: time
    channel: str | None


class Listed(NamedTuple):
    """A contact who wants to be told, by the keys of the person and its own; `channel` as in `Wanted`."""

    who: str
    at: time
    channel: str | None


def wanted(connection: Connection, now: datetime) -> list[Wanted]:
    """Return all who want to be told and have not been on the day that `now` is in."""
    return [Wanted(**row) for row in connection.execute(_SQL["wanted_digests"], {"now": now})]


def may_know(connection: Connection, contact_id: int, now: datetime) -> bool:
    """Tell whether it is shared with a contact at `now` how the day goes."""
    return bool(only(connection.execute(_SQL["may_know_the_day"], {"contact_id": contact_id, "now": now}))["may"])


def all_wanted(connection: Connection) -> list[Listed]:
    """Return everybody who wants to be told, as the registry names them."""
    return [Listed(**row) for row in connection.execute(_SQL["all_digests"])]


def want(connection: Connection, contact_id: int, at: time, now: datetime) -> None:
    """Note that a contact wants to be told every day at `at`, by the channel that was chosen before, if one was."""
    connection.execute(_SQL["want_digest"], {"contact_id": contact_id, "at": at, "now": now})


def choose_way(connection: Connection, contact_id: int, channel: str | None) -> None:
    """Note by which channel a contact who wants to be told wants that; None for the first that reaches them."""
    connection.execute(_SQL["choose_way_of_digest"], {"contact_id": contact_id, "channel": channel})


def unwant(connection: Connection, contact_id: int) -> bool:
    """Note that a contact does not want to be told any more; tell whether it had."""
    return connection.execute(_SQL["unwant_digest"], {"contact_id": contact_id}).rowcount == 1


def is_open(connection: Connection, home_id: int) -> bool:
    """Tell whether any alert of a home is open."""
    return connection.execute(_SQL["open_alert_of_home"], {"home_id": home_id}).fetchone() is not None


def own_digests(connection: Connection, now: datetime) -> list[DigestRow]:
    """Return what the viewer has chosen for each person of whom they are a contact."""
    return connection.execute(_SQL["own_digests"], {"now": now}).fetchall()


def choose(connection: Connection, person: UUID, at: time | None, channel: str | None, now: datetime) -> bool:
    """Choose as the viewer, of a person; tell whether they are a contact of that person."""
    values = {"person": person, "at": at, "channel": channel, "now": now}
    return bool(only(connection.execute(_SQL["choose_digest"], values))["chosen"])


def digest_of_message(connection: Connection, message: UUID, since: datetime) -> DigestRow | None:
    """Return what the contact has chosen to whom a message of the day went since an instant; None if there is none."""
    return connection.execute(_SQL["digest_of_message"], {"message": message, "since": since}).fetchone()


def choose_by_message(
    connection: Connection, message: UUID, since: datetime, at: time | None, channel: str | None, now: datetime
) -> bool:
    """Choose as that contact; tell whether there is one."""
    values = {"message": message, "since": since, "at": at, "channel": channel, "now": now}
    return bool(only(connection.execute(_SQL["choose_digest_by_message"], values))["chosen"])
