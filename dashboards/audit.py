"""Who looked at whom: each request that shows or changes data of persons leaves one entry, in the same transaction.

What is read or changed is noted where that is done (`View.listed`, `View.homes`), so that a new page is noted without
doing anything for it. A page that stays open asks again and again: it counts as one look in a quarter of an hour.
"""

import threading
from collections import deque
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from core.clock import Clock
from core.database import View
from dashboards import repository

ONE_LOOK = timedelta(minutes=15)
REMEMBERED = 32  # looks of an account
ALIKE = 16  # sets of numbers that others may be noted with again
UNKNOWN = "?"
PART = "/state"  # behind the route of a page: what of it changes
BOARD = frozenset({"/", "/board", "/board/now"})  # a page, and what of it changes

_asked: ContextVar[Scope | None] = ContextVar("asked", default=None)


class Asked:
    """Lets what is noted say by which request it was asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        token = _asked.set(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            _asked.reset(token)


class Look(NamedTuple):
    """What an account was shown at an instant, by which page."""

    at: datetime
    route: str
    persons: frozenset[int]
    homes: frozenset[int]


class Audit:
    """Notes what viewers are shown."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._looks: dict[int, deque[Look]] = {}
        self._sets: deque[frozenset[int]] = deque(maxlen=ALIKE)

    def is_noted(self, account_id: int, persons: frozenset[int], homes: frozenset[int]) -> bool:
        """Tell whether the request under way may show an account these without an entry of its own."""
        _, route, is_fragment = _request()
        return is_fragment and self._is_open(account_id, Look(self._clock.now(), route, persons, homes))

    def note(self, view: View) -> None:
        """Note what was listed in a view, before its transaction ends: what cannot be noted is not shown."""
        persons, homes = frozenset(view.listed), frozenset(view.homes)
        if self.is_noted(view.viewer.account_id, persons, homes):
            return
        method, route, _ = _request()
        look = Look(self._clock.now(), route, self._one_of(persons), self._one_of(homes))
        repository.note_look(view.connection, look.persons, look.homes, method, route, look.at)
        with self._lock:
            looks = self._looks.setdefault(view.viewer.account_id, deque(maxlen=REMEMBERED))
            # A look at a board holds a thousand numbers: of two hundred accounts those of a day would not fit.
            while looks and look.at - looks[0].at >= ONE_LOOK:
                looks.popleft()
            looks.append(look)

    def _one_of(self, numbers: frozenset[int]) -> frozenset[int]:
        """Return the set that was last noted with these numbers: boards of one union are remembered as one."""
        with self._lock:
            found = next((one for one in self._sets if one == numbers), None)
            if found is None:
                self._sets.append(numbers)
        return numbers if found is None else found

    def _is_open(self, account_id: int, look: Look) -> bool:
        """Tell whether the account was shown as much a moment ago by the same page, which is open still."""
        with self._lock:
            looks = list(self._looks.get(account_id, ()))
        return any(
            look.at - earlier.at < ONE_LOOK
            and _is_part(look.route, earlier.route)
            and look.persons <= earlier.persons
            and look.homes <= earlier.homes
            for earlier in looks
        )


def _is_part(route: str, page: str) -> bool:
    """Tell whether a route shows the same as a page, or what of it changes."""
    return route in (page, page + PART) or {route, page} <= BOARD


def _request() -> tuple[str, str, bool]:
    """Return method and kind of page of the request under way, and whether a page asks by itself."""
    scope = _asked.get()
    if scope is None or scope["type"] != "http":
        return UNKNOWN, UNKNOWN, False
    # What is mounted, as the interface for programs is, knows only the rest of the address.
    route = scope.get("root_path", "") + getattr(scope.get("route"), "path", UNKNOWN)
    is_fragment = scope["method"] == "GET" and (b"hx-request", b"true") in scope["headers"]
    return scope["method"], route, is_fragment
