"""The rotas that hold, and putting others into force."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from alerts.shifts.calendar import Rota
from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
Connection = psycopg.Connection[Row]


class Held(NamedTuple):
    """A rota that holds, where, and until when its changes of shift have been told: None before the first look."""

    rota_id: int
    organisation_id: int
    organisation: str
    version: int
    rota: Rota
    handed_over_until: datetime | None = None


class Changed(NamedTuple):
    """What became of a rota when a file was loaded; version 0 where it ended."""

    organisation: str
    key: str
    version: int


def rotas_of(connection: Connection, organisation_id: int | None = None) -> list[Held]:
    """Return the rotas of an organisation and of those above it, the nearest first; of all where none is named."""
    rows = connection.execute(STATEMENTS["rotas_of"], {"organisation_id": organisation_id})
    return [Held(rota=msgspec.convert(row.pop("calendar"), Rota), **row) for row in rows]


def load(connection: Connection, rotas: Sequence[tuple[str, Rota]], now: datetime) -> list[Changed]:
    """Make the rotas of the organisations that are named the ones given, by their organisation's key.

    What is the same stays, what is different becomes a new version, and what is missing ends.
    """
    connection.execute(STATEMENTS["begin_load"])
    changed: list[Changed] = []
    for organisation in dict.fromkeys(key for key, _ in rotas):
        wanted = {rota.key: rota for key, rota in rotas if key == organisation}
        for row in connection.execute(STATEMENTS["held"], {"organisation": organisation}).fetchall():
            if msgspec.convert(row["calendar"], Rota) == wanted.get(row["key"]):
                del wanted[row["key"]]
                continue
            connection.execute(STATEMENTS["end_rota"], {"rota_id": row["rota_id"], "now": now})
            if row["key"] not in wanted:
                changed.append(Changed(organisation, row["key"], 0))
        for rota in wanted.values():
            values = {
                "organisation": organisation,
                "key": rota.key,
                "calendar": Jsonb(msgspec.to_builtins(rota)),
                "now": now,
            }
            made = connection.execute(STATEMENTS["add_rota"], values).fetchone()
            changed.append(Changed(organisation, rota.key, made["version"] if made else 0))
    return changed


def handed_over(connection: Connection, rota_id: int, now: datetime) -> datetime | None:
    """Note that the changes of shift of a rota are told until `now`; return until when they had been.

    None at the first look, and where somebody else has looked meanwhile.
    """
    row = connection.execute(STATEMENTS["handed_over"], {"rota_id": rota_id, "now": now}).fetchone()
    since: datetime | None = row["told_until"] if row else None
    return since
