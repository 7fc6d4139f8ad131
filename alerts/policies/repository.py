"""The policies that hold, putting others into force, and who is meant by whom a step tells."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from alerts.lifecycle import Family
from alerts.policies.plan import Plan
from alerts.policies.wanted import Known, Wanted
from alerts.policy import Found
from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
Connection = psycopg.Connection[Row]


class Held(NamedTuple):
    """A policy that holds: of an organisation, for a family, or for one kind of it."""

    organisation: str
    family: Family
    kind: str
    version: int
    plan: Plan
    since: datetime


class Changed(NamedTuple):
    """What became of a policy when a file was loaded; version 0 where it ended."""

    organisation: str
    family: Family
    kind: str
    version: int


class Person(NamedTuple):
    """Somebody who may be told: an account, or a contact of the home, which has no login."""

    account_id: int | None
    contact_id: int | None
    login: str
    name: str
    email: str
    language: str


def in_force(connection: Connection, organisation_id: int | None = None) -> list[Held]:
    """Return the policies of an organisation and of those above it, the nearest first; all where none is named."""
    rows = connection.execute(STATEMENTS["in_force"], {"organisation_id": organisation_id})
    return [Held(**row | {"family": Family(row["family"]), "plan": msgspec.convert(row["plan"], Plan)}) for row in rows]


def nearest(connection: Connection, organisation_id: int, family: Family, kind: str) -> Found | None:
    """Return the plan that holds for an alert of an organisation; None where nobody has decided one."""
    values = {"organisation_id": organisation_id, "family": family, "kind": kind}
    row = connection.execute(STATEMENTS["nearest"], values).fetchone()
    return Found(msgspec.convert(row["plan"], Plan), row["organisation"], row["version"]) if row else None


def load(connection: Connection, policies: Sequence[Wanted], now: datetime) -> list[Changed]:
    """Make the policies of the organisations that are named the ones given.

    What is the same stays, what is different becomes a new version, and what is missing ends. Open alerts keep theirs.
    """
    connection.execute(STATEMENTS["begin_load"])
    changed: list[Changed] = []
    for organisation in dict.fromkeys(each.organisation for each in policies):
        wanted = {(each.family, each.kind): each.plan for each in policies if each.organisation == organisation}
        for row in connection.execute(STATEMENTS["held"], {"organisation": organisation}).fetchall():
            key = (Family(row["family"]), row["kind"])
            if msgspec.convert(row["plan"], Plan) == wanted.get(key):
                del wanted[key]
                continue
            connection.execute(STATEMENTS["end_policy"], {"policy_id": row["policy_id"], "now": now})
            if key not in wanted:
                changed.append(Changed(organisation, *key, 0))
        for (family, kind), plan in wanted.items():
            values = {
                "organisation": organisation,
                "family": family,
                "kind": kind,
                "plan": Jsonb(msgspec.to_builtins(plan)),
                "now": now,
            }
            made = connection.execute(STATEMENTS["add_policy"], values).fetchone()
            changed.append(Changed(organisation, family, kind, made["version"] if made else 0))
    return changed


def replace(
    connection: Connection, organisation: str, family: Family, kind: str, plan: Plan | None, now: datetime
) -> None:
    """End the policy of an organisation for a family or a kind, if there is one, and put `plan` into its place."""
    for row in connection.execute(STATEMENTS["held"], {"organisation": organisation}).fetchall():
        if (row["family"], row["kind"]) == (family, kind):
            connection.execute(STATEMENTS["end_policy"], {"policy_id": row["policy_id"], "now": now})
    if plan is not None:
        given = {"organisation": organisation, "family": family, "kind": kind, "now": now}
        connection.execute(STATEMENTS["add_policy"], {**given, "plan": Jsonb(msgspec.to_builtins(plan))})


def by_role(connection: Connection, role: str, organisation_id: int, named: str = "") -> list[Person]:
    """Return who has a role at an organisation or above it, or only at the one that is `named` by its key."""
    values = {"role": role, "organisation_id": organisation_id, "named": named}
    return [_account(row) for row in connection.execute(STATEMENTS["by_role"], values)]


def by_login(connection: Connection, logins: Collection[str]) -> list[Person]:
    """Return the active accounts of some logins."""
    return [_account(row) for row in connection.execute(STATEMENTS["by_login"], {"logins": list(logins)})]


def contacts(
    connection: Connection, home_id: int, person_id: int | None, family: Family, now: datetime
) -> list[Person]:
    """Return whom to call for a person, or for everybody in the home, in the order of calling.

    Left out is with whom alerts of this family are not shared at `now`, where it was agreed what is.
    """
    given = {"home_id": home_id, "person_id": person_id, "family": family, "now": now}
    rows = connection.execute(STATEMENTS["contacts"], given)
    return [Person(account_id=None, login="", **row) for row in rows]


def known(connection: Connection) -> Known:
    """Return what a policy may name."""
    rows = connection.execute(STATEMENTS["known"]).fetchall()
    keys = {
        what: frozenset(row["key"] for row in rows if row["what"] == what) for what in ("organisation", "login", "rota")
    }
    associations = frozenset(row["key"] for row in rows if row["kind"] == "association")
    return Known(keys["organisation"], associations, keys["login"], keys["rota"])


def _account(row: Row) -> Person:
    return Person(contact_id=None, **row)
