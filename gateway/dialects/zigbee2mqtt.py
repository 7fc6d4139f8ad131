"""Zigbee2MQTT: a retained list of devices, and the state of each on a topic of its own, by its friendly name.

Beside the state stands the availability, whether the bridge can reach the device. It becomes a state of its own,
`reachable`, for the devices whose availability the bridge tells; while the bridge itself is offline it reaches none.
"""

from collections.abc import Iterable, Sequence

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.zigbee2mqtt import Discovered, decode_devices, decode_groups, decode_online, decode_state
from gateway.dialects.dialect import Said

_MOST_UNKNOWN = 200
_MOST_VALUES = 50  # of a device that no list explains
_TEXT = 80
_AVAILABILITY = "availability"
# Topics below a device's that are not its state.
_SIDE_TOPICS = (_AVAILABILITY, "set", "get")


class Zigbee2Mqtt:
    """One bridge, whose base topic is `base`."""

    name = "zigbee2mqtt"

    def __init__(self, base: str) -> None:
        self._prefix = f"{base}/"
        self._devices: dict[str, Discovered] = {}
        self._groups: frozenset[str] = frozenset()
        self._unknown: dict[str, dict[str, str]] = {}
        self._online: dict[str, bool] = {}  # by key, what the bridge last said of each
        self._is_there = True

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """All that the bridge says."""
        return (f"{self._prefix}#",)

    @property
    def online(self) -> bool:
        """Whether the bridge is there, as it or its last will said last."""
        return self._is_there

    def is_note(self, topic: str) -> bool:
        """Tell whether `topic` is where the bridge lists its devices: what broker and bridge kept comes before it."""
        return topic == f"{self._prefix}bridge/devices"

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return the state or the availability that a device reports; lists of devices and groups are remembered."""
        name = topic.removeprefix(self._prefix)
        if not topic.startswith(self._prefix) or not payload:
            return ()
        if self.is_note(topic):
            return self._learn(payload)
        device = self._devices.get(name)
        if device is not None:
            return self._state(device, payload)
        if name.startswith("bridge/"):
            return self._of_the_bridge(name.removeprefix("bridge/"), payload)
        return self._beside(name, payload)

    def devices(self) -> Sequence[FoundDevice]:
        """Return the listed devices, then names that no list explains, with the latest that they said."""
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
        return [
            *listed,
            *(FoundDevice(key="", name=name, unmapped=dict(said)) for name, said in sorted(self._unknown.items())),
        ]

    def _learn(self, payload: bytes) -> Sequence[Refusal]:
        found = decode_devices(payload)
        if isinstance(found, Refusal):
            return (found,)
        self._devices = {device.friendly_name: device for device in found.devices}
        keys = {key_of(device) for device in found.devices}
        self._online = {key: online for key, online in self._online.items() if key in keys}
        self._forget(self._devices)
        return [Refusal("device", "The list has an entry that is no device.")] * found.unusable

    def _state(self, device: Discovered, payload: bytes) -> Sequence[Said | Refusal]:
        state = decode_state(payload, device)
        if isinstance(state, Refusal):
            return (state,)
        return (Said(key_of(device), tuple(dict.fromkeys(state.measurements)), state.at, state.others),)

    def _of_the_bridge(self, about: str, payload: bytes) -> Sequence[Said | Refusal]:
        if about == "groups":
            groups = decode_groups(payload)
            if isinstance(groups, Refusal):
                return (groups,)
            self._groups = frozenset(groups)
            self._forget(self._groups)
        if about != "state":
            return ()
        online = decode_online(payload)
        if online is None:
            return (Refusal("shape", "The state of the bridge is neither online nor offline."),)
        self._is_there = online
        return [_reachable(key, online and reached) for key, reached in self._online.items()]

    def _beside(self, name: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Read what is on a topic that is no device's own: something beside one, a group, or a stranger."""
        owner, _, side = name.rpartition("/")
        device = self._devices.get(owner) if side in _SIDE_TOPICS else None
        if name in self._groups or (side in _SIDE_TOPICS and owner in self._groups):
            # The members tell the same of themselves.
            return ()
        if device is None:
            return self._unlisted(name, payload)
        if side != _AVAILABILITY:
            return ()
        online = decode_online(payload)
        if online is None:
            return (Refusal("shape", "The availability is neither online nor offline."),)
        self._online[key_of(device)] = online
        return (_reachable(key_of(device), online),)

    def _unlisted(self, name: str, payload: bytes) -> Sequence[Refusal]:
        owner, _, side = name.rpartition("/")
        online = decode_online(payload) if side == _AVAILABILITY and owner else None
        if online is not None:
            name, said = owner, {_AVAILABILITY: "online" if online else "offline"}
        else:
            said = _values(payload)
        if name in self._unknown or len(self._unknown) < _MOST_UNKNOWN:
            noted = self._unknown.setdefault(name, {})
            for key, value in said.items():
                if key in noted or len(noted) < _MOST_VALUES:
                    noted[key] = value
        return (Refusal("unlisted", "The list of devices does not have this name."),)

    def _forget(self, explained: Iterable[str]) -> None:
        for name in explained:
            self._unknown.pop(name, None)


def key_of(device: Discovered) -> str:
    """Return a device's key in the names of its series."""
    return device.address.lower().replace("/", "-")


def _reachable(key: str, online: bool) -> Said:
    return Said(key, (Measurement("reachable", float(online)),))


def _values(payload: bytes) -> dict[str, str]:
    """Return what a stranger says, as it says it."""
    found = decode_state(payload)
    if isinstance(found, Refusal):
        return {}
    read = {f"{each.quantity}/{each.channel}".rstrip("/"): each.value for each in found.measurements}
    return {name[:_TEXT]: str(value)[:_TEXT] for name, value in {**read, **found.others}.items()}
