"""The edge agent installs alone, renews itself from signed bundles, and goes back from a version that does not work."""

import json
import os
import re
import signal
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.mqtt import Connection
from embedded.broker import find_mosquitto
from gateway.edge.bundle import MANIFEST, SIGNATURE, file_name, this_target
from tests.acceptance.board import GATEWAY, Board, Init, Releases, until
from tests.integration.gateway.conftest import OwnBroker, Service

NOT_ITS_OWN = (
    "psycopg", "pandas", "numpy", "fastapi", "typer", "rich", "procrastinate",
    "registry", "ingest", "analytics", "alerts", "dashboards", "cli", "embedded",
)  # fmt: skip
BASE = f"home/{GATEWAY}"
ADDRESS = "0x00158d0001a2b3c4"
LIST = [
    {
        "type": "EndDevice",
        "ieee_address": ADDRESS,
        "friendly_name": "hall",
        "definition": {
            "vendor": "Aqara",
            "model": "RTCGQ11LM",
            "description": "Motion",
            "exposes": [{"type": "binary", "property": "occupancy", "name": "occupancy"}],
        },
    }
]

pytestmark = pytest.mark.skipif(
    find_mosquitto() is None, reason="Mosquitto is not installed (on Debian: apt install mosquitto)."
)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases(tmp_path_factory.mktemp("releases"))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[OwnBroker]:
    found = OwnBroker(tmp_path)
    found.start()
    yield found
    found.kill()


def settings(broker: OwnBroker) -> dict[str, str]:
    return {
        "VICINO_GATEWAYS": GATEWAY,
        "VICINO_BROKER_URL": broker.url,
        "VICINO_HOME_BASE": BASE,
        "VICINO_WILL_DELAY_S": "0",
        "VICINO_RECONNECT_MAX_S": "1",
        "VICINO_TRIAL_STEADY_S": "1",
    }


class Home:
    """A home in which somebody moves."""

    def __init__(self, broker: OwnBroker) -> None:
        self._start = datetime.now(UTC) - timedelta(minutes=1)
        self.moves = 0
        self._connection = Connection(broker.address, "home", reconnect_max_s=1)
        self._connection.start()
        assert self._connection.wait_connected(60)
        self._connection.publish(f"{BASE}/bridge/devices", json.dumps(LIST).encode(), retain=True)

    def move(self, times: int) -> None:
        for _ in range(times):
            self.moves += 1
            at = self._start + timedelta(milliseconds=self.moves)
            said = {"occupancy": bool(self.moves % 2), "last_seen": at.isoformat()}
            self._connection.publish(f"{BASE}/hall", json.dumps(said).encode())

    def leave(self) -> None:
        self._connection.stop()


@pytest.fixture
def home(broker: OwnBroker) -> Iterator[Home]:
    found = Home(broker)
    yield found
    found.leave()


def test_it_installs_alone_and_delivers(releases: Releases, broker: OwnBroker, home: Home, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    python = str(environment / "bin" / "python")
    # No index, no network: the wheels given have to be all that the metadata of `vicino[gateway]` ask for.
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", "--no-cache-dir",
            "--no-compile",
            f"vicino[gateway] @ {releases.own.as_uri()}", *map(str, releases.needed),
        ],
        check=True,
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""},
    )  # fmt: skip
    imported = (
        "import sys, gateway.__main__, gateway.edge.run, gateway.edge.__main__;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    modules = set(subprocess.check_output([python, "-I", "-c", imported], text=True).split())
    assert modules >= {"gateway", "core", "devices", "paho"}
    assert not modules & set(NOT_ITS_OWN)
    # The updater alone needs it.
    assert "cryptography" not in modules
    absent = f"from importlib.util import find_spec; print([m for m in {NOT_ITS_OWN[:7]!r} if find_spec(m)])"
    assert subprocess.check_output([python, "-I", "-c", absent], text=True).strip() == "[]"
    process = subprocess.Popen(
        [python, "-I", "-m", "gateway"],
        cwd=tmp_path,
        env={**settings(broker), "VICINO_DATA": str(tmp_path / "data"), "PATH": os.environ["PATH"]},
        stderr=subprocess.DEVNULL,
    )
    try:
        with Service(broker.address) as service:
            until(lambda: service.inventories)
            home.move(20)
            until(lambda: service.keys == home.moves)
            assert {name for _, name, _ in service.stored} == {f"{ADDRESS}/occupancy"}
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
    command = subprocess.check_output([str(environment / "bin" / "vicino-gateway"), "--version"], text=True)
    assert re.fullmatch(r"\d+(\.\d+)+\n", command)


def test_it_renews_itself_and_goes_back_from_what_does_not_work(
    releases: Releases, broker: OwnBroker, home: Home, tmp_path: Path
) -> None:
    board = Board(tmp_path / "board", settings(broker))
    board.set_up(releases.bundle("1.0"), releases.public)
    offer = board.updates / file_name(this_target())

    def update(bundle: Path) -> subprocess.CompletedProcess[str]:
        offer.unlink(missing_ok=True)
        offer.hardlink_to(bundle)
        return board.command("update")

    def runs(version: str, result: str) -> bool:
        status = service.statuses[-1] if service.statuses else None
        return (
            status is not None
            and status.online
            and status.version == version
            and status.update is not None
            and status.update.result == result
        )

    with Service(broker.address) as service, Init(board) as init:
        until(lambda: service.inventories)
        home.move(10)
        until(lambda: service.keys == home.moves)
        until(lambda: "READY=1" in init.words and init.words.count("WATCHDOG=1") > 1)
        assert board.command("status").returncode == 0

        # The next version: tried, heard, confirmed.
        second = releases.bundle("1.1")
        assert "1.1 is installed and on trial" in update(second).stdout
        until(lambda: runs("1.1", "confirmed"))
        assert (board.state["good"], board.state["previous"], board.state["trial"]) == ("1.1", "1.0", "")
        assert "is installed already" in update(second).stdout
        home.move(10)
        until(lambda: service.keys == home.moves)

        # What is not signed, altered or older is refused, and said.
        for refused, reason in ((tampered(second, tmp_path), "altered"), (releases.bundle("0.9"), "is older than 1.1")):
            done = update(refused)
            assert done.returncode == 1
            assert reason in done.stderr
            until(lambda reason=reason: runs("1.1", "refused") and reason in service.statuses[-1].update.reason)

        # The service is away: what happens now is in the outbox while versions come and go.
        service.answering = False
        home.move(50)
        until(lambda: service.statuses[-1].queued >= 0 and len(service.messages) > 2)
        works = releases.source("gateway/edge/run.py")
        broken = {"gateway/edge/run.py": works.replace("    faulthandler.enable()\n", "    raise SystemExit(3)\n")}
        assert "on trial" in update(releases.bundle("1.2", broken)).stdout
        until(lambda: runs("1.1", "rolled back"))
        assert (board.state["good"], board.state["subject"]) == ("1.1", "1.2")
        assert "ended 2 times" in board.state["reason"]
        service.answering = True
        until(lambda: service.keys == home.moves)
        assert service.conflicts == 0
        assert service.same_bytes()

        # Back by hand.
        assert "Version 1.0 runs again" in board.command("rollback").stdout
        until(lambda: runs("1.0", "rolled back"))
        home.move(5)
        until(lambda: service.keys == home.moves)
        assert json.loads(board.command("status", "--json").stdout)["version"] == "1.0"
    assert sorted(slot.name for slot in (board.places.code / "slots").iterdir()) == ["1.0", "1.1", "1.2"]


def tampered(bundle: Path, folder: Path) -> Path:
    """Return a bundle whose list names another version than was signed."""
    copy = folder / "tampered.bundle"
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(copy, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, content.replace(b'"1.1"', b'"7.1"') if entry.filename == MANIFEST else content)
        assert SIGNATURE in old.namelist()
    return copy


def test_a_version_that_runs_but_reaches_nobody_is_given_up_by_the_launcher(
    releases: Releases, broker: OwnBroker, tmp_path: Path
) -> None:
    board = Board(tmp_path / "board", settings(broker))
    board.set_up(releases.bundle("2.0"), releases.public)
    source = releases.source("core/mqtt.py")
    deaf = source.replace("self._client.loop_start()", "pass")
    assert deaf != source
    offer = board.updates / file_name(this_target())
    offer.hardlink_to(releases.bundle("2.1", {"core/mqtt.py": deaf}))
    with Service(broker.address) as service, Init(board, trial_seconds=4.0):
        until(lambda: service.statuses and service.statuses[-1].online)
        board.command("update")
        until(lambda: service.statuses[-1].update is not None and service.statuses[-1].update.result == "rolled back")
        assert service.statuses[-1].version == "2.0"
        assert "not healthy within 4 seconds" in board.state["reason"]


STEPS = ("cleared", "environment", "unpacked", "tried", "complete", "on trial", "pruned")
KILLED = """
import os, signal, sys
from pathlib import Path
from gateway.edge.settings import EdgeSettings
from gateway.edge.update import found, take
settings = EdgeSettings()
with found(settings, None) as bundle:
    for step in take(settings, bundle):
        if step == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_update_may_be_cut_off_after_each_step(releases: Releases, broker: OwnBroker, tmp_path: Path) -> None:
    board = Board(tmp_path / "board", settings(broker))
    board.set_up(releases.bundle("3.0"), releases.public)
    (board.updates / file_name(this_target())).hardlink_to(releases.bundle("3.1"))
    environment = {
        **board.environment,
        "VICINO_EDGE_CODE": str(board.places.code),
        "VICINO_EDGE_STATE": str(board.places.state),
    }
    starts: dict[str, Any] = {}
    for step in STEPS[:-1]:
        killed = subprocess.run([board.python("3.0"), "-I", "-c", KILLED, step], env=environment, check=False)
        assert killed.returncode == -signal.SIGKILL
        asked = board.command("--version")
        assert asked.returncode == 0
        starts[step] = (board.state["good"], board.state["trial"], asked.stdout.strip())
    assert starts == {
        **dict.fromkeys(STEPS[:5], ("3.0", "", "3.0")),
        "on trial": ("3.0", "3.1", "3.0"),
    }
    # And it works in the end.
    with Service(broker.address) as service, Init(board):
        until(lambda: service.statuses and service.statuses[-1].version == "3.1")
        until(lambda: board.state["good"] == "3.1")
