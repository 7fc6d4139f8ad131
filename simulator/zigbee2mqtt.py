"""Signals as Zigbee2MQTT publishes them: the device's whole state as JSON, under the base topic of the home.

The shapes are those of Zigbee2MQTT 2.x with `last_seen: ISO_8601` and availability switched on.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from simulator import chance, environment
from simulator.environment import HOUR_MS, Climate
from simulator.habits import instant_of
from simulator.models import LINK_QUALITY, Model
from simulator.plan import Role, Sensor
from simulator.sensors import CHECK_IN, Signal, Value, resting

_json = msgspec.json.Encoder()
DAY_KWH = 0.4  # of a plug, shared by the day's boilings: so its counter grows without memory of other days
MAINS_V = 230


class RawMessage(NamedTuple):
    """An MQTT message as the home's broker gets it at `at` (UTC)."""

    at: datetime
    topic: str
    payload: bytes
    retain: bool


class DayContext(NamedTuple):
    """What payloads of one lived day depend on beside the signals; instants in ms since 1970.

    `warmer` tells by how many kelvin a room is warmer at an instant than it would be by itself.
    """

    seed: int
    number: int  # proleptic ordinal of the day
    midnight: int
    season: float
    climate: Climate
    warmer: Callable[[int, str], float] = lambda _, __: 0.0


def bridge_state(base: str, at: datetime, *, online: bool) -> RawMessage:
    """Return what the bridge says of itself."""
    return RawMessage(at, f"{base}/bridge/state", _state(online=online), retain=True)


def availability(base: str, sensor: Sensor, at: datetime, *, online: bool) -> RawMessage:
    """Return what the bridge says of whether it hears from a sensor."""
    return RawMessage(at, f"{base}/{sensor.friendly_name}/availability", _state(online=online), retain=True)


def _state(*, online: bool) -> bytes:
    return _json.encode({"state": "online" if online else "offline"})


def bridge_devices(base: str, sensors: tuple[Sensor, ...], at: datetime) -> RawMessage:
    """Return the bridge's list of devices, the coordinator first."""
    coordinator = {
        "disabled": False,
        "endpoints": {},
        "friendly_name": "Coordinator",
        "ieee_address": f"0x00124b{chance.number(base, 'coordinator') % 16**10:010x}",
        "interview_completed": True,
        "interview_state": "SUCCESSFUL",
        "interviewing": False,
        "network_address": 0,
        "supported": True,
        "type": "Coordinator",
    }
    devices = [coordinator, *(_device(sensor) for sensor in sensors)]
    return RawMessage(at, f"{base}/bridge/devices", _json.encode(devices), retain=True)


def _device(sensor: Sensor) -> dict[str, Any]:
    model = sensor.model
    return {
        "definition": _definition(model),
        "disabled": False,
        "endpoints": {
            "1": {
                "bindings": [],
                "clusters": {"input": [], "output": []},
                "configured_reportings": [],
                "scenes": [],
            }
        },
        "friendly_name": sensor.friendly_name,
        "ieee_address": sensor.ieee_address,
        "interview_completed": True,
        "interview_state": "SUCCESSFUL",
        "interviewing": False,
        "manufacturer": model.manufacturer,
        "model_id": model.model_id,
        "network_address": 1 + chance.number(sensor.ieee_address, "network") % 65_000,
        "power_source": "Mains (single phase)" if model.mains else "Battery",
        "supported": True,
        "type": "Router" if model.mains else "EndDevice",
    }


def _definition(model: Model) -> dict[str, Any]:
    return {
        "description": model.description,
        "exposes": [*model.exposes, LINK_QUALITY],
        "model": model.model,
        "options": [],
        "source": "native",
        "supports_ota": False,
        "vendor": model.vendor,
    }


def payloads(
    base: str, sensors: tuple[Sensor, ...], signals: list[Signal], context: DayContext
) -> Iterator[RawMessage]:
    """Yield one message per signal, in the order given."""
    rng = chance.stream(context.seed, base, context.number, "radio")
    states = [_morning_state(sensor, context.number) for sensor in sensors]
    topics = [f"{base}/{sensor.friendly_name}" for sensor in sensors]
    strengths = [45 + chance.number(sensor.ieee_address, "link") % 130 for sensor in sensors]
    sampled = {index for index, sensor in enumerate(sensors) if _measures(sensor)}
    boilings = sum(signal.property == "power" and not signal.value for signal in signals)
    boiled = 0
    hour, prefix = 0, ""  # formatting an instant is dear, an hour has many
    for at, index, name, value in signals:
        state = states[index]
        if name == "action":
            payload = {**state, "action": value}
        else:
            if name != CHECK_IN:
                state[name] = value
                boiled += name == "power" and not value
            payload = state
        sensor = sensors[index]
        if index in sampled:
            _sample(sensor, state, at, context)
            if sensor.role is Role.KETTLE:
                state["current"] = round(float(state["power"]) / MAINS_V, 2)
                state["energy"] = _energy(context.number, boiled, boilings)
        payload["linkquality"] = strengths[index] + int(rng.random() * 24)
        if at >= hour + HOUR_MS:
            hour = at - at % HOUR_MS
            prefix = instant_of(hour).strftime("%Y-%m-%dT%H:")
        seconds, milliseconds = divmod(at - hour, 1000)
        payload["last_seen"] = f"{prefix}{seconds // 60:02d}:{seconds % 60:02d}.{milliseconds:03d}Z"
        yield RawMessage(instant_of(at), topics[index], _json.encode(payload), retain=False)


def _measures(sensor: Sensor) -> bool:
    return sensor.role in (Role.CLIMATE, Role.KETTLE) or "illuminance" in sensor.model.quantities


def _sample(sensor: Sensor, state: dict[str, Value], at: int, context: DayContext) -> None:
    """Measure what a sensor measures whenever it reports."""
    climate, midnight, season = context.climate, context.midnight, context.season
    if sensor.role is Role.CLIMATE:
        warmer = context.warmer(at, sensor.room)
        state["temperature"] = environment.temperature(climate, at, midnight, season, sensor.room, warmer=warmer)
        state["humidity"] = environment.humidity(climate, at, midnight, season, sensor.room, warmer=warmer)
    elif "illuminance" in state:
        state["illuminance"] = environment.illuminance(at, midnight, season)


def _energy(number: int, done: int, boilings: int) -> float:
    today = done / boilings if boilings else 0.0
    return round(DAY_KWH * (number % 3650 + today), 2)


def _morning_state(sensor: Sensor, day_number: int) -> dict[str, Value]:
    state: dict[str, Value] = resting(sensor)
    quantities = sensor.model.quantities
    if sensor.model.mains:
        state["voltage"] = MAINS_V
        return state
    battery = battery_percent(sensor, day_number)
    state["battery"] = battery
    if "voltage" in quantities:
        state["voltage"] = 2500 + 5 * battery
    if "battery_low" in quantities:
        state["battery_low"] = False
    if "illuminance" in quantities:
        state["illuminance"] = 0
    return state


def battery_percent(sensor: Sensor, day_number: int) -> int:
    """Return a battery's charge: it falls from 100 to 15 over one and a half to three years, then it is changed."""
    number = chance.number(sensor.ieee_address, "battery")
    life_days = 550 + number % 550
    age_days = (day_number + number // 550 % life_days) % life_days
    return 100 - 85 * age_days // life_days
