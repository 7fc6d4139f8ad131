"""Reads of how gateways stand: those for services take a connection, those for a person take a `View`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow

from core.database import View
from core.statements import Statements

_SQL = Statements.beside(__file__)


class Enrolment(NamedTuple):
    """How a gateway stands: its credentials, and its configuration.

    Times are None where it has not happened. `not_admitted` is why the broker could not be told of its credentials, ''
    if nothing is known against it. `version` is the configuration that was published last, `confirmed` the
    one that the gateway says it follows, both '' for none; `trouble` is why it refused a later one.
    """

    gateway: str
    home: str
    enrolled_at: datetime | None
    renewed_at: datetime | None
    revoked_at: datetime | None
    admitted_at: datetime | None
    not_admitted: str
    version: str
    changed_at: datetime | None
    published_at: datetime | None
    confirmed: str
    confirmed_at: datetime | None
    trouble: str

    @property
    def state(self) -> Literal["not enrolled", "enrolled", "revoked"]:
        """Whether the gateway may sign in."""
        if self.enrolled_at is None:
            return "not enrolled"
        return "enrolled" if self.revoked_at is None else "revoked"

    def unconfirmed_for(self, now: datetime) -> timedelta | None:
        """Return for how long the gateway has not followed what it was told; None if it does or was told nothing."""
        if self.state != "enrolled" or self.published_at is None or self.confirmed == self.version:
            return None
        return now - self.published_at


class AskedTests(NamedTuple):
    """That a home is asked for a test alarm every so many days; the rules that say so have stood since then."""

    every_days: int
    since: datetime


class LocalAlarms(NamedTuple):
    """How many sirens a home's gateway sounds, and contacts it tells, while the service does not confirm a call."""

    sirens: int
    contacts: int


class GatewayFigures(NamedTuple):
    """How many gateways may connect, were revoked, were sent a configuration, and do not follow it for too long."""

    enrolled: int
    revoked: int
    configured: int
    unconfirmed: int


def gateway_figures(connection: Connection[DictRow], since: datetime) -> GatewayFigures:
    """Return how gateways stand; those are unconfirmed that were sent theirs before `since`."""
    row = connection.execute(_SQL["gateway_figures"], {"since": since}).fetchone()
    assert row is not None
    return GatewayFigures(**row)


def test_alarms(connection: Connection[DictRow], homes: Sequence[int]) -> dict[int, AskedTests | None]:
    """Return how often homes are asked for a test alarm, None of those that are not."""
    rows = connection.execute(_SQL["test_alarms"], {"homes": list(homes)})
    asked = {row["home_id"]: AskedTests(row["every_days"], row["since"]) for row in rows}
    return {home_id: asked.get(home_id) for home_id in homes}


def enrolments(connection: Connection[DictRow]) -> list[Enrolment]:
    """Return every gateway, by home and key."""
    return [_enrolment(row) for row in connection.execute(_SQL["enrolments"])]


def seen_enrolments(view: View) -> list[Enrolment]:
    """Return the gateways that the viewer may see, by home and key."""
    return [_enrolment(row) for row in view.connection.execute(_SQL["enrolments"])]


def seen_local_alarms(view: View, home_id: int) -> LocalAlarms:
    """Return what a home's gateway does by itself about a call for help, if the viewer may see it."""
    row = view.connection.execute(_SQL["seen_local_alarms"], {"home_id": home_id}).fetchone()
    return LocalAlarms(**row) if row else LocalAlarms(0, 0)


def _enrolment(row: DictRow) -> Enrolment:
    texts = ("not_admitted", "version", "confirmed", "trouble")
    said: dict[str, Any] = {name: row[name] or "" if name in texts else row[name] for name in Enrolment._fields[1:]}
    return Enrolment(row["key"], **said)
