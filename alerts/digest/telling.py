"""Makes the daily message of every contact who wants one: one a day, at the wanted time of the home's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import analytics.contexts.reads
import analytics.wellbeing.reads
import ingest.reads
from alerts.addresses.ways import Recipient, ways_of
from alerts.digest import repository
from alerts.digest.repository import Wanted
from alerts.digest.verdict import Sight, said, verdict
from alerts.lifecycle import Family
from alerts.news import repository as news
from alerts.news.each import for_each
from alerts.repository import Connection
from core.database import Database
from core.localtime import day_of, local_instant

# One who could not be told by then is told the next day: in the evening of today, all well is not what it was at noon.
LATEST = timedelta(hours=3)
# A gateway says every few minutes how it is.
HEARD = timedelta(minutes=30)


def tell(database: Database, now: datetime) -> int:
    """Note what every contact is to be told whose time has come; return how many those are."""
    return for_each(database, now, lambda connection: repository.wanted(connection, now), _tell)


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


def _tell(connection: Connection, each: Wanted, now: datetime) -> bool:
    zone = ZoneInfo(each.timezone)
    today = day_of(now, zone)
    due = local_instant(today, each.at, zone)
    if not due <= now < due + LATEST:
        return False
    recipient = Recipient(None, each.contact_id, "", each.language)
    ways = ways_of(connection, [recipient], family=Family.WELLBEING)[recipient]
    if not ways:
        return False
    return news.add(
        connection,
        about="day",
        organisation_id=each.organisation_id,
        home_id=each.home_id,
        recipient=recipient,
        ways=ways,
        said=said(verdict(sight_of(connection, each.home_id, today, now), today), each.language),
        now=now,
        until=due + LATEST,
        day=today,
    )
