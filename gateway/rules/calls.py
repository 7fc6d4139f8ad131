"""Calls for help that the service has not called stored: which sirens sound for them, and when contacts are told.

Pure: the time is an argument, seconds of a clock that never jumps.

* A call sounds at once while there is no connection, else from when the connection is lost, or if it is not called
  stored within `siren_after_s`. It goes on until it is called stored, the resident withdraws it, or its siren's time
  is over: a connection that comes back is no help yet.
* Contacts are to be told once if a call is not called stored within `tell_after_s`. A detector repeats its call over
  and over: of a series that they were told of, they are told again only after `TOLD_AGAIN_S`, of a button or a fall
  after `PRESSED_AGAIN_S`, for that may be somebody who needs help once more. What is stored or withdrawn ends the wait:
  the next call is one of its own.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from core.gateway_config import GatewayConfig, Siren
from core.senml import decode
from core.vocabulary import CALLS
from gateway.outbox import Batch
from gateway.reading import quantity_of

TOLD_AGAIN_S = 900.0
PRESSED_AGAIN_S = 60.0
LONGEST_S = 900.0  # no siren sounds for longer
_WITHDRAWN = "sos_button"
_OF_PEOPLE = frozenset({"sos_button", "fall"})
_HEARD = CALLS | {"sos_cancelled"}


class Call(NamedTuple):
    """A call for help: the batch it goes in, its series, and when it was, in milliseconds since 1970.

    `in_doubt` tells that the time is that of a clock that was not synchronised.
    """

    sequence: int
    name: str
    at_ms: int
    in_doubt: bool = False

    @property
    def quantity(self) -> str:
        """What it is about."""
        return quantity_of(self.name)


class _Pending(NamedTuple):
    call: Call
    tells_at: float
    sounds_from: float
    withdrawn: bool = False
    told: bool = False
    sounded: bool = False


def calls_in(batch: Batch) -> list[Call]:
    """Return the calls for help in an urgent batch, and what withdraws one, in their order."""
    in_doubt = batch.properties.clock != "synced"
    return [
        Call(batch.properties.sequence, name, at_ms, in_doubt)
        for name, at_ms, value, _ in decode(batch.payload)[0]
        if value and quantity_of(name) in _HEARD
    ]


class Calls:
    """The calls of one gateway that wait for the service's word."""

    def __init__(self) -> None:
        self._up = False
        self._pending: dict[tuple[int, str], _Pending] = {}
        self._told_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def uplink(self, now: float, *, up: bool) -> None:
        """Note that the connection to the service has come or gone."""
        self._up = up
        if not up:
            for key, pending in self._pending.items():
                self._pending[key] = pending._replace(sounds_from=min(pending.sounds_from, now))

    def called(
        self, call: Call, now: float, config: GatewayConfig, *, earlier: bool = False, told: bool = False,
        sounded: bool = False,
    ) -> None:  # fmt: skip
        """Take up a call; one of an `earlier` start waits for a connection first, and has `told` or `sounded`."""
        at_once = not self._up and not earlier
        self._pending[call.sequence, call.name] = _Pending(
            call,
            tells_at=now + config.tell_after_s,
            sounds_from=now if at_once else now + config.siren_after_s,
            told=told,
            sounded=sounded,
        )

    def stored(self, sequence: int) -> None:
        """Let the calls of a batch go that the service has stored."""
        for key in [key for key in self._pending if key[0] == sequence]:
            del self._pending[key]
            self._told_at.pop(key[1], None)

    def withdrawn(self) -> None:
        """Note that the resident has withdrawn an SOS: those that wait neither sound nor are told any more."""
        for key, pending in self._pending.items():
            if pending.call.quantity == _WITHDRAWN:
                self._pending[key] = pending._replace(withdrawn=True)
        self._told_at = {name: at for name, at in self._told_at.items() if quantity_of(name) != _WITHDRAWN}

    def sounding(self, sirens: Sequence[Siren], now: float) -> list[Siren]:
        """Return which of `sirens` have to sound now."""
        return [siren for siren in sirens if any(_sounds(pending, siren, now) for pending in self._pending.values())]

    def to_tell(self, now: float) -> list[Call]:
        """Return the calls that contacts are to be told of now, each once."""
        found: list[Call] = []
        for key, pending in list(self._pending.items()):
            if self._pending[key].told or pending.withdrawn or now < pending.tells_at:
                continue
            again_at = self._again_at(pending.call)
            if again_at is not None and now < again_at:
                self._pending[key] = pending._replace(tells_at=again_at)
                continue
            self._told_at[pending.call.name] = now
            found.append(pending.call)
            # Whoever is told now knows of all that the series has called until now.
            for other, each in self._pending.items():
                if each.call.name == pending.call.name:
                    self._pending[other] = each._replace(told=True)
        return found

    def _again_at(self, call: Call) -> float | None:
        """Return until when contacts are not told of a series again; None if they were not told of it."""
        told_at = self._told_at.get(call.name)
        if told_at is None:
            return None
        return told_at + (PRESSED_AGAIN_S if call.quantity in _OF_PEOPLE else TOLD_AGAIN_S)

    def next_at(self, sirens: Sequence[Siren], now: float) -> float | None:
        """Return when something changes by the passing of time alone; None if nothing will."""
        times: list[float] = []
        for pending in self._pending.values():
            if pending.withdrawn:
                continue
            if not pending.told:
                times.append(pending.tells_at)
            if not pending.sounded:
                times.append(pending.sounds_from)
                times += [pending.sounds_from + siren.seconds for siren in sirens if _concerns(siren, pending)]
        return min((at for at in times if at > now), default=None)

    def settle(self, now: float) -> None:
        """Note which calls have sounded for as long as any siren may."""
        for key, pending in self._pending.items():
            if not pending.sounded and now >= pending.sounds_from + LONGEST_S:
                self._pending[key] = pending._replace(sounded=True)

    def of(self, sequences: Collection[int]) -> Iterable[Call]:
        """Return the calls that wait in these batches."""
        return [pending.call for pending in self._pending.values() if pending.call.sequence in sequences]

    @property
    def told(self) -> set[int]:
        """The batches that wait and that contacts are told of, or need not be."""
        return self._batches({key for key, pending in self._pending.items() if pending.told or pending.withdrawn})

    @property
    def sounded(self) -> set[int]:
        """The batches that wait and will not sound any more."""
        return self._batches({key for key, pending in self._pending.items() if pending.sounded or pending.withdrawn})

    def _batches(self, settled: set[tuple[int, str]]) -> set[int]:
        return {key[0] for key in settled} - {key[0] for key in self._pending if key not in settled}


def _concerns(siren: Siren, pending: _Pending) -> bool:
    return pending.call.quantity in siren.quantities


def _sounds(pending: _Pending, siren: Siren, now: float) -> bool:
    return (
        not pending.withdrawn
        and not pending.sounded
        and _concerns(siren, pending)
        and pending.sounds_from <= now < pending.sounds_from + siren.seconds
    )
