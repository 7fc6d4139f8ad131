"""What contacts choose of the message of the day: whether, at what time of the home's clock, and by which channel."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from alerts.addresses.telephone import e164, takes_texts
from alerts.channels.names import CHANNELS
from alerts.digest import repository
from alerts.reach.errors import ReachError
from alerts.repository import Connection
from core.database import View
from core.translation import mark
from registry.hours import Hours

USUAL = time(18)
# By the link of an old message nobody should choose who has it by now in an old mailbox.
LINK_LASTS = timedelta(days=90)


class NoContactError(ReachError):
    """The viewer is no contact of that person, or the link is too old."""

    message = mark("This message of the day is not yours to choose, or the link is too old. Nothing was changed.")


class NoTimeError(ReachError):
    """What was sent is no time of day, or no channel by which the contact is reached."""

    message = mark("Say at what time and in which way, then save. Nothing was changed.")


class OutsideHoursError(ReachError):
    """It is not shared at that hour how the day goes: no message would come."""

    message = mark(
        "At that hour it is not shared with you how the day goes: no message would come. Nothing was changed."
    )


class Choice(NamedTuple):
    """What is chosen: `at` is None where no message is wanted, `channel` None for the first that reaches them.

    `channels` are those to choose among.
    """

    at: time | None
    channel: str | None
    channels: tuple[str, ...]


class OwnDigest(NamedTuple):
    """What the viewer has chosen of one person. `hours`: when it is shared how the day goes, None where it is not."""

    person: UUID
    name: str
    choice: Choice
    hours: Hours | None


class ByLink(NamedTuple):
    """What whoever has the link of a message has chosen, the language of that contact, and when they may be told.

    `hours` is None where nothing is agreed about that.
    """

    language: str
    choice: Choice
    hours: Hours | None


def own(view: View, now: datetime) -> list[OwnDigest]:
    """Return what the viewer has chosen, for each person of whom they are a contact."""
    return [
        OwnDigest(row["person"], row["name"], _choice(row), _hours(row))
        for row in repository.own_digests(view.connection, now)
    ]


def choose(view: View, person: UUID, at: str | None, channel: str, now: datetime) -> None:
    """Choose as the viewer: `at` as 18:00, None for no message; `channel` "" for the first that reaches them.

    Raises `NoContactError`, `NoTimeError` or `OutsideHoursError`.
    """
    known = next((each for each in own(view, now) if each.person == person), None)
    if known is None:
        raise NoContactError
    wanted, way = _checked(known.choice, known.hours, at, channel)
    if not repository.choose(view.connection, person, wanted, way, now):
        raise NoContactError


def by_link(connection: Connection, message: UUID, now: datetime) -> ByLink | None:
    """Return what the contact has chosen to whom a message went; None where there is none, or it is too old."""
    row = repository.digest_of_message(connection, message, now - LINK_LASTS)
    if row is None:
        return None
    hours = None if row["from_minute"] is None else Hours(row["from_minute"], row["to_minute"])
    return ByLink(row["language"], _choice(row), hours)


def choose_by_link(connection: Connection, message: UUID, at: str | None, channel: str, now: datetime) -> None:
    """Choose as the contact to whom a message went, like `choose`, and raise like it."""
    known = by_link(connection, message, now)
    if known is None:
        raise NoContactError
    wanted, way = _checked(known.choice, known.hours, at, channel)
    if not repository.choose_by_message(connection, message, now - LINK_LASTS, wanted, way, now):
        raise NoContactError


def _checked(known: Choice, hours: Hours | None, at: str | None, channel: str) -> tuple[time | None, str | None]:
    if at is None:
        return None, None
    try:
        wanted = time.fromisoformat(at)
    except ValueError as error:
        raise NoTimeError from error
    if channel and channel not in known.channels:
        raise NoTimeError
    if hours is not None and not _within(wanted, hours):
        raise OutsideHoursError
    return wanted.replace(second=0, microsecond=0, tzinfo=None), channel or None


def _choice(row: repository.DigestRow) -> Choice:
    number = e164(row["phone"] or "")
    texts = {"sms"} if number is not None and takes_texts(number) else set()
    there = {*row["channels"], *texts} | ({row["channel"]} if row["channel"] else set())
    return Choice(row["at"], row["channel"], tuple(each for each in CHANNELS if each in there and each != "voice"))


def _hours(row: repository.DigestRow) -> Hours | None:
    if row["from_minute"] is not None:
        return Hours(row["from_minute"], row["to_minute"])
    return Hours() if row["is_open"] else None


def _within(at: time, hours: Hours) -> bool:
    minute = at.hour * 60 + at.minute
    if hours.start < hours.end:
        return hours.start <= minute < hours.end
    return minute >= hours.start or minute < hours.end
