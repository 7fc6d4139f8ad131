"""Live updates: one thread listens to the database and tells every open page that something changed.

What is sent carries no data about anybody, only *changed* and *urgent*; the page then asks for what its viewer may
see. A subscriber holds at most one pending word of each kind, so memory stays flat however much happens.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import NamedTuple

from core.clock import Clock
from core.database import Database
from core.log import logger
from core.notices import Listener, Notice

TOLD = "vicino_told"
CHANNELS = ("vicino_alert_changed", TOLD, "vicino_status", "vicino_finding")
SLICE_S = 5.0
# Gateways speak all the time; what only drifts is shown this often, what an alert does at once.
DRIFT_EVERY_S = 15.0


class Word(StrEnum):
    """What an open page is told."""

    CHANGED = "changed"
    TOLD = "told"  # a message went out, or a channel has said what became of it
    URGENT = "urgent"  # a safety alert waits for somebody
    ENDED = "ended"  # the sign-in is over


class News(NamedTuple):
    """What a notice means; without an organisation it is for everybody."""

    organisation_id: int | None
    words: frozenset[Word]


def read(notice: Notice) -> News:
    """Return what a notice means. One that cannot be read says only that something changed."""
    try:
        said = json.loads(notice.payload)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("organisation"), int):
        return News(None, frozenset({Word.CHANGED}))
    if notice.channel == TOLD:
        return News(said["organisation"], frozenset({Word.TOLD}))
    urgent = said.get("family") == "safety" and said.get("state") == "new"
    return News(said["organisation"], frozenset({Word.CHANGED, Word.URGENT} if urgent else {Word.CHANGED}))


class Subscription:
    """One open page. All but `tell` belongs to the event loop it was made in."""

    def __init__(self, organisations: frozenset[int]) -> None:
        self.organisations = organisations
        self._loop = asyncio.get_running_loop()
        self._pending: set[Word] = set()
        self._told = asyncio.Event()

    def tell(self, words: frozenset[Word]) -> None:
        """Leave words for the page; called from any thread."""
        # The loop of a page that was open while the server ended is closed.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._keep, words)

    async def words(self, seconds: float) -> frozenset[Word]:
        """Return what was left, as soon as there is something; nothing after `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._told.wait(), seconds)
        self._told.clear()
        found = frozenset(self._pending)
        self._pending.clear()
        return found

    def _keep(self, words: frozenset[Word]) -> None:
        self._pending |= words
        self._told.set()


class Hub:
    """Fans out what the database tells to all open pages of one process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._thread = threading.Thread(target=self._listen, name="live updates", daemon=True)

    @property
    def closed(self) -> bool:
        """Whether open pages have to let go."""
        return self._stop.is_set()

    @property
    def listeners(self) -> int:
        """How many pages are open."""
        with self._lock:
            return len(self._subscriptions)

    def start(self) -> None:
        """Begin to listen, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening and let every open page go."""
        self._stop.set()
        self._spread(News(None, frozenset()))
        if self._thread.is_alive():
            self._thread.join(2.0)

    @contextmanager
    def subscribe(self, organisations: frozenset[int]) -> Iterator[Subscription]:
        """Give a subscription to what happens in `organisations`. Call it in the event loop."""
        subscription = Subscription(organisations)
        with self._lock:
            self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def _listen(self) -> None:
        drifted, shown_at = False, self._clock.monotonic()
        with Listener(self._database, CHANNELS) as listener:
            while not self._stop.is_set():
                try:
                    notices = listener.wait(SLICE_S, self._clock, self._stop)
                except Exception as error:  # noqa: BLE001 - this thread must outlive whatever the driver raises
                    logger().warning("live updates interrupted", error=type(error).__name__)
                    self._clock.wait(self._stop, 1.0)
                    continue
                for news in map(read, notices):
                    if news.organisation_id is None:
                        drifted = True
                    else:
                        self._spread(news)
                if drifted and self._clock.monotonic() - shown_at >= DRIFT_EVERY_S:
                    self._spread(News(None, frozenset({Word.CHANGED})))
                    drifted, shown_at = False, self._clock.monotonic()

    def _spread(self, news: News) -> None:
        with self._lock:
            found = [
                subscription
                for subscription in self._subscriptions
                if news.organisation_id is None or news.organisation_id in subscription.organisations
            ]
        for subscription in found:
            subscription.tell(news.words)
