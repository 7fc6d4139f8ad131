"""An alert worker that died is back at once: it waits for no library that it does not need."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("program", ["alerts.__main__", "alerts.watchdog.__main__"])
def test_it_starts_without_the_libraries_of_the_analysis(program):
    loaded = f"import sys, {program}; print(sorted({{'numpy', 'pandas', 'sklearn'}} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"
