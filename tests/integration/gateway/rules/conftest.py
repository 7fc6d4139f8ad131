"""A web server that notes what it is told and answers as it is bidden, and a modem at the end of a pseudo-terminal."""

import os
import re
import select
import threading
import tty
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple, Self

import pytest


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class WebServer:
    """Answers each request with the next of `answers`, then with 200."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.requests.append(Request(self.path, headers, body))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Modem:
    """Speaks as a modem does: echoes until told not to, prompts for a message, and may refuse one."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        # Kept open, so that the line does not hang up between two messages.
        self._slave = slave
        self.device = Path(os.ttyname(slave))
        self.commands: list[str] = []
        self.messages: list[tuple[int, str]] = []
        self.refuse = ""
        self.silent = False
        self._echo = True
        self._stop, self._stopping = os.pipe()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stopping, b"x")
        self._thread.join()
        for each in (self.master, self._slave, self._stop, self._stopping):
            os.close(each)

    def _run(self) -> None:
        heard = b""
        expected: int | None = None
        while True:
            ready, _, _ = select.select([self.master, self._stop], [], [])
            if self._stop in ready:
                return
            heard += os.read(self.master, 1024).replace(b"\x1b", b"")
            while not self.silent:
                end = b"\x1a" if expected is not None else b"\r"
                if end not in heard:
                    break
                line, _, heard = heard.partition(end)
                said = line.decode()
                expected = self._command(said) if expected is None else self._message(expected, said)

    def _command(self, line: str) -> int | None:
        if not line:
            return None
        self.commands.append(line)
        if self._echo:
            os.write(self.master, line.encode() + b"\r")
        if line == "ATE0":
            self._echo = False
        if match := re.fullmatch(r"AT\+CMGS=(\d+)", line):
            os.write(self.master, b"\r\n+CREG: 1\r\n\r\n> ")
            return int(match.group(1))
        # What a network says in between must not confuse.
        os.write(self.master, b"\r\n+CREG: 1\r\n\r\nOK\r\n")
        return None

    def _message(self, octets: int, line: str) -> None:
        if self.refuse:
            os.write(self.master, f"\r\n{self.refuse}\r\n".encode())
        else:
            self.messages.append((octets, line))
            os.write(self.master, f"\r\n+CMGS: {len(self.messages)}\r\n\r\nOK\r\n".encode())


def text_of(pdus: list[tuple[int, str]]) -> tuple[str, str]:
    """Read number and words out of the parts of a message, as a telephone does."""
    words, number = {}, ""
    for octets, hexadecimal in pdus:
        data = bytes.fromhex(hexadecimal)
        assert data[0] == 0
        data = data[1:]
        assert len(data) == octets
        first, digits = data[0], data[2]
        swapped = data[4 : 4 + (digits + 1) // 2].hex().upper()
        number = "".join(swapped[at + 1] + swapped[at] for at in range(0, len(swapped), 2)).rstrip("F")
        rest = data[4 + (digits + 1) // 2 :]
        assert rest[:2] == b"\x00\x08"
        length, user = rest[3], rest[4:]
        assert len(user) == length <= 140
        if first & 0x40:
            assert user[:3] == b"\x05\x00\x03"
            assert user[4] == len(pdus)
            words[user[5]] = user[6:].decode("utf-16-be")
        else:
            words[1] = user.decode("utf-16-be")
    assert sorted(words) == list(range(1, len(pdus) + 1))
    return number, "".join(words[each] for each in sorted(words))


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture
def modem() -> Iterator[Modem]:
    with Modem() as running:
        yield running


@pytest.fixture
def read_text():
    return text_of
