"""Reads of policies and their drafts, for a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from alerts.drafts.draft import Moment, Policy
from alerts.drafts.repository import STATEMENTS
from alerts.lifecycle import Family
from alerts.policies.plan import Plan
from core.database import View


class Held(NamedTuple):
    """A policy that holds at an organisation; `is_own` or of the one above of that name."""

    policy_id: int
    organisation: str
    family: Family
    kind: str
    version: int
    plan: Plan
    since: datetime
    is_own: bool


class Version(NamedTuple):
    """One version of a policy: who put it into force and why, and who ended it and why. `until` None: it holds.

    Names are empty where it came from a file.
    """

    version: int
    plan: Plan
    since: datetime
    until: datetime | None
    set_by_name: str
    reason: str
    ended_by_name: str
    ended_reason: str


class Choices(NamedTuple):
    """Whom a policy may name, key and name: rotas, accounts by login, associations."""

    shift: dict[str, str]
    person: dict[str, str]
    association: dict[str, str]


class Draft(NamedTuple):
    """A draft, `plan` None where it ends the policy, and on how many of how many alerts it was tried."""

    draft_id: int
    public_id: UUID
    policy: Policy
    plan: Plan | None
    made_from: int | None
    days: int
    asked_at: datetime
    failed: bool
    alerts: int
    tried: int

    @property
    def is_done(self) -> bool:
        """Whether it is worked out."""
        return self.tried == self.alerts


class Begun(NamedTuple):
    """A draft in a list."""

    public_id: UUID
    family: Family
    kind: str
    ends: bool
    asked_at: datetime


class Tried(NamedTuple):
    """An alert on which a draft was tried: who would have been told as it is set, and as it is wished."""

    public_id: UUID
    home_id: int
    family: Family
    kind: str
    opened_at: datetime
    as_set: tuple[Moment, ...]
    as_wished: tuple[Moment, ...]


def policies_at(view: View, organisation_id: int) -> list[Held]:
    """Return the policies that hold at an organisation: the first that fits an alert is the one that counts."""
    rows = view.connection.execute(STATEMENTS["policies_at"], {"organisation_id": organisation_id})
    return [Held(**row | {"family": Family(row["family"]), "plan": msgspec.convert(row["plan"], Plan)}) for row in rows]


def fitting(held: Sequence[Held], family: Family, kind: str = "") -> Held | None:
    """Return the policy that counts for a family, or a kind of it; None for a standard one."""
    return next((one for one in held if one.family is family and one.kind in ("", kind)), None)


def history(view: View, policy: Policy) -> list[Version]:
    """Return all versions of a policy, the latest first."""
    rows = view.connection.execute(STATEMENTS["policy_history"], policy._asdict())
    return [Version(**row | {"plan": msgspec.convert(row["plan"], Plan)}) for row in rows]


def choices(view: View, organisation_id: int) -> Choices:
    """Return whom a policy may name; nobody where the viewer does not see its policies."""
    rows = view.connection.execute(STATEMENTS["policy_choices"], {"organisation_id": organisation_id}).fetchall()
    found: dict[str, dict[str, str]] = {what: {} for what in Choices._fields}
    for row in rows:
        found[row["what"]][row["key"]] = row["name"]
    return Choices(**found)


def draft(view: View, public_id: UUID) -> Draft | None:
    """Return a draft; None where there is none that the viewer may see."""
    row = view.connection.execute(STATEMENTS["seen_draft"], {"public_id": public_id}).fetchone()
    if row is None:
        return None
    policy = Policy(row.pop("organisation_id"), Family(row.pop("family")), row.pop("kind"))
    plan = row.pop("plan")
    return Draft(**row, policy=policy, plan=None if plan is None else msgspec.convert(plan, Plan))


def own_drafts(view: View, organisation_id: int) -> list[Begun]:
    """Return the viewer's own drafts at an organisation, the latest first."""
    given = {"organisation_id": organisation_id, "account_id": view.viewer.account_id}
    rows = view.connection.execute(STATEMENTS["seen_drafts"], given)
    return [Begun(**row | {"family": Family(row["family"])}) for row in rows]


def tried(view: View, found: Draft) -> list[Tried]:
    """Return what a draft would come to in the alerts that it concerns and the viewer sees, the latest first."""
    rows = view.connection.execute(STATEMENTS["seen_tried"], {"draft_id": found.draft_id}).fetchall()
    view.homes.update(row["home_id"] for row in rows)
    return [
        Tried(
            row["public_id"],
            row["home_id"],
            Family(row["family"]),
            row["kind"],
            row["opened_at"],
            msgspec.convert(row["as_set"], tuple[Moment, ...]),
            msgspec.convert(row["as_wished"], tuple[Moment, ...]),
        )
        for row in rows
    ]


def names(view: View, found: Draft) -> dict[int, str]:
    """Return the names of the accounts that are told in what was worked out, by number."""
    rows = view.connection.execute(STATEMENTS["told_in_draft"], {"public_id": found.public_id})
    return {row["account_id"]: row["name"] for row in rows}
