"""What people do about how they are reached, for their own account: devices, a chat at Telegram, test messages."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from alerts.channels.webpush.encryption import NotASubscriptionError, browser_key, encode, secret
from alerts.channels.webpush.limits import may_send_to
from alerts.reach import repository
from alerts.reach.codes import LASTS, code_digest, new_code
from alerts.reach.errors import NoSubscriptionError, ReachError, TooManyDevicesError, TrialRefusedError
from alerts.reach.repository import Connection
from core.database import View

WEBPUSH, TELEGRAM = "webpush", "telegram"
LABEL_CHARACTERS = 60
MOST_DEVICES = 20
BETWEEN_TRIALS = timedelta(seconds=10)
# Whoever asked for a test message does not wait longer than that.
WAITS = timedelta(minutes=2)
SHOWN_FOR = timedelta(minutes=10)


class Subscription(NamedTuple):
    """What a browser says of where it takes messages: the address at its push service, and its keys in base64url."""

    endpoint: str
    p256dh: str
    auth: str


class Own(NamedTuple):
    """A device of the viewer; `digest` is the SHA-256 of its endpoint in base64url, by which a browser knows itself."""

    public_id: UUID
    label: str
    added_at: datetime
    shown_at: datetime | None
    digest: str


class Outcome(StrEnum):
    """What came of a test message."""

    WAITS = "waits"
    SENT = "sent"
    SHOWN = "shown"
    GONE = "gone"
    REFUSED = "refused"
    LATER = "later"


class Reached(NamedTuple):
    """How the viewer is reached. `push_key` and `bot` are "" where the channel is not set up.

    `since` says from when on the viewer has been reached by a channel; `trial` is what came of the latest test message.
    """

    push_key: str
    bot: str
    devices: tuple[Own, ...]
    since: dict[str, datetime]
    trial: Outcome | None


def reached(view: View, now: datetime) -> Reached:
    """Return how the viewer is reached."""
    faces = repository.faces(view.connection)
    return Reached(
        faces.get(WEBPUSH, ""),
        faces.get(TELEGRAM, ""),
        tuple(
            Own(**row | {"digest": encode(bytes(row["digest"]))})
            for row in repository.own_push_devices(view.connection)
        ),
        repository.own_channels(view.connection),
        latest_trial(view, now),
    )


def register(view: View, given: Subscription, label: str, services: Collection[str], now: datetime) -> UUID:
    """Register a browser of the viewer; return by what it is called.

    Raises `NoSubscriptionError` or `TooManyDevicesError`.
    """
    check(given, services)
    if len(repository.own_push_devices(view.connection)) >= MOST_DEVICES:
        raise TooManyDevicesError
    added = repository.add_push_device(view.connection, *given, label.strip()[:LABEL_CHARACTERS], now)
    if added is None:
        raise ReachError
    return added


def check(given: Subscription, services: Collection[str]) -> None:
    """Raise `NoSubscriptionError` if messages could not be sent to a browser."""
    try:
        browser_key(given.p256dh)
        secret(given.auth)
    except NotASubscriptionError as error:
        raise NoSubscriptionError from error
    if not may_send_to(given.endpoint, services):
        raise NoSubscriptionError


def remove(view: View, device: UUID, now: datetime) -> bool:
    """Send no more messages to a device of the viewer; tell whether there was one."""
    return repository.remove_push_device(view.connection, device, now)


def renew(
    connection: Connection, old_endpoint: str, old_auth: str, given: Subscription, services: Collection[str]
) -> bool:
    """Note that a browser, which shows the secret of its old subscription, has a new one; tell whether it is known.

    Raises `NoSubscriptionError`.
    """
    check(given, services)
    return repository.renew_push_device(connection, old_endpoint, old_auth, *given)


def receipt(connection: Connection, message: UUID, now: datetime, *, was_read: bool) -> bool | None:
    """Note that a browser has shown a message, or that somebody has touched it.

    Return whether nobody has to look any more, None where there is no such message.
    """
    return repository.receipt_of_push(connection, message, now, was_read=was_read)


def begin_pairing(view: View, now: datetime) -> str:
    """Return a code by which the viewer shows the bot who they are, once and soon; no earlier one holds."""
    code = new_code()
    if not repository.begin_pairing(view.connection, TELEGRAM, code_digest(code), now + LASTS, now):
        raise ReachError
    return code


def leave_telegram(view: View, now: datetime) -> int:
    """Send no more messages to the viewer's chats; return how many there were."""
    return repository.leave_channel(view.connection, TELEGRAM, now)


def ask_trial(view: View, channel: str, device: UUID | None, now: datetime) -> None:
    """Have a test message sent to the viewer: to one device, or by a channel. Raises `TrialRefusedError`."""
    if not repository.ask_trial(view.connection, channel, device, now - BETWEEN_TRIALS, now):
        raise TrialRefusedError


def latest_trial(view: View, now: datetime) -> Outcome | None:
    """Return what came of the latest test message, None where there was none lately."""
    row = repository.latest_trial(view.connection)
    if row is None or row["asked_at"] < now - SHOWN_FOR:
        return None
    if row["error"] is not None:
        return Outcome(row["error"])
    if row["delivered_at"] is not None:
        return Outcome.SHOWN
    if row["sent_at"] is not None:
        return Outcome.SENT
    # A worker that is not there takes none.
    return Outcome.WAITS if row["asked_at"] > now - WAITS else Outcome.LATER
