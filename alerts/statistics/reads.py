"""What is known of the alerts of a period, by organisation."""

from collections.abc import Sequence
from datetime import date, datetime

import psycopg

from alerts.lifecycle import Family, Outcome
from alerts.reasons.catalogue import Reason
from alerts.statistics.figures import Figures, Happened, Period, Sent, by_organisation, figures
from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def figures_of(
    connection: psycopg.Connection[Row], organisations: Sequence[int], first: date, last: date, now: datetime
) -> tuple[dict[int, Figures], Figures]:
    """Return the figures of the alerts that opened from `first` to before `last`, by the clocks of their homes.

    Of each of `organisations` that has homes or alerts, and of all together. On a connection of a `View` nothing is
    counted that its viewer may not see. Homes are counted as they are now.
    """
    asked = {"organisations": list(organisations), "first": first, "last": last}
    happened = [_happened(row) for row in connection.execute(STATEMENTS["happened"], asked)]
    sent = [Sent(**row) for row in connection.execute(STATEMENTS["sent"], asked)]
    homes = {row["organisation_id"]: row["homes"] for row in connection.execute(STATEMENTS["homes"], asked)}
    period = Period((last - first).days, now)
    return by_organisation(happened, sent, homes, period), figures(happened, sent, sum(homes.values()), period)


def _happened(row: Row) -> Happened:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    reason = None if row["reason"] is None else Reason(row["reason"])
    return Happened(**row | {"family": Family(row["family"]), "outcome": outcome, "reason": reason})
