"""One rule test over the whole catalogue, and how models are found."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from devices import models
from devices.decoders.decoded import Decoded
from devices.decoders.zigbee import example as zigbee_example
from devices.decoders.zigbee2mqtt import decode_state
from devices.examples import outcome
from devices.models import CatalogueError, Filed
from simulator.models import MODELS
from tests.unit.devices import catalogue_rules as rules

CATALOGUE = models.catalogue()
ZIGBEE = [filed.model for filed in CATALOGUE if filed.model.protocol == "zigbee2mqtt"]


@pytest.mark.parametrize("filed", CATALOGUE, ids=[f"{filed.vendor_folder}/{filed.file}" for filed in CATALOGUE])
@pytest.mark.parametrize("name", rules.RULES)
def test_every_model_keeps_the_rule(name: str, filed: Filed) -> None:
    wrong, excuse = rules.wrong(name, filed), rules.excused(name, filed.model)
    assert bool(wrong) == bool(excuse), f"{name}: {wrong}" if wrong else f"no excuse is needed: {excuse}"


def test_exceptions_are_of_models_and_rules_that_exist() -> None:
    for name, model in rules.EXCEPTIONS:
        assert name in rules.RULES
        assert models.find(model) is not None


BROKEN: dict[str, dict[str, Any]] = {
    "the_folder_is_the_vendor_and_the_file_the_model": {"vendor": "Another"},
    "its_kind_is_described": {"kind": "riddle"},
    "its_names_are_its_own": {"aliases": ("MCCGQ11LM",)},
    "its_examples_decode_to_what_they_state": {"examples": ()},
    "its_quantities_are_those_of_its_examples": {"quantities": ("occupancy", "smoke")},
    "what_it_measures_is_plausible": {"examples": (models.Example(title="Hot", readings={"temperature": 300.0}),)},
    "it_can_answer_the_walk_test": {"quantities": ("battery",)},
    "it_says_how_often_it_reports_and_how_that_is_known": {"interval": models.Interval(seconds=60, source="")},
    "the_battery_is_named": {"power": models.Power(source="battery", battery="CR9999", count=1)},
    "the_life_of_the_battery_is_stated": {"power": models.Power(source="battery", battery="CR2450", count=1)},
    "what_it_says_of_its_battery_is_what_it_measures": {"power": models.Power(source="battery", tells=("low",))},
    "advice_is_given_in_both_languages": {"extra_advice": models.Text(en="Not in the sun.", it="")},
    "a_motion_sensor_says_how_long_it_holds": {"hold": None},
    "what_it_is_told_to_call_attention_is_json": {"signal": models.Signal(on="{}", off="{}", sound=True)},
    "what_quantities_mean_is_known": {"meanings": {"occupancy": "riddle"}},
    "sources_are_names_of_documents": {"sources": ()},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_finds_what_is_wrong(name: str) -> None:
    sound = next(filed for filed in CATALOGUE if filed.model.model == "RTCGQ11LM")
    assert rules.wrong(name, sound) == ""
    broken = msgspec.structs.replace(sound, model=msgspec.structs.replace(sound.model, **BROKEN[name]))
    assert rules.wrong(name, broken) != ""


def test_what_home_care_uses_is_described() -> None:
    described = [filed.model for filed in CATALOGUE]
    assert {model.kind for model in described} == set(models.kinds())
    assert len(described) >= 60
    assert {model.protocol for model in described} >= {"zigbee2mqtt", "lorawan", "ble", "shelly", "senml"}


@pytest.fixture(scope="module")
def exposes(shared_data: Path) -> dict[str, list[dict[str, Any]]]:
    """What real models expose, by their names; some are used by several vendors."""
    found: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(shared_data / "zigbee_exposes" / "exposes.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            model = json.loads(line)
            found.setdefault(model["model"], []).append(model)
    return found


@pytest.mark.parametrize("model", ZIGBEE, ids=lambda model: model.model)
def test_zigbee_models_are_as_the_bridge_declares_them(
    model: models.Model, exposes: dict[str, list[dict[str, Any]]]
) -> None:
    definitions = [each for each in exposes.get(model.model, []) if each["vendor"] == model.vendor]
    assert definitions, "the bridge knows no such model of this vendor"
    device = zigbee_example.declared(model, definitions[0]["exposes"])
    declared = {exposed.quantity for exposed in device.exposes} | {"link_quality"}
    assert set(model.quantities) == declared - {"haptic_feedback"}
    for example in model.examples:
        decoded = decode_state(example.payload.encode(), device)
        assert isinstance(decoded, Decoded)
        assert outcome(decoded.measurements, decoded.others).readings == dict(example.readings), example.title
    known = {exposed.key for exposed in device.exposes} | set(device.others) | {"linkquality"}
    assert {name for example in model.examples for name in json.loads(example.payload)} <= known


@pytest.mark.parametrize("simulated", MODELS, ids=lambda model: model.model)
def test_simulated_models_are_in_the_catalogue(simulated: Any) -> None:
    model = models.find(simulated.model, simulated.vendor)
    assert model is not None
    assert set(simulated.quantities) <= set(model.quantities)
    assert (model.power.source == "mains") == simulated.mains
    assert model.interval.seconds is not None
    assert simulated.check_in_s <= model.interval.seconds
    if simulated.hold_s:
        assert model.hold is not None
        assert model.hold.seconds == simulated.hold_s


@pytest.mark.parametrize(
    ("model", "vendor"),
    [
        ("RTCGQ11LM", "Aqara"), ("rtcgq11lm", ""), ("lumi.sensor_motion.aq2", ""), ("HS1SA-E", "HEIMAN"),
        ("JT-BZ-01AQ/A", "Aqara"), ("hs1sa_e", "Heiman Technology"), ("R7052", "Woox"), ("TS011F_plug_1", "Aubess"),
    ],
)  # fmt: skip
def test_a_model_is_found_by_what_its_system_calls_it(model: str, vendor: str) -> None:
    assert models.find(model, vendor) is not None


@pytest.mark.parametrize(
    ("model", "vendor"), [("RTCGQ11LM", "IKEA"), ("R7052", "IKEA"), ("no such model", ""), ("", ""), ("é", "")]
)  # fmt: skip
def test_other_models_are_not_described_yet(model: str, vendor: str) -> None:
    assert models.find(model, vendor) is None


def test_advice_is_that_of_the_kind_and_of_the_model() -> None:
    model = models.find("RTCGQ11LM")
    assert model is not None
    assert model.advice("it").startswith(models.kinds()["motion"].advice.it)
    assert "prova" in model.advice("it")
    assert model.advice("en") != model.advice("it")
    assert model.test == models.kinds()["motion"].walk_test


def test_a_file_with_an_unknown_key_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text('name.en = "Sensor"\nname.it = "Sensore"\nheigth = 2\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"odd\.toml .*heigth"):
        models.read(file, models.Kind)


def test_the_catalogue_needs_nothing_but_the_kernel() -> None:
    check = (
        "import sys, devices.models as models; models.find('RTCGQ11LM'); "
        "sys.exit(any(name in sys.modules for name in "
        "('psycopg', 'pandas', 'numpy', 'devices.decoders.zigbee2mqtt', 'devices.examples')))"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
