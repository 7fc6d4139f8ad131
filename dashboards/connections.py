"""Connections that only take up room: those that do not say what they want in time, and those beyond what there is.

The server itself waits for the head of a request for as long as somebody likes to take over it.
"""

import asyncio
import resource
from contextlib import suppress
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S = 10.0  # from the connection, or the first byte of another request on it, to the end of the head
MOST = 4_000  # connections at once: a page that is open holds one or two
FILES_BESIDE = 200  # files that are open beside connections: database, log, assets
WANTED_FILES = 65_536


class PatientProtocol(H11Protocol):
    """Serves one connection, which has `head_within_s` for the head of each request."""

    head_within_s = HEAD_WITHIN_S
    most = MOST
    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, or end the connection where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.close()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come; where that is not the whole of a head, the time for it runs."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_more()
        elif self._giving_up is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End waiting."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._giving_up = self.loop.call_later(self.head_within_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None


def protocol(head_within_s: float, most: int) -> type[PatientProtocol]:
    """Return the protocol with other limits."""
    limits: dict[str, Any] = {"head_within_s": head_within_s, "most": most}
    return type("LimitedProtocol", (PatientProtocol,), limits)


def make_room(most: int = MOST) -> int:
    """Let this process open as many files as it may, and return how many connections that allows, at most `most`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if soft == resource.RLIM_INFINITY else max(1, min(most, soft - FILES_BESIDE))
