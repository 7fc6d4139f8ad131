"""What is kept of groups, and which alert was judged lately."""

from datetime import datetime
from typing import NamedTuple

from alerts.lifecycle import Family
from alerts.repository import Connection, NewAlert
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


class Judged(NamedTuple):
    """An alert that was judged lately, locked."""

    alert_id: int
    organisation_id: int
    severity: float


def head_of_group(
    connection: Connection, home_id: int, alert_id: int, family: Family, severity: float, since: datetime
) -> int | None:
    """Return the open alert of a home, of since an instant, that a lesser one belongs to; None if there is none."""
    values = {"home_id": home_id, "alert_id": alert_id, "family": family, "severity": severity, "since": since}
    row = connection.execute(STATEMENTS["head_of_group"], values).fetchone()
    return row["alert_id"] if row else None


def join_group(connection: Connection, alert_id: int, head: int) -> None:
    """Say that an alert belongs to another one."""
    connection.execute(STATEMENTS["join_group"], {"alert_id": alert_id, "head": head})


def told_with(connection: Connection, alert_id: int) -> int:
    """Return how many other open alerts of the home are told with one."""
    row = connection.execute(STATEMENTS["told_with"], {"alert_id": alert_id}).fetchone()
    return int(row["alerts"]) if row else 0


def is_open(connection: Connection, alert_id: int) -> bool:
    """Tell whether an alert is still open."""
    return connection.execute(STATEMENTS["is_open"], {"alert_id": alert_id}).fetchone() is not None


def judged_lately(connection: Connection, alert: NewAlert, since: datetime) -> Judged | None:
    """Return the alert of the same home and kind that was judged since an instant; None while another one is open."""
    values = {"home_id": alert.home_id, "family": alert.family, "kind": alert.kind, "since": since}
    row = connection.execute(STATEMENTS["judged_lately"], values).fetchone()
    return Judged(**row) if row else None


def noted_severity(connection: Connection, alert_id: int, finding_id: int) -> float | None:
    """Return how severe a finding was when it was noted on a judged alert; None where it was not noted there."""
    row = connection.execute(STATEMENTS["noted_severity"], {"alert_id": alert_id, "finding_id": finding_id}).fetchone()
    return float(row["severity"]) if row else None
