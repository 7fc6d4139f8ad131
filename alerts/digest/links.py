"""The link in a message of the day: by it whoever reads it chooses when it comes, or that it comes no more."""

from uuid import UUID

from alerts.replies.tokens import sign

PATH = "/daily"
# Whoever has the link of a call, or of a report, cannot choose by it, nor the other way round.
PURPOSE = b"vicino daily 1\0"


def daily_path(key: bytes | None, message: UUID) -> str:
    """Return the path of the page for a message by its public id; empty without a key."""
    return f"{PATH}/{sign(key, message, PURPOSE)}" if key else ""
