"""When the resident withdraws an SOS: by a button of the home's configuration, soon after it was pressed."""

import threading
from collections.abc import Iterable

from core.clock import Clock
from core.gateway_config import CancelButton
from gateway.configuration import Configuration
from gateway.dialects.dialect import Said
from gateway.reading import Reading, quantity_of

SOS = "sos_button"
CANCELLED = "sos_cancelled"


class Withdrawal:
    """What is known of the latest SOS of a home, whichever of its systems it came by. Threads may share it."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        self._configuration = configuration
        self._clock = clock
        self._mutex = threading.Lock()
        self._pressed_at: float | None = None

    def note(self, readings: Iterable[Reading]) -> None:
        """Remember that an SOS has come in, if one is among `readings`."""
        if any(reading.value and quantity_of(reading.name) == SOS for reading in readings):
            with self._mutex:
                self._pressed_at = self._clock.monotonic()

    def withdraws(self, said: Said) -> bool:
        """Tell whether a message withdraws an SOS; one SOS is withdrawn once."""
        pressed = [button for button in self._configuration.current.cancel_buttons if _is_pressed(button, said)]
        with self._mutex:
            if not pressed or self._pressed_at is None:
                return False
            if self._clock.monotonic() - self._pressed_at > max(button.within_s for button in pressed):
                return False
            self._pressed_at = None
            return True


def _is_pressed(button: CancelButton, said: Said) -> bool:
    if button.device != said.key:
        return False
    if button.action:
        return bool(said.others.get("action") == button.action)
    return any(each.quantity == button.quantity and each.value != 0 for each in said.measurements)
