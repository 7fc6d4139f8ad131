"""The text of a message at Telegram, in the recipient's language: it names nobody, and leads to where to sign in."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from alerts.channels import words
from alerts.channels.telegram.limits import BUTTON_CHARACTERS, TEXT_CHARACTERS
from alerts.channels.transport import Outgoing
from alerts.lifecycle import Family
from alerts.replies.links import Links
from alerts.summaries.about import SEVERAL, Purpose
from alerts.wording import TRIAL
from core.translation import translator


def compose(outgoing: Outgoing, links: Links) -> dict[str, Any]:
    """Return what is handed to `sendMessage`."""
    values: dict[str, Any] = {
        "chat_id": outgoing.address,
        "disable_notification": outgoing.family is Family.TECHNICAL and outgoing.kind != TRIAL,
        # What is said here is not passed on or kept by a tap.
        "protect_content": True,
        "link_preview_options": {"is_disabled": True},
    }
    paragraphs, offered = _paragraphs(outgoing), _offered(outgoing, links)
    if is_public(links.base_url) and offered:
        # One button a row: on a telephone two beside each other are cut short.
        values["reply_markup"] = {
            "inline_keyboard": [[{"text": said[:BUTTON_CHARACTERS], "url": address}] for said, address in offered]
        }
    else:
        paragraphs += [f"{said}:\n{address}" for said, address in offered]
    return values | {"text": "\n\n".join(paragraphs)[:TEXT_CHARACTERS]}


def _paragraphs(outgoing: Outgoing) -> list[str]:
    if outgoing.said or outgoing.for_family:
        return words.sentences(outgoing)
    paragraphs = [words.headline(outgoing)]
    if _is_urgent(outgoing):
        paragraphs.append(translator(outgoing.language).gettext("Somebody may need help now."))
    if outgoing.purpose in SEVERAL:
        paragraphs.append("\n".join(words.lines(outgoing.about, outgoing.language)))
    return paragraphs


def _offered(outgoing: Outgoing, links: Links) -> list[tuple[str, str]]:
    """Return where a message leads, with the words for it: nowhere to sign in for whoever cannot."""
    gettext = translator(outgoing.language).gettext
    reply = words.answered_at(outgoing, links)
    if outgoing.said or outgoing.for_family:
        return [(gettext("Say that you are there"), reply)] if reply else []
    if outgoing.kind == TRIAL:
        page = links.base_url
    else:
        page = links.alerts() if outgoing.purpose in SEVERAL else links.alert(outgoing.alert_public_id)
    label = gettext("Open and take charge") if _is_urgent(outgoing) else gettext("Open Vicino")
    return [(label, page), (gettext("Answer without signing in"), reply)] if reply else [(label, page)]


def _is_urgent(outgoing: Outgoing) -> bool:
    return outgoing.family is Family.SAFETY and outgoing.purpose is Purpose.CALL


def is_public(link: str) -> bool:
    """Tell whether Telegram takes an address for a button: one with a name that the whole world could look up."""
    host = urlsplit(link).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal"))
