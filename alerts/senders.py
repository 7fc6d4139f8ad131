"""The threads that deliver. Some of them carry only safety messages, so that nothing slow stands in their way."""

import random
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from alerts import notify
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
    ) -> None:
        self._on_result = on_result
        self._database = database
        self._transports = transports
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - spreads attempts, guards nothing
        self._lock = threading.Lock()
        self._sending: dict[int, Claimed] = {}
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sender")
        self._rounds: list[Future[None] | None] = [None] * THREADS
        self._keeper = threading.Thread(target=self._keep_leases, name="leases", daemon=True)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._pool.shutdown(cancel_futures=True)
        self._keeper.join()

    def poke(self) -> None:
        """Let every idle thread deliver until nothing is due."""
        for number, running in enumerate(self._rounds):
            if running is None or running.done():
                self._rounds[number] = self._pool.submit(self._drain, safety_only=number < SAFETY_ONLY)

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
            result = notify.deliver(self._database, self._transports, claimed, self._clock, self._chance.random)
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
