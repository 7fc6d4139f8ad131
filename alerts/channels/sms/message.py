"""The text of a text message: what happened, roughly where, and a link to answer."""

from alerts.channels import words
from alerts.channels.sms.limits import fitted
from alerts.channels.transport import Outgoing
from alerts.replies.links import Links


def compose(outgoing: Outgoing, links: Links) -> str:
    """Return the text, never longer than two segments."""
    return fitted(f"Vicino: {words.short(outgoing)}", words.link(outgoing, links))
