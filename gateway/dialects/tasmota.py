"""Tasmota: devices present themselves, retained, and tell what they measure below topics of their own.

A device is called by its MAC address, a Zigbee device of a Tasmota bridge by its IEEE address as soon as the bridge
has said it (`ZbInfo`); before, by its short address at the bridge.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from core.messages import FoundDevice
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.payload import plain_text, read_object
from devices.decoders.tasmota import discovery, telemetry, zigbee
from devices.decoders.tasmota.discovery import Device
from gateway.dialects.dialect import Said
from gateway.dialects.roster import Roster

_DISCOVERY = "tasmota/discovery/"
_MOST_DEVICES = 500
_MOST_ADDRESSES = 1_000
_MEASURES = ("SENSOR", "STATE")
# Answers to commands: {"POWER": "ON"}, {"Switch1": {"Action": "ON"}}, and status by number.
_ANSWERS = {"RESULT": "", "STATUS8": "StatusSNS", "STATUS10": "StatusSNS", "STATUS11": "StatusSTS"}


class Tasmota:
    """All Tasmota devices of a broker whose topics match `topics`, filters of MQTT."""

    name = "tasmota"

    def __init__(self, topics: Sequence[str] = ("tele/#", "stat/#")) -> None:
        self._topics = tuple(topics)
        self._roster = Roster()
        self._devices: dict[str, Device] = {}  # by discovery topic
        self._addresses: dict[str, str] = {}  # IEEE addresses by bridge and short address

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """How devices present themselves, and what they say."""
        return (f"{_DISCOVERY}+/config", *self._topics)

    def is_note(self, topic: str) -> bool:
        """Tell whether a device presents itself on `topic`."""
        return topic.startswith(_DISCOVERY) and topic.endswith("/config")

    def read(self, topic: str, payload: bytes) -> Sequence[Said | Refusal]:
        """Return what a device says of itself and of the Zigbee devices behind it."""
        if self.is_note(topic):
            return self._found(topic, payload)
        if not payload:
            return ()
        device = self._speaker(topic)
        if device is None:
            self._roster.stranger(topic.rpartition("/")[0])
            return (Refusal("unlisted", "No device has presented itself that speaks on this topic."),)
        if topic.startswith(device.telemetry):
            return self._told(device, topic.removeprefix(device.telemetry), payload)
        return self._answered(device, topic.removeprefix(device.status), payload)

    def devices(self) -> Sequence[FoundDevice]:
        """Return the devices that presented themselves, those of Zigbee bridges, and topics that nobody has claimed."""
        return self._roster.found()

    def memory(self) -> bytes:
        """Return what is to be remembered across restarts: which Zigbee device has which address."""
        return msgspec.json.encode(self._addresses) if self._addresses else b""

    def recall(self, memory: bytes) -> None:
        """Take up what was remembered; what cannot be read is none."""
        try:
            self._addresses = msgspec.json.decode(memory, type=dict[str, str])
        except msgspec.MsgspecError:
            self._addresses = {}

    def _found(self, topic: str, payload: bytes) -> Sequence[Refusal]:
        if not payload:
            gone = self._devices.pop(topic, None)
            if gone is not None:
                self._roster.forget(gone.key)
            return ()
        device = discovery.decode(payload)
        if isinstance(device, Refusal):
            return (device,)
        if topic not in self._devices and len(self._devices) >= _MOST_DEVICES:
            return (Refusal("full", "More devices present themselves than there is room for."),)
        self._devices[topic] = device
        self._roster.explained(device.telemetry.rstrip("/"))
        self._roster.explained(device.status.rstrip("/"))
        self._roster.note(FoundDevice(key=device.key, name=device.name, model=device.model, description="Tasmota"))
        return ()

    def _speaker(self, topic: str) -> Device | None:
        return next(
            (each for each in self._devices.values() if topic.startswith((each.telemetry, each.status))), None
        )  # fmt: skip

    def _told(self, device: Device, about: str, payload: bytes) -> Sequence[Said | Refusal]:
        if about == "LWT":
            return _availability(device, payload)
        # One topic for each Zigbee device ends in the same word.
        if about.rpartition("/")[2] not in _MEASURES:
            return ()
        found = read_object(payload)
        return (found,) if isinstance(found, Refusal) else [*_measured(device, found), *self._heard(device, found)]

    def _answered(self, device: Device, about: str, payload: bytes) -> Sequence[Said | Refusal]:
        holder = _ANSWERS.get(about)
        # "POWER" says in a word what "RESULT" says beside it, or all of it if the device is set so.
        if holder is None and not (about.startswith("POWER") and payload.lstrip().startswith(b"{")):
            return ()
        found = read_object(payload)
        if isinstance(found, Refusal):
            return (found,)
        said = found.get(holder) if holder else found
        if not isinstance(said, dict):
            return (Refusal("shape", "The answer has no status in it."),)
        measured = _measured(device, said)
        if about == "RESULT":
            # Answers to settings are of no interest; presses and relays are.
            measured = (each._replace(others=_actions(each.others)) for each in measured)
        return [*(each for each in measured if each.measurements or each.others), *self._heard(device, said)]

    def _heard(self, device: Device, found: Mapping[str, Any]) -> Iterator[Said | Refusal]:
        for heard in zigbee.decode(found):
            if not heard.short:
                self._roster.stranger(heard.name, heard.decoded.others)
                yield Refusal("unlisted", "The bridge does not say the address of the device.")
                continue
            key = self._zigbee_key(device.key, heard.short, heard.ieee)
            self._roster.note(FoundDevice(key=key, name=heard.name, vendor=heard.vendor, model=heard.model))
            if heard.decoded.measurements or heard.decoded.others:
                yield Said(key, heard.decoded.measurements, None, heard.decoded.others)

    def _zigbee_key(self, bridge: str, short: str, ieee: str) -> str:
        label = f"{bridge}-{short}"
        if ieee and (label in self._addresses or len(self._addresses) < _MOST_ADDRESSES):
            self._addresses[label] = ieee
            self._roster.forget(label)
        return self._addresses.get(label, label)


def _measured(device: Device, found: Mapping[str, Any]) -> Iterator[Said]:
    own = {name: value for name, value in found.items() if not name.startswith("Zb")}
    decoded = telemetry.decode(own)
    if decoded.measurements or decoded.others:
        yield Said(device.key, decoded.measurements, decoded.at, decoded.others)


def _actions(others: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in others.items() if name == "action" or name.endswith(".Action")}


def _availability(device: Device, payload: bytes) -> Sequence[Said | Refusal]:
    word = plain_text(payload)
    if word not in (device.online, device.offline):
        return (Refusal("shape", "The device is neither online nor offline."),)
    # One that sleeps leaves the broker every time.
    if word == device.offline and device.sleeps:
        return ()
    return (Said(device.key, (Measurement("reachable", float(word == device.online)),)),)
