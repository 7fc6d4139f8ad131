"""The measurement of open boards, small: that each is told and asks, not how fast this machine is."""

import json

from typer.testing import CliRunner

from cli.__main__ import app


def test_every_board_shows_every_alert() -> None:
    command = ["bench", "live-boards", "--boards", "5", "--accounts", "2", "--alerts", "4", "--every", "0.5"]
    answer = CliRunner().invoke(app, [*command, "--homes", "6", "--days", "31", "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout.strip().splitlines()[-1])
    assert (said["boards"], said["accounts"], said["alerts"]) == (5, 2, 4)
    assert (said["shown"], said["lost"]) == (20, 0)
    assert 0 < said["p50_ms"] <= said["p95_ms"] <= said["longest_ms"]
    assert 30 < said["rss_before_mib"] <= said["rss_after_mib"] - said["growth_mib"] + 1
