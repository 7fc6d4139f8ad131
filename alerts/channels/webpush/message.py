"""What a device is told, in the recipient's language: what happened, to whom and where; no address, no telephone.

Only the browser can read it, so it may name somebody, as the level of the channel says.
"""

import json
from uuid import UUID

from alerts.channels.transport import NO_ALERT, Outgoing
from alerts.channels.webpush.limits import TITLE_CHARACTERS
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.wording import TRIAL, title
from core.translation import translator


def payload(outgoing: Outgoing, links: Links) -> bytes:
    """Return the message as the service worker reads it: JSON in UTF-8."""
    gettext = translator(outgoing.language).gettext
    urgent = outgoing.family is Family.SAFETY
    message = {
        "title": headline(outgoing),
        "body": body(outgoing),
        # One message for each alert: a later one takes the place of the earlier one.
        "tag": f"about-{_about(outgoing)}",
        "path": path(outgoing),
        # Where its action leads: to the answer without sign-in, if there is one.
        "reply": "" if outgoing.kind == TRIAL or outgoing.said else links.reply_path(outgoing.public_id),
        "language": outgoing.language,
        "at": round(outgoing.opened_at.timestamp() * 1000),
        "urgent": urgent,
        # What only says that there is nothing more to do takes the place of a call, and wakes nobody.
        "quiet": bool(outgoing.said),
        "action": gettext("Take charge") if urgent else gettext("Open"),
        "receipt": "" if outgoing.said else str(outgoing.public_id),
        "over": gettext("Somebody has taken charge already."),
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def path(outgoing: Outgoing) -> str:
    """Return which page a message leads to."""
    if outgoing.said and outgoing.alert_public_id == NO_ALERT:
        return "/"
    return "/notifications" if outgoing.kind == TRIAL else f"/alerts/{outgoing.alert_public_id}"


def headline(outgoing: Outgoing) -> str:
    """Return the first line: what happened."""
    if outgoing.said:
        return " ".join(outgoing.said[0].split())[:TITLE_CHARACTERS]
    text = title(outgoing.kind, outgoing.family, outgoing.language)
    if outgoing.step:
        text = translator(outgoing.language).gettext("%(what)s: nobody has taken charge yet") % {"what": text}
    return " ".join(text.split())[:TITLE_CHARACTERS]


def body(outgoing: Outgoing) -> str:
    """Return the second line: who, as far as the message says it, and where."""
    if outgoing.said:
        return " ".join(outgoing.said[1:])
    return ", ".join(part for part in (outgoing.told.first_name, outgoing.municipality) if part)


def topic(outgoing: Outgoing) -> str:
    """Return the name under which a push service keeps one message only: the alert's own, 32 characters at most."""
    return _about(outgoing).hex


def _about(outgoing: Outgoing) -> UUID:
    """Return what a message is about: its alert, so that later ones take the place of earlier ones; else itself."""
    return outgoing.public_id if outgoing.alert_public_id == NO_ALERT else outgoing.alert_public_id
