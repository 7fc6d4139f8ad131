"""What an erasure reads and writes. Connections belong to an administrator, in one transaction for all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.sql import Identifier
from psycopg.types.json import Jsonb

from cli.backup.repository import stored_in
from cli.persons.erasing.rules import Rule
from core.database import Row
from core.statements import Statements

_sql = Statements.beside(__file__)
# Tables whose rows are told by their series, and of which there are many.
BY_SERIES = ("ingest.reading_", "ingest.hourly_", "ingest.daily_")


class Whose(NamedTuple):
    """What belongs to a person, by numbers; `homes` is empty where somebody else goes on living in the home."""

    person: int
    home: int
    name: str
    phone: str
    public_id: str
    digest: bytes
    homes: list[int]
    rooms: list[int]
    gateways: list[int]
    gateway_keys: list[str]
    series: list[int]
    accounts: list[int]
    contacts: list[int]
    ways: list[str]
    alerts: list[int]
    findings: list[int]
    notifications: list[int]
    open: list[str]


class Recorded(NamedTuple):
    """An erasure that was done."""

    number: str
    erased_at: datetime
    digest: bytes
    certificate: dict[str, Any]


def begin(connection: Connection[Row]) -> None:
    """Let the transaction act as who owns the tables."""
    connection.execute(_sql["act_as_owner"])
    connection.execute(_sql["say_so"])


def end(connection: Connection[Row]) -> None:
    """Let what comes after it in the transaction be done by whoever it was."""
    connection.execute(_sql["act_as_before"])


def whose(connection: Connection[Row], person_id: int) -> Whose:
    """Return what belongs to a person, and let nobody move into the home meanwhile."""
    connection.execute(_sql["lock_home"], {"person": person_id})
    row = connection.execute(_sql["whose"], {"person": person_id}).fetchone()
    if row is None:
        raise LookupError("There is no such person.")
    return Whose(**row)


def by_digest(connection: Connection[Row], digest: bytes) -> int | None:
    """Return the number of the person of a digest; None where there is nobody."""
    row = connection.execute(_sql["by_digest"], {"digest": digest}).fetchone()
    return None if row is None else int(row["person_id"])


def apply(connection: Connection[Row], rule: Rule, of: Whose, at: datetime) -> int:
    """Do what a rule says; return how many rows it concerned."""
    values = {**of._asdict(), "at": at}
    if rule.table.startswith(BY_SERIES):
        schema, _, name = rule.table.partition(".")
        # With TimescaleDB figures lie elsewhere than they are read.
        table = stored_in(connection, [schema]).get(rule.table) or Identifier(schema, name)
        return connection.execute(_sql["erase_ingest_rows"].format(table=table), values).rowcount
    verb, _, name = rule.statement.partition("_")
    statement = _sql[f"erase_{name}"] if verb == "erase" else _sql[f"detach_{name}"]
    return connection.execute(statement, values).rowcount


def exports(connection: Connection[Row], of: Whose) -> list[dict[str, Any]]:
    """Return the exports for research in which the home is, with its pseudonym there."""
    row = connection.execute(_sql["subjects"], {"home": of.home}).fetchone()
    if row is None:
        return []
    return list(connection.execute(_sql["exports"], {"subject": row["home"]}))


def forbid_gateways(connection: Connection[Row], of: Whose, at: datetime) -> None:
    """See to it that nothing is kept of what the gateways still say; their keys are not written down for that."""
    connection.execute(_sql["forbid_gateways"], {"keys": of.gateway_keys, "at": at})


def record(connection: Connection[Row], number: str, at: datetime, digest: bytes, certificate: dict[str, Any]) -> None:
    """Write down that somebody was erased."""
    values = {"number": number, "at": at, "digest": digest, "certificate": Jsonb(certificate)}
    connection.execute(_sql["record"], values)


def recorded(connection: Connection[Row]) -> list[Recorded]:
    """Return all erasures, the first first."""
    return [Recorded(**row) for row in connection.execute(_sql["recorded"])]


def still(connection: Connection[Row], schemas: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """Return in which fields some words still stand, and in how many rows."""
    found = {}
    lower = [word.lower() for word in words if word.strip()]
    for row in connection.execute(_sql["texts"], {"schemas": list(schemas)}).fetchall():
        place = {"table": Identifier(row["schema"], row["relation"]), "field": Identifier(row["field"])}
        count = connection.execute(_sql["still"].format(**place), {"words": lower}).fetchone()
        if count is not None and count["rows"]:
            found[f"{row['schema']}.{row['relation']}.{row['field']}"] = int(count["rows"])
    return found
