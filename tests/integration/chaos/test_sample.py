"""A small sample of the chaos harness; `make chaos` plays all of it, and there the time to recover counts as well."""

import io
from dataclasses import replace

import psutil
import pytest
from rich.console import Console

from embedded.broker import find_mosquitto
from tests.chaos.__main__ import play_all
from tests.chaos.calls import CALL_SCENARIOS
from tests.chaos.ledger import broken
from tests.chaos.scenarios import SCENARIOS

SAMPLE = ("kill-ingest", "kill-database")


def processes():
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_killing_ingest_and_database_loses_nothing_and_nothing_counts_twice(tmp_path):
    if find_mosquitto() is None:
        pytest.skip("Mosquitto is not installed (on Debian: apt install mosquitto).")
    before = processes()
    wanted = [replace(each, fault_s=2.0) for each in SCENARIOS if each.name in SAMPLE]
    rows, _ = play_all(tmp_path / "chaos", wanted, Console(file=io.StringIO()))
    assert [row.scenario for row in rows] == list(SAMPLE)
    for row in rows:
        # This machine may have other things to do: how long it took is no matter here.
        assert broken(row._replace(recovery_s=0.0)) == []
    assert processes() <= before


def test_killing_the_alert_worker_loses_no_call_and_tells_nobody_twice(tmp_path):
    if find_mosquitto() is None:
        pytest.skip("Mosquitto is not installed (on Debian: apt install mosquitto).")
    before = processes()
    wanted = [replace(each, rounds=1) for each in CALL_SCENARIOS]
    rows, _ = play_all(tmp_path / "chaos", wanted, Console(file=io.StringIO()))
    assert [row.scenario for row in rows] == [each.name for each in CALL_SCENARIOS]
    for row in rows:
        assert row.published == row.stored > 0
        assert (row.lost, row.duplicated) == (0, 0)
        # Not within five seconds, on a machine that may have other things to do, but it goes on by itself.
        assert row.recovery_s < 30
    assert processes() <= before
