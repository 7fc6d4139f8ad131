"""Zigbee2MQTT: a retained list of devices, and the state of each on a topic of its own, by its friendly name."""

from collections.abc import Sequence

from core.messages import FoundDevice
from devices.decoders.decoded import Refusal
from devices.decoders.zigbee2mqtt import Discovered, decode_devices, decode_state
from gateway.dialects.dialect import Said

_MOST_UNKNOWN = 200
# Topics below a device's that are not its state.
_SIDE_TOPICS = ("availability", "set", "get")


class Zigbee2Mqtt:
    """One bridge, whose base topic is `base`."""

    name = "zigbee2mqtt"

    def __init__(self, base: str) -> None:
        self._prefix = f"{base}/"
        self._devices: dict[str, Discovered] = {}
        self._unknown: set[str] = set()

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """All that the bridge says."""
        return (f"{self._prefix}#",)

    def is_note(self, topic: str) -> bool:
        """Tell whether `topic` is where the bridge lists its devices: what broker and bridge kept comes before it."""
        return topic == f"{self._prefix}bridge/devices"

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return the state that a device reports; a list of devices is remembered."""
        name = topic.removeprefix(self._prefix)
        if not topic.startswith(self._prefix) or not payload:
            return ()
        if self.is_note(topic):
            return self._learn(payload)
        device = self._devices.get(name)
        if device is None:
            return self._unlisted(name)
        state = decode_state(payload, device)
        if isinstance(state, Refusal):
            return (state,)
        return (Said(key_of(device), tuple(dict.fromkeys(state.measurements)), state.at, state.others),)

    def devices(self) -> Sequence[FoundDevice]:
        """Return the listed devices, then names that no list explains."""
        listed = [
            FoundDevice(
                key=key_of(device),
                name=device.friendly_name,
                vendor=device.vendor,
                model=device.model,
                description=device.description,
                exposes=[*(exposed.key for exposed in device.exposes), *device.others],
                quantities=sorted({exposed.quantity for exposed in device.exposes}),
            )
            for device in self._devices.values()
        ]
        return [*listed, *(FoundDevice(key="", name=name) for name in sorted(self._unknown))]

    def _learn(self, payload: bytes) -> Sequence[Refusal]:
        found = decode_devices(payload)
        if isinstance(found, Refusal):
            return (found,)
        self._devices = {device.friendly_name: device for device in found.devices}
        self._unknown -= self._devices.keys()
        return [Refusal("device", "The list has an entry that is no device.")] * found.unusable

    def _unlisted(self, name: str) -> Sequence[Refusal]:
        device, _, side = name.rpartition("/")
        if name.startswith("bridge/") or (side in _SIDE_TOPICS and device in self._devices):
            return ()
        if len(self._unknown) < _MOST_UNKNOWN:
            self._unknown.add(name)
        return (Refusal("unlisted", "The list of devices does not have this name."),)


def key_of(device: Discovered) -> str:
    """Return a device's key in the names of its series."""
    return device.address.lower().replace("/", "-")
