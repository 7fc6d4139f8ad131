"""The measurement of the pages, small: that it fills, asks and weighs, not how fast this machine is."""

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.__main__ import app
from dashboards.trends import PERIODS, Part


def test_every_view_of_a_small_union_is_asked_for_and_the_filled_database_is_used_again(tmp_path: Path) -> None:
    command = [
        "bench",
        "dashboards",
        "--homes",
        "6",
        "--days",
        "31",
        "--requests",
        "2",
        "--json",
        "--data",
        str(tmp_path),
    ]
    said = _said(command)
    # A standard home of 400 readings a day, of 30 days; an episode of a stay needs more than one of them.
    assert 6 * 30 * 300 < said["readings"] < 6 * 32 * 550
    assert 6 * 31 * 20 < said["episodes"] < said["readings"]
    assert said["indicators"] > 6 * 31 * 15
    assert said["alerts"] >= 6 * 4
    for page in ("board", "person", "alert"):
        assert 0 < said[page]["p50_ms"] <= said[page]["p95_ms"] <= said[page]["longest_ms"]
        assert said[page]["kb"] > 1
    assert {f"{part} {days}" for part in Part for days in PERIODS} < said["person"]["views"].keys()
    assert said["person"]["requests"] == 2 * len(said["person"]["views"])
    # The typeface alone takes as much.
    assert 50 < said["first_visits_kb"]["alert"] <= said["first_visit_kb"]
    again = _said(command)
    assert [again[name] for name in ("readings", "episodes", "alerts")] == [
        said[name] for name in ("readings", "episodes", "alerts")
    ]
    refused = CliRunner().invoke(app, [*command[:3], "7", *command[4:]])
    assert refused.exit_code == 1
    assert "holds a union of 6 homes" in refused.stderr


def _said(command: list[str]) -> dict:
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    found: dict = json.loads(answer.stdout.strip().splitlines()[-1])
    return found
