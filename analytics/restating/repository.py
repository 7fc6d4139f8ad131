"""Which days another version computed, and that they are due."""

from datetime import date, datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from analytics.version import CODE_VERSION
from core.statements import Statements

_sql = Statements.beside(__file__)


def take_version(connection: Connection[DictRow]) -> bool:
    """Remember that what other versions than this one computed has been made due; False if it was already."""
    return connection.execute(_sql["take_version"], {"code_version": CODE_VERSION}).fetchone() is not None


def make_overtaken_due(connection: Connection[DictRow], first: date, now: datetime, pause: timedelta) -> int:
    """Make days from `first` on due that another version computed, each home `pause` after the one before it.

    Return how many were not due yet.
    """
    wanted = {"first": first, "now": now, "pause": pause, "code_version": CODE_VERSION}
    return connection.execute(_sql["make_overtaken_due"], wanted).rowcount
