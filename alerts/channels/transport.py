"""What every channel has: a transport that hands a message over, or says why it could not."""

from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol
from uuid import UUID

from alerts.lifecycle import Family
from alerts.summaries.about import About, Purpose


class Told(NamedTuple):
    """What a message says of whom it is about; empty what its channel may not know, or what is not known."""

    first_name: str = ""
    name: str = ""
    address: str = ""
    phone: str = ""
    explanation: str = ""


NOBODY = Told()
# What a message has for an alert that is about none.
NO_ALERT = UUID(int=0)


class Outgoing(NamedTuple):
    """A message to one person, with no more about anybody than the channel may know (`alerts.channels.levels`).

    `public_id` names the message: it stays the same when an attempt is repeated. `step` counts from 0. `kind` is empty
    where the channel may not know it. `for_family` says that it goes to a contact, who does not sign in. One that is
    not a call for help says its `purpose`, and where that is several alerts, what it is `about`. `together`: how many
    other open alerts of the same home are told with this one. Where `said` is given, those sentences are the message:
    nobody is called by it. `daily`: it is the one of the day, with a link to where that is chosen.
    """

    public_id: UUID
    alert_public_id: UUID
    address: str
    language: str
    family: Family
    kind: str
    municipality: str
    opened_at: datetime
    step: int
    purpose: Purpose = Purpose.CALL
    about: tuple[About, ...] = ()
    together: int = 0
    told: Told = NOBODY
    for_family: bool = False
    said: tuple[str, ...] = ()
    daily: bool = False


class Doubt(Enum):
    """Why nobody knows whether an accepted message goes out, in words without personal data."""

    UNREAD = "accepted, but the answer cannot be read"


class TransportError(Exception):
    """A message was not accepted.

    `reason` says why in words without personal data. A permanent error will not go away by trying again.
    `uncertain` is set where the other side may have accepted the message all the same. `gone` is set where the channel
    says that the address itself is no more, for any message. `retry_after_s` is how long the other side wants to be
    left alone, None where it does not say. `status` is what it answered over HTTP, None where it did not.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        uncertain: bool = False,
        gone: bool = False,
        retry_after_s: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.uncertain = uncertain
        self.gone = gone
        self.retry_after_s = retry_after_s
        self.status = status


class Transport(Protocol):
    """Hands messages over to one channel."""

    def send(self, message: Outgoing) -> str | Doubt | None:
        """Return once the channel has accepted `message`; raises `TransportError` if it did not.

        The text is what the channel calls the message, by which it tells later what became of it; None if it does not.
        With a `Doubt` the message may well have gone out: it is not sent there again.
        """


class NoTransport:
    """The channel of an installation that has not set it up: nothing can be delivered, and every message says so."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def send(self, message: Outgoing) -> None:  # noqa: ARG002 - the protocol's signature
        """Refuse `message`."""
        raise TransportError(self.reason, permanent=True)
