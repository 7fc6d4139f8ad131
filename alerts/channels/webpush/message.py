"""What a device is told, in the recipient's language: what happened, to whom and where; no address, no telephone.

Only the browser can read it, so it may name somebody, as the level of the channel says.
"""

import json
from uuid import UUID

from alerts.channels import words
from alerts.channels.transport import NO_ALERT, Outgoing
from alerts.channels.webpush.limits import BODY_CHARACTERS, TITLE_CHARACTERS
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.summaries.about import SEVERAL, Purpose
from alerts.wording import TRIAL
from core.translation import translator


def payload(outgoing: Outgoing, links: Links) -> bytes:
    """Return the message as the service worker reads it: JSON in UTF-8."""
    gettext = translator(outgoing.language).gettext
    urgent = outgoing.family is Family.SAFETY and outgoing.purpose is Purpose.CALL
    message = {
        "title": words.heading(outgoing)[:TITLE_CHARACTERS],
        "body": body(outgoing)[:BODY_CHARACTERS],
        # One message for each alert: a later one takes the place of the earlier one.
        "tag": f"{outgoing.purpose}-{_about(outgoing)}",
        "path": path(outgoing),
        # Where its action leads: to the answer without sign-in, if there is one.
        "reply": links.reply_path(outgoing.public_id) if words.is_answered(outgoing) else "",
        "language": outgoing.language,
        "at": round(outgoing.opened_at.timestamp() * 1000),
        "urgent": urgent,
        # What only says that there is nothing more to do takes the place of a call, and wakes nobody.
        "quiet": bool(outgoing.said),
        "action": _action(outgoing, urgent=urgent),
        "receipt": "" if outgoing.said else str(outgoing.public_id),
        "over": gettext("Somebody has taken charge already."),
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def path(outgoing: Outgoing) -> str:
    """Return which page a message leads to."""
    if outgoing.kind == TRIAL:
        return "/notifications"
    if outgoing.for_family:
        return "/family"
    if outgoing.purpose in SEVERAL:
        return "/alerts"
    return "/" if outgoing.alert_public_id == NO_ALERT else f"/alerts/{outgoing.alert_public_id}"


def body(outgoing: Outgoing) -> str:
    """Return the second line: who, as far as the message says it, and where; of several alerts, how many of what."""
    if outgoing.said:
        return " ".join(outgoing.said[1:])
    if outgoing.for_family:
        return " ".join(words.sentences(outgoing))
    if outgoing.purpose in SEVERAL:
        return ", ".join(words.lines(outgoing.about, outgoing.language))
    return words.who_and_where(outgoing)


def _action(outgoing: Outgoing, *, urgent: bool) -> str:
    gettext = translator(outgoing.language).gettext
    if outgoing.for_family and words.is_answered(outgoing):
        return gettext("Say that you are there")
    return gettext("Take charge") if urgent and not outgoing.for_family else gettext("Open")


def topic(outgoing: Outgoing) -> str:
    """Return the name under which a push service keeps one message only: the alert's own, 32 characters at most."""
    return _about(outgoing).hex


def _about(outgoing: Outgoing) -> UUID:
    """Return what a message is about: the alert of a call, so that later ones take its place; else itself."""
    calls = outgoing.purpose is Purpose.CALL and outgoing.alert_public_id != NO_ALERT
    return outgoing.alert_public_id if calls else outgoing.public_id
