"""What news write."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from alerts.addresses.ways import Recipient, Way
from alerts.lifecycle import Family
from alerts.repository import Connection
from core.statements import Statements

_SQL = Statements.beside(__file__)
SAME_TEXT = timedelta(minutes=10)


class Relieved(NamedTuple):
    """Somebody who was told of a safety alert that nobody has to look after any more, and by which way."""

    alert_id: int
    organisation_id: int
    home_id: int
    round: int
    family: Family
    kind: str
    account_id: int | None
    contact_id: int | None
    language: str
    channel: str
    address: str


class Waiting(NamedTuple):
    """News that are leased to this worker; `attempts` names the lease, `alert_public_id` the alert, if about one.

    `for_family` says that they go to a contact.
    """

    news_id: int
    public_id: UUID
    home_id: int
    channel: str
    address: str
    language: str
    said: tuple[str, ...]
    made_at: datetime
    until: datetime
    attempts: int
    for_family: bool
    about: str
    alert_public_id: UUID | None


def relieved(connection: Connection, since: datetime, now: datetime) -> list[Relieved]:
    """Return who was told of a safety alert that was taken or resolved since `since`, and not yet told of that.

    Contacts only where they may know of it at `now`.
    """
    rows = connection.execute(_SQL["relieved"], {"since": since, "now": now})
    return [Relieved(**row | {"family": Family(row["family"])}) for row in rows]


def add(
    connection: Connection,
    *,
    about: str,
    organisation_id: int,
    home_id: int,
    recipient: Recipient,
    ways: Sequence[Way],
    said: Sequence[str],
    now: datetime,
    until: datetime,
    alert_id: int | None = None,
    alert_round: int | None = None,
    day: date | None = None,
    says_open: bool = False,
) -> bool:
    """Note what somebody is to be told by the first of `ways`; tell whether it is new and to be sent.

    Two persons may have one mailbox: the same text does not go there twice within `SAME_TEXT`, if it arrives.
    `says_open`: how the day is, and that something is open in the home.
    """
    first, *others = ways
    values = {
        "about": about,
        "organisation_id": organisation_id,
        "home_id": home_id,
        "account_id": recipient.account_id,
        "contact_id": recipient.contact_id,
        "language": recipient.language,
        "channel": first.channel,
        "address": first.address,
        "others": Jsonb([way._asdict() for way in others]),
        "said": list(said),
        "now": now,
        "until": until,
        "alert_id": alert_id,
        "round": alert_round,
        "day": day,
        "says_open": says_open,
        "same_since": now - SAME_TEXT,
    }
    row = connection.execute(_SQL["add_news"], values).fetchone()
    return row is not None and bool(row["state"] == "due")


def claim(connection: Connection, now: datetime, leased_until: datetime) -> Waiting | None:
    """Lease the news that wait longest; None if none are due."""
    row = connection.execute(_SQL["claim_news"], {"now": now, "leased_until": leased_until}).fetchone()
    return None if row is None else Waiting(**row | {"said": tuple(row["said"])})


def still_to_tell(connection: Connection, waiting: Waiting, now: datetime) -> bool:
    """Tell whether news are still so at `now`, in time, and to be known by whom they go to; they end where not."""
    of = {"news_id": waiting.news_id, "now": now}
    over = connection.execute(_SQL["give_up_news"], of).fetchone() is not None
    return not over and connection.execute(_SQL["forget_outdated_day"], of).fetchone() is None


def mark_sent(connection: Connection, waiting: Waiting, now: datetime) -> None:
    """Write down that the channel accepted the news, unless it has reported already that they did not arrive."""
    connection.execute(_SQL["mark_news_sent"], _lease(waiting) | {"now": now})


def mark_retry(connection: Connection, waiting: Waiting, due_at: datetime, error: str) -> None:
    """Write down why an attempt failed and when the next one is due; it has failed for good where that is too late."""
    connection.execute(_SQL["mark_news_retry"], _lease(waiting) | {"due_at": due_at, "error": error})


def next_way(connection: Connection, waiting: Waiting, now: datetime, error: str) -> None:
    """Use the next way for news that failed for good; where none is left, that was all."""
    connection.execute(_SQL["next_way_of_news"], _lease(waiting) | {"now": now, "error": error})


def _lease(waiting: Waiting) -> dict[str, Any]:
    # By the next way they have another name.
    return {"news_id": waiting.news_id, "public_id": waiting.public_id, "attempts": waiting.attempts}
