"""The word to systemd of how a service is (`sd_notify`): ready, alive, stopping.

A datagram to the socket that `NOTIFY_SOCKET` names (man sd_notify). Where nobody asks for it, nothing is sent.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"
_ABSTRACT = "@"
_PER_SECOND = 1_000_000


def notify(*words: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send `words` as one message; tell whether somebody has it. That nobody listens must not stop a service."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith(_ABSTRACT):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        # A listener that does not read must not hold up who tells.
        sender.setblocking(False)
        sender.sendto("\n".join(words).encode(), address)
        return True
    return False


def status(text: str) -> str:
    """Return the word that `systemctl status` shows: one line."""
    return "STATUS=" + " ".join(text.split())


def watchdog_s(environment: Mapping[str, str] = os.environ) -> float | None:
    """Return within how many seconds systemd wants `ALIVE`, or None if it does not.

    Unlike libsystemd, `WATCHDOG_PID` is not asked: it names the launcher, whose child the service may be.
    """
    try:
        microseconds = int(environment.get("WATCHDOG_USEC", "0"))
    except ValueError:
        return None
    return microseconds / _PER_SECOND if microseconds > 0 else None
