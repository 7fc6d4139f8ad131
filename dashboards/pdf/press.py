"""Makes PDFs beside the requests, one after the other: each takes longer than a page may let wait."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

from core.errors import VicinoError

KEPT, MOST_WAITING = 8, 4
Print = Callable[[str, str], bytes]


class Job(NamedTuple):
    """What is to be printed: a page, and what names it (hexadecimal)."""

    page: str
    identifier: str


class BusyError(VicinoError):
    """So many PDFs are being made that no other is begun."""


class Press:
    """Prints by `printed`, and keeps the last few for whoever comes back for them."""

    def __init__(self, printed: Print) -> None:
        self._printed = printed
        self._lock = Lock()
        self._made: OrderedDict[str, Future[bytes]] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="press")

    def ask(self, job: Job, wait_s: float) -> bytes | None:
        """Return the PDF if it is ready within `wait_s` seconds, None if it is not yet.

        Raises `BusyError` where too many are wanted, and whatever printing raised; it is tried again then.
        """
        found = self._found(job)
        try:
            return found.result(wait_s)
        except TimeoutError:
            return None
        except VicinoError:
            with self._lock:
                self._made.pop(job.identifier, None)
            raise

    def _found(self, job: Job) -> "Future[bytes]":
        with self._lock:
            found = self._made.get(job.identifier)
            if found is None:
                if sum(not each.done() for each in self._made.values()) >= MOST_WAITING:
                    raise BusyError("Several PDFs are being made already.", advice="try again in a minute")
                while len(self._made) >= KEPT:
                    self._made.pop(next(key for key, each in self._made.items() if each.done()))
                found = self._made[job.identifier] = self._pool.submit(self._printed, job.page, job.identifier)
            self._made.move_to_end(job.identifier)
            return found
