"""Activations of a sensor that follow each other too closely count once, and contacts may bounce. Pure.

The refractory time of a device's quantity is in its configuration, 0 if it is not. Never for safety.

* An event within the refractory time of the last one counted is not told.
* Of a state, what changes within the refractory time of the last activation counted is held: if it changes back, both
  are forgotten, for the sensor has only been activated once more; else it is told when the time is over, as of when
  it happened. So a state is never wrong for longer than that. A contact bounces when it closes, too: with it every
  change told begins the time, not the opening alone.

Times are those that readings have by their source, else those of their arrival; one that lies before the last counted
comes from a clock that was put back, and is told.
"""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from core.gateway_config import ConfiguredDevice
from core.vocabulary import BY_NAME, Kind
from gateway.reading import Reading, quantity_of

Token = TypeVar("Token")


class Moment(NamedTuple):
    """Now: the best that is known of the time, and the monotonic clock, both in milliseconds."""

    at_ms: int
    monotonic_ms: int


class Held(NamedTuple, Generic[Token]):
    """A change that waits, the message it came in, and when it is to be told at the latest, by the monotonic clock."""

    reading: Reading
    token: Token
    at_ms: int
    due_ms: int


class Sifted(NamedTuple, Generic[Token]):
    """What became of a reading: `told` are to be told now, each with its message, `forgotten` need not wait any more.

    `held` tells that the reading itself waits.
    """

    told: Sequence[tuple[Reading, Token]]
    forgotten: Sequence[Token]
    held: bool


class _Course(NamedTuple):
    """The value told last of a series, and since when its refractory time runs, None if it does not."""

    value: float
    since_ms: int | None


class Refractory(Generic[Token]):
    """The series of one gateway. `device` tells what is configured for a key."""

    def __init__(self, device: Callable[[str], ConfiguredDevice | None]) -> None:
        self._device = device
        self._courses: dict[str, _Course] = {}
        self._held: dict[str, Held[Token]] = {}

    def take(self, reading: Reading, token: Token, now: Moment) -> Sifted[Token]:
        """Take a reading in; `token` is the message it came in."""
        name, kind = reading.name, BY_NAME[quantity_of(reading.name)].kind
        refractory_ms = self._refractory_ms(name)
        if not (refractory_ms or name in self._held) or kind not in (Kind.EVENT, Kind.STATE):
            return Sifted([(reading, token)], [], held=False)
        at_ms = now.at_ms if reading.at_ms is None else reading.at_ms
        told: list[tuple[Reading, Token]] = []
        if name in self._held and not self._is_within(name, at_ms, refractory_ms):
            told.append(self._release(name))
        if not self._is_within(name, at_ms, refractory_ms):
            self._count(reading, at_ms)
            return Sifted([*told, (reading, token)], [], held=False)
        earlier = self._held.pop(name, None)
        forgotten = [] if earlier is None else [earlier.token]
        course = self._courses[name]
        if kind is Kind.EVENT or reading.value == course.value:
            return Sifted(told, forgotten, held=False)
        left_ms = max(0, (course.since_ms or 0) + refractory_ms - now.at_ms)
        self._held[name] = Held(reading, token, at_ms, now.monotonic_ms + min(left_ms, refractory_ms))
        return Sifted(told, forgotten, held=True)

    def due(self, monotonic_ms: int) -> list[tuple[Reading, Token]]:
        """Return what has waited long enough."""
        return [self._release(name) for name, held in list(self._held.items()) if held.due_ms <= monotonic_ms]

    def next_due_ms(self) -> int | None:
        """Return when something has waited long enough, by the monotonic clock; None if nothing waits."""
        return min((held.due_ms for held in self._held.values()), default=None)

    @property
    def waiting(self) -> list[Held[Token]]:
        """What waits."""
        return list(self._held.values())

    def _release(self, name: str) -> tuple[Reading, Token]:
        held = self._held.pop(name)
        self._count(held.reading, held.at_ms)
        return held.reading, held.token

    def _count(self, reading: Reading, at_ms: int) -> None:
        before = self._courses.get(reading.name)
        begins = quantity_of(reading.name) == "contact" or reading.value != 0
        since_ms = at_ms if begins else None if before is None else before.since_ms
        self._courses[reading.name] = _Course(reading.value, since_ms)

    def _is_within(self, name: str, at_ms: int, refractory_ms: int) -> bool:
        course = self._courses.get(name)
        return course is not None and course.since_ms is not None and 0 <= at_ms - course.since_ms < refractory_ms

    def _refractory_ms(self, name: str) -> int:
        quantity = quantity_of(name)
        device = self._device(name.partition("/")[0])
        if device is None or BY_NAME[quantity].safety:
            return 0
        return round(device.refractory_s.get(quantity, 0.0) * 1000)
