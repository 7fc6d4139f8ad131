"""What a browser does of HTTP: one connection that stays open, cookies, a form for signing in, compressed answers."""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from socket import SHUT_RDWR
from typing import NamedTuple, Self
from urllib.parse import urlencode, urljoin, urlsplit

from core.errors import VicinoError

ACCEPTED = "gzip, deflate, br, zstd"
PATIENCE_S = 60.0
_PROOF = re.compile(r'name="csrf" value="([^"]+)"')
_PARTS = re.compile(r'(?:<link[^>]* href|<script[^>]* src|<img[^>]* src|<use[^>]* href)="(/[^"#]+)')
_FONTS = re.compile(r"url\(\"?'?([^)\"']+)")
_FOUND, _SEE_OTHER = 200, 303


class Answer(NamedTuple):
    """An answer: its status, its content, how many bytes of it came over the line, and how long all of it took."""

    status: int
    text: str
    bytes: int
    took_s: float


class Stream:
    """A stream of server-sent events."""

    def __init__(self, connection: HTTPConnection, answer: HTTPResponse) -> None:
        self._connection = connection
        self._answer = answer

    def words(self) -> Iterator[str]:
        """Yield the names of events as they come, until the stream ends or is ended by another thread."""
        for line in self._answer:
            name, _, word = line.decode().strip().partition(": ")
            if name == "event":
                yield word

    def end(self) -> None:
        """Have whoever waits for words get none any more."""
        with suppress(OSError):
            if self._connection.sock is not None:
                self._connection.sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Close it, after nobody waits for words."""
        self._answer.close()
        self._connection.close()


class Browser:
    """One browser of one person."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = HTTPConnection(host, port, timeout=PATIENCE_S)
        self._host, self._port = host, port
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, *, fragment: bool = False) -> Answer:
        """Return what is at an address; a `fragment` as htmx asks for it. Raises `OSError` where nobody answers."""
        return self._ask("GET", path, None, {"HX-Request": "true"} if fragment else {})

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the form; raises `VicinoError` where that is refused."""
        found = _PROOF.search(self.get("/sign-in").text)
        proof = found.group(1) if found else ""
        form = urlencode({"login": login, "password": password, "csrf": proof, "next": "/"})
        answer = self._ask("POST", "/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status != _SEE_OTHER:
            raise VicinoError(f"The sign-in of {login} was answered by {answer.status}.")

    def seen(self, path: str) -> Answer:
        """Return a page; raises `VicinoError` if it is not there."""
        answer = self.get(path)
        if answer.status != _FOUND:
            raise VicinoError(f"A page was answered by {answer.status}.", advice="look into the log of dashboards")
        return answer

    def weight(self, path: str) -> int:
        """Return how many bytes a page and all that it is made of take over the line on a first visit.

        Every typeface that the style sheet names counts, also those that the page needs no letter of.
        """
        page = self.seen(path)
        total, wanted, had = page.bytes, _PARTS.findall(page.text), {path}
        while wanted:
            address = wanted.pop()
            if address in had:
                continue
            had.add(address)
            part = self.seen(address)
            total += part.bytes
            if urlsplit(address).path.endswith(".css"):
                wanted += [
                    urljoin(address, found) for found in _FONTS.findall(part.text) if not found.startswith("data:")
                ]
        return total

    def listen(self) -> "Stream":
        """Return the open stream of live updates, on a connection of its own."""
        connection = HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        connection.request("GET", "/events", headers=self._headers({"Accept": "text/event-stream"}))
        return Stream(connection, connection.getresponse())

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Accept-Encoding": ACCEPTED, "Accept-Language": "it"} | ({"Cookie": cookies} if cookies else {}) | more

    def _once(self, method: str, path: str, body: str | None, more: dict[str, str]) -> HTTPResponse:
        self._connection.request(method, path, body, self._headers(more))
        return self._connection.getresponse()

    def _ask(self, method: str, path: str, body: str | None, more: dict[str, str]) -> Answer:
        began = time.perf_counter()
        try:
            answer = self._once(method, path, body, more)
        except ConnectionError:
            # The server has ended a connection on which nothing was asked for long: a browser makes another one.
            self._connection.close()
            answer = self._once(method, path, body, more)
        content = answer.read()
        took = time.perf_counter() - began
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        opened = gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content
        return Answer(answer.status, opened.decode("utf-8", "replace"), len(content), took)
