"""What channels over HTTP have in common: one request, one answer, and what the answer means for the message.

* 2xx: accepted.
* 429 and 503: try again, not before what `Retry-After` says (RFC 9110 section 10.2.3).
* 408, 425 and other 5xx: try again.
* Any other answer is final, redirections too: what is sent is for one server, and never goes to another one.
* No connection: try again; nothing was sent. A connection that breaks, or an answer that does not come in time, after
  the request began: try again, and say that it is uncertain. Each attempt carries the same `Idempotency-Key`, so that a
  server that knows it takes the message once.

Nothing of what a server says goes into a reason: it may repeat a name or an address.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from alerts.channels.transport import TransportError

LONGEST_ANSWER = 64 * 1024
LONGEST_REQUEST = 256 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AGENT = "vicino"
_TRY_AGAIN = frozenset({408, 425, 429})
_AT_ONCE = 4096


class Request(NamedTuple):
    """One request; `key` names the message, and is the same for every attempt."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    key: str


class Answer(NamedTuple):
    """What came back: the status, the headers in lower case, and the body up to `LONGEST_ANSWER` bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_protected(url: str) -> bool:
    """Tell whether what goes to `url` cannot be read on the way: https, or this machine itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def deliver(request: Request, timeout_s: float, now: datetime | None = None) -> Answer:
    """Send `request` and return the answer if it says that the message was accepted; else raises `TransportError`.

    All together takes at most about `timeout_s` seconds. `now` dates a `Retry-After` that names an instant.
    """
    answer = exchange(request, timeout_s)
    if 200 <= answer.status <= 299:  # noqa: PLR2004 - the class of answers
        return answer
    raise refused(answer, now)


def refused(answer: Answer, now: datetime | None = None) -> TransportError:
    """Return what an answer that is no acceptance means."""
    passing = answer.status in _TRY_AGAIN or 500 <= answer.status <= 599  # noqa: PLR2004 - the class of answers
    return TransportError(
        f"the server answered {answer.status}",
        permanent=not passing,
        retry_after_s=_retry_after_s(answer.headers.get("retry-after", ""), now) if passing else None,
        status=answer.status,
    )


def exchange(request: Request, timeout_s: float) -> Answer:
    """Send `request` and return the answer, whatever it is. Raises `TransportError` where there is none."""
    try:
        parts = urlsplit(request.url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise TransportError("the address is not one", permanent=True)
    if len(request.body) > LONGEST_REQUEST:
        raise TransportError("the message is too long", permanent=True)
    ends_at = monotonic() + timeout_s
    connection = _connection(parts.scheme, host, port, timeout_s)
    try:
        _connect(connection)
        return _exchange(connection, request, parts.path or "/", parts.query, ends_at)
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> http.client.HTTPConnection:
    try:
        if scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=timeout_s)
    except http.client.InvalidURL as error:
        raise TransportError("the address is not one", permanent=True) from error


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except UnicodeError as error:
        raise TransportError("the address is not one", permanent=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise TransportError(f"no connection: {type(error).__name__}", permanent=False) from error


def _exchange(
    connection: http.client.HTTPConnection, request: Request, path: str, query: str, ends_at: float
) -> Answer:
    headers = {"User-Agent": AGENT, "Idempotency-Key": request.key, "Connection": "close", **request.headers}
    target = f"{path}?{query}" if query else path
    try:
        _leave(connection.sock, ends_at)
        connection.request(request.method, target, request.body, headers)
        _leave(connection.sock, ends_at)
        # Kept before the answer: the connection lets go of it where it is to be closed afterwards.
        sock = connection.sock
        response = connection.getresponse()
        body = _read(response, sock, ends_at)
    except (ValueError, http.client.InvalidURL) as error:
        # A line break in a header or a space in a path: it was found before anything was sent.
        raise TransportError("the request cannot be written", permanent=True) from error
    except (OSError, http.client.HTTPException) as error:
        raise TransportError(f"no answer: {type(error).__name__}", permanent=False, uncertain=True) from error
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def _read(response: http.client.HTTPResponse, sock: socket.socket | None, ends_at: float) -> bytes:
    """Read what is worth reading. The status is known already: a body that does not end changes nothing."""
    body = b""
    try:
        while len(body) < LONGEST_ANSWER:
            _leave(sock, ends_at)
            part = response.read1(min(_AT_ONCE, LONGEST_ANSWER - len(body)))
            if not part:
                break
            body += part
    except (OSError, http.client.HTTPException):
        return body
    return body


def _leave(sock: socket.socket | None, ends_at: float) -> None:
    """Leave a socket no more than the time that is left; raises `TimeoutError` where there is none."""
    left = ends_at - monotonic()
    if left <= 0:
        raise TimeoutError
    if sock is not None:
        sock.settimeout(left)


def _retry_after_s(said: str, now: datetime | None) -> float | None:
    if said.strip().isdigit():
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    if now is None:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
