"""The threads that deliver. Some of them carry only safety messages, so that nothing slow stands in their way."""

import random
import threading
from collections.abc import Callable, Mapping
from typing import Self

from alerts import notify
from alerts.channels.levels import NOTHING_SET, Level
from alerts.channels.transport import Transport
from alerts.notify import Result
from alerts.repository import DATABASE_AWAY, Claimed
from core.clock import Clock
from core.database import Database
from core.log import logger

THREADS = 6
SAFETY_ONLY = 2
RENEW_EVERY_S = 1.0


class Senders:
    """Delivers due notifications in parallel and keeps the leases on those that take their time.

    `on_result` is told what came of each attempt.
    """

    def __init__(
        self,
        database: Database,
        transports: Mapping[str, Transport],
        clock: Clock,
        on_result: Callable[[Claimed, Result], None] = lambda _, __: None,
        levels: Mapping[str, Level] = NOTHING_SET,
    ) -> None:
        self._levels = levels
        self._on_result = on_result
        self._database = database
        self._transports = transports
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - spreads attempts, guards nothing
        self._lock = threading.Lock()
        self._sending: dict[int, Claimed] = {}
        self._ended = threading.Event()
        self._wakes = [threading.Event() for _ in range(THREADS)]
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), name=f"sender-{number}", daemon=True)
            for number in range(THREADS)
        ]
        self._keeper = threading.Thread(target=self._keep_leases, name="leases", daemon=True)

    def __enter__(self) -> Self:
        for thread in (*self._threads, self._keeper):
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.poke()
        for thread in (*self._threads, self._keeper):
            thread.join()

    def poke(self) -> None:
        """Let every thread deliver until nothing is due; one that is about to stop looks once more."""
        for wake in self._wakes:
            wake.set()

    def _serve(self, number: int) -> None:
        while self._wakes[number].wait() and not self._ended.is_set():
            # Before the look: what becomes due during it is looked for again.
            self._wakes[number].clear()
            self._drain(safety_only=number < SAFETY_ONLY)

    def _drain(self, *, safety_only: bool) -> None:
        try:
            while not self._ended.is_set():
                claimed = notify.claim(self._database, self._clock.now(), safety_only=safety_only)
                if claimed is None:
                    return
                self._deliver(claimed)
        except DATABASE_AWAY as error:
            logger().warning("delivery interrupted", reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - a thread that delivers must not end
            # The thread goes on with the next poke; what was claimed comes back when its lease ends.
            logger().error("delivery failed", reason=type(error).__name__)

    def _deliver(self, claimed: Claimed) -> None:
        with self._lock:
            self._sending[claimed.notification_id] = claimed
        try:
            result = notify.deliver(
                self._database, self._transports, claimed, self._clock, self._chance.random, self._levels
            )
            self._on_result(claimed, result)
        finally:
            with self._lock:
                del self._sending[claimed.notification_id]

    def _keep_leases(self) -> None:
        # Until the last message is out: at the end threads may still be sending.
        while not self._clock.wait(self._ended, RENEW_EVERY_S) or self._sending:
            with self._lock:
                sending = list(self._sending.values())
            for claimed in sending:
                try:
                    notify.renew(self._database, claimed, self._clock.now())
                except DATABASE_AWAY as error:
                    logger().warning("lease not renewed", reason=type(error).__name__)
            if self._ended.is_set():
                self._clock.wait(threading.Event(), RENEW_EVERY_S / 10)
