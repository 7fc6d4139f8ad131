"""Switching sirens on and off over a radio that may lose a message. Pure: what to publish comes out.

While a siren has to sound it is told so again and again; when it has not, it is told so several times. What was ever
switched on and not off is remembered by the caller across restarts, so that no siren sounds on because of a crash.
"""

from collections.abc import Iterable
from typing import NamedTuple

from core.gateway_config import Siren

ON_AGAIN_S = 20.0
OFF_AGAIN_S = 5.0  # then after twice as long each time
OFF_TIMES = 6


class Command(NamedTuple):
    """What to publish where, below the base topic of Zigbee2MQTT."""

    topic: str
    payload: str


class Lit(NamedTuple):
    """A siren that may sound: where it is switched, and how off."""

    topic: str
    off: str


class _State(NamedTuple):
    off: str
    next_at: float
    offs_left: int


class Switching:
    """The sirens of one home."""

    def __init__(self, lit: Iterable[Lit] = ()) -> None:
        """Take over what may have been left on."""
        self._states = {each.topic: _State(each.off, float("-inf"), OFF_TIMES) for each in lit}

    @property
    def lit(self) -> list[Lit]:
        """What may sound, as `__init__` takes it."""
        return [Lit(topic, state.off) for topic, state in self._states.items()]

    def commands(self, wanted: Iterable[Siren], now: float) -> list[Command]:
        """Return what is to be published now so that exactly `wanted` sound."""
        on = {f"{siren.target}/{siren.topic}": siren for siren in wanted}
        for topic, siren in on.items():
            state = self._states.get(topic)
            if state is None or state.offs_left < OFF_TIMES:
                self._states[topic] = _State(siren.off, now, OFF_TIMES)
        found: list[Command] = []
        for topic, state in self._states.items():
            if topic in on:
                if state.next_at <= now:
                    found.append(Command(topic, on[topic].on))
            elif state.offs_left == OFF_TIMES or state.next_at <= now:
                found.append(Command(topic, state.off))
        return found

    def published(self, command: Command, now: float) -> None:
        """Note that a command was handed to the broker."""
        state = self._states.get(command.topic)
        if state is None:
            return
        if command.payload != state.off:
            self._states[command.topic] = state._replace(next_at=now + ON_AGAIN_S)
        elif state.offs_left > 1:
            wait_s = OFF_AGAIN_S * 2.0 ** (OFF_TIMES - state.offs_left)
            self._states[command.topic] = state._replace(next_at=now + wait_s, offs_left=state.offs_left - 1)
        else:
            del self._states[command.topic]

    def next_at(self) -> float | None:
        """Return when something is to be published again; None if nothing is."""
        return min((state.next_at for state in self._states.values()), default=None)
