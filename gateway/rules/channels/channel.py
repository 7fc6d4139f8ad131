"""What every channel does: hand one short text over, or say why not."""

from typing import NamedTuple, Protocol


class Text(NamedTuple):
    """What a contact is told: `at_ms` and `quantity` of the call, the gateway's key, and the words."""

    address: str
    words: str
    gateway: str
    quantity: str
    at_ms: int
    withdrawn: bool


class ChannelError(Exception):
    """A text was not handed over; if `permanent`, it never will be. `reason` has no address and no words in it."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Channel(Protocol):
    """One way to tell somebody."""

    def send(self, text: Text) -> None:
        """Hand a text over; blocks for at most a minute. Raises `ChannelError`."""
