"""What simulated homes say by Bluetooth and LoRaWAN, over a real broker into an outbox."""

from collections.abc import Callable
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import SystemClock
from core.messages import Inventory
from core.mqtt import Connection
from devices.decoders.lorawan.payloads.models import decode_payload
from gateway.dialects.ble import Ble
from gateway.dialects.chirpstack import chirpstack
from gateway.outbox import Outbox
from simulator import ble, scenario
from simulator.chirpstack import device_eui
from simulator.habits import instant_of
from simulator.home import SimulatedHome
from simulator.plan import PLANS, Role
from tests.integration.gateway.sources.test_systems import running

HOME = SimulatedHome(3, 0, ZoneInfo("Europe/Rome"), plan=PLANS[0]._replace(ble=True, lorawan=True))


def test_a_weight_and_a_call_for_help_arrive_once(
    own_broker: Any, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    body = ble.draw_body(HOME.seed, HOME.key)
    days = (HOME.ble_day(date(2026, 3, 2) + timedelta(days=number)) for number in range(30))
    at, said = next(taken for day in days for taken in ble.measurements(body, day)["scale"])
    pressed = instant_of(at).replace(microsecond=0) + timedelta(seconds=3)
    simulated = HOME.with_events([scenario.sos(HOME.key, pressed)])
    messages = list(simulated.messages(instant_of(at), instant_of(at) + timedelta(minutes=2)))
    assert sum("BTtoMQTT" in message.topic for message in messages) > 5
    scale = next(device.address for device in HOME.ble_devices if device.model.kind == "scale")
    button = device_eui(next(sensor for sensor in HOME.sensors if sensor.role is Role.SOS))
    speaker = Connection(own_broker.address, "home")
    speaker.start()
    assert speaker.wait_connected(60)
    server = chirpstack("+", lambda device, frame: decode_payload(device.models, frame.port, frame.payload))
    found = [Inventory()]
    with (
        Outbox(tmp_path / "ble.db", SystemClock(), "boot-1") as heard,
        Outbox(tmp_path / "lorawan.db", SystemClock(), "boot-1") as served,
        running(heard, own_broker, Ble(HOME.ble_base), found) as receiver,
        running(served, own_broker, server, found) as network,
    ):
        wait_until(lambda: _refuses(receiver, speaker, f"{HOME.ble_base}/camera/BTtoMQTT/x"))
        wait_until(lambda: _refuses(network, speaker, "application/1/device/1/event/up"))
        for message in messages:
            assert speaker.publish(message.topic, message.payload, retain=message.retain)
        wait_until(lambda: heard.last(f"{scale}/body_weight") is not None)
        wait_until(lambda: served.last(f"{button}/sos_button") is not None)
        weight, call = heard.last(f"{scale}/body_weight"), served.last(f"{button}/sos_button")
        assert weight is not None
        assert call is not None
        assert weight.value == said["weight"]
        assert call.source_ms == round(pressed.astimezone(UTC).timestamp() * 1000)
    speaker.stop()


def _refuses(source: Any, speaker: Connection, topic: str) -> bool:
    speaker.publish(topic, b"{")
    return bool(source._interpreter.refused["syntax"])
