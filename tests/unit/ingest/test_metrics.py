"""What ingest tells of itself."""

import ast
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from core.clock import SimulatedClock
from ingest.counters import Counters
from ingest.delays import RECENT_S, Delays, RecentMaximum
from ingest.inbox import Inbox
from ingest.metrics import COUNTED, Behind, ingest_figures
from ingest.mqtt5 import Delivery
from ingest.reads import GatewaysBehind
from tests.unit.core.test_metrics import samples

ROOT = Path(__file__).parents[3]
START = datetime(2026, 3, 1, tzinfo=UTC)


def watched(behind):
    clock, registry, counters = SimulatedClock(START), CollectorRegistry(), Counters()
    delays, inbox = Delays(registry, clock), Inbox(10, 1_000, clock)
    delays.watch("readings", inbox)
    registry.register(ingest_figures(counters, delays, behind))
    return clock, counters, delays, inbox, lambda: samples(generate_latest(registry).decode())


def behind():
    return Behind(GatewaysBehind(1, 2, 3, 40, 5, 60.5), 7.0)


def test_counts_waiting_messages_and_lags_are_told():
    clock, counters, delays, inbox, page = watched(behind)
    counters.add("readings", messages=2, stored=20, commits=1)
    inbox.put([Delivery("t", b"xyz", [], 1, 1)])
    clock.advance(4)
    found = page()
    assert found["vicino_ingest_messages_total", "readings"] == 2
    assert found["vicino_ingest_readings_stored_total", "readings"] == 20
    assert found["vicino_ingest_rejected_total", "readings"] == 0
    assert found["vicino_ingest_inbox_messages", "readings"] == 1
    assert found["vicino_ingest_inbox_bytes", "readings"] == 3
    assert {stage: found["vicino_lag_seconds", stage] for stage in ("ingest", "gateway", "rollup")} == {
        "ingest": 4.0,
        "gateway": 60.5,
        "rollup": 7.0,
    }
    assert found["vicino_gateways",] == 3
    assert found["vicino_gateways_online",] == 1
    delays.settled("readings", inbox.take(1, 1_000))
    clock.advance(1)
    found = page()
    assert found["vicino_ingest_delay_seconds_sum", "readings"] == 4.0
    assert found["vicino_ingest_commit_seconds_sum", "readings"] == 0.0
    # What happened lately counts on for a minute, so that no scrape misses it.
    assert found["vicino_lag_seconds", "ingest"] == 4.0
    clock.advance(RECENT_S)
    assert page()["vicino_lag_seconds", "ingest"] == 0.0


def test_a_database_that_is_away_hides_nothing_that_the_process_knows():
    def away():
        raise ConnectionError

    clock, counters, _, _, page = watched(away)
    counters.add("readings", retries=3)
    clock.advance(1)
    found = page()
    assert found["vicino_ingest_database_retries_total", "readings"] == 3
    assert found["vicino_lag_seconds", "ingest"] == 0.0
    assert found["vicino_database_answers",] == 0
    assert ("vicino_lag_seconds", "gateway") not in found


@given(st.lists(st.tuples(st.floats(0, 40), st.floats(0, 100))))
def test_the_recent_maximum_is_that_of_the_last_minute(steps):
    clock = SimulatedClock(START)
    recent, all_of_them = RecentMaximum(clock), []
    for seconds, value in steps:
        clock.advance(seconds)
        recent.add(value)
        all_of_them.append((clock.monotonic(), value))
        since = clock.monotonic() - RECENT_S
        assert recent.largest() == max(value for at, value in all_of_them if at >= since)


def test_whatever_is_counted_is_told():
    counted = {
        keyword.arg
        for path in sorted((ROOT / "ingest").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("counters.add")
        for keyword in node.keywords
    }
    assert {"messages", "stored", "commits"} <= counted <= set(COUNTED)
