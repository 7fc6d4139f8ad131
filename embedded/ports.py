"""Free TCP ports on the loopback interface."""

import random
import socket
from contextlib import closing
from pathlib import Path

from core.errors import VicinoError

LOOPBACK = "127.0.0.1"
FIRST = 20_000
LAST = 32_767
ATTEMPTS = 200

_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen on `port` of `host` now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """Return a port on which nobody listens: `preferred` if it is free, else one at random.

    Raises `VicinoError` if none is found.
    """
    # Not bind(0): that picks from the range of outgoing connections, in which a client that reconnects to a
    # stopped server may take the server's port, or even be connected to itself.
    if preferred is not None and is_free(preferred):
        return preferred
    last = max(min(LAST, _first_ephemeral() - 1), FIRST + ATTEMPTS)
    for port in random.SystemRandom().sample(range(FIRST, last + 1), ATTEMPTS):
        if is_free(port):
            return port
    raise VicinoError("No free port was found on this machine.", advice="end programs that listen, then start again")


def accepts(port: int, host: str = LOOPBACK, timeout_s: float = 0.5) -> bool:
    """Tell whether somebody accepts connections on `port` of `host`."""
    try:
        with closing(socket.create_connection((host, port), timeout=timeout_s)):
            return True
    except OSError:
        return False


def _first_ephemeral() -> int:
    try:
        return int(_EPHEMERAL.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return LAST + 1
