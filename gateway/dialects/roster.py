"""The devices that a dialect has heard of, and no more of them than there is room for."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from core.messages import FoundDevice

_MOST_DEVICES = 1_000
_MOST_STRANGERS = 200
_MOST_VALUES = 50
_TEXT = 80


class Roster:
    """Devices by key, and strangers by name: those that nothing explains yet, with the latest that they said.

    Where there is no room for one more, the one that has not been heard for longest is forgotten.
    """

    def __init__(self) -> None:
        self._devices: dict[str, FoundDevice] = {}
        # By when they were heard, the longest unheard first; the devices stay in the order in which they were found.
        self._heard: dict[str, None] = {}
        self._strangers: dict[str, dict[str, str]] = {}

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
        name = name[:_TEXT]
        noted = self._strangers.pop(name, {})
        if len(self._strangers) >= _MOST_STRANGERS:
            self._strangers.pop(next(iter(self._strangers)))
        self._strangers[name] = noted
        for key, value in said.items():
            if key[:_TEXT] in noted or len(noted) < _MOST_VALUES:
                noted[key[:_TEXT]] = str(value)[:_TEXT]

    def explained(self, name: str) -> None:
        """Forget a stranger that is known now."""
        self._strangers.pop(name[:_TEXT], None)

    def forget(self, key: str) -> None:
        """Forget a device that is there no more."""
        self._devices.pop(key, None)
        self._heard.pop(key, None)

    def found(self) -> Sequence[FoundDevice]:
        """Return the devices, then the strangers, which have no key."""
        strangers = [
            FoundDevice(key="", name=name, unmapped=dict(said)) for name, said in sorted(self._strangers.items())
        ]
        return [*self._devices.values(), *strangers]


def _together(before: FoundDevice, now: FoundDevice) -> FoundDevice:
    said = {name: getattr(now, name) or getattr(before, name) for name in ("name", "vendor", "model", "description")}
    return msgspec.structs.replace(
        before,
        **said,
        exposes=list(dict.fromkeys([*before.exposes, *now.exposes])),
        quantities=sorted({*before.quantities, *now.quantities}),
    )
