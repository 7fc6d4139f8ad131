"""Whoever asks where nothing runs is told so, in words and by the exit code."""

import json

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.status import STAGES, show
from core.errors import VicinoError


def ask(*arguments):
    return CliRunner().invoke(app, [*arguments], catch_exceptions=False)


def test_where_nothing_runs_the_exit_code_says_so(tmp_path):
    told = ask("status", "--json", "--data", str(tmp_path))
    assert told.exit_code == 1
    assert json.loads(told.stdout) == {"running": False, "data": str(tmp_path)}
    assert ask("status", "--data", str(tmp_path)).exit_code == 1


def test_there_are_no_figures_where_nothing_runs(tmp_path):
    with pytest.raises(VicinoError, match="does not run"):
        ask("metrics", "--data", str(tmp_path))


def test_gateways_that_cannot_keep_all_that_comes_are_told_by_what_keeps_them_from_it(capsys):
    counts = dict.fromkeys(("stored", "rejected", "pending", "duplicates"), 0)
    found = {
        "running": True, "data": "d", "url": "u", "services": {}, "database": "answers", "homes": 9, "readings": counts,
        "gateways": {"online": 8, "total": 9, "trouble": {"disk full": 2, "other": 1}},
        "lag": dict.fromkeys(STAGES, 0.0), "alerts": {"new": 0, "in_charge": 0, "notifications_failed": 0},
        "watch": {"worked_s": 90.0, "test_call": "missed", "test_call_s": 400.0, "test_call_took_s": None},
    }  # fmt: skip
    show(found, as_json=False)
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Gateways", "with", "disk", "full", "2"] in told
    assert ["Gateways", "with", "other", "trouble", "1"] in told
    assert ["Alerts", "worked", "on", "90.0", "s", "ago"] in told
    assert ["Test", "call", "did", "not", "arrive,", "400", "s", "ago"] in told
