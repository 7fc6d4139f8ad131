"""Gateway keys and settings."""

import pytest

from core.errors import VicinoError
from gateway.settings import GatewaySettings, keys
from gateway.systems import systems


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


def test_the_systems_are_those_that_are_named() -> None:
    (system,) = systems("gw-1", GatewaySettings(broker_url="mqtt://127.0.0.1", home_base="home/{gateway}/z2m"))
    assert system.dialect.subscriptions == ("home/gw-1/z2m/#",)


@pytest.mark.parametrize("named", ["", "zigbee2mqtt,zigbee2mqtt", "zigbee2mqtt, telex"])
def test_a_system_that_nobody_knows_is_refused(named: str) -> None:
    with pytest.raises(VicinoError, match="VICINO_SYSTEMS"):
        systems("gw-1", GatewaySettings(broker_url="mqtt://127.0.0.1", systems=named))
