"""What a real ingest process tells, and how far the database says that the stages around it are behind."""

import re
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest

from core.database import Role, asking_for_figures
from core.messages import GatewayStatus
from embedded.ports import free_port
from ingest import reads
from ingest.gateways.repository import record_status
from tests.integration.ingest.homes import NOW_MS, until
from tests.unit.core.test_metrics import samples

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_process_tells_what_it_stored_and_names_no_home(world, start_process, sender):
    port = free_port()
    home = sender(world.home("home"))
    start_process(metrics_port=port)
    home.await_stored(home.send(("d/temperature", NOW_MS, 20.0), ("d/occupancy", NOW_MS, 1.0)))
    home.await_stored(home.send(("d/temperature", NOW_MS, 20.0), ("d/nothing", NOW_MS, 1.0)))

    def page():
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            return answer.read().decode()

    # The counts follow the word to the gateway.
    found = until(lambda: (told := samples(page()))["vicino_ingest_messages_total", "readings"] == 2 and told)
    assert found["vicino_ingest_readings_stored_total", "readings"] == 2
    assert found["vicino_ingest_duplicates_total", "readings"] == 1
    assert found["vicino_ingest_rejected_total", "readings"] == 1
    assert found["vicino_ingest_delay_seconds_count", "readings"] == found["vicino_ingest_commits_total", "readings"]
    assert found["vicino_ingest_inbox_messages", "urgent"] == 0
    assert found["vicino_database_answers",] == 1
    assert found["vicino_gateways",] == 1
    assert found["vicino_lag_seconds", "ingest"] > 0
    assert found["vicino_lag_seconds", "rollup"] >= 0
    # No gateway has said anything of itself.
    assert ("vicino_lag_seconds", "gateway") not in found
    text = page()
    assert world.mark not in text
    assert set(re.findall(r"(\w+)=\"", text)) == {"lane", "le", "service", "stage", "version"}


@pytest.fixture
def tell(world, service):
    def tell(home, *, said, **changes):
        status = GatewayStatus(**{"online": True, "boot": "b", "at": said} | changes)
        with service.transaction() as connection:
            record_status(connection, world.home(home), status, said)

    return tell


@pytest.fixture
def behind(service):
    def behind(now):
        with service.transaction() as connection:
            return reads.gateways_behind(connection, now)

    return behind


def test_a_gateway_that_is_heard_is_as_far_behind_as_it_said(tell, behind):
    assert behind(NOW).lag_s is None
    tell("idle", said=NOW)
    assert behind(NOW).lag_s == 0.0
    tell("busy", said=NOW, queued=5, thinned=7, oldest_unsent=NOW - timedelta(seconds=2))
    # A minute later that has long been stored: the gateway just has not spoken again.
    assert behind(NOW + timedelta(seconds=60)) == reads.GatewaysBehind(2, 2, 2, 5, 7, 2.0)


def test_of_a_gateway_that_falls_silent_the_lag_grows(tell, behind):
    tell("silent", said=NOW, queued=5, oldest_unsent=NOW - timedelta(seconds=2))
    assert behind(NOW + timedelta(hours=1)).lag_s == 3_602.0


def test_a_clock_that_is_ahead_makes_no_lag_below_nought(tell, behind):
    tell("ahead", said=NOW, queued=5, oldest_unsent=NOW + timedelta(hours=1))
    assert behind(NOW).lag_s == 0.0


def test_roll_ups_are_behind_by_the_age_of_what_they_have_not_taken(world, service):
    def lag_s():
        with service.transaction() as connection:
            return reads.rollup_lag_s(connection, NOW)

    assert lag_s() == 0.0
    home = world.home_id(world.home("home"))
    for age in (90, 30):
        world.query(
            "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s) RETURNING touched_id",
            home,
            NOW - timedelta(hours=2),
            NOW - timedelta(seconds=age),
        )
    assert lag_s() == 90.0
    world.query(
        "UPDATE ingest.rollup_progress SET (xact, touched_id) ="
        " (SELECT xact, touched_id FROM ingest.touched ORDER BY xact, touched_id LIMIT 1) RETURNING one"
    )
    assert lag_s() == 30.0


def test_figures_wait_two_seconds_at_most_for_a_database_that_is_busy(database_url):
    with asking_for_figures(database_url, Role.SERVICE, name="test") as asking, asking.transaction() as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == {"statement_timeout": "2s"}
