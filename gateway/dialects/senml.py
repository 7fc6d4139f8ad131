"""Devices of one's own that speak SenML on `{base}/{device}`.

On `{base}/{device}/availability` they say whether they are there, by `online` and `offline`. A record is named after a
quantity of our vocabulary and perhaps a channel (`temperature`, `power/2`); one that has another device's name before
it (`probe/temperature`) is of that device.
"""

from collections.abc import Sequence
from typing import Any

from core.messages import FoundDevice
from devices.decoders import senml
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.homeassistant.discovery import slug
from devices.decoders.payload import plain_text
from devices.models import find
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_ONLINE = {"online": 1.0, "offline": 0.0}
_AVAILABILITY = "availability"
_MOST_PARTS = 6


class Senml:
    """All devices whose topics begin with `base`."""

    name = "senml"

    def __init__(self, base: str) -> None:
        self._prefix = f"{base}/"
        self._roster = Roster()

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Packs, and whether devices are there."""
        return (f"{self._prefix}+", f"{self._prefix}+/{_AVAILABILITY}")

    def is_note(self, topic: str) -> bool:  # noqa: ARG002 - a pack explains itself
        """Tell that no message is needed to understand another."""
        return False

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a pack measures, by device and time."""
        name, _, rest = topic.removeprefix(self._prefix).partition("/")
        if not topic.startswith(self._prefix) or not payload:
            return ()
        if rest == _AVAILABILITY:
            return self._availability(name, payload)
        records = senml.decode(payload)
        if isinstance(records, Refusal):
            return (records,)
        self._note(name)
        return self._said(name, records)

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices that were heard."""
        return self._roster.found()

    def _availability(self, name: str, payload: bytes) -> Sequence[Said | Refusal]:
        online = _ONLINE.get(plain_text(payload))
        if online is None:
            return (Refusal("shape", "The device is neither online nor offline."),)
        return (Said(self._note(name), (Measurement("reachable", online),)),)

    def _said(
        self, name: str, records: Sequence[senml.Dated | senml.Unmapped | Refusal]
    ) -> Sequence[Said | Refusal]:  # fmt: skip
        refused: list[Refusal] = []
        measured: dict[tuple[str, float, float], list[senml.Dated]] = {}
        others: dict[str, dict[str, Any]] = {}
        for record in records:
            if isinstance(record, Refusal):
                refused.append(record)
            elif isinstance(record, senml.Unmapped):
                others.setdefault(record.device or name, {})[record.name] = record.value
            else:
                seconds = record.at.timestamp() if record.at else 0.0
                measured.setdefault((record.device or name, seconds, -record.ago_s), []).append(record)
        # What was earlier comes first: so the course of each series is told as it was.
        said = [
            Said(self._note(device), tuple(one.measurement for one in each), each[0].at, ago_s=each[0].ago_s)
            for (device, *_), each in sorted(measured.items())
        ]
        return [*refused, *said, *(Said(self._note(device), (), None, each) for device, each in others.items())]

    def _note(self, name: str) -> str:
        key = slug(name)
        self._roster.note(FoundDevice(key=key, name=name, model=model_of(name)))
        return key


def model_of(name: str) -> str:
    """Return the model of the catalogue that a device's name begins with, as "ua-651ble-00091f800123"; "" if none."""
    parts = name.split("-")
    names = ("-".join(parts[:count]) for count in range(min(len(parts), _MOST_PARTS), 0, -1))
    return next((each for each in names if (known := find(each)) and known.protocol == "senml"), "")
