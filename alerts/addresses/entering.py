"""Entering how somebody is to be reached, and taking it back."""

from collections.abc import Callable
from datetime import datetime

from alerts.addresses import repository
from alerts.addresses.telephone import e164
from alerts.addresses.ways import Recipient
from alerts.channels.email.limits import is_address
from alerts.channels.http import is_protected
from alerts.repository import Connection
from core.errors import VicinoError

TAKEN_AWAY = "taken away"
LONGEST = 2000


class AddressError(VicinoError):
    """An address cannot be used."""


def _mail(written: str) -> str | None:
    return written if is_address(written) else None


def _url(written: str) -> str | None:
    return written if is_protected(written) else None


# What people enter by hand. The others make their addresses themselves: a browser when it is registered, a chat.
WRITTEN: dict[str, Callable[[str], str | None]] = {"email": _mail, "sms": e164, "voice": e164, "webhook": _url}
_EXAMPLES = {
    "email": "anna@example.org",
    "sms": "+39 333 1234567",
    "voice": "+39 0523 123456",
    "webhook": "https://example.org/vicino",
}


def enter(connection: Connection, who: Recipient, channel: str, written: str, position: int, now: datetime) -> str:
    """Enter an address of `who` at `position` (the lowest is tried first); return it as it is kept.

    Raises `AddressError` if it cannot be one of `channel`, or nobody writes those by hand.
    """
    if channel not in WRITTEN:
        raise AddressError(
            f"Addresses of the channel {channel} are not written by hand.",
            kept="the addresses as they were",
            advice="devices and Telegram are set up on the page Notifications, Apprise by: vicino addresses apprise",
        )
    address = normal(channel, written)
    repository.enter(connection, who.account_id, who.contact_id, channel, address, position, now)
    return address


def remove(connection: Connection, who: Recipient, channel: str, written: str, now: datetime) -> None:
    """Use an address of `who` no more, also where the registry still knows it. Raises `AddressError` like `enter`."""
    address = normal(channel, written)
    repository.mark_gone_of(connection, who.account_id, who.contact_id, channel, address, TAKEN_AWAY, now)


def normal(channel: str, written: str) -> str:
    """Return an address as it is kept. Raises `AddressError` if it cannot be one of `channel`."""
    form = WRITTEN.get(channel, str)
    address = form(written.strip()) if len(written) <= LONGEST else None
    if not address:
        raise AddressError(
            f"That is no address for the channel {channel}.",
            kept="the addresses as they were",
            advice=f"write it like {_EXAMPLES[channel]}" if channel in _EXAMPLES else "",
        )
    return address
