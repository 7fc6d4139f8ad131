"""Zigbee2MQTT traffic as JSON lines `{"at": ..., "topic": ..., "payload": ...}`, packed with gzip or not.

`at` is ISO 8601 with an offset; `payload` is the message as text or as a JSON value. In a topic such as
`home/{gateway}/zigbee2mqtt/...` the gateway is the level before `zigbee2mqtt`; else it is called after the file.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from core.messages import FoundDevice
from core.topics import KEY
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.interpretation import Interpreter
from gateway.recordings.recording import RecordedHome, Recording, RecordingError, Refusal, TrackBuilder, lines_of

_TIMEZONE = "Europe/Rome"
_BASE = "zigbee2mqtt"
_ENDINGS = (".jsonl", ".jsonl.gz")


class _Line(msgspec.Struct):
    at: datetime
    topic: str
    payload: Any = ""


class RawMessage(NamedTuple):
    """One message of a bridge: when it came, its topic and its payload."""

    at: datetime
    topic: str
    payload: bytes


class _Home:
    def __init__(self, base: str) -> None:
        self.builder = TrackBuilder()
        # The track makes times of its own where they tie, so the interpreter alone says what is known of a series.
        self.interpreter = Interpreter(Zigbee2Mqtt(base), lambda _: None)

    def take(self, message: RawMessage) -> bool:
        """Keep what a message says; tell whether it could be read."""
        now_ms = round(message.at.timestamp() * 1000)
        before = self.interpreter.refused.total()
        for reading in self.interpreter.take(message.topic, message.payload, now_ms, restated=False):
            at_ms = now_ms if reading.at_ms is None else reading.at_ms
            self.builder.add(at_ms, reading.name, reading.value, reading.unit)
        return self.interpreter.refused.total() == before


class _Traffic:
    """What has been read so far, by home."""

    def __init__(self) -> None:
        self.rows = 0
        self.refused: list[Refusal] = []
        self._homes: dict[str, _Home] = {}

    def refuse(self, file: str, line: int, reason: str) -> None:
        self.refused.append(Refusal(file, line, reason))

    def take(self, message: RawMessage, file: str, line: int) -> None:
        try:
            gateway, base = _origin(message.topic, file)
        except ValueError as error:
            self.refuse(file, line, str(error))
            return
        home = self._homes.get(gateway) or self._homes.setdefault(gateway, _Home(base))
        if not home.take(message):
            self.refuse(file, line, "of a device that is not listed before, or not readable")

    def recording(self) -> Recording:
        recorded, identical = [], 0
        for gateway, home in sorted(self._homes.items()):
            track, same = home.builder.build()
            identical += same
            recorded.append(RecordedHome(home_entry(gateway, home.interpreter.inventory().devices), track))
        return Recording(recorded, self.rows, identical, self.refused)


_decoder = msgspec.json.Decoder(_Line)


def read(path: Path) -> Recording:
    """Read a file, or the files of a folder; raises `RecordingError` if there is none."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.name.endswith(_ENDINGS))
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise RecordingError(
            f"There is no .jsonl file of Zigbee2MQTT messages: {path.name}.", advice="name a file or a folder of files"
        )
    traffic = _Traffic()
    for file in files:
        _read_file(file, traffic)
    return traffic.recording()


def record(messages: Iterable[RawMessage], name: str) -> Recording:
    """Return the recording that `messages`, in order of time, would make if they were written to a file `name`."""
    traffic = _Traffic()
    for message in messages:
        traffic.rows += 1
        traffic.take(message, name, traffic.rows)
    return traffic.recording()


def _read_file(file: Path, traffic: _Traffic) -> None:
    for line, text in lines_of(file):
        if not text.strip():
            continue
        traffic.rows += 1
        try:
            message = _decoder.decode(text)
        except msgspec.MsgspecError as error:
            traffic.refuse(file.name, line, str(error))
            continue
        if message.at.tzinfo is None:
            traffic.refuse(file.name, line, "the time has no offset")
            continue
        traffic.take(RawMessage(message.at, message.topic, _bytes(message.payload)), file.name, line)


def _origin(topic: str, file: str) -> tuple[str, str]:
    levels = topic.split("/")
    if _BASE not in levels:
        raise ValueError(f"no level of topic {topic!r} is {_BASE!r}")
    place = levels.index(_BASE)
    gateway = levels[place - 1] if place else file.split(".", maxsplit=1)[0].lower()
    if not KEY.fullmatch(gateway):
        raise ValueError(f"{gateway!r} is not a gateway key")
    return gateway, "/".join(levels[: place + 1])


def _bytes(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload)


def home_entry(gateway: str, devices: list[FoundDevice]) -> dict[str, Any]:
    """Return the home of a gateway as an entry of the registry file: nothing is known of it but its devices."""
    key = gateway.removeprefix("gw-") or gateway
    return {
        "key": key,
        "name": key,
        "timezone": _TIMEZONE,
        "rooms": [],
        "persons": [{"key": key, "name": key}],
        "gateway": gateway,
        "devices": [
            {
                "key": device.key, "name": device.name, "model": device.model, "room": "", "place": "",
                "quantities": device.quantities,
            }
            for device in devices if device.key
        ],
    }  # fmt: skip
