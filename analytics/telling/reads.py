"""Findings as alerts read them. Imports no library of figures: a dead alert worker must be back at once."""

from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from core.database import Row
from core.statements import Statements

STATEMENTS = Statements.beside(__file__)


def findings_since(connection: Connection[DictRow], found_from: datetime) -> list[Row]:
    """Return the findings made, changed or withdrawn since `found_from`, oldest first, for the alerts.

    Those on trial are left out.

    Columns: finding_id, organisation_id, home_id, person_id, family, kind, severity, started_at, ended_at, found_at,
    updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence, withdrawn_at. A row
    becomes visible when its transaction ends, which may be minutes after its times: look back by more than that.
    """
    return connection.execute(STATEMENTS["findings_since"], {"found_from": found_from}).fetchall()
