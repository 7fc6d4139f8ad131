"""What others may read of outcomes."""

from datetime import datetime

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.feedback import repository
from analytics.feedback.precision import Precision
from core.database import View


def precision(view: View, since: datetime, until: datetime, home_id: int | None = None) -> list[Precision]:
    """Return how often each detector was right in the homes that the viewer may see, or in one."""
    return repository.precision(view.connection, since, until, home_id)


def precision_of_all(
    connection: Connection[DictRow], since: datetime, until: datetime, home_id: int | None = None
) -> list[Precision]:
    """Return how often each detector was right in all homes, or in one."""
    return repository.precision(connection, since, until, home_id)
