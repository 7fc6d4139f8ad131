"""What others may read of outcomes."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.feedback import repository
from analytics.feedback.precision import Because, Precision
from core.database import View


def precision(view: View, since: datetime, until: datetime, homes: Sequence[int] | None = None) -> list[Precision]:
    """Return how often each detector was right in the homes that the viewer may see, or in some."""
    return repository.precision(view.connection, since, until, homes)


def precision_of_all(
    connection: Connection[DictRow], since: datetime, until: datetime, homes: Sequence[int] | None = None
) -> list[Precision]:
    """Return how often each detector was right in all homes, or in some."""
    return repository.precision(connection, since, until, homes)


def reasons(view: View, since: datetime, until: datetime, homes: Sequence[int] | None = None) -> list[Because]:
    """Return for what reasons alerts ended as they did in the homes that the viewer may see, or in some."""
    return repository.reasons(view.connection, since, until, homes)


def reasons_of_all(
    connection: Connection[DictRow], since: datetime, until: datetime, homes: Sequence[int] | None = None
) -> list[Because]:
    """Return for what reasons alerts ended as they did in all homes, or in some."""
    return repository.reasons(connection, since, until, homes)
