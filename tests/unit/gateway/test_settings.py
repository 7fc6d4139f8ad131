"""Gateway keys and settings."""

from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.errors import VicinoError
from core.mqtt import Version
from gateway.settings import GatewaySettings, keys
from gateway.systems import Systems


def test_lists_and_ranges() -> None:
    assert keys("gw-a, gw-b") == ["gw-a", "gw-b"]
    assert keys("gw-demo-{08..11}") == ["gw-demo-08", "gw-demo-09", "gw-demo-10", "gw-demo-11"]
    assert keys("a{1..2},b") == ["a1", "a2", "b"]


@pytest.mark.parametrize("text", ["", " , ", "gw a", "GW", "a,a", "a{2..1}", "a{1..99999}", "../x", "a/b"])
def test_what_is_no_list_of_keys(text: str) -> None:
    with pytest.raises(VicinoError):
        keys(text)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICINO_GATEWAYS", "gw-1")
    monkeypatch.setenv("VICINO_HOME_BASE", "home/{gateway}/z2m")
    settings = GatewaySettings()
    assert (settings.gateways, settings.home_base, settings.home_broker_url) == ("gw-1", "home/{gateway}/z2m", None)


def systems(*gateways: str, **said: Any) -> Systems:
    return Systems(gateways, GatewaySettings(broker_url="mqtt://127.0.0.1", **said), SystemClock())


def test_the_systems_are_those_that_are_named() -> None:
    (system,) = systems("gw-1", home_base="home/{gateway}/z2m").of("gw-1")
    assert system.dialect.subscriptions == ("home/gw-1/z2m/#",)
    assert system.connect is None


def test_other_systems_in_the_home_are_heard_where_they_are_said_to_speak(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("54:48:E6:8F:80:A5 231d39c1d7cc1ab1aee224cd096db932\n", encoding="utf-8")
    ble, shelly = systems(
        "gw-1", systems="ble, shelly", ble_base="home/{gateway}/ble", ble_keys=keys, shelly_prefixes="+, casa/+"
    ).of("gw-1")
    assert ble.dialect.subscriptions == ("home/gw-1/ble/+/BTtoMQTT/#", "home/gw-1/ble/+/LWT")
    assert {"+/events/rpc", "casa/+/online"} <= set(shelly.dialect.subscriptions)


def test_what_is_announced_and_what_speaks_senml_is_heard_where_it_is_said_to_speak() -> None:
    found = systems(
        "gw-1",
        systems="tasmota, homeassistant, statestream, senml",
        tasmota_topics="{gateway}/tele/#",
        homeassistant_prefix="{gateway}/ha",
        homeassistant_topics="{gateway}/esp/#, {gateway}/status",
        statestream_base="{gateway}/states",
        senml_base="{gateway}/own",
    ).of("gw-1")
    first = [system.dialect.subscriptions[0] for system in found]
    assert first == ["tasmota/discovery/+/config", "gw-1/ha/+/+/config", "gw-1/states/sensor/+/state", "gw-1/own/+"]
    assert found[0].dialect.subscriptions[1:] == ("gw-1/tele/#",)
    assert found[1].dialect.subscriptions[2:] == ("gw-1/esp/#", "gw-1/status")


@pytest.mark.parametrize("text", ["somebody's key", None])
def test_keys_of_devices_that_cannot_be_read_are_an_error(tmp_path: Path, text: str | None) -> None:
    keys = tmp_path / "keys"
    if text:
        keys.write_text(text, encoding="utf-8")
    with pytest.raises(VicinoError, match="keys of BLE devices") as error:
        systems("gw-1", systems="ble", ble_keys=keys).of("gw-1")
    assert "VICINO_BLE_KEYS" in error.value.advice


@pytest.mark.parametrize("named", ["", "zigbee2mqtt,zigbee2mqtt", "zigbee2mqtt, telex"])
def test_a_system_that_nobody_knows_is_refused(named: str) -> None:
    with pytest.raises(VicinoError, match="VICINO_SYSTEMS"):
        systems("gw-1", systems=named)


def test_network_servers_are_heard_as_they_speak() -> None:
    found = systems(
        "gw-1",
        systems="chirpstack, things_stack",
        chirpstack_url="mqtt://cs",
        chirpstack_application="17c82e96",
        things_stack_url="mqtts://care%40union:key@eu1.cloud.thethings.network",
    ).of("gw-1")
    assert [system.dialect.subscriptions for system in found] == [
        ("application/17c82e96/device/+/event/+",),
        ("v3/care@union/devices/+/up", "v3/care@union/devices/+/join"),
    ]
    assert [tuple(system.delivery) for system in found] == [(Version.V5, 1), (Version.V3_1_1, 0)]
    assert found[1].broker.user == "care@union"
    assert found[1].broker.tls


@pytest.mark.parametrize(
    ("gateways", "said", "message"),
    [
        (("gw-1",), {"systems": "chirpstack"}, "VICINO_CHIRPSTACK_URL"),
        (("gw-1",), {"systems": "things_stack"}, "VICINO_THINGS_STACK_URL"),
        (("gw-1",), {"systems": "chirpstack", "lorawan_reception": "gw-9"}, "VICINO_LORAWAN_RECEPTION"),
        (("gw-1", "gw-2"), {"systems": "chirpstack", "chirpstack_url": "mqtt://cs"}, "VICINO_LORAWAN_RECEPTION"),
        (("gw-1",), {"systems": "chirpstack", "codecs": Path("/nowhere")}, "VICINO_CODECS"),
        (("gw-1",), {"systems": "chirpstack", "lorawan_devices": Path("/nowhere")}, "list of LoRaWAN devices"),
    ],
)
def test_what_network_servers_need_must_be_said(gateways: tuple[str, ...], said: dict[str, Any], message: str) -> None:
    with pytest.raises(VicinoError) as error:
        systems(*gateways, **said).of("gw-1")
    assert message in f"{error.value} {error.value.advice}"
