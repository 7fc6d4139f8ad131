"""A simulated home whose sensors speak LoRaWAN, and what a gateway makes of what its server says."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.vocabulary import BY_NAME
from devices import models
from devices.decoders.lorawan.payloads.models import decode_payload
from gateway.dialects.chirpstack import chirpstack
from gateway.interpretation import Interpreter
from gateway.reading import Reading
from simulator import chirpstack as simulated
from simulator import scenario
from simulator.habits import milliseconds
from simulator.home import SimulatedHome
from simulator.plan import PLANS, Role

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 20, 0, 0, tzinfo=UTC)
HOURS = 36


def home(index: int = 0) -> SimulatedHome:
    return SimulatedHome(3, index, ROME, plan=PLANS[index]._replace(lorawan=True))


WHOLE = list(home().messages(START, START + timedelta(hours=HOURS)))
UPLINKS = [(message, json.loads(message.payload)) for message in WHOLE if message.topic.endswith("/up")]


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, HOURS * 3_600_000), max_size=3))
def test_an_interval_split_anywhere_gives_the_same_messages(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), HOURS * 3_600_000]
    pieces = []
    for begin, end in pairwise(edges):
        pieces += home().messages(START + timedelta(milliseconds=begin), START + timedelta(milliseconds=end))
    assert pieces == WHOLE


def test_a_sensor_speaks_by_one_radio() -> None:
    topics = {message.topic.rpartition("/")[2] for message in WHOLE if message.topic.startswith(home().base)}
    spoken = {sensor.friendly_name for sensor in home().sensors if not simulated.speaks_lorawan(sensor)}
    assert topics <= spoken | {"devices", "state", "availability"}
    listed = {device["key"] for device in home().registry_entry()["devices"]}
    euis = {simulated.device_eui(sensor) for sensor in home().sensors if simulated.speaks_lorawan(sensor)}
    assert {said["deviceInfo"]["devEui"] for _, said in UPLINKS} <= euis <= listed
    assert len(listed) == len(home().sensors)


def test_frames_are_counted_some_are_lost_and_some_come_twice() -> None:
    counted = Counter((said["deviceInfo"]["devEui"], said["devAddr"], said.get("fCnt", 0)) for _, said in UPLINKS)
    assert 0 < sum(count > 1 for count in counted.values()) < 0.05 * len(counted)
    highest: dict[tuple[str, str], int] = {}
    for eui, address, counter in counted:
        highest[eui, address] = max(highest.get((eui, address), 0), counter)
    sent = sum(counter + 1 for counter in highest.values())
    assert 0.01 < (sent - len(counted)) / sent < 0.06


def test_bytes_and_object_say_the_same() -> None:
    with_object = [said for _, said in UPLINKS if "object" in said]
    assert 0 < len(with_object) < len(UPLINKS)
    for said in with_object[:300]:
        decoded = decode_payload(
            [said["deviceInfo"]["deviceProfileName"]], said["fPort"], base64.b64decode(said["data"])
        )
        assert decoded == said["object"]


def taken(simulation: SimulatedHome, end: datetime) -> tuple[Interpreter, list[Reading]]:
    dialect = chirpstack("+", lambda device, frame: decode_payload(device.models, frame.port, frame.payload))
    interpreter = Interpreter(dialect, lambda _: None)
    return interpreter, [
        reading
        for message in simulation.messages(START, end)
        if message.topic.startswith("application/")
        for reading in interpreter.take(message.topic, message.payload, milliseconds(message.at), restated=False)
    ]


def test_a_gateway_reads_them_all_and_tells_what_was_lost() -> None:
    interpreter, readings = taken(home(), START + timedelta(hours=HOURS))
    assert not interpreter.refused
    kinds = Counter(reading.name.split("/")[1] for reading in readings)
    assert {
        "occupancy",
        "contact",
        "temperature",
        "humidity",
        "battery",
        "signal_strength",
        "missed_reports",
    } <= kinds.keys()
    for reading in readings:
        quantity = BY_NAME[reading.name.split("/")[1]]
        assert quantity.minimum <= reading.value <= quantity.maximum, reading


def test_an_sos_is_never_lost() -> None:
    pressed = [START + timedelta(hours=hour) for hour in range(1, HOURS, 2)]
    simulation = home().with_events([scenario.sos(home().key, at) for at in pressed])
    _, readings = taken(simulation, START + timedelta(hours=HOURS))
    calls = [reading.at_ms for reading in readings if "/sos_button" in reading.name]
    assert calls == [milliseconds(at) for at in pressed]


@pytest.mark.parametrize("role", simulated.MODELS)
def test_models_are_in_the_catalogue(role: Role) -> None:
    model = models.find(simulated.MODELS[role].model)
    assert model is not None
    measured = set(simulated.MODELS[role].quantities) - {"missed_reports", "signal_strength", "link_quality"}
    assert measured <= set(model.quantities)
