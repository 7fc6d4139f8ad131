"""Which gateway a LoRaWAN device belongs to."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import SimulatedClock
from core.errors import VicinoError
from core.gateway_config import ConfiguredDevice, GatewayConfig
from gateway.owners import Owners

START = datetime(2026, 3, 1, tzinfo=UTC)


def write(file: Path, text: str, at_s: int) -> None:
    file.write_text(text)
    os.utime(file, (at_s, at_s))


def test_a_changed_list_is_read_again_and_a_wrong_one_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, file = SimulatedClock(START), tmp_path / "devices.toml"
    write(file, '[gateways]\ngw-1 = ["24E124136B502217"]\n"gw-2" = []\n', 1)
    owners = Owners("gw-reception", clock, file)
    assert owners.of("24e124136b502217") == "gw-1"
    assert owners.of("24e124136b502218") == "gw-reception"
    write(file, '[gateways]\ngw-2 = ["24e124136b502217"]\n', 2)
    # Nobody looks at a file for each message.
    assert owners.of("24e124136b502217") == "gw-1"
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-2"
    write(file, "[gateways", 3)
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-2"
    file.unlink()
    clock.advance(5)
    assert owners.of("24E124136B502217") == "gw-2"
    assert "stays in force" in capsys.readouterr().out


def test_what_the_configuration_says_goes_before_the_list(tmp_path: Path) -> None:
    clock, file = SimulatedClock(START), tmp_path / "devices.toml"
    write(file, '[gateways]\ngw-1 = ["24e124136b502217", "24e124136b502218"]\n', 1)
    owners = Owners("gw-reception", clock, file)
    configs = {"gw-1": GatewayConfig(version="1"), "gw-2": GatewayConfig(version="1")}
    owners.follow("gw-1", lambda: configs["gw-1"])
    owners.follow("gw-2", lambda: configs["gw-2"])
    assert owners.of("24e124136b502217") == "gw-1"
    configs["gw-2"] = GatewayConfig(version="2", devices=[ConfiguredDevice(key="24E124136B502217")])
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-2"
    assert owners.of("24e124136b502218") == "gw-1"
    configs["gw-2"] = GatewayConfig(version="3")
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-1"


def test_what_was_taken_away_stays_with_its_gateway_until_somebody_else_has_it(tmp_path: Path) -> None:
    clock, file = SimulatedClock(START), tmp_path / "devices.toml"
    write(file, "[gateways]\n", 1)
    owners = Owners("gw-reception", clock, file)
    configs = {"gw-1": GatewayConfig(version="1", retired=["24E124136B502217"]), "gw-2": GatewayConfig(version="1")}
    owners.follow("gw-1", lambda: configs["gw-1"])
    owners.follow("gw-2", lambda: configs["gw-2"])
    assert owners.of("24e124136b502217") == "gw-1"
    write(file, '[gateways]\ngw-3 = ["24e124136b502217"]\n', 2)
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-3"
    configs["gw-2"] = GatewayConfig(version="2", devices=[ConfiguredDevice(key="24e124136b502217")])
    clock.advance(5)
    assert owners.of("24e124136b502217") == "gw-2"


def test_without_a_list_all_belong_to_one() -> None:
    assert Owners("gw-1", SimulatedClock(START)).of("24e124136b502217") == "gw-1"


@pytest.mark.parametrize(
    "text",
    [
        "", "gateways = 1", "[gateways]\ngw-1 = 1", "[gateways]\ngw-1 = [1]", '[gateways]\n"GW 1" = []',
        '[gateways]\ngw-1 = ["ab"]\ngw-2 = ["AB"]', "\0",
    ],
)  # fmt: skip
def test_what_is_no_list(tmp_path: Path, text: str) -> None:
    file = tmp_path / "devices.toml"
    file.write_text(text)
    with pytest.raises(VicinoError, match=r"devices\.toml"):
        Owners("gw-1", SimulatedClock(START), file)
