"""Tells systemd that the agent lives while every part of it goes on: what hangs is killed and started anew."""

from collections.abc import Callable, Sequence

from core import systemd
from core.clock import Clock
from core.log import logger
from gateway.agent import Agent
from gateway.metrics import Standing

# Longer than any part waits when it has nothing to do, and than a slow card takes for a commit.
STUCK_S = 90.0
_STATUS_EVERY_S = 30.0
# How many times in the time it allows systemd is told.
_BEATS = 4


class Watchdog:
    """Watches the parts of the agents of one process."""

    def __init__(
        self,
        agents: Sequence[Agent],
        clock: Clock,
        *,
        allowed_s: float | None,
        tell: Callable[..., bool] = systemd.notify,
        stuck_s: float = STUCK_S,
    ) -> None:
        """Prepare to tell by `tell` that all is well, several times within `allowed_s`; never if that is None."""
        self._agents = agents
        self._clock = clock
        self._tell = tell
        self._stuck_s = stuck_s
        self._every_s = None if allowed_s is None else allowed_s / _BEATS
        self._next_beat = self._next_status = 0.0
        self._ready = False
        self._said: list[str] = []

    def look(self) -> bool:
        """Tell systemd what is to be told now; return whether every part goes on. Call it about once a second."""
        now = self._clock.monotonic()
        if not self._ready:
            self._ready = True
            self._tell(systemd.READY)
        stuck = [name for agent in self._agents for name in agent.stuck(now - self._stuck_s)]
        if stuck != self._said:
            self._said = stuck
            if stuck:
                logger().error("parts of the gateway do not go on", name=", ".join(sorted(set(stuck))))
        if not stuck and self._every_s is not None and now >= self._next_beat:
            self._next_beat = now + self._every_s
            self._tell(systemd.ALIVE)
        if now >= self._next_status:
            self._next_status = now + _STATUS_EVERY_S
            self._tell(systemd.status(_sentence([agent.standing() for agent in self._agents])))
        return not stuck

    def end(self) -> None:
        """Tell systemd that the agent ends on purpose."""
        self._tell(systemd.STOPPING)


def _sentence(standings: Sequence[Standing]) -> str:
    connected = sum(standing.connected for standing in standings)
    waiting = sum(standing.queued for standing in standings)
    return f"{connected} of {len(standings)} gateways connected, {waiting} readings not stored yet"
