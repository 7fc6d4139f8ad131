"""The Things Stack's Storage Integration: uplinks as JSON lines, each `{"result": {...}}` as its API returns them.

All devices of a file are one home, called after the file: fetch those of one home into a file of their own. What the
server has not decoded is decoded as it would be live, without scripts.
"""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from core.topics import KEY
from devices.decoders.lorawan.payloads.models import decode_payload
from devices.decoders.payload import part
from gateway.dialects.things_stack import things_stack
from gateway.interpretation import Interpreter
from gateway.recordings.recording import RecordedHome, Recording, RecordingError, Refusal, TrackBuilder, lines_of
from gateway.recordings.zigbee2mqtt import home_entry

_TOPIC = "v3/stored/devices/device/up"


def read(path: Path) -> Recording:
    """Read a file. Raises `RecordingError` if it is none, or if its name cannot be a gateway's key."""
    name = path.name.split(".", maxsplit=1)[0].lower()
    if not path.is_file() or not KEY.fullmatch(name):
        raise RecordingError(
            f"{path.name} is no file of stored uplinks, or its name cannot be a home's key.",
            advice="name a file of JSON lines, and call it in a-z, 0-9, '.', '_' and '-'",
        )
    rows, refused = 0, list[Refusal]()
    stored: list[tuple[datetime, int, bytes]] = []
    for line, text in lines_of(path):
        if not text.strip():
            continue
        rows += 1
        try:
            stored.append(_stored(text, line))
        except (msgspec.MsgspecError, ValueError) as error:
            refused.append(Refusal(path.name, line, str(error)))
    builder = TrackBuilder()
    dialect = things_stack("stored", lambda device, frame: decode_payload(device.models, frame.port, frame.payload))
    interpreter = Interpreter(dialect, lambda _: None)
    # The API returns the latest first where it is asked to; what a reading counts as hangs on what came before it.
    for at, line, message in sorted(stored):
        now_ms, before = round(at.timestamp() * 1000), Counter(interpreter.refused)
        for reading in interpreter.take(_TOPIC, message, now_ms, restated=False):
            builder.add(reading.at_ms or now_ms, reading.name, reading.value, reading.unit)
        refused += [Refusal(path.name, line, reason) for reason in (interpreter.refused - before).elements()]
    track, identical = builder.build()
    home = RecordedHome(home_entry(f"gw-{name}", interpreter.inventory().devices), track)
    return Recording([home], rows, identical, sorted(refused, key=lambda each: each.line))


class _Line(msgspec.Struct):
    result: dict[str, Any]


_decoder = msgspec.json.Decoder(_Line)


def _stored(text: str, line: int) -> tuple[datetime, int, bytes]:
    result = _decoder.decode(text).result
    at = datetime.fromisoformat(str(result.get("received_at") or part(result, "uplink_message").get("received_at")))
    if at.tzinfo is None:
        raise ValueError("the time has no offset")
    return at, line, msgspec.json.encode(result)
