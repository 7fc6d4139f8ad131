"""One gateway at work: its sources fill the outbox, its publisher empties it, each on a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from core.log import logger
from gateway.metrics import Standing
from gateway.outbox import Outbox
from gateway.publisher import Publisher
from gateway.rules.offline import OfflineRules


class Source(Protocol):
    """Where readings come from. It acknowledges to its own side only what the outbox has committed.

    `turned_at` is when it last began a turn, by the monotonic clock: it does so at least once a minute.
    """

    @property
    def turned_at(self) -> float:
        """When it last showed that it goes on."""

    @property
    def alive(self) -> bool:
        """Whether what it has running besides `run` still runs."""

    def run(self, stop: threading.Event) -> None:
        """Deliver until `stop` is set and `wake` was called."""

    def wake(self) -> None:
        """Look at `stop` now; any thread may call it."""


class Agent:
    """The threads of one gateway."""

    def __init__(
        self, gateway: str, outbox: Outbox, publisher: Publisher, rules: OfflineRules, sources: Sequence[Source]
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._rules = rules
        self._sources = sources
        self._stop_sources = threading.Event()
        self._stop_publisher = threading.Event()
        self._source_threads = [
            threading.Thread(target=_guarded(source.run), args=(self._stop_sources,), name=f"source {gateway}")
            for source in sources
        ]
        self._publisher_thread = threading.Thread(
            target=_guarded(publisher.run), args=(self._stop_publisher,), name=f"publisher {gateway}"
        )

        self._rules_thread = threading.Thread(
            target=_guarded(rules.run), args=(self._stop_publisher,), name=f"rules {gateway}"
        )

    def start(self) -> None:
        """Start publishing, then delivering."""
        self._rules_thread.start()
        self._publisher_thread.start()
        for thread in self._source_threads:
            thread.start()

    def begin_stop(self) -> None:
        """Ask everything to end; sources first, so that what they have delivered may still go out."""
        self._stop_sources.set()
        for source in self._sources:
            source.wake()
        self._stop_publisher.set()
        self._publisher.notify()
        self._rules.wake()

    def finish_stop(self) -> None:
        """Wait until everything has ended and close the outbox."""
        for thread in self._source_threads:
            thread.join()
        self._publisher_thread.join()
        self._rules_thread.join()
        self._outbox.close()

    def standing(self) -> Standing:
        """Return how the gateway stands, for whoever watches it."""
        return self._publisher.standing()

    @property
    def alive(self) -> bool:
        """Whether all its threads run, those of its connections among them."""
        threads = (self._publisher_thread, self._rules_thread, *self._source_threads)
        connected = [self._publisher.alive, self._rules.alive, *(source.alive for source in self._sources)]
        return all(thread.is_alive() for thread in threads) and all(connected)

    def stuck(self, since: float) -> list[str]:
        """Return the parts that have begun no turn after `since`, by the monotonic clock."""
        parts = [
            ("publisher", self._publisher.turned_at),
            ("rules", self._rules.turned_at),
            *(("source", each.turned_at) for each in self._sources),
        ]
        return [name for name, turned_at in parts if turned_at < since]


def _guarded(run: Callable[[threading.Event], None]) -> Callable[[threading.Event], None]:
    def guarded(stop: threading.Event) -> None:
        try:
            run(stop)
        except Exception:  # noqa: BLE001 - said here; the process ends itself when a thread is gone
            logger().exception("a part of the gateway failed")

    return guarded
