"""The same report heard again: radio advertisements are repeated, and several receivers hear each of them.

A report is known by what its dialect calls its identity. While it goes on being heard, and for some time after, it is
the same report: what it tells of the person (states, events, vital signs) counts once. Its levels and technical
values still show that the device lives, and are told as seldom as those of any other report.
"""

from core.vocabulary import BY_NAME, Kind, Quantity, Retention
from devices.decoders.decoded import Measurement
from gateway.dialects.dialect import Said

# Packets are numbered from 0 to 255, and a person may weigh the same tomorrow: what was heard before is another one.
FORGOTTEN_MS = 600_000
_MOST_DEVICES = 1_000
_MOST_OF_A_DEVICE = 16


class Repetitions:
    """What was heard lately, by device and identity. A time that goes back forgets what is ahead of it."""

    def __init__(self) -> None:
        self._heard: dict[str, dict[str, int]] = {}

    def new(self, said: Said, now_ms: int) -> tuple[Measurement, ...]:
        """Return what of a report counts that arrived at `now_ms`."""
        if not said.identity or not self._again(said.key, said.identity, now_ms):
            return said.measurements
        return tuple(each for each in said.measurements if not _tells_once(BY_NAME[each.quantity]))

    def _again(self, key: str, identity: str, now_ms: int) -> bool:
        of_device = self._heard.pop(key, {})
        before_ms = of_device.pop(identity, None)
        of_device[identity] = now_ms
        if len(of_device) > _MOST_OF_A_DEVICE:
            del of_device[next(iter(of_device))]
        self._heard[key] = of_device
        if len(self._heard) > _MOST_DEVICES:
            del self._heard[next(iter(self._heard))]
        return before_ms is not None and 0 <= now_ms - before_ms < FORGOTTEN_MS


def _tells_once(quantity: Quantity) -> bool:
    if quantity.retention is Retention.TECHNICAL:
        return False
    return quantity.kind in (Kind.STATE, Kind.EVENT) or quantity.retention is Retention.VITAL
