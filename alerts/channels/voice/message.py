"""What is spoken in a telephone call: what happened, roughly where, and which digit takes charge. It names nobody."""

from alerts.channels import words
from alerts.channels.transport import Outgoing
from alerts.channels.voice.limits import SPOKEN_CHARACTERS, TAKE_CHARGE
from core.translation import translator


def compose(outgoing: Outgoing, *, answers: bool) -> str:
    """Return the text to speak; `answers` tells whether a digit can come back."""
    gettext = translator(outgoing.language).gettext
    said = [gettext("This is a call from Vicino."), words.short(outgoing)]
    if answers and not outgoing.for_family and not outgoing.said:
        said.append(gettext("To take charge of it, press %(digit)s.") % {"digit": TAKE_CHARGE})
    return " ".join(said)[:SPOKEN_CHARACTERS]
