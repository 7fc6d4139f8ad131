"""A real HTTP server on a port of its own that behaves as it is told, and keeps what it was sent."""

import socket
import struct
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Received(NamedTuple):
    method: str
    path: str
    headers: dict
    body: bytes


class Behaviour:
    """What the server is to do: a status with headers and a body; or silent, reset, close, half or drip."""

    def __init__(self):
        self.mood = ""
        self.status = 200
        self.headers = {}
        self.body = b"{}"
        self.received = []
        self.url = ""

    def answer(self, status, body=b"{}", **headers):
        self.mood, self.status, self.body = "", status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def last(self):
        return self.received[-1]


class Handler(BaseHTTPRequestHandler):
    """Does what `behaviour`, which the server's own subclass has, says."""

    behaviour: Behaviour

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.behaviour.received.append(Received(self.command, self.path, headers, body))
        getattr(self, self.behaviour.mood or "answer")()
        self.close_connection = True

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - the names of the library

    def answer(self, unsent=0):
        self.send_response(self.behaviour.status)
        for name, value in self.behaviour.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.behaviour.body) + unsent))
        self.end_headers()
        self.wfile.write(self.behaviour.body)

    def half(self):
        self.answer(unsent=100)

    def silent(self):
        time.sleep(1.0)

    def close(self):
        """Say nothing and end the connection."""

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def handle(self):
        with suppress(OSError, ValueError):
            super().handle()

    def finish(self):
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_):
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def serve(behaviour):
    server = Server(("127.0.0.1", 0), type("Told", (Handler,), {"behaviour": behaviour}))
    behaviour.url = f"http://127.0.0.1:{server.server_address[1]}"
    return server
