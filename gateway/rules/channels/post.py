"""One HTTP request, as the two web channels make it: no redirects, for they would carry the secret elsewhere."""

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.rules.channels.channel import ChannelError

TIMEOUT_S = 15.0
# Too busy, or not now: the same may be accepted later.
_AGAIN = frozenset({408, 425, 429})


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float = TIMEOUT_S) -> None:
    """Post `body` to an http(s) address. Raises `ChannelError` unless the answer is a success."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ChannelError("address not usable", permanent=True) from error
    if parts.scheme not in ("http", "https") or not host:
        raise ChannelError("address not usable", permanent=True)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = (
        http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=timeout_s)
    )
    try:
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        answer.read(4096)
        status = answer.status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ChannelError(type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= status < 300:  # noqa: PLR2004 - the class of answers that mean success
        raise ChannelError(f"status {status}", permanent=status < 500 and status not in _AGAIN)  # noqa: PLR2004
