"""An SOS is withdrawn at a configured button, soon after it was pressed, once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import SimulatedClock
from core.gateway_config import CancelButton, ConfiguredDevice, GatewayConfig
from core.messages import encode
from gateway.configuration import Configuration
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.interpretation import Interpreter
from gateway.outbox import Outbox, Reading
from gateway.withdrawal import Withdrawal

BUTTON, PENDANT, DOOR = "0xb", "0xa", "0xd"
EXPOSES = {
    BUTTON: [{"type": "enum", "property": "action", "name": "action", "values": ["single", "double"]}],
    PENDANT: [{"type": "enum", "property": "action", "name": "action", "values": ["emergency"]}],
    DOOR: [{"type": "binary", "property": "contact", "name": "contact", "value_on": False, "value_off": True}],
}
DEVICES = [
    {"ieee_address": key, "friendly_name": key, "definition": {"vendor": "V", "model": "M", "exposes": exposes}}
    for key, exposes in EXPOSES.items()
]
CONFIG = GatewayConfig(
    version="1",
    devices=[ConfiguredDevice(key=DOOR)],
    cancel_buttons=[
        CancelButton(BUTTON, action="double", within_s=60),
        CancelButton(DOOR, quantity="contact", within_s=10),
    ],
)


class Home:
    def __init__(self, folder: Path) -> None:
        self.clock = SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.outbox = Outbox(folder / "outbox.db", self.clock, "boot")
        self.configuration = Configuration(self.outbox.notes)
        self.configuration.take(encode(CONFIG))
        self.withdrawal = Withdrawal(self.configuration, self.clock)
        self.interpreter = Interpreter(Zigbee2Mqtt("z"), lambda _: None, withdraws=self.withdrawal.withdraws)
        self.take("bridge/devices", DEVICES)

    def take(self, name: str, payload: object, *, restated: bool = False) -> list[Reading]:
        now_ms = round(self.clock.now().timestamp() * 1000)
        readings = self.interpreter.take(f"z/{name}", json.dumps(payload).encode(), now_ms, restated=restated)
        self.withdrawal.note(readings)
        return readings

    def cancels(self, payload: object = {"action": "double"}, **more: bool) -> bool:
        return [each.name for each in self.take(BUTTON, payload, **more)] == [f"{BUTTON}/sos_cancelled"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.outbox.close()


def test_a_button_withdraws_a_recent_sos_once(home: Home) -> None:
    assert not home.cancels()
    (call,) = home.take(PENDANT, {"action": "emergency"})
    assert (call.name, call.urgent) == (f"{PENDANT}/sos_button", True)
    assert not home.cancels({"action": "single"})
    home.clock.advance(59)
    assert home.cancels()
    assert not home.cancels()


def test_it_is_urgent_itself(home: Home) -> None:
    home.take(PENDANT, {"action": "emergency"})
    (reading,) = home.take(BUTTON, {"action": "double"})
    assert (reading.value, reading.unit, reading.urgent) == (1.0, "1", True)


def test_too_late_or_only_restated_it_withdraws_nothing(home: Home) -> None:
    home.take(PENDANT, {"action": "emergency"})
    assert not home.cancels(restated=True)
    home.clock.advance(61)
    assert not home.cancels()


def test_without_its_configuration_a_button_does_nothing(home: Home) -> None:
    home.configuration.take(encode(GatewayConfig(version="2")))
    home.take(PENDANT, {"action": "emergency"})
    assert not home.cancels()


def test_a_quantity_withdraws_as_it_is_configured(home: Home) -> None:
    assert [each.value for each in home.take(DOOR, {"contact": False})] == [0.0]
    home.take(PENDANT, {"action": "emergency"})
    assert [each.name for each in home.take(DOOR, {"contact": False})] == [f"{DOOR}/contact"]
    assert [each.name for each in home.take(DOOR, {"contact": True})] == [f"{DOOR}/contact", f"{DOOR}/sos_cancelled"]
