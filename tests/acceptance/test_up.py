"""`vicino up` on a machine where other things run."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from embedded.ports import LOOPBACK, free_port
from tests.acceptance.installation import ROOT, Installed, up

WITHIN_S = 60.0


def test_a_port_that_is_taken_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, free_port())) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "cli", "up", "--data", str(tmp_path / "data"), "--port", str(port)],
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert not (tmp_path / "data").exists()


TELLING = {"ingest", "devices", "analytics", "alerts", "alerts.watchdog", "dashboards"}


def test_the_pages_answer_at_the_port_asked_for_and_without_one_they_find_their_own(tmp_path: Path) -> None:
    port = free_port()
    with up(tmp_path / "one" / "data", "--port", str(port)) as first, up(tmp_path / "two" / "data") as second:
        assert first.url == f"http://127.0.0.1:{port}"
        assert second.url != first.url
        for vicino in (first, second):
            with urlopen(vicino.url, timeout=5) as answer:  # noqa: S310 - our own address
                assert answer.status == 200
            status = vicino.status()
            services = status["services"]
            assert set(services) == {"postgres", "broker", "watchdog", *TELLING - {"alerts.watchdog"}}
            assert status["lag"].keys() >= {"gateway", "ingest", "rollup", "analysis", "alerts", "notification"}
        # The pages answer; the others may still be on their way up.
        until(lambda: all(running(first)) and all(running(second)))
        until(lambda: telling(first) == TELLING)
        lag = first.status()["lag"]
        # No gateway is there to say anything; everybody else has nothing to catch up with.
        assert lag["gateway"] is None
        assert all(lag[stage] < WITHIN_S for stage in ("ingest", "rollup", "analysis", "alerts", "notification"))


def running(vicino: Installed) -> list[bool]:
    """Return of each service whether it runs."""
    return [service["running"] for service in vicino.status()["services"].values()]


def telling(vicino: Installed) -> set[str]:
    """Return the services that tell their figures."""
    return set(re.findall(r'^vicino_service_up{.*service="([\w.]+)"} 1\.0$', vicino.vicino("metrics"), re.MULTILINE))


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
