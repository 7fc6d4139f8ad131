"""When a version on trial is confirmed, and when the agent makes room for another."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import SimulatedClock
from gateway.edge import launcher
from gateway.edge.__main__ import load_environment
from gateway.edge.launcher import COMPLETE, SLOTS, State
from gateway.edge.run import STANDING, Slots
from gateway.edge.settings import EdgeSettings
from gateway.edge.status import lines, status
from gateway.metrics import Standing

STEADY_S = 60.0
HEARD = Standing(connected=True, queued=0, oldest_ms=None, thinned=0, sent=0, resent=0)
WAITING = HEARD._replace(queued=5, oldest_ms=1_000)


class Board:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "code"
        self.clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
        for version in ("1.0", "1.1"):
            (self.code / SLOTS / version).mkdir(parents=True)
            (self.code / SLOTS / version / COMPLETE).touch()
        launcher.write(folder, State("1.0"))
        self.try_next()
        self.slots = self.agent("1.1")

    def try_next(self) -> None:
        launcher.change(self.folder, self.code, lambda state: launcher.on_trial(state, "1.1", "digest", 1.0))

    def agent(self, version: str) -> Slots:
        return Slots(self.code, self.folder, version, self.clock, run=self.folder, steady_s=STEADY_S)

    def look(self, standing: Standing, seconds: int = 1, *, well: bool = True) -> bool:
        goes_on = True
        for _ in range(seconds):
            self.clock.advance(1)
            goes_on = self.slots.look([standing], well=well)
        return goes_on

    @property
    def state(self) -> State:
        state = launcher.read(self.folder, self.code)
        assert state is not None
        return state


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_a_version_that_is_heard_for_a_minute_is_confirmed(board: Board) -> None:
    assert board.look(HEARD, 60)
    assert board.state.trial == "1.1"
    update = board.slots.update()
    assert update is not None
    assert (update.result, update.version) == ("on trial", "1.1")
    assert board.look(HEARD, 2)
    assert (board.state.good, board.state.previous, board.state.trial) == ("1.1", "1.0", "")
    update = board.slots.update()
    assert update is not None
    assert update.result == "confirmed"


@pytest.mark.parametrize(
    ("standing", "well"),
    [(HEARD._replace(connected=False), True), (WAITING, True), (HEARD, False)],
    ids=["not connected", "nothing is called stored", "something hangs"],
)
def test_a_version_that_is_not_healthy_is_never_confirmed(board: Board, standing: Standing, well: bool) -> None:
    assert board.look(HEARD, 50)
    assert board.look(standing, 1, well=well)
    # From the beginning.
    assert board.look(HEARD, 55)
    assert board.look(standing, 300, well=well)
    assert board.state.trial == "1.1"
    assert board.look(WAITING._replace(stored=1), 62)
    assert board.state.good == "1.1"


def test_the_agent_makes_room_for_another_version(board: Board) -> None:
    launcher.change(board.folder, board.code, lambda state: launcher.rolled_back(state, "late", 1.0))
    assert not board.look(HEARD)
    old = board.agent("1.0")
    assert old.look([HEARD], well=True)
    board.try_next()
    assert not old.look([HEARD], well=True)


def test_an_agent_that_was_not_installed_in_a_slot_goes_on(tmp_path: Path) -> None:
    alone = Slots(
        tmp_path, tmp_path / "none", "1.0", SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)), run=tmp_path, steady_s=1
    )
    assert alone.look([HEARD], well=True)
    assert alone.update() is None


def test_the_status_tells_a_person_how_it_is(board: Board) -> None:
    board.look(WAITING)
    settings = EdgeSettings(edge_code=board.code, edge_state=board.folder, edge_run=board.folder)
    told = json.loads((board.folder / STANDING).read_text())["at"]
    found = status(settings, told + 5)
    assert found["running"]
    assert found["installed"] == ["1.0", "1.1"]
    said = "\n".join(lines(found, told + 5))
    assert "Version 1.1 runs.\nConnected to the service. 5 readings are not stored there yet." in said
    assert "Last update, 1970-01-01 00:00 UTC: 1.1 on trial." in said
    late = status(settings, told + 60)
    assert not late["running"]
    assert lines(late, told + 60)[0] == "The agent does not run."
    absent = EdgeSettings(edge_code=board.folder / "x", edge_state=board.folder / "x", edge_run=board.folder / "x")
    assert lines(status(absent, 0.0), 0.0) == ["The agent does not run.", "Installed: nothing."]


def test_a_person_has_the_settings_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gateway.env"
    file.write_text("# a\nVICINO_POWER=mains\nVICINO_GATEWAYS='gw-1'\nPATH=/evil\nno setting\nVICINO_SYSTEMS=x\n")
    # Set here first, so that what is loaded is undone after the test.
    for name in ("VICINO_POWER", "VICINO_GATEWAYS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("VICINO_SYSTEMS", "zigbee2mqtt")
    load_environment(file)
    assert (os.environ["VICINO_POWER"], os.environ["VICINO_GATEWAYS"]) == ("mains", "gw-1")
    assert os.environ["VICINO_SYSTEMS"] == "zigbee2mqtt"
    assert os.environ["PATH"] != "/evil"
    load_environment(tmp_path / "absent")
