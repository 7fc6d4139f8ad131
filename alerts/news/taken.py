"""Tells those who had been told of a safety alert that somebody has taken charge of it: once, and nobody else."""

from datetime import datetime, timedelta

from alerts.addresses.ways import Recipient, Way, ways_of
from alerts.channels.words import placed
from alerts.due import for_each
from alerts.lifecycle import Family
from alerts.news import repository
from alerts.repository import Connection
from alerts.surroundings import municipality
from alerts.wording import title
from core.database import Database
from core.translation import mark, translator

# Later it only asks what that was about.
LOOKS_BACK = timedelta(hours=1)
SAID = mark("Somebody has taken charge: %(what)s.")
FAMILY_SAID = mark("Somebody of the service is looking after it: %(what)s, in the home for which you are a contact.")
NEXT = mark("You need not do anything more about it, unless you have agreed otherwise.")


def relieve(database: Database, now: datetime) -> int:
    """Note what whoever was told has to know now; return for how many people that is."""
    return for_each(
        database, now, "news", lambda connection: repository.relieved(connection, now - LOOKS_BACK, now), _tell
    )


def said(kind: str, where: str, language: str, *, for_family: bool) -> list[str]:
    """Return what is said of a safety alert of `kind` in a municipality."""
    gettext = translator(language).gettext
    what = placed(title(kind, Family.SAFETY, language), where, language)
    return [gettext(FAMILY_SAID if for_family else SAID) % {"what": what}, gettext(NEXT)]


def _tell(connection: Connection, each: repository.Relieved, now: datetime) -> bool:
    recipient = Recipient(each.account_id, each.contact_id, "", each.language)
    known = ways_of(connection, [recipient], family=Family.WELLBEING)[recipient]
    # By the way on which the alert came, but no telephone rings for good news.
    told = Way(each.channel, each.address)
    ways = [told, *(way for way in known if way != told)] if told in known else known
    if not ways:
        return False
    where = municipality(connection, each.home_id)
    return repository.add(
        connection,
        about="taken",
        organisation_id=each.organisation_id,
        home_id=each.home_id,
        recipient=recipient,
        ways=ways,
        said=said(each.kind, where, each.language, for_family=each.contact_id is not None),
        now=now,
        until=now + LOOKS_BACK,
        alert_id=each.alert_id,
        alert_round=each.round,
    )
