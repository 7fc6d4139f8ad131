"""What the measurements of the pages do to the database that was made for them, and ask of it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.sql import Identifier

from core.database import Row
from core.statements import Statements
from core.vocabulary import Retention

_sql = Statements.beside(__file__)
LASTS = timedelta(days=2)  # longer than any measurement


class Filled(NamedTuple):
    """What a database was filled with: homes, days that are computed of each, and until when they were lived."""

    homes: int
    days: int
    until: datetime


class Counts(NamedTuple):
    """How many rows of each there are."""

    readings: int
    episodes: int
    indicators: int
    alerts: int


def shown(connection: Connection[Row]) -> list[str]:
    """Return the tables of the schema `analytics` that pages read of the days of homes."""
    return [str(row["name"]) for row in connection.execute(_sql["shown"])]


def copy_readings(connection: Connection[Any], retention: Retention, since: datetime) -> None:
    """Give every copy the readings of its pattern of one class, from an instant on, each home at times of its own."""
    connection.execute(_sql["copy_readings"].format(table=_kept(retention)), {"since": since})


def forget_readings(connection: Connection[Any], since: datetime) -> None:
    """Delete the readings from before an instant."""
    for retention in Retention:
        connection.execute(_sql["forget_readings"].format(table=_kept(retention)), {"since": since})


def put_alerts(connection: Connection[Any], policies: Mapping[str, str], now: datetime) -> None:
    """Store the alerts of a year, of every finding and of some calls, with what happened to them and who was told."""
    given = {"now": now, "policies": _joined(policies)}
    for name in ("alerts_of_findings", "calls"):
        connection.execute(_sql[name], given)
    for name in ("histories", "messages"):
        connection.execute(_sql[name])
    connection.execute(_sql["silences"], {"now": now})


def speak(connection: Connection[Any], now: datetime) -> None:
    """Have the gateways just heard, and alerts worked on for as long as is measured."""
    connection.execute(_sql["gateways_speak"], {"now": now})
    connection.execute(_sql["worked_on"], {"until": now + LASTS})


def share_password(connection: Connection[Any], login: str) -> None:
    """Give every account the password of one: making each by itself would take longer than what is measured."""
    connection.execute(_sql["share_password"], {"login": login})


def say_filled(connection: Connection[Any], filled: Filled) -> None:
    """Remember with what the database was filled."""
    connection.execute(_sql["filled"], {"homes": filled.homes, "days": filled.days, "now": filled.until})


def filled(connection: Connection[Row]) -> Filled | None:
    """Return with what the database was filled, None if it was not."""
    row = connection.execute(_sql["is_filled"]).fetchone()
    if row is None or not row["filled"]:
        return None
    found = connection.execute(_sql["found_filled"]).fetchone()
    return None if found is None else Filled(**found)


def counts(connection: Connection[Row]) -> Counts:
    """Return how much there is."""

    def count(name: str) -> int:
        row = connection.execute(_sql[f"count_{name}"]).fetchone()
        assert row is not None
        return int(row["n"])

    return Counts(*(count(name) for name in Counts._fields))


def persons(connection: Connection[Row]) -> list[str]:
    """Return the public ids of the people, homes that follow each other far apart."""
    return [row["public_id"] for row in connection.execute(_sql["persons"])]


def alerts(connection: Connection[Row], number: int) -> list[str]:
    """Return the public ids of so many alerts, open and resolved ones in turn, of different homes."""
    return [row["public_id"] for row in connection.execute(_sql["alerts"], {"number": number})]


def without_open_call(connection: Connection[Row]) -> list[str]:
    """Return the public ids of the people of whom no call for help is open, homes that follow each other far apart."""
    return [row["public_id"] for row in connection.execute(_sql["without_open_call"])]


def open_alert(connection: Connection[Row], person: str, said: str, policies: Mapping[str, str], now: datetime) -> str:
    """Open a call for help of somebody, told by the sentence `said`; return its public id."""
    given = {"person": person, "said": said, "policies": _joined(policies), "now": now}
    row = connection.execute(_sql["open_alert"], given).fetchone()
    assert row is not None
    return str(row["public_id"])


def end_alert(connection: Connection[Any], public_id: str, now: datetime) -> None:
    """End an alert."""
    connection.execute(_sql["end_alert"], {"public_id": public_id, "now": now})


def _joined(policies: Mapping[str, str]) -> str:
    return json.dumps({family: json.loads(policy) for family, policy in policies.items()})


def _kept(retention: Retention) -> Identifier:
    return Identifier("ingest", f"reading_{retention}")
