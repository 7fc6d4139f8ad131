"""When to start a crashed service again: sooner at first, ever later while it keeps crashing."""

from core.clock import Clock

FIRST_S = 0.5
MOST_S = 30.0
STEADY_S = 60.0


class Backoff:
    """The pauses between the starts of one service.

    They double from `FIRST_S` to `MOST_S`; a service that ran for `STEADY_S` has proved itself, and its next
    pause is the first one again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause = FIRST_S
        self._started_at = clock.monotonic()
        self._due_at = self._started_at

    @property
    def due(self) -> bool:
        """Whether the pause is over."""
        return self._clock.monotonic() >= self._due_at

    def started(self) -> None:
        """Note that the service was started now."""
        self._started_at = self._clock.monotonic()

    def ended(self) -> float:
        """Note that the service ended now, and return the seconds until it is due again."""
        now = self._clock.monotonic()
        if now - self._started_at >= STEADY_S:
            self._pause = FIRST_S
        pause = self._pause
        self._due_at = now + pause
        self._pause = min(pause * 2, MOST_S)
        return pause
