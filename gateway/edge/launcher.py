"""Which installed version of the edge agent runs, and back to the one before when a new one does not become healthy.

The one part that an update never changes: it is copied to the board at set-up and runs by the system's own Python. So
it needs the standard library alone, and what it writes down stays as it is.

A version is a slot, the folder `slots/VERSION` in the folder of the code, which only the updater may write. What is to
run stands in `slots.json` in the folder of the state, replaced as a whole: whatever is killed whenever, one of two
states is there, and each names a slot that is complete. `current` beside it points to the slot that was started last:
for people, and for the day when the state cannot be read.
"""

import argparse
import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

STATE = "slots.json"
CURRENT = "current"
SLOTS = "slots"
COMPLETE = ".complete"
CONFIRMED = "confirmed"
ROLLED_BACK = "rolled back"
ON_TRIAL = "on trial"
_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){1,3}")
_MOST_BYTES = 65_536
_END_S = 20.0
_LOOK_S = 0.5


class State(NamedTuple):
    """Which version is good, and which one is on trial.

    `starts` counts the starts of the trial. `previous` was good before. `result` and `subject` tell what became of the
    last update and which version it was about, `reason` why, `at` when (Unix seconds). `failures` counts, for `failed`,
    how often that bundle was rolled back; `bundle` is the digest of the one on trial.
    """

    good: str
    trial: str = ""
    starts: int = 0
    previous: str = ""
    result: str = ""
    subject: str = ""
    reason: str = ""
    at: float = 0.0
    bundle: str = ""
    failed: str = ""
    failures: int = 0

    @property
    def chosen(self) -> str:
        """The version that is to run."""
        return self.trial or self.good


def on_trial(state: State, version: str, bundle: str, now: float) -> State:
    """Return the state in which `version` is tried."""
    return state._replace(
        trial=version, starts=0, bundle=bundle, result=ON_TRIAL, subject=version, reason="", at=now
    )  # fmt: skip


def confirmed(state: State, version: str, now: float) -> State:
    """Return the state after `version` has shown that it is healthy; as it was if it is not the one on trial."""
    if state.trial != version:
        return state
    return State(version, previous=state.good, result=CONFIRMED, subject=version, at=now)


def rolled_back(state: State, reason: str, now: float) -> State:
    """Return the state after the trial has failed."""
    if not state.trial:
        return state
    return state._replace(
        trial="",
        starts=0,
        result=ROLLED_BACK,
        subject=state.trial,
        reason=reason,
        at=now,
        bundle="",
        failed=state.bundle,
        failures=state.failures + 1 if state.failed == state.bundle else 1,
    )


def at_start(state: State, complete: Callable[[str], bool], most_starts: int, now: float) -> State:
    """Return the state in which the agent starts: one start more on trial, or none where it was tried enough."""
    if not state.trial:
        return state
    if not complete(state.trial):
        return rolled_back(state, "it is not there as a whole", now)
    if state.starts >= most_starts:
        return rolled_back(state, f"it ended {state.starts} times before it was healthy", now)
    return state._replace(starts=state.starts + 1)


def is_version(text: str) -> bool:
    """Tell whether `text` is a version: numbers and dots, so that it can be compared and is the name of a folder."""
    return bool(_VERSION.fullmatch(text))


def is_complete(code: Path, version: str) -> bool:
    """Tell whether a version is installed as a whole."""
    return is_version(version) and (code / SLOTS / version / COMPLETE).is_file()


def read(folder: Path, code: Path) -> State | None:
    """Return the state; where it cannot be read, one that goes on with what ran last; None if nothing is known."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        with (folder / STATE).open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
        state = State(**{name: value for name, value in found.items() if name in State._fields})
        kinds = all(isinstance(value, type(default)) for value, default in zip(state[1:], _DEFAULTS, strict=True))
        if kinds and is_complete(code, state.good):
            return state
        if kinds and is_complete(code, state.previous):
            return State(state.previous, result=ROLLED_BACK, subject=state.good, reason="it is not there as a whole")
    with contextlib.suppress(OSError):
        version = Path(os.readlink(folder / CURRENT)).name  # noqa: PTH115 - the name alone is believed, never the place
        if is_complete(code, version):
            return State(version)
    return None


_DEFAULTS = tuple(State._field_defaults.values())


def write(folder: Path, state: State) -> None:
    """Replace the state as a whole; after a power cut it is the old one or the new one. Raises `OSError`."""
    descriptor, name = tempfile.mkstemp(prefix=".slots-", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(state._asdict()).encode())
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(name, folder / STATE)  # noqa: PTH105 - as it is written everywhere else
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise
    _settle(folder)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let nobody else change the state meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def change(folder: Path, code: Path, how: Callable[[State], State]) -> State | None:
    """Replace the state by what `how` makes of it; return it, or None where there is none. Raises `OSError`."""
    with locked(folder):
        before = read(folder, code)
        if before is None:
            return None
        after = how(before)
        if after != before or not (folder / STATE).exists():
            write(folder, after)
        return after


def confirm(folder: Path, code: Path, version: str, now: float) -> State | None:
    """Note down that `version` is healthy, if it is on trial and there as a whole to be started again."""
    return change(folder, code, lambda state: confirmed(state, version, now) if is_complete(code, version) else state)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point(folder: Path, slot: Path) -> None:
    """Let `current` point to the slot, in one step."""
    with contextlib.suppress(OSError):
        if (folder / CURRENT).is_symlink() and os.readlink(folder / CURRENT) == str(slot):  # noqa: PTH115
            return
        fresh = folder / f".{CURRENT}-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(slot)
        fresh.replace(folder / CURRENT)
        _settle(folder)


class Patience(NamedTuple):
    """How long a version may be on trial at one start until it is healthy, and how often it may start."""

    seconds: float = 900.0
    starts: int = 4


def start(code: Path, folder: Path, patience: Patience) -> int:
    """Run the agent in the version that is to run; return its exit code, or 1 after a trial has failed."""
    state = change(
        folder, code, lambda before: at_start(before, lambda v: is_complete(code, v), patience.starts, time.time())
    )
    if state is None:
        print(f"No version of the edge agent is installed in {code}: run `vicino-gateway setup`.", file=sys.stderr)
        return 1
    slot = code / SLOTS / state.chosen
    _point(folder, slot)
    argv = _argv(slot, ["run"])
    if not state.trial:
        os.execve(argv[0], argv, _environment(code, folder))  # noqa: S606 - in place of this process
    return _on_trial(argv, code, folder, state.trial, patience)


def _on_trial(argv: list[str], code: Path, folder: Path, version: str, patience: Patience) -> int:
    """Stay beside a version on trial: whatever it does, it has to be confirmed in time."""
    ending: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        ending.append(number)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        child = subprocess.Popen(argv, env=_environment(code, folder))
    except OSError as error:
        _roll_back(code, folder, version, f"it cannot be started: {error.strerror}")
        return 1
    deadline = time.monotonic() + patience.seconds
    trial = True
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return _exit_code(child.wait(_LOOK_S))
        if ending:
            return _end(child)
        trial = trial and _is_on_trial(code, folder, version)
        if trial and time.monotonic() >= deadline:
            _end(child)
            _roll_back(code, folder, version, f"it was not healthy within {patience.seconds:.0f} seconds")
            return 1


def _is_on_trial(code: Path, folder: Path, version: str) -> bool:
    state = read(folder, code)
    return state is not None and state.trial == version


def _roll_back(code: Path, folder: Path, version: str, reason: str) -> None:
    print(f"Version {version} is rolled back: {reason}.", file=sys.stderr)
    change(
        folder, code, lambda state: rolled_back(state, reason, time.time()) if state.trial == version else state
    )  # fmt: skip


def _end(child: subprocess.Popen[bytes]) -> int:
    child.terminate()
    try:
        return _exit_code(child.wait(_END_S))
    except subprocess.TimeoutExpired:
        child.kill()
        return _exit_code(child.wait())


def _exit_code(code: int) -> int:
    # As shells say it of who was ended by a signal.
    return code if code >= 0 else 128 - code


def _argv(slot: Path, arguments: list[str]) -> list[str]:
    # Isolated: no folder that somebody else may write comes before the slot's own packages.
    return [str(slot / "bin" / "python"), "-I", "-m", "gateway.edge", *arguments]


def _environment(code: Path, folder: Path) -> dict[str, str]:
    return {**os.environ, "VICINO_EDGE_CODE": str(code), "VICINO_EDGE_STATE": str(folder)}


def main(arguments: list[str] | None = None) -> int:
    """Run the agent, or with more arguments any other command of the version that is to run."""
    parser = argparse.ArgumentParser(
        description="Start the edge agent in the version that is to run.", allow_abbrev=False, add_help=False
    )
    parser.add_argument("--code", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--trial-seconds", type=float, default=Patience().seconds)
    parser.add_argument("--trial-starts", type=int, default=Patience().starts)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given, options = parser.parse_known_args(arguments)
    command = [*options, *given.command]
    if command in ([], ["run"]):
        return start(given.code, given.state, Patience(given.trial_seconds, given.trial_starts))
    state = read(given.state, given.code)
    if state is None:
        print(f"No version of the edge agent is installed in {given.code}.", file=sys.stderr)
        return 1
    argv = _argv(given.code / SLOTS / state.good, command)
    os.execve(argv[0], argv, _environment(given.code, given.state))  # noqa: S606 - in place of this process
    return 0


if __name__ == "__main__":
    sys.exit(main())
