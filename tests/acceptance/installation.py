"""A real installation for acceptance tests: the command line in processes of its own, on a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 120
ENDS_WITHIN_S = 30


class Installed:
    """An installation that runs."""

    def __init__(self, process: subprocess.Popen[str], data: Path, url: str) -> None:
        self.process = process
        self.data = data
        self.url = url

    def vicino(self, *arguments: str, stdin: str = "") -> str:
        """Run `vicino` with `arguments` on this installation and return what it printed; fails if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *arguments, "--data", str(self.data)],
            cwd=ROOT,
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        """Return what `vicino status --json` says."""
        found: dict[str, Any] = json.loads(self.vicino("status", "--json"))
        return found

    def family(self) -> list[psutil.Process]:
        """Return all processes of the installation."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]


@contextmanager
def up(
    data: Path, *arguments: str, command: str = "up", environment: dict[str, str] | None = None
) -> Iterator[Installed]:
    """Run `vicino up` until the end of the context; then Ctrl-C has to end every process within 8 s."""
    data.parent.mkdir(parents=True, exist_ok=True)
    with (data.parent / "up.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", command, "--data", str(data), *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            text=True,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        assert process.stdout is not None
        url = (
            next((line for line in process.stdout if line.startswith("Vicino: ")), "").removeprefix("Vicino: ").strip()
        )
        assert url, (data.parent / "up.log").read_text()
        installed = Installed(process, data, url)
        yield installed
        family = installed.family()
        process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(family, timeout=ENDS_WITHIN_S)
        assert not alive, [member.cmdline() for member in alive]
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
