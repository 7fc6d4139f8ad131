"""Who wants to be told once a day, and what is open where."""

from datetime import datetime, time
from typing import NamedTuple

from alerts.repository import Connection
from core.database import only
from core.statements import Statements

_SQL = Statements.beside(__file__)


class Wanted(NamedTuple):
    """A contact who wants to be told once a day at `at` of the home's clock, of the home of the person."""

    contact_id: int
    language: str
    organisation_id: int
    home_id: int
    timezone: str
    at: time


class Listed(NamedTuple):
    """A contact who wants to be told, by the keys of the person and its own."""

    who: str
    at: time


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
    """Note that a contact wants to be told every day at `at`."""
    connection.execute(_SQL["want_digest"], {"contact_id": contact_id, "at": at, "now": now})


def unwant(connection: Connection, contact_id: int) -> bool:
    """Note that a contact does not want to be told any more; tell whether it had."""
    return connection.execute(_SQL["unwant_digest"], {"contact_id": contact_id}).rowcount == 1


def is_open(connection: Connection, home_id: int) -> bool:
    """Tell whether any alert of a home is open."""
    return connection.execute(_SQL["open_alert_of_home"], {"home_id": home_id}).fetchone() is not None
