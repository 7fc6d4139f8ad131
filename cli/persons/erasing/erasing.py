"""Erases a person in one transaction, and what was erased before once more in a backup that was restored."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from psycopg import Connection

from cli.backup.making import SCHEMAS
from cli.persons.erasing import repository
from cli.persons.erasing.listing import Erased
from cli.persons.erasing.repository import Whose
from cli.persons.erasing.rules import RULES, What
from core.database import Row
from core.errors import VicinoError

FORMAT, VERSION = "vicino-erasure", 1
# What may come in while it is done, of a gateway that was heard a moment before.
LATE = ("ingest.reading_", "ingest.hourly_", "ingest.daily_", "ingest.touched", "ingest.reject")


class Done(NamedTuple):
    """What was erased, of whom by number, and the certificate."""

    whose: Whose
    certificate: dict[str, Any]


def erase(
    connection: Connection[Row], person_id: int, at: datetime, *, reference: str = "", number: str | None = None,
    regardless: bool = False,
) -> Done:  # fmt: skip
    """Erase a person in the transaction that goes on; whoever commits it decides whether it holds.

    Raises `VicinoError` where an alert is open, unless `regardless`.
    """
    repository.begin(connection)
    whose = repository.whose(connection, person_id)
    if whose.open and not regardless:
        raise VicinoError(
            f"{len(whose.open)} alerts are open, the first of them {whose.open[0]}: somebody may need help just now.",
            kept="everything; nothing was erased",
            advice="look after them and close them on the board, then ask for it again",
        )
    number = number or str(uuid4())
    exported = repository.exports(connection, whose)
    rows = [(rule, 0 if rule.what is What.KEPT else repository.apply(connection, rule, whose, at)) for rule in RULES]
    repository.forbid_gateways(connection, whose, at)
    certificate = {
        "format": FORMAT,
        "version": VERSION,
        "number": number,
        "reference": reference,
        "erased_at": at.isoformat(),
        "home": "removed" if whose.homes else "kept, somebody else lives there",
        "accounts_closed": len(whose.accounts),
        "rows": [
            {"table": rule.table, "group": rule.group.value, "what": rule.what.value, "rows": count, "why": rule.why}
            for rule, count in rows
            if count or rule.what is What.KEPT
        ],
        "exports_for_research": [
            {"number": each["export_id"], "made_at": each["made_at"].isoformat(), "subject": each["subject"]}
            for each in exported
        ],
    }
    repository.record(connection, number, at, whose.digest, certificate)
    repository.end(connection)
    return Done(whose, certificate)


def again(connection: Connection[Row], erased: Sequence[Erased], at: datetime) -> int:
    """Erase once more whoever is on a list and is there; return how many that were."""
    found = 0
    for each in erased:
        person = repository.by_digest(connection, bytes.fromhex(each.whose))
        if person is not None:
            erase(connection, person, at, number=each.number, reference=each.reference, regardless=True)
            found += 1
    return found


def sweep(connection: Connection[Row], whose: Whose, at: datetime) -> int:
    """Remove what came in of the home while it was erased; return how many rows."""
    repository.begin(connection)
    late = [rule for rule in RULES if rule.what is What.REMOVED and rule.table.startswith(LATE)]
    swept = sum(repository.apply(connection, rule, whose, at) for rule in late)
    repository.end(connection)
    return swept


def still_named(connection: Connection[Row], whose: Whose) -> dict[str, int]:
    """Return where name, telephone or public id still stand: in what others wrote, or for somebody of the same name."""
    words = [whose.name, whose.phone, whose.public_id]
    return repository.still(connection, SCHEMAS, words)


def by_group(certificate: dict[str, Any]) -> dict[str, Counter[str]]:
    """Return how many rows of each class were removed and detached."""
    found: dict[str, Counter[str]] = {}
    for row in certificate["rows"]:
        found.setdefault(row["group"], Counter())[row["what"]] += row["rows"]
    return found
