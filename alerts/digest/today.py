"""What the message of the day says of a home, from what is known of it at a moment."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import analytics.contexts.reads
import analytics.wellbeing.reads
import ingest.reads
from alerts.digest import repository
from alerts.digest.verdict import Sight, Verdict, said, verdict
from alerts.repository import Connection

# A gateway says every few minutes how it is.
HEARD = timedelta(minutes=30)


class Said(NamedTuple):
    """The sentences, and whether they say that something is open."""

    sentences: list[str]
    says_open: bool


def said_of(connection: Connection, home_id: int, today: date, now: datetime, language: str) -> Said:
    """Return what whoever wants to know is told of a home at `now`."""
    found = verdict(sight_of(connection, home_id, today, now), today)
    return Said(said(found, language), found is Verdict.OPEN)


def sight_of(connection: Connection, home_id: int, today: date, now: datetime) -> Sight:
    """Return what is known of a home at `now`."""
    gateways = ingest.reads.gateways_heard(connection, [home_id])
    latest = analytics.wellbeing.reads.latest_of_all(connection, today - timedelta(days=2), home_id)
    known = latest.get(home_id, analytics.wellbeing.reads.NOTHING).known
    return Sight(
        is_open=repository.is_open(connection, home_id),
        is_seen=bool(gateways) and all(each.online and now - each.received_at <= HEARD for each in gateways),
        is_paused=any(each.acts for each in analytics.contexts.reads.going_on(connection, home_id, now)),
        last=None if known is None else known.last,
    )
