"""Every recorded answer of a Shelly device is read, or refused with a reason."""

from pathlib import Path

import pytest

from devices.decoders.decoded import Refusal
from devices.decoders.shelly import blu, components, message
from devices.decoders.shelly.message import Message

# What each of the recorded answers comes to: values, devices it explains, or why it is refused.
READ: dict[str, dict[str, float]] = {
    "shelly2pmg3__Shelly.GetStatus": {
        "power": 0.0, "voltage": 219.2, "energy": 314.614 / 1000, "device_temperature": 52.0, "signal_strength": -38.0,
    },
    "shellyblugatewaygen3__Shelly.GetStatus": {"signal_strength": -51.0},
    "shellymini1gen4__Shelly.GetStatus": {
        "appliance_on": 0.0, "device_temperature": 64.4, "signal_strength": -65.0,
    },
}  # fmt: skip
REFUSED = {
    "shelly2pmg3__Cover.GetStatus": "component",
    "shelly2pmg3__Shelly.ListMethods": "nothing",
    "shellyblugatewaygen3__BluTrv.GetRemoteConfig": "nothing",
    "shellymini1gen4__Shelly.GetComponents": "nothing",
    "shellyplus2pm__Cover.Close_auth_failure": "error",
    "shellyplus2pm__Cover.Close_success": "nothing",
    "st1820__Shelly.ListMethods": "nothing",
}
INFORMS = {
    "shellyblugatewaygen3__Shelly.GetConfig": ("aabbccddeeff", "Test Name"),
    "shellyblugatewaygen3__Shelly.GetDeviceInfo": ("aabbccddeeff", "Shelly BLU Gateway Gen3 [DDEEFF]"),
    "shellymini1gen4__Shelly.GetConfig": ("aabbccddeeff", "Shelly 1 Mini Gen4 [DDEEFF]"),
    "shellymini1gen4__Shelly.GetDeviceInfo": ("aabbccddeeff", "Shelly 1 Mini Gen4 [DDEEFF]"),
    "shellyplugus__Shelly.GetConfig": ("c049ef8c480c", None),
    "shellyplus2pm__shelly": ("aabbccddeeff", "Shelly Plus 2PM"),
}
EXPLAINS = {"shellyblugatewaygen3__Shelly.GetComponents": {"aabbccddeeff"}}


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> dict[str, Message | Refusal]:
    files = sorted((shared_data / "shelly_rpc").glob("*.json"))
    return {file.stem: message.read(file.read_bytes()) for file in files}


def test_every_answer_is_read_or_refused(recorded: dict[str, Message | Refusal]) -> None:
    assert len(recorded) == 17
    assert recorded.keys() == {*READ, *REFUSED, *INFORMS, *EXPLAINS}
    assert {name: found.reason for name, found in recorded.items() if isinstance(found, Refusal)} == REFUSED


@pytest.mark.parametrize("name", READ)
def test_a_status_measures(recorded: dict[str, Message | Refusal], name: str) -> None:
    found = recorded[name]
    assert isinstance(found, Message)
    measurements, _ = components.measure(found.status)
    assert {each.quantity: each.value for each in measurements} == pytest.approx(READ[name])
    assert found.clock is True
    assert found.at is not None
    assert message.device_key(found.source, found.status) == "aabbccddeeff"


@pytest.mark.parametrize("name", INFORMS)
def test_a_device_says_who_it_is(recorded: dict[str, Message | Refusal], name: str) -> None:
    found = recorded[name]
    assert isinstance(found, Message)
    assert (message.device_key(found.source, found.status, found.info), found.info["name"]) == INFORMS[name]


def test_a_gateway_says_which_bluetooth_devices_it_hears(recorded: dict[str, Message | Refusal]) -> None:
    found = recorded["shellyblugatewaygen3__Shelly.GetComponents"]
    assert isinstance(found, Message)
    known = blu.parts(found.config)
    assert {what.address for what in known.values()} == EXPLAINS["shellyblugatewaygen3__Shelly.GetComponents"]
    measured = {
        name: {each.quantity: each.value for each in decoded.measurements}
        for name, status in found.status.items()
        if (decoded := blu.measure(name, status, known))
    }
    assert measured["blutrv:200"] == {"battery": 100, "signal_strength": -58, "temperature": 21}
    assert measured["bthomesensor:202"] == {"temperature": 19}
