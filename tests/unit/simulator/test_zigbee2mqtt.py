import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulator.home import SimulatedHome
from simulator.models import LINK_QUALITY, MODELS
from simulator.plan import Role

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 4, 10, 0, 0, tzinfo=UTC)
DATA = Path(os.environ.get("VICINO_DATA_DIR") or Path(__file__).parents[4] / "shared" / "data")


def payloads_by_role():
    home = SimulatedHome(1, 1, ROME)
    roles = {f"{home.base}/{sensor.friendly_name}": sensor for sensor in home.sensors}
    found = {}
    for message in home.messages(START, START + timedelta(days=2)):
        sensor = roles[message.topic]
        found.setdefault(sensor.role, []).append((sensor, json.loads(message.payload)))
    return found


def properties(model):
    exposes = [*model.exposes, LINK_QUALITY]
    flat = [feature for expose in exposes for feature in expose.get("features", [expose])]
    return {expose["property"]: expose for expose in flat}


def test_payloads_carry_only_what_the_model_exposes_with_values_of_its_type():
    found = payloads_by_role()
    assert set(found) == set(Role)
    for sensor, payload in (pair for pairs in found.values() for pair in pairs):
        exposed = properties(sensor.model)
        assert payload.keys() - {"last_seen"} <= exposed.keys()
        for name, value in payload.items():
            kind = exposed.get(name, {"type": "text"})["type"]
            if kind == "numeric":
                assert type(value) in (int, float)
                assert exposed[name].get("value_min", value) <= value <= exposed[name].get("value_max", value)
            elif kind == "binary":
                assert value in (exposed[name]["value_on"], exposed[name]["value_off"])


def test_bridge_devices_have_the_shape_of_the_real_list():
    home = SimulatedHome(1, 3, ROME)
    message = next(message for message in home.announcement(START) if message.topic.endswith("/bridge/devices"))
    coordinator, *devices = json.loads(message.payload)
    assert message.retain
    assert coordinator["type"] == "Coordinator"
    assert {device["ieee_address"] for device in devices} == {sensor.key for sensor in home.sensors}
    assert {device["friendly_name"] for device in devices} == {sensor.friendly_name for sensor in home.sensors}
    assert len({device["friendly_name"] for device in devices}) == len(devices)
    for device in devices:
        assert device["definition"]["model"] in {model.model for model in MODELS}
        assert any(expose.get("property") == "linkquality" for expose in device["definition"]["exposes"])


def test_announcement_is_retained_and_says_that_all_are_online():
    home = SimulatedHome(1, 0, ROME, base_topic="haus/{gateway}/z2m")
    announcement = home.announcement(START)
    assert all(message.retain and message.topic.startswith("haus/gw-sim-01/z2m/") for message in announcement)
    states = {message.topic: json.loads(message.payload) for message in announcement if "devices" not in message.topic}
    assert set(map(str, states.values())) == {"{'state': 'online'}"}
    assert len(states) == 1 + len(home.sensors)


def test_batteries_fall_slowly():
    found = payloads_by_role()
    for pairs in found.values():
        for sensor, payload in pairs:
            assert ("battery" in payload) is not sensor.model.mains
            assert payload.get("battery", 100) >= 15


@pytest.mark.skipif(not (DATA / "zigbee_exposes").exists(), reason="the recorded data are not there")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.model)
def test_models_expose_what_the_real_ones_expose(model):
    with gzip.open(DATA / "zigbee_exposes" / "exposes.jsonl.gz", "rt") as lines:
        real = next(row for row in map(json.loads, lines) if row["model"] == model.model)
    assert (model.vendor, model.description) == (real["vendor"], real["description"])
    known = {expose.get("property", expose["type"]): expose for expose in real["exposes"]}
    for expose in model.exposes:
        expected = known[expose.get("property", expose["type"])]
        assert {key: value for key, value in expected.items() if key != "homeassistant"} == dict(expose)
