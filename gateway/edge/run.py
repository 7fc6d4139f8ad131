"""`vicino-gateway run`: the agent as one of several installed versions."""

import argparse
import faulthandler
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import gateway.__main__ as agent
from core.clock import Clock, SystemClock
from core.log import logger
from core.messages import GatewayUpdate
from core.metrics import own_version
from gateway.edge import launcher
from gateway.edge.settings import EdgeSettings
from gateway.metrics import Standing

STANDING = "standing.json"
_TOLD_EVERY_S = 5.0


class Slots:
    """Watches which version is to run, and confirms this one once it is connected and heard.

    A version on trial is confirmed when for `steady_s` seconds each gateway has had its connection, nothing has hung,
    and what there was to send was called stored.
    """

    def __init__(self, code: Path, state: Path, version: str, clock: Clock, *, run: Path, steady_s: float) -> None:
        self._code = code
        self._folder = state
        self._version = version
        self._clock = clock
        self._run = run
        self._steady_s = steady_s
        self._well_since: float | None = None
        self._tell_at = 0.0
        self._seen: object = None
        self._state = launcher.read(state, code)

    def update(self) -> GatewayUpdate | None:
        """Return what became of the last update; None where there was none."""
        state = self._state
        if state is None or not state.result:
            return None
        return GatewayUpdate(state.result, state.subject, state.reason[:200], datetime.fromtimestamp(state.at, UTC))

    def look(self, standings: Sequence[Standing], *, well: bool) -> bool:
        """Take note of how the gateways stand; return False if another version is to run."""
        self._read()
        now = self._clock.monotonic()
        if now >= self._tell_at:
            self._tell_at = now + _TOLD_EVERY_S
            self._tell(standings)
        if self._state is None or not launcher.is_version(self._version):
            return True
        if self._state.trial == self._version:
            self._try(now, well=well and all(map(_is_heard, standings)))
        if self._state.chosen != self._version:
            logger().info("ending for another version", version=self._state.chosen)
            return False
        return True

    def _try(self, now: float, *, well: bool) -> None:
        if not well:
            self._well_since = None
        elif self._well_since is None:
            self._well_since = now
        elif now - self._well_since >= self._steady_s:
            try:
                self._state = launcher.confirm(self._folder, self._code, self._version, time.time())
            except OSError as error:
                logger().error("the version cannot be confirmed", reason=str(error))
            else:
                self._well_since = None
                logger().info("version tried", version=self._version, state=self._state and self._state.result)

    def _read(self) -> None:
        try:
            found = (self._folder / launcher.STATE).stat()
        except OSError:
            return
        # A file that is replaced is another one, also within the same tick of the clock.
        seen = (found.st_ino, found.st_mtime_ns)
        if seen != self._seen:
            self._seen = seen
            self._state = launcher.read(self._folder, self._code) or self._state

    def _tell(self, standings: Sequence[Standing]) -> None:
        content = msgspec.json.encode({"at": time.time(), "version": self._version, "gateways": standings})
        unfinished = self._run / f".{STANDING}"
        try:
            unfinished.write_bytes(content)
            unfinished.replace(self._run / STANDING)
        except OSError:
            # Only a person at the board misses it.
            self._tell_at += 60.0


def _is_heard(standing: Standing) -> bool:
    return standing.connected and (standing.stored > 0 or not standing.queued)


def main(command: str, arguments: list[str]) -> int:
    """Run the agent; return its exit code."""
    argparse.ArgumentParser(prog=f"vicino-gateway {command}").parse_args(arguments)
    # What systemd's watchdog ends says in the journal where it hung: lines of code, no data.
    faulthandler.enable()
    settings = EdgeSettings()
    clock = SystemClock()
    return agent.main(
        Slots(
            settings.edge_code,
            settings.edge_state,
            own_version(),
            clock,
            run=settings.edge_run,
            steady_s=settings.trial_steady_s,
        )
    )
