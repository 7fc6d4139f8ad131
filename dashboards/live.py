"""Live updates: one thread listens to the database and tells every open page that something changed.

What is sent carries no data about anybody, only *changed* and *urgent*; the page then asks for what its viewer may
see. What an alert changes is told at once; what only drifts, and what a board need not show at once, to one page after
the other. A subscriber holds at most one pending word of each kind, so memory stays flat however much happens.
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
# Open pages take turns at what only drifts, and at what of a board need not be there at once: told together, two
# hundred of them would keep an alert waiting until the last of a thousand homes is drawn on all of them.
TURN_S = 0.3
# While all boards fetch an alert nobody's turn begins, unless one calls after the other for as long as this.
QUIET_S, LOUD_S = 1.5, 10.0
SETTLED_AFTER_S = 2.0  # what an alert changes beside itself is shown no sooner after the last turn of the page


class Word(StrEnum):
    """What an open page is told."""

    CHANGED = "changed"
    TOLD = "told"  # a message went out, or a channel has said what became of it
    DRIFTED = "drifted"  # what need not be there at once, to a page whose turn it is
    URGENT = "urgent"  # a safety alert waits for somebody
    ENDED = "ended"  # the sign-in is over


class News(NamedTuple):
    """What a notice means; without an organisation it is for everybody."""

    organisation_id: int | None
    words: frozenset[Word]


TURN = frozenset({Word.CHANGED, Word.DRIFTED})


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
        # The hub's: what it is told when it is its turn, from when on that is, and when the last one was.
        self.later: frozenset[Word] = frozenset()
        self.due_at = self.turned_at = 0.0
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
        self._subscriptions: dict[Subscription, None] = {}  # in the order of their turns
        self._revision = 0
        self._turned_at = self._alerted_at = float("-inf")
        self._thread = threading.Thread(target=self._listen, name="live updates", daemon=True)

    @property
    def closed(self) -> bool:
        """Whether open pages have to let go."""
        return self._stop.is_set()

    @property
    def revision(self) -> int:
        """A number in whose place another one comes before any page is told of an alert."""
        return self._revision

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
        subscription.turned_at = self._clock.monotonic()  # what the page shows is new
        with self._lock:
            self._subscriptions[subscription] = None
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.pop(subscription, None)

    def _listen(self) -> None:
        with Listener(self._database, CHANNELS) as listener:
            while not self._stop.is_set():
                try:
                    notices = listener.wait(self._until_turn(), self._clock, self._stop)
                except Exception as error:  # noqa: BLE001 - this thread must outlive whatever the driver raises
                    logger().warning("live updates interrupted", error=type(error).__name__)
                    self._clock.wait(self._stop, 1.0)
                    continue
                for news in map(read, notices):
                    self.pass_on(news)
                self.give_turn()

    def pass_on(self, news: News) -> None:
        """Tell the pages concerned at once what cannot wait, and have them told of the rest when it is their turn."""
        if news.organisation_id is None:
            self._remind(news, TURN, DRIFT_EVERY_S)
            return
        if Word.CHANGED in news.words:
            self._revision += 1
            self._alerted_at = self._clock.monotonic()
            self._remind(news, frozenset({Word.DRIFTED}), SETTLED_AFTER_S)
        self._spread(news)

    def _until_turn(self) -> float:
        """Return for how many seconds it is nobody's turn."""
        with self._lock:
            due = [one.due_at for one in self._subscriptions if one.later]
        if not due:
            return SLICE_S
        return min(SLICE_S, max(self._next_turn_at(), min(due)) - self._clock.monotonic())

    def _next_turn_at(self) -> float:
        return max(self._turned_at + TURN_S, min(self._alerted_at + QUIET_S, self._turned_at + LOUD_S))

    def _remind(self, news: News, words: frozenset[Word], after_s: float) -> None:
        """Have pages told of something in their turns, each so many seconds after its last one at the soonest."""
        with self._lock:
            for one in self._concerned(news):
                due_at = one.turned_at + after_s
                one.due_at = min(one.due_at, due_at) if one.later else due_at
                one.later |= words

    def give_turn(self) -> None:
        """Tell one page what waits for its turn: of those whose turn it is, the one that had none for longest."""
        now = self._clock.monotonic()
        if now < self._next_turn_at():
            return
        with self._lock:
            found = next((one for one in self._subscriptions if one.later and one.due_at <= now), None)
            if found is None:
                return
            words, found.later, found.turned_at, self._turned_at = found.later, frozenset(), now, now
            self._subscriptions[found] = self._subscriptions.pop(found)
        found.tell(words)

    def _spread(self, news: News) -> None:
        with self._lock:
            found = self._concerned(news)
        for subscription in found:
            subscription.tell(news.words)

    def _concerned(self, news: News) -> list[Subscription]:
        return [
            one
            for one in self._subscriptions
            if news.organisation_id is None or news.organisation_id in one.organisations
        ]
