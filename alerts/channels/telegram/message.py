"""The text of a message at Telegram, in the recipient's language: it names nobody, and leads to where to sign in."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from alerts.channels import words
from alerts.channels.email.message import subject as headline
from alerts.channels.telegram.limits import BUTTON_CHARACTERS, TEXT_CHARACTERS
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.wording import TRIAL
from core.translation import translator


def compose(outgoing: Outgoing, links: Links) -> dict[str, Any]:
    """Return what is handed to `sendMessage`."""
    gettext = translator(outgoing.language).gettext
    urgent = outgoing.family is Family.SAFETY
    is_trial = outgoing.kind == TRIAL
    paragraphs = [headline(outgoing)]
    if urgent:
        paragraphs.append(gettext("Somebody may need help now."))
    values: dict[str, Any] = {
        "chat_id": outgoing.address,
        "disable_notification": outgoing.family is Family.TECHNICAL and not is_trial,
        # What is said here is not passed on or kept by a tap.
        "protect_content": True,
        "link_preview_options": {"is_disabled": True},
    }
    label = gettext("Open and take charge") if urgent else gettext("Open Vicino")
    if outgoing.said or outgoing.for_family:
        # To people who do not sign in, or about nothing that is open.
        return values | {"text": "\n\n".join(words.sentences(outgoing))[:TEXT_CHARACTERS]}
    offered = [(label, links.base_url if is_trial else links.alert(outgoing.alert_public_id))]
    reply = "" if is_trial else links.reply(outgoing.public_id)
    if reply:
        offered.append((gettext("Answer without signing in"), reply))
    if is_public(links.base_url):
        # One button a row: on a telephone two beside each other are cut short.
        values["reply_markup"] = {
            "inline_keyboard": [[{"text": said[:BUTTON_CHARACTERS], "url": address}] for said, address in offered]
        }
    else:
        paragraphs += [f"{said}:\n{address}" for said, address in offered]
    return values | {"text": "\n\n".join(paragraphs)[:TEXT_CHARACTERS]}


def is_public(link: str) -> bool:
    """Tell whether Telegram takes an address for a button: one with a name that the whole world could look up."""
    host = urlsplit(link).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))
