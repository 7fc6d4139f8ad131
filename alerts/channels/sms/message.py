"""The text of a text message: what happened, roughly where, and a link to answer."""

from alerts.channels import words
from alerts.channels.sms.limits import MOST_SEGMENTS, MOST_SEGMENTS_OF, fitted
from alerts.channels.transport import Outgoing
from alerts.replies.links import Links


def compose(outgoing: Outgoing, links: Links) -> str:
    """Return the text, never longer than two segments, or four where a language needs them."""
    most = MOST_SEGMENTS_OF.get(outgoing.language, MOST_SEGMENTS)
    return fitted(f"Vicino: {words.short(outgoing)}", words.link(outgoing, links), most)
