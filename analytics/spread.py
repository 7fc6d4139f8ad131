"""Stored history that is computed by several processes at once: on this machine, or by the workers of a Dask cluster.

It is the same work either way. A home is one job, and each slice of its days a transaction (`analytics.jobs.analyse`):
a job that is lost with its machine loses nothing that was stored, and is done again from the beginning, which leaves
untouched what is there already. Nobody computes the same home meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from typing import Any, NamedTuple

from analytics.jobs import analyse
from analytics.settings import AnalyticsSettings
from core.clock import Clock
from core.database import Database, Role
from core.errors import VicinoError

ANSWERS_WITHIN_S = 20


class Analysed(NamedTuple):
    """A home that has been computed, how many findings have changed, and how many homes are done of all."""

    home_id: int
    findings: int
    homes_done: int
    homes: int


def analyse_spread(
    executor: Executor,
    homes: Sequence[int],
    from_day: date,
    to_day: date,
    *,
    clock: Clock,
    url: str | None = None,
    progress: Callable[[Analysed], None] | None = None,
) -> int:
    """Compute stored history as `analytics.jobs.analyse` does, home by home; return how many findings changed.

    `url` is the address of the database; None where each process has its own settings, as on other machines.
    `progress` is called after every home. Raises what the first home that cannot be computed raises; no further one is
    begun then. Safe to stop at any time and to run again.
    """
    asked = {executor.submit(analyse_home, url, home_id, from_day, to_day, clock): home_id for home_id in homes}
    changed = 0
    try:
        for number, done in enumerate(as_completed(asked), start=1):
            findings = done.result()
            changed += findings
            if progress is not None:
                progress(Analysed(asked[done], findings, number, len(asked)))
    finally:
        for each in asked:
            each.cancel()
    return changed


def analyse_home(url: str | None, home_id: int, from_day: date, to_day: date, clock: Clock) -> int:
    """Compute stored history of one home, in whichever process this is; return how many findings changed."""
    address = AnalyticsSettings().database_url.get_secret_value() if url is None else url
    with Database(address, Role.SERVICE, name="analysis", maximum=1) as database:
        return analyse(database, from_day, to_day, clock=clock, homes=[home_id])


@contextmanager
def cluster(scheduler: str) -> Iterator[Executor]:
    """Give what hands jobs to the workers of a Dask scheduler at an address such as `tcp://10.0.0.5:8786`.

    Raises `VicinoError` where nobody answers there, or Dask is not installed.
    """
    try:
        distributed: Any = import_module("distributed")  # an extra, and slow to import
    except ImportError:
        raise VicinoError(
            "To hand work to other machines, Dask must be installed.", advice="install vicino[cluster]"
        ) from None
    try:
        client = distributed.Client(scheduler, timeout=ANSWERS_WITHIN_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise VicinoError(
            f"No Dask scheduler answers at {scheduler}: {type(error).__name__}.",
            kept="Nothing was computed.",
            advice="start one with `dask scheduler`, and see that this machine can reach it",
        ) from None
    with client:
        yield client.get_executor(pure=False)
