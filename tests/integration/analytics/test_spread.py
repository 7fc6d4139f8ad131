"""The same history by one process, by several, and by the workers of a cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date, timedelta

import pytest

from analytics.jobs import analyse
from analytics.spread import Analysed, analyse_spread, cluster
from core.clock import SimulatedClock
from core.database import Database
from core.errors import VicinoError
from core.processes import pool
from tests.integration.analytics.conftest import Installation
from tests.integration.analytics.test_ticks import stored

FIRST, LAST = date(2026, 2, 5), date(2026, 2, 25)


@pytest.fixture
def homes(installation: Installation, days_of, day_of_visits) -> list[int]:
    organisation = installation.organisation()
    made = [installation.home(organisation) for _ in range(2)]
    for home in made:
        installation.store(home, days_of(FIRST, LAST - timedelta(days=2)))
        installation.store(home, [*day_of_visits(LAST - timedelta(days=1), 9), *day_of_visits(LAST, 9)])
    return [home.home_id for home in made]


@pytest.fixture
def workers(monkeypatch, database_url) -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("VICINO_DATABASE_URL", database_url)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as there,
        cluster(there.scheduler_address) as executor,
    ):
        yield executor


@pytest.fixture
def processes() -> Iterator[ProcessPoolExecutor]:
    with pool(2, interruptible=True) as executor:
        yield executor


def alike(executor: Executor, url: str | None, database: Database, clock: SimulatedClock, homes: list[int]) -> None:
    told: list[Analysed] = []
    changed = analyse_spread(executor, homes, FIRST, LAST, clock=clock, url=url, progress=told.append)
    with database.transaction() as connection:
        by_many = stored(connection)
    assert analyse(database, FIRST, LAST, clock=clock, homes=homes) == 0
    with database.transaction() as connection:
        assert stored(connection) == by_many
    assert changed == sum(one.findings for one in told) > 0
    assert {one.home_id for one in told} == {*homes}
    assert [(one.homes_done, one.homes) for one in told] == [(n, len(homes)) for n in range(1, len(homes) + 1)]


def test_processes_come_to_the_same(processes, database, database_url, clock, homes) -> None:
    alike(processes, database_url, database, clock, homes)


def test_the_workers_of_a_cluster_come_to_the_same_by_their_own_settings(workers, database, clock, homes) -> None:
    alike(workers, None, database, clock, homes)


def test_a_home_that_cannot_be_computed_is_told(processes, clock, database_url, homes) -> None:
    with pytest.raises(KeyError):
        analyse_spread(processes, [homes[0], 999_999], FIRST, FIRST, clock=clock, url=database_url)


def test_where_no_scheduler_answers_that_is_said(monkeypatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("analytics.spread.ANSWERS_WITHIN_S", 0.2)
    with pytest.raises(VicinoError, match="No Dask scheduler answers"), cluster("tcp://127.0.0.1:9"):
        pass
