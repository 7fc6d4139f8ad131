"""The server as it runs, asked over real sockets by who sends too much, too slowly, or nothing at all."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest

from core.clock import SystemClock
from core.database import Database, Role
from dashboards import connections
from dashboards.__main__ import listen, make_server
from dashboards.api.application import PATH
from dashboards.bodies import MOST_BYTES
from dashboards.live import Hub
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling

HEAD_S, MOST = 1.0, 1_100
IDLE = 1_000


class Served(NamedTuple):
    """Where the server is."""

    port: int

    def connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=15)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, request: bytes) -> bytes:
        with self.connect() as made:
            made.sendall(request)
            return everything(made)


@pytest.fixture
def served(
    database_url: str, connection: psycopg.Connection, place: filling.Neighbourhood, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    with (
        Database(database_url, Role.PEOPLE, name="test", maximum=4) as database,
        listen("127.0.0.1", 0) as listening,
    ):
        port = listening.getsockname()[1]
        hub = Hub(database, SystemClock())
        settings = DashboardSettings(database_url=database_url, base_url=f"http://127.0.0.1:{port}")
        limited = connections.protocol(HEAD_S, connections.make_room(MOST))
        server = make_server(database, SystemClock(), settings, hub, limited=limited)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield Served(port)
        finally:
            hub.close()
            server.should_exit = True
            thread.join(10)


def everything(made: socket.socket) -> bytes:
    """Return all that comes until the other side ends; what was reset meanwhile has come before."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while more := made.recv(65_536):
            found += more
    return found


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", *lines, "", "")).encode()


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])


def is_well(served: Served, within_s: float = 5.0) -> bool:
    began = time.monotonic()
    answer = served.ask(head("GET", "/sign-in", "Connection: close"))
    return status(answer) == 200 and time.monotonic() - began < within_s


FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", ["/sign-in", "/callbacks/x", f"{PATH}/alerts/x/notes"])
def test_a_request_that_says_that_it_is_too_large_is_answered_before_it_is_read(served: Served, path: str) -> None:
    answer = served.ask(head("POST", path, FORM, f"Content-Length: {MOST_BYTES + 1}"))
    assert status(answer) == 413
    assert b"connection: close" in answer.lower()
    assert is_well(served)


@pytest.mark.parametrize("said", [f"Content-Length: {MOST_BYTES + 1}", "Transfer-Encoding: chunked"])
def test_a_program_is_told_in_its_words_and_a_person_in_plain_ones(served: Served, said: str) -> None:
    chunk = f"{MOST_BYTES + 1:x}\r\n".encode() + b"a" * (MOST_BYTES + 1)
    body = chunk if "chunked" in said else b""
    page = served.ask(head("POST", "/sign-in", FORM, said) + body)
    assert status(page) == 413
    assert "Troppo in una volta" in page.decode()
    program = served.ask(head("POST", f"{PATH}/alerts/{'1' * 8}-1111-4111-8111-{'1' * 12}/notes", said) + body)
    if "chunked" in said:
        assert status(program) in {401, 413}  # a stranger is turned away before anything is read
    else:
        assert status(program) == 413
        assert json.loads(program.split(b"\r\n\r\n", 1)[1])["type"] == "urn:vicino:problem:too-large"


def test_chunks_without_end_are_not_taken_in(served: Served) -> None:
    sent, chunk = 0, b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    with served.connect() as made:
        made.sendall(head("POST", "/sign-in", FORM, "Transfer-Encoding: chunked"))
        with contextlib.suppress(ConnectionError, TimeoutError):
            while sent < 64 * 1024 * 1024:
                made.sendall(chunk)
                sent += len(chunk)
        assert sent < 16 * 1024 * 1024  # what the sockets hold is on its way already
    assert is_well(served)


def test_a_body_of_the_size_that_is_allowed_is_read(served: Served) -> None:
    body = b"a=" + b"b" * (MOST_BYTES - 2)
    answer = served.ask(head("POST", "/sign-in", FORM, f"Content-Length: {len(body)}", "Connection: close") + body)
    assert status(answer) in {403, 422, 404}  # read, and no form of ours


def test_a_thousand_idle_connections_do_not_keep_anybody_out_and_are_ended(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(served.connect()) for _ in range(IDLE)]
        for number, each in enumerate(idle):
            if number % 2:
                each.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert is_well(served)
        for each in idle:
            each.settimeout(15)
            assert everything(each) == b""  # ended by the server, without an answer


def test_more_connections_than_there_is_room_for_are_ended_at_once_and_the_others_served(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MOST + 20):
            stack.enter_context(served.connect())
        last = stack.enter_context(served.connect())
        last.settimeout(HEAD_S * 10)
        assert everything(last) == b""
    time.sleep(HEAD_S / 4)  # the sockets of this test are closed; the server has still to see that
    assert is_well(served)


def test_a_head_that_dawdles_is_not_waited_for_and_the_next_on_a_connection_neither(served: Served) -> None:
    with served.connect() as made:
        made.sendall(head("GET", "/health"))
        answer = b""
        while not answer.endswith(b"}"):
            answer += made.recv(65_536)
        assert status(answer) == 200
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for letter in b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 200:
                made.sendall(bytes([letter]))
                time.sleep(0.02)
        assert everything(made) == b""
        assert time.monotonic() - began < HEAD_S + 3


def test_bodies_that_dawdle_hold_nobody_up(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(200):  # more than there are threads and connections to the database
            made = stack.enter_context(served.connect())
            made.sendall(head("POST", "/sign-in", FORM, "Content-Length: 1000") + b"a")
        assert is_well(served)
