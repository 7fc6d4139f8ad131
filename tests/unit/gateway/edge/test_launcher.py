"""The choice of the version that runs, as a machine of states: whatever is cut off whenever, a whole version runs."""

import json
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.edge import launcher
from gateway.edge.launcher import COMPLETE, CURRENT, SLOTS, STATE, State

NOW = 1_800_000_000.0
MOST = 4


def install(code: Path, version: str, *, whole: bool = True) -> Path:
    slot = code / SLOTS / version
    slot.mkdir(parents=True, exist_ok=True)
    if whole:
        (slot / COMPLETE).touch()
    return slot


class Versions(RuleBasedStateMachine):
    """An updater, a launcher and an agent on real files; the power goes between any two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="slots-"))
        self.code, self.state = self.folder / "code", self.folder / "state"
        self.state.mkdir()
        install(self.code, "1.0")
        launcher.write(self.state, State("1.0"))
        self.newest = 0
        self.good = "1.0"
        self.running = ""
        self.trial_starts = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def known(self) -> State:
        found = launcher.read(self.state, self.code)
        assert found is not None
        return found

    @rule(steps=st.integers(0, 3))
    def update(self, steps: int) -> None:
        """Install the next version, as far as the power lasts: a part, the whole, and on trial."""
        if self.known().trial:
            return
        self.newest += 1
        version = f"1.{self.newest}"
        if steps > 0:
            install(self.code, version, whole=steps > 1)
        if steps > 2:
            launcher.change(self.state, self.code, lambda s: launcher.on_trial(s, version, "digest", NOW))
            self.trial_starts = 0

    @rule()
    def power_cut_while_the_state_is_written(self) -> None:
        """What was written beside the state is not the state."""
        (self.state / ".slots-x").write_text('{"good": "9.9"')

    @rule()
    def start(self) -> None:
        """Start the board, or the agent after it has ended."""
        found = launcher.change(
            self.state,
            self.code,
            lambda s: launcher.at_start(s, lambda v: launcher.is_complete(self.code, v), MOST, NOW),
        )
        assert found is not None
        self.running = found.chosen
        if found.trial:
            self.trial_starts += 1

    @precondition(lambda self: self.running)
    @rule()
    def show_health(self) -> None:
        """The version that runs is healthy; it may be one that was given up meanwhile."""
        was_on_trial = self.known().trial == self.running
        launcher.confirm(self.state, self.code, self.running, NOW)
        if was_on_trial and launcher.is_complete(self.code, self.running):
            self.good = self.running

    @rule()
    def time_is_up(self) -> None:
        """The launcher gives a trial up."""
        launcher.change(self.state, self.code, lambda s: launcher.rolled_back(s, "not healthy", NOW))

    @rule()
    def lose_the_slot_on_trial(self) -> None:
        """A card that forgets."""
        trial = self.known().trial
        if trial:
            (self.code / SLOTS / trial / COMPLETE).unlink(missing_ok=True)

    @invariant()
    def what_was_confirmed_last_is_good(self) -> None:
        assert self.known().good == self.good

    @invariant()
    def a_whole_version_would_start_now(self) -> None:
        state = launcher.at_start(self.known(), lambda v: launcher.is_complete(self.code, v), MOST, NOW)
        assert launcher.is_complete(self.code, state.chosen)
        assert state.chosen in {state.trial, self.good}

    @invariant()
    def a_trial_ends(self) -> None:
        assert self.known().starts <= MOST
        assert not self.known().trial or self.trial_starts <= MOST


TestVersions = Versions.TestCase
TestVersions.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_version_that_is_never_healthy_is_given_up_for_good(tmp_path: Path) -> None:
    state = launcher.on_trial(State("1.0"), "1.1", "digest", NOW)
    for expected in (1, 2, 3, 4):
        state = launcher.at_start(state, lambda _: True, MOST, NOW)
        assert (state.chosen, state.starts) == ("1.1", expected)
    state = launcher.at_start(state, lambda _: True, MOST, NOW)
    assert (state.chosen, state.result, state.subject) == ("1.0", "rolled back", "1.1")
    assert (state.failed, state.failures) == ("digest", 1)
    # Late word of its health changes nothing any more.
    assert launcher.confirmed(state, "1.1", NOW) == state
    again = launcher.rolled_back(launcher.on_trial(state, "1.1", "digest", NOW), "x", NOW)
    assert again.failures == 2
    other = launcher.rolled_back(launcher.on_trial(again, "1.2", "another", NOW), "x", NOW)
    assert other.failures == 1


def test_a_state_that_cannot_be_read_goes_on_with_what_ran_last(tmp_path: Path) -> None:
    code, folder = tmp_path / "code", tmp_path
    slot = install(code, "1.0")
    install(code, "2.0", whole=False)
    assert launcher.read(folder, code) is None
    (folder / CURRENT).symlink_to(slot)
    for broken in (
        "",
        "{",
        "[]",
        '{"good": 1}',
        '{"good": "2.0"}',
        '{"good": "../../etc"}',
        '{"good": "1.0", "starts": "x"}',
    ):
        (folder / STATE).write_text(broken)
        assert launcher.read(folder, code) == State("1.0")
    # Only its name is believed: whoever may write here may not say what runs.
    (tmp_path / "elsewhere" / "3.0").mkdir(parents=True)
    (folder / CURRENT).unlink()
    (folder / CURRENT).symlink_to(tmp_path / "elsewhere" / "3.0")
    assert launcher.read(folder, code) is None


def test_a_good_version_that_is_damaged_gives_way_to_the_one_before(tmp_path: Path) -> None:
    code = tmp_path / "code"
    install(code, "1.0")
    launcher.write(tmp_path, State("1.1", previous="1.0"))
    found = launcher.read(tmp_path, code)
    assert found is not None
    assert (found.chosen, found.result, found.subject) == ("1.0", "rolled back", "1.1")


def test_the_state_of_a_later_version_is_understood(tmp_path: Path) -> None:
    install(tmp_path / "code", "1.0")
    (tmp_path / STATE).write_text(json.dumps(State("1.0", starts=2)._asdict() | {"news": [1]}))
    assert launcher.read(tmp_path, tmp_path / "code") == State("1.0", starts=2)


def test_the_launcher_needs_nothing_but_python() -> None:
    source = Path(launcher.__file__).read_text()
    for own in ("core", "gateway", "devices", "msgspec", "pydantic", "structlog"):
        assert f"import {own}" not in source
        assert f"from {own}" not in source
