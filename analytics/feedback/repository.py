"""What is stored of outcomes. People write through the functions of the database, which decide who may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.change.domains import STRANDS, Strand
from analytics.feedback.precision import Because, Counts, Judgement, Precision
from analytics.feedback.shift import REMEMBERED, Shifts, Times
from analytics.repository import Home
from core.statements import Statements

SQL = Statements.beside(__file__)


def judge(
    connection: Connection[DictRow],
    findings: Sequence[int],
    together: UUID,
    judgement: Judgement,
    now: datetime,
    reason: str | None,
) -> int:
    """Note as the viewer how findings told together were judged, and why; return how many of them could be."""
    given = {"findings": list(findings), "together": together, "outcome": judgement, "reason": reason, "now": now}
    row = connection.execute(SQL["judge_findings"], given).fetchone()
    return int(row["noted"]) if row else 0


def take_back(connection: Connection[DictRow], together: UUID) -> int:
    """Take back as the viewer what was judged together; return of how many findings."""
    row = connection.execute(SQL["unjudge_findings"], {"together": together}).fetchone()
    return int(row["forgotten"]) if row else 0


def shifts_of(connection: Connection[DictRow], home: Home, since: datetime) -> Shifts:
    """Return by how much outcomes move what is told of a home, at any time from `since` on.

    Those of the other homes count from the end of their month on: of thousands of them a number each is read.
    """
    given = {"home_id": home.home_id, "organisation_id": home.organisation_id, "since": since - REMEMBERED}
    known = {(str(strand.domain), str(strand.pace)): strand for strand in STRANDS}
    times: dict[tuple[Strand, str], list[datetime]] = {}
    for row in connection.execute(SQL["judged_at_home"], given):
        if strand := known.get((row["domain"], row["pace"])):
            times[strand, f"own_{row['outcome']}"] = row["times"]
    for row in connection.execute(SQL["judged_elsewhere"], given):
        if strand := known.get((row["domain"], row["pace"])):
            times.setdefault((strand, f"others_{row['outcome']}"), []).extend([row["ended"]] * row["alerts"])
    found: dict[Strand, Times] = {}
    for (strand, place), at in times.items():
        found[strand] = found.get(strand, Times())._replace(**{place: at})
    return Shifts(found)


def precision(
    connection: Connection[DictRow], since: datetime, until: datetime, homes: Sequence[int] | None = None
) -> list[Precision]:
    """Return how what each detector told ended, by detector and kind, of what was judged in `[since, until)`."""
    given = {"since": since, "until": until, "homes": None if homes is None else list(homes)}
    found: dict[tuple[str, str], list[tuple[Judgement, int]]] = {}
    for row in connection.execute(SQL["precision"], given):
        found.setdefault((row["detector"], row["kind"]), []).append((Judgement(row["outcome"]), row["alerts"]))
    return [Precision(detector, kind, Counts.of(counted)) for (detector, kind), counted in found.items()]


def reasons(
    connection: Connection[DictRow], since: datetime, until: datetime, homes: Sequence[int] | None = None
) -> list[Because]:
    """Return for what reasons what each detector told ended as it did, of what was judged in `[since, until)`."""
    given = {"since": since, "until": until, "homes": None if homes is None else list(homes)}
    return [
        Because(row["detector"], row["kind"], Judgement(row["outcome"]), row["reason"], row["alerts"])
        for row in connection.execute(SQL["reasons"], given)
    ]
