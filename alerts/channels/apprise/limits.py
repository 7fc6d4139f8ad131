"""What Apprise is let do, and which of its failures are final."""

import re
from collections.abc import Collection, Iterable

# Services that talk TLS, of which somebody may have a use here.
SERVICES = "discord,gchat,gotifys,matrixs,mmosts,nctalks,ntfys,pover,rockets,signals,slack,workflows,zulip"
ADDRESS_CHARACTERS = 2_000
GONE = 410
LATER = frozenset({408, 425, 429})
# Apprise tells a failure in a line for its log; where it was an answer over HTTP, the line has the status.
_STATUS = re.compile(r"\berror=(\d{3})\b")


def scheme_of(url: str) -> str:
    """Return the service that an address names, in small letters; "" where it names none."""
    scheme, separator, _ = url.strip().partition("://")
    return scheme.lower() if separator and scheme.isascii() and scheme.isalnum() else ""


def is_allowed(url: str, services: Collection[str]) -> bool:
    """Tell whether an address is of one of the services that this installation lets messages go to.

    Others could reach into the network of the service, or do things on its machine: Apprise knows many.
    """
    return len(url) <= ADDRESS_CHARACTERS and scheme_of(url) in services


def last_status(lines: Iterable[str]) -> int | None:
    """Return the status with which a service refused, as the lines of Apprise's log tell it; None if they do not."""
    found = [int(match) for line in lines for match in _STATUS.findall(line)]
    return found[-1] if found else None


def is_permanent(status: int | None) -> bool:
    """Tell whether a refusal is final."""
    return status is not None and 300 <= status < 500 and status not in LATER  # noqa: PLR2004 - the classes of answers
