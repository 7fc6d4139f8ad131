"""Makes the daily message of every contact who wants one: one a day, at the wanted time of the home's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.addresses.ways import Recipient, ways_of
from alerts.digest import repository
from alerts.digest.repository import Wanted
from alerts.due import for_each
from alerts.lifecycle import Family
from alerts.news import repository as news
from alerts.repository import Connection
from core.database import Database
from core.localtime import day_of, local_instant

# One who could not be told by then is told the next day: in the evening of today, all well is not what it was at noon.
LATEST = timedelta(hours=3)


def tell(database: Database, now: datetime) -> int:
    """Note what every contact is to be told whose time has come; return how many those are."""
    return for_each(database, now, "news", lambda connection: _due(connection, now), _tell)


def _due(connection: Connection, now: datetime) -> list[Wanted]:
    """Return those whose time has come: of nobody else it is asked what they may know."""
    return [each for each in repository.wanted(connection, now) if _time_of(each, now) <= now < _until(each, now)]


def _tell(connection: Connection, each: Wanted, now: datetime) -> bool:
    if not repository.may_know(connection, each.contact_id, now):
        return False
    recipient = Recipient(None, each.contact_id, "", each.language)
    known = ways_of(connection, [recipient], family=Family.WELLBEING)[recipient]
    # By the channel they have chosen, as long as they are reached there; else by the first that reaches them.
    ways = sorted(known, key=lambda way: way.channel != each.channel) if each.channel else known
    if not ways:
        return False
    # It brings the libraries of the analysis: a worker that was started again has calls to tell of before that.
    from alerts.digest.today import said_of  # noqa: PLC0415 - see above

    today = day_of(now, ZoneInfo(each.timezone))
    said = said_of(connection, each.home_id, today, now, each.language)
    return news.add(
        connection,
        about="day",
        organisation_id=each.organisation_id,
        home_id=each.home_id,
        recipient=recipient,
        ways=ways,
        said=said.sentences,
        says_open=said.says_open,
        now=now,
        until=_until(each, now),
        day=today,
    )


def _time_of(each: Wanted, now: datetime) -> datetime:
    zone = ZoneInfo(each.timezone)
    return local_instant(day_of(now, zone), each.at, zone)


def _until(each: Wanted, now: datetime) -> datetime:
    return _time_of(each, now) + LATEST
