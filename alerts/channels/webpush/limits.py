"""What push services allow, for how long they keep what, and which of their answers mean what (RFC 8030)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from alerts.channels.http import LOOPBACK
from alerts.lifecycle import Family

# Where Chrome and Edge on Android and elsewhere, Firefox, Safari and Edge on Windows take their messages.
SERVICES = "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com"
ENDPOINT_CHARACTERS = 2_000
TITLE_CHARACTERS, BODY_CHARACTERS = 120, 400
# The subscription is no more: the browser has ended it, or was taken away (RFC 8030 section 7.3).
GONE = frozenset({404, 410})
TOO_LONG = 413
# Devices of one person that are told side by side: one service that does not answer holds up none of the others.
AT_ONCE = 8
# How long a service keeps a message for a device that it does not reach. Safety: until the next one of the same alert
# is due, at the slowest; what is older would tell of an alert that somebody may have taken long ago.
KEPT_S = {Family.SAFETY: 900, Family.WELLBEING: 4 * 3600, Family.TECHNICAL: 12 * 3600}
# How much a sleeping device is woken for (RFC 8030 section 5.3).
URGENCY = {Family.SAFETY: "high", Family.WELLBEING: "normal", Family.TECHNICAL: "low"}


def listed(text: str) -> tuple[str, ...]:
    """Return the names in a setting that separates them by commas."""
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def may_send_to(endpoint: str, services: Collection[str]) -> bool:
    """Tell whether `endpoint` belongs to one of the push services named, whose hosts may begin with `*.`.

    A browser says where messages for it are to be sent: without this, whoever is signed in could have requests sent to
    any host that we reach. Other than over TLS only to this machine, where its port is named too.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    plain = (
        len(endpoint) <= ENDPOINT_CHARACTERS and endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    )
    if not plain or not host or parts.username is not None or parts.fragment:
        return False
    if parts.scheme == "http":
        return host in LOOPBACK and f"{host}:{port}" in services
    if parts.scheme != "https":
        return False
    named = host if port in {None, 443} else f"{host}:{port}"
    return any(named == each or (each.startswith("*.") and named.endswith(each[1:])) for each in services)
