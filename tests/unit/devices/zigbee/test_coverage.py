"""What counts as required, what is ignored and why, and the figures over all known models."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from core.vocabulary import BY_NAME
from devices.decoders.zigbee.conversions import calls_for_help
from devices.decoders.zigbee.coverage import coverage, properties, required
from devices.decoders.zigbee.feature import Feature
from devices.decoders.zigbee.ignored import KINDS, ignored
from devices.decoders.zigbee.mapping import exposed

# Words in which a property says that something is not known: they are rightly no value.
UNREAD = {
    "door_state": {"error_jammed", "error_unspecified", "undefined"},
    "power": {"unknown"},
    "fall_status": {"fall_warning", "unknown"},
    "fall_down_status": {"maybe_fall"},
    "movement": {"unknown_0", "unknown_1"},
    "smoke_state": {"detecting", "unknown"},
}


@pytest.fixture(scope="module")
def models(shared_data: Path) -> list[dict[str, Any]]:
    with gzip.open(shared_data / "zigbee_exposes" / "exposes.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    "feature",
    [
        Feature("occupancy", kind="binary"), Feature("smoke", kind="binary"), Feature("battery", kind="enum"),
        Feature("temperature", kind="text"), Feature("contact", kind="binary", access=7),
        Feature("power_l1", kind="numeric", endpoint="l1"), Feature("temperature_2", kind="numeric"),
        Feature("humidity_garden", kind="numeric", endpoint="garden"), Feature("power_phase_b", kind="numeric"),
        Feature("water_leak_zone_1", kind="binary"), Feature("presence_state", kind="enum"),
        Feature("smoke_alarm_state", kind="enum"), Feature("gas_value", kind="numeric"), Feature("pir", kind="binary"),
        Feature("battery_state", kind="enum"), Feature("illuminance_lux", kind="numeric"),
        Feature("action", kind="enum", values=("on", "sos")), Feature("action", kind="enum", values=("1_emergency_x",)),
        Feature("action_l2", kind="enum", endpoint="l2", values=("emergency",)), Feature("sos", kind="binary"),
    ],
)  # fmt: skip
def test_what_home_care_watches_is_required(feature: Feature) -> None:
    assert required(feature)


@pytest.mark.parametrize(
    "feature",
    [
        Feature("power_on_behavior", kind="enum", access=7),
        Feature("temperature_calibration", kind="numeric", access=3),
        Feature("action", kind="enum", values=("single",)), Feature("smoke", kind="binary", access=2),
        Feature("mode", kind="enum", access=2, values=("emergency",)), Feature("battery_state", kind="enum", access=3),
        Feature("power_factor", kind="numeric"), Feature("humidity_alarm", kind="enum"),
        Feature("state", kind="binary"),
    ],
)  # fmt: skip
def test_settings_and_figures_beside_it_are_not_required(feature: Feature) -> None:
    assert not required(feature)


def test_what_is_required_and_not_mapped_is_named() -> None:
    broken = {"property": "temperature", "type": "text", "access": 1}
    setting = {"property": "temperature_offset", "type": "numeric", "access": 3}
    riddle = {"property": "riddle", "type": "numeric", "access": 1}
    smoke = {"property": "smoke", "type": "binary", "access": 1}
    found = coverage([("A", [broken, setting, smoke]), ("B", [riddle, smoke])])
    assert (found.models, found.mapped.total(), found.ignored.total(), found.unknown.total()) == (2, 2, 2, 1)
    assert found.required == 3
    assert [(each.model, each.name) for each in found.unmapped] == [("A", "temperature")]
    assert found.unknown == {"riddle": 1}


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_each_kind_of_ignored_has_its_reason(kind: Any) -> None:
    assert kind.name
    assert len(kind.reason.split()) > 3


@pytest.mark.parametrize(
    ("feature", "kind"),
    [
        (Feature("smoke", access=2), "command"),
        (Feature("occupied_heating_setpoint", access=7), "setting or actuator"),
        (Feature("action", kind="enum", values=("single",)), "operation of a remote control"),
        (Feature("power_factor_l2"), "electrical detail"),
        (Feature("water_warning"), "judged by the device"),
        (Feature("reboot", category="diagnostic"), "upkeep of the device"),
        (Feature("riddle"), None),
    ],
)
def test_the_first_kind_that_fits_counts(feature: Feature, kind: str | None) -> None:
    found = ignored(feature)
    assert (found.name if found else None) == kind


def test_every_required_property_of_every_known_model_is_mapped(models: list[dict[str, Any]]) -> None:
    found = coverage((model["model"], model["exposes"]) for model in models)
    assert found.models == 4516
    assert found.unmapped == ()
    assert found.required > 4_000
    # The unknown stay few enough to be looked through.
    assert found.unknown.total() < 0.02 * (found.mapped.total() + found.ignored.total())


def test_every_declared_value_of_a_mapped_property_can_be_read(models: list[dict[str, Any]]) -> None:
    for model in models:
        for each in exposed(model["exposes"], model["model"])[0]:
            feature = each.feature
            if feature.kind == "binary":
                assert {each.read(feature.on), each.read(feature.off)} == {0.0, 1.0}, (model["model"], each.key)
            elif feature.kind == "enum" and each.quantity != "sos_button":
                unread = {word for word in feature.values if each.read(word) is None}
                assert unread <= UNREAD.get(each.key, set()), (model["model"], each.key)
            elif each.quantity == "sos_button" and feature.kind == "enum":
                assert calls_for_help(feature)


def test_series_of_one_model_are_never_shared(models: list[dict[str, Any]]) -> None:
    for model in models:
        mapped, others = exposed(model["exposes"], model["model"])
        assert len({(each.quantity, each.channel) for each in mapped}) == len(mapped), model["model"]
        assert {each.quantity for each in mapped} <= BY_NAME.keys()
        assert len(properties(model["model"], model["exposes"])) == len(mapped) + len(others)
