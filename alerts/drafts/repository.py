"""What is stored of drafts of policies. People write through functions of the database alone, which say who may."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from alerts.drafts.draft import DAYS, MOST, Moment, Policy
from alerts.lifecycle import Family
from alerts.policies.plan import Plan
from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)
Connection = psycopg.Connection[Row]


class Task(NamedTuple):
    """An alert on which a draft is to be tried; `ended_at` is when somebody took charge or it ended, None: not yet.

    `organisation` is the key of the draft's, `plan` None where the draft ends the policy.
    """

    draft_id: int
    organisation: str
    family: Family
    for_kind: str
    plan: Plan | None
    alert_id: int
    organisation_id: int
    home_id: int
    person_id: int | None
    kind: str
    severity: float
    opened_at: datetime
    ended_at: datetime | None


def ask(connection: Connection, policy: Policy, plan: Plan | None, now: datetime) -> UUID | None:
    """Have worked out, as the viewer, what a plan would have come to; None where the viewer may not decide it."""
    given = {
        **policy._asdict(),
        "plan": None if plan is None else as_json(plan),
        "days": DAYS,
        "most": MOST,
        "now": now,
    }
    row = connection.execute(STATEMENTS["ask_draft"], given).fetchone()
    return row["public_id"] if row else None


def put(connection: Connection, public_id: UUID, reason: str, now: datetime) -> str:
    """Put a draft into force as the viewer; return what came of it, as the function in the database says it."""
    given = {"public_id": public_id, "reason": reason, "now": now}
    row = connection.execute(STATEMENTS["put_draft"], given).fetchone()
    return str(row["came"]) if row else "not_yours"


def take(connection: Connection, most: int) -> list[Task]:
    """Take alerts on which one draft is to be tried, until the end of the transaction; none where nothing is left."""
    rows = connection.execute(STATEMENTS["take_alerts"], {"most": most}).fetchall()
    return [
        Task(
            **row
            | {
                "family": Family(row["family"]),
                "plan": None if row["plan"] is None else msgspec.convert(row["plan"], Plan),
            }
        )
        for row in rows
        if row["draft_id"] == rows[0]["draft_id"]
    ]


def put_tried(
    connection: Connection, task: Task, sides: tuple[Sequence[Moment], Sequence[Moment]] | None, now: datetime
) -> None:
    """Note who would have been told as it is set and as it is wished; None: the draft is not what counts there."""
    as_set, as_wished = sides or ((), ())
    connection.execute(
        STATEMENTS["put_tried"],
        {
            "draft_id": task.draft_id,
            "alert_id": task.alert_id,
            "concerned": sides is not None,
            "as_set": Jsonb(msgspec.to_builtins(as_set)),
            "as_wished": Jsonb(msgspec.to_builtins(as_wished)),
            "accounts": sorted({one for moment in (*as_set, *as_wished) for one in moment.accounts}),
            "now": now,
        },
    )


def give_up(connection: Connection) -> None:
    """Give up the draft whose turn it is."""
    connection.execute(STATEMENTS["fail_drafts"])


def as_json(plan: Plan) -> Jsonb:
    """Return a plan as it is kept."""
    return Jsonb(msgspec.to_builtins(plan))
