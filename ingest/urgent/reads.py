"""Urgent readings as alerts read them. Imports no library of figures: a dead alert worker must be back at once."""

from collections.abc import Sequence

from psycopg import Connection

from core.database import Row
from core.statements import Statements

_sql = Statements.beside(__file__)


def urgent_among(connection: Connection[Row], urgent_ids: Sequence[int]) -> list[Row]:
    """Return safety readings by their numbers, in their order.

    `home_id` is the home whose device it is. `standing` says whether the device is 'registered', was taken away
    ('retired') or is known nowhere ('unregistered'): then the home is that of the gateway that heard it. `series_id` is
    None for such a call, or where the device has no such series; `device` is its key then. `heard_by` is the id of the
    gateway that heard it where that is not the device's own, `heard_elsewhere` tells whether it stands in another home,
    and `hearer` is its key, '' for one of another organisation. Where a reading's own time could not be used, `ts` is
    when it was received.
    Fields: urgent_id, series_id, ts, value, received_at, quantity_id, home_id, organisation_id, standing, device,
    heard_by, heard_elsewhere, hearer.
    """
    return connection.execute(_sql["urgent_among"], {"urgent_ids": list(urgent_ids)}).fetchall()
