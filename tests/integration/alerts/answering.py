"""A real HTTP server that keeps what it is sent and answers as it is told: with a status, late, or not at all."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

RESET, SLOW = "reset", "slow"


class Received(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Reply(NamedTuple):
    status: int | str = 201
    headers: dict[str, str] | None = None
    body: bytes = b""


class Answering:
    """The server: `replies` one after the other, then `reply` for ever; `decide` may say otherwise by request."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.reply = Reply()
        self.replies: list[Reply] = []
        self.decide: Callable[[Received], Reply | None] = lambda _: None
        self.ended = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that hangs up is no news here."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        received = Received(
            handler.command, handler.path, {name.lower(): value for name, value in handler.headers.items()}, body
        )
        with self._lock:
            self.received.append(received)
            reply = self.decide(received) or (self.replies.pop(0) if self.replies else self.reply)
        if reply.status == RESET:
            # Ends the line with RST, as a server does whose process is killed.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            return
        if reply.status == SLOW:
            self.ended.wait(5)
            return
        handler.send_response(int(reply.status))
        for name, value in (reply.headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)


@contextmanager
def answering() -> Iterator[Answering]:
    server = Answering()
    server.start()
    try:
        yield server
    finally:
        server.stop()
