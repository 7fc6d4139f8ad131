"""When nothing of a home is known, for technical reasons or in a pause: then there is no verdict on the person."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from analytics.frames import Span, overlap
from analytics.silence.verdict import Cause, Silence, Verdict

# What a gateway keeps during these comes in when they are over.
KEPT = frozenset({Silence.LINE_CUT})
KEPT_BY = frozenset({Cause.ON_BATTERY, Cause.MAINS_DEVICES})


class Blind(NamedTuple):
    """When the whole home, and when single devices (by id), could not tell anything.

    `told` are all silences of the home that have been told of, whether or not what happened in them came in later.
    `weak` are the devices that live, but whose batteries are low. `rests` are pauses: the sensors told, and nothing was
    recorded.
    """

    home: Sequence[Span] = ()
    devices: Mapping[int, Sequence[Span]] = MappingProxyType({})
    told: Sequence[Span] = ()
    weak: frozenset[int] = frozenset()
    rests: Sequence[Span] = ()

    def of(self, device_ids: Iterable[int]) -> list[Span]:
        """Return when at least one of some devices could not tell anything."""
        return [span for each in device_ids for span in self.devices.get(each, ())]

    def explains(self, silence: Span, device_id: int | None = None) -> bool:
        """Tell whether a silence of the home, or of a device, touches one that has been told of."""
        of_device = () if device_id is None else self.devices.get(device_id, ())
        return any(overlap(silence, span) for span in (*self.told, *of_device))


SEEING = Blind()


def blind(verdicts: Iterable[Verdict], now: int) -> Blind:
    """Return when nothing could be told, from what is known of the technical silences of a home at `now`."""
    home: list[Span] = []
    told: list[Span] = []
    devices: dict[int, list[Span]] = {}
    weak: set[int] = set()
    for verdict in verdicts:
        span = verdict.span(now)
        came_in = verdict.until is not None and (verdict.silence in KEPT or verdict.cause in KEPT_BY)
        if verdict.subject.kind == "gateway":
            told.append(span)
            home += [] if came_in else [span]
        elif verdict.subject.kind == "systems":
            told.append(span)
            for device_id in verdict.devices:
                devices.setdefault(device_id, []).append(span)
        elif verdict.cause is not Cause.WEAK:
            devices.setdefault(verdict.subject.id, []).append(span)
        elif verdict.until is None:
            weak.add(verdict.subject.id)
    return Blind(home, devices, told, frozenset(weak))
