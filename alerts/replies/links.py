"""Addresses of the pages that messages lead to."""

from typing import NamedTuple
from uuid import UUID

from alerts.replies.tokens import sign

PATH = "/r"


class Links(NamedTuple):
    """Where the pages are, and the key that signs links; without a key there is none that answers without sign-in."""

    base_url: str
    key: bytes | None = None

    def alert(self, public_id: UUID) -> str:
        """Return the address of the page of an alert, which asks to sign in."""
        return f"{self.base_url.rstrip('/')}/alerts/{public_id}"

    def alerts(self) -> str:
        """Return the address of the list of open alerts, which asks to sign in."""
        return f"{self.base_url.rstrip('/')}/alerts"

    def reply(self, message: UUID) -> str:
        """Return the address at which the receiver of a message, by its public id, answers; empty without a key."""
        path = self.reply_path(message)
        return self.base_url.rstrip("/") + path if path else ""

    def reply_path(self, message: UUID) -> str:
        """Return the same as a path of the pages."""
        return f"{PATH}/{sign(self.key, message)}" if self.key else ""
