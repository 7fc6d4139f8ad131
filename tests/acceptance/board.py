"""A gateway's board below a folder: set up from a signed bundle, with what keeps a service running on it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from cli import release
from gateway.edge import signing
from gateway.edge.bundle import this_target
from gateway.edge.setup import Places
from tests.acceptance.wheelhouse import bumped, closure, own_wheel, packed

# Python as a board has it: none of what the tests have installed.
PYTHON = sys._base_executable  # type: ignore[attr-defined]
WITHIN_S = 90.0
GATEWAY = "gw-1"


def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.05)


class Releases:
    """Who makes releases: a key, the project's wheel, and the wheels of what it needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.key = folder / "key.pem"
        self.public = signing.make_key(self.key)
        (folder / "needed").mkdir()
        self.needed = [packed(found, folder / "needed") for found in closure("gateway")]
        (folder / "own").mkdir()
        self.own = own_wheel(folder / "own")

    def bundle(self, version: str, changed: Mapping[str, str] | None = None) -> Path:
        """Return a signed bundle of the project under another version, with some files changed."""
        wheels = self._folder / version
        wheels.mkdir()
        bumped(self.own, version, wheels, changed)
        for wheel in self.needed:
            (wheels / wheel.name).hardlink_to(wheel)
        made = release.make(
            wheels, self._folder / "out" / version, target=this_target(), minimum=None, days=30, now=datetime.now(UTC)
        )
        release.sign(made, self.key)
        return made

    def source(self, name: str) -> str:
        """Return a file of the project's wheel."""
        with zipfile.ZipFile(self.own) as wheel:
            return wheel.read(name).decode()


class Board:
    """A board whose root is a folder."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.places = Places(folder / "root")
        self.folder = folder
        self.updates = folder / "updates"
        self.updates.mkdir(parents=True)
        self._settings = settings
        self._run = folder / "run"
        self._run.mkdir()

    def set_up(self, bundle: Path, key: str) -> None:
        """Do by hand what the documentation says: unpack, and run `setup` from there."""
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(self.folder / "unpacked")
        for wheel in (self.folder / "unpacked" / "wheels").glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.folder / "site")
        more = [f"--set={name}={value}" for name, value in self._settings.items()]
        subprocess.run(
            [
                PYTHON, "-P", "-m", "gateway.edge", "setup", f"--root={self.places.root}", f"--bundle={bundle}",
                f"--update-key={key}", f"--update-folder={self.updates}", *more,
            ],
            env={"PYTHONPATH": str(self.folder / "site"), "PATH": os.environ["PATH"]},
            check=True,
            capture_output=True,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """The settings that `setup` wrote, with the folders of this board."""
        lines = (self.places.settings / "gateway.env").read_text().splitlines()
        said = dict(line.split("=", 1) for line in lines)
        del said["VICINO_ENROLMENT"]
        own = {"VICINO_DATA": str(self.folder / "data"), "VICINO_EDGE_RUN": str(self._run), "PATH": os.environ["PATH"]}
        return {**said, **own}

    def launcher(self, *arguments: str) -> list[str]:
        return [
            PYTHON, "-I", str(self.places.code / "launcher.py"),
            f"--code={self.places.code}", f"--state={self.places.state}", *arguments,
        ]  # fmt: skip

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `vicino-gateway` as a person at the board does."""
        return subprocess.run(
            self.launcher(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, version: str) -> str:
        return str(self.places.code / "slots" / version / "bin" / "python")

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.places.state / "slots.json").read_text())
        return found


class Init:
    """Keeps the agent running as systemd does, and hears what it says of itself."""

    def __init__(self, board: Board, *, trial_seconds: float = 60.0, trial_starts: int = 2) -> None:
        self._argv = board.launcher(f"--trial-seconds={trial_seconds}", f"--trial-starts={trial_starts}")
        # The options come before the command, of which there is none.
        self._environment = board.environment
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(board.folder / "notify"))
        self._socket.settimeout(0.1)
        self._environment |= {"NOTIFY_SOCKET": str(board.folder / "notify"), "WATCHDOG_USEC": "2000000"}
        self._log = (board.folder / "agent.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._threads = [threading.Thread(target=run) for run in (self._keep, self._hear)]
        self.words: list[str] = []
        self.starts = 0

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.signal(signal.SIGTERM)
        for thread in self._threads:
            thread.join()
        self._socket.close()
        self._log.close()

    def signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _keep(self) -> None:
        while not self._stop.is_set():
            self.starts += 1
            self._process = subprocess.Popen(
                self._argv, env=self._environment, stderr=self._log, stdout=self._log, start_new_session=True
            )
            if self._stop.is_set():
                self.signal(signal.SIGTERM)
            self._process.wait()
            self._stop.wait(0.1)

    def _hear(self) -> None:
        while not self._stop.is_set():
            try:
                self.words += self._socket.recv(4096).decode().split("\n")
            except TimeoutError:
                continue
