"""The same home with LoRaWAN sensors, as ChirpStack v4 publishes what its gateways hear of them.

What a sensor would say by Zigbee becomes an uplink of a device that measures the same: bytes as the model sends them,
and for devices whose profile has a codec the decoded object, too. Frames are counted and some are lost; some events
come twice. Devices join anew every day (UTC), so that the counters of a day depend on that day alone.
"""

import base64
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

import msgspec

from simulator import chance
from simulator.plan import Role, Sensor
from simulator.zigbee2mqtt import RawMessage, battery_percent

_json = msgspec.json.Encoder()
LOST = 0.03
TWICE = 0.02
HEARD_TWICE = 0.4  # share of frames that a second gateway hears
PORT = 85
ONE_DAY = timedelta(days=1)
_STATUS_AT = time(3, 0)
APPLICATION = "7d4c1b1e-0f0a-4c1e-9a53-5d1d6f0c9b21"
_TENANT = "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"

State = Mapping[str, Any]


class Model(NamedTuple):
    """A LoRaWAN model: what it measures, and how a state becomes its bytes and the object of its codec."""

    model: str
    quantities: tuple[str, ...]
    encode: Callable[[State], tuple[bytes, dict[str, Any]]]


_RADIO = ("battery", "signal_strength", "link_quality", "missed_reports")


def _motion(state: State) -> tuple[bytes, dict[str, Any]]:
    seen = bool(state["occupancy"])
    return bytes([0x03, 0x00, seen]), {"pir": "trigger" if seen else "normal"}


def _door(state: State) -> tuple[bytes, dict[str, Any]]:
    opened = not state["contact"]
    return bytes([0x03, 0x00, opened]), {"magnet_status": "open" if opened else "close"}


def _climate(state: State) -> tuple[bytes, dict[str, Any]]:
    tenths, halves = round(state["temperature"] * 10), round(state["humidity"] * 2)
    packed = b"\x03\x67" + struct.pack("<h", tenths) + bytes([0x04, 0x68, halves])
    return packed, {"temperature": tenths / 10, "humidity": halves / 2}


def _leak(state: State) -> tuple[bytes, dict[str, Any]]:
    wet = bool(state["water_leak"])
    return bytes([0x03, 0x00, wet]), {"leakage_status": "leak" if wet else "normal"}


def _button(state: State) -> tuple[bytes, dict[str, Any]]:
    if "action" not in state:
        return b"", {}
    return b"\xff\x2e\x02", {"button_event": {"status": "long press"}}


MODELS: Mapping[Role, Model] = {
    Role.MOTION: Model("WS202", ("occupancy", *_RADIO), _motion),
    Role.DOOR: Model("WS301", ("contact", *_RADIO), _door),
    Role.FRIDGE: Model("WS301", ("contact", *_RADIO), _door),
    Role.CLIMATE: Model("EM300-TH", ("temperature", "humidity", *_RADIO), _climate),
    Role.LEAK: Model("WS303", ("water_leak", *_RADIO), _leak),
    Role.SOS: Model("WS101", ("sos_button", *_RADIO), _button),
}


def device_eui(sensor: Sensor) -> str:
    """Return the DevEUI of the LoRaWAN device in a sensor's place."""
    return f"24e124{chance.number(sensor.ieee_address, 'eui') % 16**10:010x}"


def speaks_lorawan(sensor: Sensor) -> bool:
    """Tell whether there is a LoRaWAN device that measures what the sensor does."""
    return sensor.role in MODELS


def has_codec(sensor: Sensor) -> bool:
    """Tell whether the device's profile at the server has a codec."""
    return chance.number(sensor.ieee_address, "codec") % 2 == 0


def uplinks(base: str, sensors: Sequence[Sensor], said: Iterable[RawMessage], day: datetime) -> Iterator[RawMessage]:
    """Yield the events of one UTC day that begins at `day`, in order of time.

    `said` is all that the bridge at `base` said on that day. What is not of a sensor with a LoRaWAN model is left out.
    """
    by_topic = {f"{base}/{sensor.friendly_name}": sensor for sensor in sensors if speaks_lorawan(sensor)}
    counters = dict.fromkeys(by_topic, 0)
    rng = chance.stream(base, day.date(), "lorawan")
    events = [_status(sensor, day) for sensor in by_topic.values()]
    for message in said:
        sensor = by_topic.get(message.topic)
        if sensor is None:
            continue
        state = msgspec.json.decode(message.payload)
        counter = counters[message.topic]
        counters[message.topic] = counter + 1
        urgent = bool("action" in state or state.get("water_leak"))
        lost, twice, place = rng.random() < LOST, rng.random() < TWICE, rng.random()
        if lost and not urgent:
            continue
        event = _up(sensor, state, message.at, day, counter, place)
        events.append(event)
        if twice:
            events.append(event._replace(at=event.at + timedelta(milliseconds=40)))
    yield from sorted(events, key=lambda event: event.at)


def messages(
    base: str,
    sensors: Sequence[Sensor],
    said: Callable[[datetime, datetime], Iterable[RawMessage]],
    start: datetime,
    end: datetime,
) -> Iterator[RawMessage]:
    """Yield every event from `start` (inclusive) to `end` (exclusive), in order; `said` tells what the bridge says."""
    day = datetime.combine(start.astimezone(UTC).date(), time.min, UTC)
    while day < end:
        for event in uplinks(base, sensors, said(day, day + ONE_DAY), day):
            if start <= event.at < end and event.at < day + ONE_DAY:
                yield event
        day += ONE_DAY


def registry_devices(sensors: Sequence[Sensor]) -> list[dict[str, Any]]:
    """Return the devices as entries of a registry file."""
    return [
        {
            "key": device_eui(sensor), "name": sensor.name, "model": MODELS[sensor.role].model, "room": sensor.room,
            "place": sensor.place, "quantities": list(MODELS[sensor.role].quantities),
        }
        for sensor in sensors
        if speaks_lorawan(sensor)
    ]  # fmt: skip


def _up(sensor: Sensor, state: State, at: datetime, day: datetime, counter: int, place: float) -> RawMessage:
    payload, decoded = MODELS[sensor.role].encode(state)
    battery = battery_percent(sensor, day.toordinal())
    event = _event(sensor, at, counter) | {
        "devAddr": f"{chance.number(sensor.ieee_address, day.date()) % 2**25:08x}",
        "adr": True,
        "dr": 3,
        "fCnt": counter,
        "fPort": PORT,
        "data": base64.b64encode(bytes([0x01, 0x75, battery]) + payload).decode(),
        "rxInfo": _heard(sensor, place),
        "txInfo": {
            "frequency": 868_100_000,
            "modulation": {"lora": {"bandwidth": 125_000, "spreadingFactor": 9, "codeRate": "CR_4_5"}},
        },
    }
    if has_codec(sensor):
        event["object"] = {"battery": battery, **decoded}
    return _message(sensor, "up", at, event)


def _status(sensor: Sensor, day: datetime) -> RawMessage:
    at = datetime.combine(day.date(), _STATUS_AT, UTC) + timedelta(seconds=chance.number(sensor.ieee_address) % 3600)
    said = {"margin": 6 + chance.number(sensor.ieee_address, day.date()) % 12, "externalPowerSource": False,
            "batteryLevel": float(battery_percent(sensor, day.toordinal()))}  # fmt: skip
    return _message(sensor, "status", at, _event(sensor, at, -1) | said)


def _event(sensor: Sensor, at: datetime, counter: int) -> dict[str, Any]:
    model = MODELS[sensor.role].model
    identity = f"{chance.number(sensor.ieee_address, at, counter):016x}{chance.number(counter, at):016x}"
    return {
        "deduplicationId": "-".join(identity[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))),
        "time": at.isoformat(timespec="microseconds"),
        "deviceInfo": {
            "tenantId": _TENANT, "tenantName": "Unione", "applicationId": APPLICATION, "applicationName": "Case",
            "deviceProfileId": f"{chance.number(model):016x}", "deviceProfileName": f"Milesight {model}",
            "deviceName": sensor.name, "devEui": device_eui(sensor), "tags": {},
        },
    }  # fmt: skip


def _heard(sensor: Sensor, place: float) -> list[dict[str, Any]]:
    far = chance.number(sensor.ieee_address, "far") % 45
    return [
        {"gatewayId": f"0016c001f153a1{index:02x}", "rssi": round(-70 - far - 9 * index - 6 * place),
         "snr": round(9 - far / 4 - 3 * index + 2 * place, 1)}
        for index in range(1 + (place < HEARD_TWICE))
    ]  # fmt: skip


def _message(sensor: Sensor, kind: str, at: datetime, event: dict[str, Any]) -> RawMessage:
    # Made from Protocol Buffers: what is zero, false or empty is left out.
    said = {name: value for name, value in event.items() if value not in (0, False, "", None)}
    topic = f"application/{APPLICATION}/device/{device_eui(sensor)}/event/{kind}"
    return RawMessage(at, topic, _json.encode(said), retain=False)
