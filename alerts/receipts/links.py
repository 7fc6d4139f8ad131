"""The address to which a channel reports what became of a message: its public id, signed, and nothing about anybody."""

from typing import NamedTuple
from uuid import UUID

from alerts.replies.tokens import sign

PATH = "/callbacks"
# Whoever forwards a message can report of it, but not answer as whoever reads it, nor the other way round.
PURPOSE = b"vicino callback 1\0"


class Callbacks(NamedTuple):
    """Where the pages are, and the key that signs addresses; without a key nobody is asked to report."""

    base_url: str
    key: bytes | None = None

    def of(self, message: UUID) -> str:
        """Return the address for a message by its public id; empty without a key."""
        return f"{self.base_url.rstrip('/')}{PATH}/{sign(self.key, message, PURPOSE)}" if self.key else ""
