"""Whoever asks where nothing runs is told so, in words and by the exit code."""

import json

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
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
