"""What all sources of a gateway have found, as the one inventory that it publishes: no more than the service takes.

What is installed comes first, then what the catalogue describes, what has a key, and last the strangers; within each,
what was found first. What there is no room for is counted.
"""

import threading
from collections.abc import Callable, Collection, Iterable

import msgspec

from core.messages import MOST_DEVICES, MOST_INVENTORY_BYTES, MOST_WORDS, FoundDevice, Inventory
from devices.models import find

_TEXT = 300
_FRAME_BYTES = 100  # what stands around the devices


class Findings:
    """Puts the inventories of several sources together; `say` is called with the whole when one of them changes.

    `installed` tells the keys of the devices that the gateway's configuration names.
    """

    def __init__(
        self, say: Callable[[Inventory], None], installed: Callable[[], Collection[str]] = frozenset[str]
    ) -> None:
        self._say = say
        self._installed = installed
        self._found: dict[str, list[FoundDevice]] = {}
        self._mutex = threading.Lock()

    def of(self, source: str) -> Callable[[Inventory], None]:
        """Return where one source, by its name, says what it has found; any thread may call it."""

        def found(inventory: Inventory) -> None:
            with self._mutex:
                self._found[source] = [msgspec.structs.replace(device, system=source) for device in inventory.devices]
                self._say(fitted((each for devices in self._found.values() for each in devices), self._installed()))

        return found


def fitted(found: Iterable[FoundDevice], installed: Collection[str]) -> Inventory:
    """Return what was found as far as there is room for it, and how many devices there was none for."""
    kept: list[FoundDevice] = []
    left_out, room = 0, MOST_INVENTORY_BYTES - _FRAME_BYTES
    for device in sorted(found, key=lambda each: _rank(each, installed)):
        cut = _cut(device)
        size = len(msgspec.json.encode(cut)) + 1
        if len(kept) < MOST_DEVICES and size <= room and len(device.key) <= _TEXT:
            kept.append(cut)
            room -= size
        else:
            left_out += 1
    return Inventory(kept, left_out)


def _rank(device: FoundDevice, installed: Collection[str]) -> int:
    if device.key in installed:
        return 0
    if device.model and find(device.model, device.vendor) is not None:
        return 1
    return 2 if device.key else 3


def _cut(device: FoundDevice) -> FoundDevice:
    """Return a device with no more, and no longer, texts than the service takes."""
    return FoundDevice(
        key=device.key,
        name=_text(device.name),
        vendor=_text(device.vendor),
        model=_text(device.model),
        description=_text(device.description),
        exposes=[_text(each) for each in device.exposes[:MOST_WORDS]],
        quantities=[_text(each) for each in device.quantities[:MOST_WORDS]],
        unmapped={_text(name): _text(value) for name, value in list(device.unmapped.items())[:MOST_WORDS]},
        system=device.system,
    )


def _text(text: str) -> str:
    return text.replace("\0", "")[:_TEXT]
