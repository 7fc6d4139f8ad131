"""The measurement of how soon people are told, small: that it measures, not how fast this machine is."""

import json

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from embedded.broker import find_mosquitto


def test_every_call_of_a_small_measurement_reaches_everybody():
    if find_mosquitto() is None:
        pytest.skip("Mosquitto is not installed (on Debian: apt install mosquitto).")
    command = ["bench", "alert-latency", "--rate", "50", "--calls", "6", "--calls-per-second", "3", "--json"]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout.strip().splitlines()[-1])
    assert (said["calls"], said["count"], said["lost"], said["duplicated"]) == (6, 18, 0, 0)
    assert said["opened_p99_ms"] > 0
    assert 0 < said["p50_ms"] <= said["p95_ms"] <= said["p99_ms"] <= said["longest_ms"]
    assert said["reached_per_s"] > 10
