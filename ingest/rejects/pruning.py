"""Deleting rejects that nobody needs any more, so that they do not grow for years. They stay counted."""

from datetime import datetime, timedelta

from ingest.rejects import repository
from ingest.rejects.repository import Dictionaries


def prune(connection: Dictionaries, now: datetime, *, keep_days: int) -> int:
    """Delete the rejects that did not come again for `keep_days` days; return how many. 0 keeps them for ever.

    It goes in small steps, each a transaction of its own (the connection is in autocommit), so that it holds up nobody.
    Raises `psycopg.Error`.
    """
    if not keep_days:
        return 0
    before, pruned = now - timedelta(days=keep_days), 0
    while step := repository.prune(connection, before):
        pruned += step
    return pruned
