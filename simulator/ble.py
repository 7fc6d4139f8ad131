"""Bluetooth devices of a simulated home, as OpenMQTTGateway publishes what two receivers hear of them.

A thermometer that advertises all day, a scale after getting up, a blood-pressure monitor in the morning and in the
evening. What is measured once is advertised for many seconds; each receiver hears a part of it, so that the same
weight comes a dozen times. Over months values drift as they do in a person.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from simulator import chance, environment
from simulator.environment import Climate
from simulator.habits import Intentions, instant_of
from simulator.zigbee2mqtt import RawMessage

_json = msgspec.json.Encoder()
RECEIVERS = ("soggiorno", "camera")
HEARD = 0.62  # share of advertisements that one receiver hears
ADVERTISED_MS = {"scale": (9_000, 20_000), "blood_pressure": (20_000, 45_000)}
EVERY_MS = {"scale": 1_000, "blood_pressure": 2_000}
THERMOMETER_EVERY_MS = 600_000
MINUTE_MS = 60_000
# Ordinal of the day from which slow changes are counted.
_EPOCH = date(2024, 1, 1).toordinal()


class Model(NamedTuple):
    """A model as receivers call it, with the quantities that it measures."""

    kind: str
    model: str
    model_id: str
    brand: str
    type: str
    name: str
    address_prefix: str
    quantities: tuple[str, ...]


MODELS: tuple[Model, ...] = (
    Model("thermometer", "TH Sensor", "LYWSD03MMC/MJWSD05MMC_ATC", "Xiaomi", "THB", "Termometro", "a4c138",
          ("temperature", "humidity", "battery", "voltage", "signal_strength")),
    Model("scale", "Mi Body Composition Scale", "XMTZC02HM/XMTZC05HM", "Xiaomi", "SCALE", "Bilancia", "5ccad3",
          ("body_weight", "signal_strength")),
    Model("blood_pressure", "Blood pressure monitor", "BPM", "Generic", "BODY", "Misuratore di pressione", "00091f",
          ("systolic_pressure", "diastolic_pressure", "heart_rate", "battery", "signal_strength")),
)  # fmt: skip


class Device(NamedTuple):
    """A device of one home; `address` is its MAC in 12 hexadecimal digits."""

    address: str
    model: Model


class Body(NamedTuple):
    """How a person's body is: usual values, and how they drift in a hundred days."""

    weight_kg: float
    weight_drift: float
    systolic: float
    systolic_drift: float
    diastolic: float
    heart_rate: float
    weighs: float  # on how many of the mornings
    measures: float  # at how many of the times that it is meant to be done


def draw_body(seed: int, home: str) -> Body:
    """Return the body of the person who lives in `home`."""
    rng = chance.stream(seed, home, "body")
    return Body(
        weight_kg=chance.around(rng, 68, 10, 46, 96),
        weight_drift=rng.uniform(-1.5, 0.8),
        systolic=chance.around(rng, 134, 9, 112, 156),
        systolic_drift=rng.uniform(-3, 5),
        diastolic=chance.around(rng, 78, 6, 62, 92),
        heart_rate=chance.around(rng, 69, 7, 54, 86),
        weighs=rng.uniform(0.6, 0.95),
        measures=rng.uniform(0.5, 0.9),
    )


def devices_of(seed: int, home: str) -> tuple[Device, ...]:
    """Return the Bluetooth devices of `home`."""
    return tuple(
        Device(f"{model.address_prefix}{chance.number(seed, home, 'ble', model.kind) % 16**6:06x}", model)
        for model in MODELS
    )


def announcement(base: str, at: datetime, *, online: bool = True) -> list[RawMessage]:
    """Return what the receivers say of themselves, retained."""
    word = b"online" if online else b"offline"
    return [RawMessage(at, f"{base}/{receiver}/LWT", word, retain=True) for receiver in RECEIVERS]


class Day(NamedTuple):
    """What a day's advertisements depend on; `midnight` in ms since 1970, `season` from -1 to 1."""

    seed: int
    home: str
    intentions: Intentions
    midnight: int
    season: float
    climate: Climate


def messages(base: str, devices: Sequence[Device], day: Day) -> list[RawMessage]:
    """Return everything that the receivers hear from getting up until getting up on the next day, in order of time."""
    body = draw_body(day.seed, day.home)
    heard: list[RawMessage] = []
    for device in devices:
        rng = chance.stream(day.seed, day.home, "ble", device.model.kind, day.intentions.day)
        for at, said in _said(device.model.kind, body, day):
            loudness = 45 + chance.number(device.address, "loudness") % 30
            for position, receiver in enumerate(RECEIVERS):
                if rng.random() < HEARD:
                    delay = 20 + int(rng.random() * 400)
                    rssi = -loudness - 12 * position - int(rng.random() * 8)
                    heard.append(_message(base, receiver, device, instant_of(at + delay), {**said, "rssi": rssi}))
    return sorted(heard, key=lambda message: message.at)


def measurements(body: Body, day: Day) -> Mapping[str, tuple[tuple[int, Mapping[str, Any]], ...]]:
    """Return what is measured on a day, by kind of device: when (ms since 1970) and what the device then says."""
    intentions = day.intentions
    rng = chance.stream(day.seed, day.home, "measured", intentions.day)
    hundreds = (intentions.day.toordinal() - _EPOCH) / 100
    wave = math.sin(2 * math.pi * intentions.day.toordinal() / 47)
    weight = body.weight_kg + body.weight_drift * math.sin(hundreds / 2) + 0.35 * wave + rng.gauss(0, 0.25)
    weighed = []
    if rng.random() < body.weighs:
        at = intentions.wake + int(rng.uniform(6, 25) * MINUTE_MS)
        said = {"weighing_mode": "person", "unit": "kg", "weight": round(weight * 20) / 20}
        weighed.append((at, said if rng.random() < 0.3 else {**said, "impedance": 480 + int(rng.gauss(0, 12))}))  # noqa: PLR2004
    taken = []
    for first, spread, higher in ((intentions.wake, 45, 3.0), (intentions.bed - 70 * MINUTE_MS, 40, -2.0)):
        at = first + int(rng.uniform(15, 15 + spread) * MINUTE_MS)
        if rng.random() < body.measures:
            systolic = body.systolic + body.systolic_drift * math.sin(hundreds / 3) + higher + rng.gauss(0, 6)
            taken.append(
                (
                    at,
                    {
                        "sys": round(systolic),
                        "dia": round(body.diastolic + higher / 2 + rng.gauss(0, 4)),
                        "hr": round(body.heart_rate + rng.gauss(0, 5)),
                        "batt": 100 - intentions.day.toordinal() % 365 * 60 // 365,
                    },
                )
            )
    return {"scale": tuple(weighed), "blood_pressure": tuple(taken)}


def _said(kind: str, body: Body, day: Day) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if kind == "thermometer":
        yield from _climate(day)
        return
    for at, said in measurements(body, day)[kind]:
        rng = chance.stream(day.seed, day.home, "advertised", kind, at)
        for later in range(0, rng.randrange(*ADVERTISED_MS[kind]), EVERY_MS[kind]):
            yield at + later, said


def _climate(day: Day) -> Iterator[tuple[int, Mapping[str, Any]]]:
    wake, every = day.intentions.wake, THERMOMETER_EVERY_MS
    for at in range(wake - wake % every + every, day.intentions.next_wake, every):
        celsius = environment.temperature(day.climate, at, day.midnight, day.season, "bathroom")
        humidity = environment.humidity(day.climate, at, day.midnight, day.season, "bathroom")
        battery = 100 - day.intentions.day.toordinal() % 365 * 80 // 365
        yield at, {
            "tempc": round(celsius, 1), "tempf": round(celsius * 1.8 + 32, 2), "hum": round(humidity),
            "batt": battery, "volt": round(2.3 + 0.007 * battery, 3),
        }  # fmt: skip


def _message(base: str, receiver: str, device: Device, at: datetime, said: Mapping[str, Any]) -> RawMessage:
    model, address = device.model, device.address.upper()
    payload = {
        "id": ":".join(address[digit : digit + 2] for digit in range(0, 12, 2)),
        "mac_type": 0, "brand": model.brand, "model": model.model, "model_id": model.model_id, "type": model.type,
        **said,
    }  # fmt: skip
    return RawMessage(at, f"{base}/{receiver}/BTtoMQTT/{address}", _json.encode(payload), retain=False)


def registry_devices(devices: Sequence[Device]) -> list[dict[str, Any]]:
    """Return the devices as entries of a registry file."""
    return [
        {
            "key": device.address, "name": device.model.name, "model": device.model.model_id, "room": "bathroom",
            "place": "", "quantities": list(device.model.quantities),
        }
        for device in devices
    ]  # fmt: skip
