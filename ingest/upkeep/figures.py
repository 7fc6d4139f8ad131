"""Brings hourly and daily figures up to the readings: of the hours that were touched, and never of dropped ones."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from ingest.upkeep import repository
from ingest.upkeep.repository import Dictionaries
from ingest.upkeep.spans import merged, of_everybody, since, whole_days

# The zone of the daily figures, here and in the SQL; homes elsewhere have their days put together from hours.
ZONE = ZoneInfo("Europe/Rome")
TOUCHED_AT_ONCE = 20_000
# Hours that were not touched are computed with those around them rather than asked for one by one.
GAP = timedelta(hours=6)
LONGEST = timedelta(days=30)


def catch_up(connection: Dictionaries, *, timescale: bool) -> bool:
    """Compute again what the next touched hours concern; tell whether more of them wait.

    What was done is remembered only afterwards, so that after a failure it is done again. Raises `psycopg.Error`.
    """
    done = repository.cursor(connection)
    until, count = repository.cursor_ahead(connection, done, TOUCHED_AT_ONCE)
    if not count:
        return False
    touched = merged(repository.touched(connection, done, until), GAP)
    if timescale:
        touched = of_everybody(touched, GAP, LONGEST)
    compute = repository.refresh if timescale else repository.roll_up
    for retention, earliest in repository.dropped_before(connection).items():
        hours = since(touched, earliest)
        days = whole_days(hours, ZONE)
        compute(connection, retention, hours, of_everybody(days, GAP, LONGEST) if timescale else days)
    repository.set_cursor(connection, until)
    return count == TOUCHED_AT_ONCE
