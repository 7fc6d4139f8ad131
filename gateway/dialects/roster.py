"""The devices that a dialect has heard of, and no more of them than there is room for."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.messages import FoundDevice
from gateway.unexplained import TEXT, Unexplained

_MOST_DEVICES = 1_000
_MOST_STRANGERS = 200
_MOST_VALUES = 50


class Roster:
    """Devices by key, and strangers by name: those that nothing explains yet, with the latest that they said.

    Where there is no room for one more, the one that has not been heard for longest is forgotten.
    """

    def __init__(self) -> None:
        self._devices: dict[str, FoundDevice] = {}
        # By when they were heard, the longest unheard first; the devices stay in the order in which they were found.
        self._heard: dict[str, None] = {}
        self._strangers = Unexplained(most=_MOST_STRANGERS, most_values=_MOST_VALUES)

    def note(self, device: FoundDevice) -> None:
        """Note a device, or what is known of it now; what was known before is kept where nothing is said anew."""
        before = self._devices.get(device.key)
        self._heard.pop(device.key, None)
        if before is None and len(self._devices) >= _MOST_DEVICES:
            self.forget(next(iter(self._heard)))
        self._heard[device.key] = None
        known = device if before is None else _together(before, device)
        if known != before:
            self._devices[device.key] = known

    def stranger(self, name: str, said: Mapping[str, Any] = {}) -> None:
        """Note something that nothing explains."""
        self._strangers.note(name[:TEXT], said)

    def explained(self, name: str) -> None:
        """Forget a stranger that is known now."""
        self._strangers.forget(name[:TEXT])

    def forget(self, key: str) -> None:
        """Forget a device that is there no more."""
        self._devices.pop(key, None)
        self._heard.pop(key, None)

    def found(self) -> Sequence[FoundDevice]:
        """Return the devices, then the strangers, which have no key."""
        strangers = [FoundDevice(key="", name=name, unmapped=said) for name, said in self._strangers.by_name()]
        return [*self._devices.values(), *strangers]


def _together(before: FoundDevice, now: FoundDevice) -> FoundDevice:
    said = {name: getattr(now, name) or getattr(before, name) for name in ("name", "vendor", "model", "description")}
    return msgspec.structs.replace(
        before,
        **said,
        exposes=list(dict.fromkeys([*before.exposes, *now.exposes])),
        quantities=sorted({*before.quantities, *now.quantities}),
    )
