"""Processes of a pool end with whoever started them."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

# One process computes and never stops, the other waits for work. Both hold the pipe that the output goes to.
PARENT = """
import os
import time

from core.processes import pool


def compute():
    os.write(1, b"%d\\n" % os.getpid())  # in one piece: both write to the same pipe
    while True:
        pass


if __name__ == "__main__":
    with pool(2, interruptible={interruptible}) as processes:
        computing = processes.submit(compute)
        while not computing.running():
            time.sleep(0.01)
        os.write(1, b"%d\\n" % processes.submit(os.getpid).result())
"""


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("interruptible", [True, False])
def test_processes_end_with_a_parent_that_is_ended_by_a_signal(tmp_path, ended_by, interruptible):
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(interruptible=interruptible), encoding="utf-8")
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    pids = {int(parent.stdout.readline()) for _ in range(2)}
    assert len(pids) == 2
    parent.send_signal(ended_by)
    try:
        parent.communicate(timeout=10)  # the pipe is closed when the last who holds it has ended
    except subprocess.TimeoutExpired:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        pytest.fail("The processes live on without their parent.")
    assert parent.returncode == -ended_by
