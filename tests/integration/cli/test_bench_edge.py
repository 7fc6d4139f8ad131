import json
import subprocess
import sys
from pathlib import Path

import pytest

from embedded.broker import find_mosquitto

ROOT = Path(__file__).parents[3]
MOST_MIB = 150


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (on Debian: apt install mosquitto).")
def test_an_agent_with_a_long_outage_behind_it_stays_small() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "bench", "edge", "--seconds", "2", "--json"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["backlog"], found["lost"], found["conflicts"]) == (200_000, 0, 0)
    assert found["readings"] > 200_000
    assert 10 < found["peak_memory_mib"] < MOST_MIB
