"""The job queue: procrastinate in PostgreSQL, one job for each group of homes of which any is due, one for previews.

The queue only says who does what when; what is due stands in `analytics.due_day`. So a job that is lost with its
worker loses nothing: the next look finds the days still due and orders another one. Its clock is the database's own.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Iterable
from importlib import metadata
from types import TracebackType
from typing import Any, Self

import procrastinate
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager, migrations_path

from analytics import repository
from core.database import Database, Role

QUEUE = "analytics"
TASK = "analyse_group"
PREVIEW_TASK, LATER = "preview", -10  # whoever waits for a preview waits for what may alert
_SCRIPT = re.compile(r"(\d{2}\.\d{2}\.\d{2})_\d{2}_(?:pre|post)_\w+\.sql")


def bring_up_to_date(database: Database) -> str:
    """Make procrastinate's tables what the installed version needs, and return that version; safe to repeat."""
    wanted = metadata.version("procrastinate")
    with database.transaction() as connection:
        there = repository.queue_version(connection)
        if there is None:
            repository.upgrade_queue(connection, [SchemaManager.get_schema()], wanted)
        elif _number(there) < _number(wanted):
            repository.upgrade_queue(connection, _scripts_after(there), wanted)
    return wanted


def _scripts_after(version: str) -> list[str]:
    scripts = [
        path
        for path in sorted(migrations_path.glob("*.sql"))
        if (match := _SCRIPT.fullmatch(path.name)) and _number(match.group(1)) > _number(version)
    ]
    return [path.read_text(encoding="utf-8") for path in scripts]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _connection(url: str, *, maximum: int) -> dict[str, Any]:
    return {
        "conninfo": url,
        "min_size": 1,
        "max_size": maximum,
        "kwargs": {
            "options": f"-c search_path=procrastinate -c role={Role.SERVICE} -c timezone=UTC",
            "application_name": "vicino analytics queue",
        },
    }


class Orders:
    """Puts jobs into the queue; a group of homes that has one waiting gets no second one."""

    def __init__(self, url: str) -> None:
        self._app = App(connector=SyncPsycopgConnector(**_connection(url, maximum=1)))

    def __enter__(self) -> Self:
        self._app.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.close()

    def order(self, groups: Iterable[int]) -> int:
        """Order the analysis of groups of homes; return for how many of them none was waiting yet."""
        ordered = 0
        for group in groups:
            job = self._app.configure_task(TASK, queue=QUEUE, queueing_lock=f"group {group}")
            try:
                job.defer(group=group)
            except AlreadyEnqueued:
                continue
            ordered += 1
        return ordered

    def order_previews(self) -> None:
        """Order that previews are worked on, unless that waits already."""
        try:
            self._app.configure_task(PREVIEW_TASK, queue=QUEUE, queueing_lock=PREVIEW_TASK, priority=LATER).defer()
        except AlreadyEnqueued:
            return


class Worker(threading.Thread):
    """Runs jobs, so many at once, in threads of its own until it is told to stop.

    `work` gets the number of a group of homes; `preview` works on previews. Exceptions are their own business; one
    that escapes ends the job as failed.
    """

    def __init__(
        self, url: str, work: Callable[[int], None], at_once: int = 1, preview: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(name="analytics worker")
        self._url = url
        self._work = work
        self._preview = preview
        self._at_once = at_once
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[None] | None = None
        self._ended = threading.Event()
        self._stopped = False
        self.failed = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop()
        self.join()

    def stop(self) -> None:
        """Let the job that runs come to its end, and take no further one."""
        self._stopped = True
        if self._loop is not None and self._running is not None and not self._ended.is_set():
            self._loop.call_soon_threadsafe(self._running.cancel)

    def run(self) -> None:
        """Run jobs; called by `start`."""
        try:
            asyncio.run(self._serve())
        except asyncio.CancelledError:
            pass
        except Exception:
            self.failed = True
            raise
        finally:
            self._ended.set()

    async def _serve(self) -> None:
        app = App(connector=PsycopgConnector(**_connection(self._url, maximum=3)))
        app.task(name=TASK, queue=QUEUE)(self._job)
        app.task(name=PREVIEW_TASK, queue=QUEUE)(self._preview_job)
        async with app.open_async():
            self._loop = asyncio.get_running_loop()
            self._running = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    name="analytics",
                    concurrency=self._at_once,
                    install_signal_handlers=False,
                    delete_jobs=procrastinate.jobs.DeleteJobCondition.ALWAYS,
                )
            )
            if self._stopped:
                self._running.cancel()
            await self._running

    def _job(self, group: int) -> None:
        self._work(group)

    def _preview_job(self) -> None:
        self._preview()
