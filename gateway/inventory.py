"""What all sources of a gateway have found, as the one inventory that it publishes."""

import threading
from collections.abc import Callable

import msgspec

from core.messages import FoundDevice, Inventory


class Findings:
    """Puts the inventories of several sources together; `say` is called with the whole when one of them changes."""

    def __init__(self, say: Callable[[Inventory], None]) -> None:
        self._say = say
        self._found: dict[str, list[FoundDevice]] = {}
        self._mutex = threading.Lock()

    def of(self, source: str) -> Callable[[Inventory], None]:
        """Return where one source, by its name, says what it has found; any thread may call it."""

        def found(inventory: Inventory) -> None:
            with self._mutex:
                self._found[source] = [msgspec.structs.replace(device, system=source) for device in inventory.devices]
                self._say(Inventory([device for devices in self._found.values() for device in devices]))

        return found
