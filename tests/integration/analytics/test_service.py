"""The service as a process: readings come in, a finding goes out, and kill -9 loses nothing."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest

from analytics.queue import Orders, Worker, bring_up_to_date
from embedded.ports import free_port
from tests.unit.core.test_metrics import samples

STEP_S = 0.1


def until(condition, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(STEP_S)


@pytest.fixture
def service(database_url):
    started = []

    def start(metrics_port: int = 0) -> subprocess.Popen:
        environment = os.environ | {
            "VICINO_DATABASE_URL": database_url,
            "VICINO_ANALYTICS_SETTLE_S": "0",
            "VICINO_ANALYTICS_LOOK_S": "1",
            "VICINO_METRICS_PORT": str(metrics_port),
        }
        process = subprocess.Popen([sys.executable, "-m", "analytics"], env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_the_service_computes_what_comes_in_and_survives_being_killed(
    installation, service, days_of, day_of_visits
) -> None:
    today = datetime.now(UTC).date()
    bad = today - timedelta(days=3)
    home = installation.home(installation.organisation())
    first = service()
    until(lambda: installation.one("SELECT count(*) FROM analytics.queue_version") == 1)
    installation.store(home, days_of(today - timedelta(days=30), bad - timedelta(days=1)))
    until(lambda: installation.one("SELECT count(*) FROM analytics.indicator") >= 40)
    first.send_signal(signal.SIGKILL)
    first.wait()
    installation.store(home, [*day_of_visits(bad, 8), *days_of(bad + timedelta(days=1), today - timedelta(days=2))])
    port = free_port()
    second = service(port)
    until(lambda: installation.one("SELECT count(*) FROM analytics.finding WHERE kind = 'night_bathroom_visits'") == 1)
    assert installation.one("SELECT count(*) FROM analytics.due_day WHERE due_at < now() - interval '1 minute'") == 0
    installation.connection.execute(
        "WITH made AS (INSERT INTO analytics.preview (organisation_id, rule, mode, fields, days, asked_by, asked_at)"
        " VALUES (%s, 'changes', 'off', '{}', 60, %s, now()) RETURNING preview_id)"
        " INSERT INTO analytics.previewed_home (preview_id, organisation_id, home_id)"
        " SELECT preview_id, %s, %s FROM made",
        (home.organisation_id, installation.viewer(home.organisation_id), home.organisation_id, home.home_id),
    )
    until(lambda: installation.one("SELECT count(*) FROM analytics.previewed_home WHERE done_at IS NOT NULL") == 1)
    told = installation.rows("SELECT failed, jsonb_array_length(told_as_set) AS told FROM analytics.previewed_home")
    assert (told[0]["failed"], told[0]["told"] >= 1) == (False, True)
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=40) as answer:
        told = samples(answer.read().decode())
    assert told["vicino_analytics_jobs_total", "done"] == told["vicino_analytics_job_seconds_count",] >= 1
    assert told["vicino_analytics_jobs_total", "failed"] == 0
    assert told["vicino_analytics_days_total",] >= 1
    assert told["vicino_analytics_jobs_ordered_total",] >= 1
    assert told["vicino_database_answers",] == 1
    assert told["vicino_lag_seconds", "analysis"] < 60
    second.send_signal(signal.SIGTERM)
    # What is under way is finished first: how long that takes is the machine's affair, not this test's.
    assert second.wait(timeout=60) == 0


def test_the_queue_s_tables_are_made_once_and_belong_to_the_service(installation, database) -> None:
    version = bring_up_to_date(database)
    assert bring_up_to_date(database) == version
    owners = installation.rows("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'procrastinate'")
    assert owners == [{"tableowner": "vicino_service"}]


def test_a_home_waits_in_the_queue_once_and_its_job_leaves_nothing_behind(installation, database, database_url) -> None:
    bring_up_to_date(database)
    done: list[int] = []
    with Orders(database_url) as orders:
        assert orders.order([1, 2]) == 2
        assert orders.order([1, 2, 3]) == 1
        with Worker(database_url, done.append):
            until(lambda: len(done) == 3)
            until(lambda: installation.one("SELECT count(*) FROM procrastinate.procrastinate_jobs") == 0)
        assert orders.order([1]) == 1
    assert sorted(done) == [1, 2, 3]
