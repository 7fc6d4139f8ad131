"""Which messages the source knows again when they are delivered once more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import SimulatedClock
from core.gateway_config import ConfiguredDevice, GatewayConfig
from core.messages import encode
from core.mqtt import BrokerAddress, Message
from gateway.configuration import Configuration
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.outbox import Outbox
from gateway.sources.mqtt import HELD, MqttSource

BASE = "zigbee2mqtt"
NOBODY = BrokerAddress("127.0.0.1", 9, None, None, tls=False)
DOOR = {
    "ieee_address": "0x1", "friendly_name": "door", "definition": {
        "exposes": [{"type": "binary", "property": "contact", "value_on": False, "value_off": True}],
    },
}  # fmt: skip
CLOSED, OPEN = b'{"contact": true}', b'{"contact": false}'


class Home:
    """A gateway that may be killed, before a broker that numbers its messages."""

    def __init__(self, outbox: Outbox, clock: SimulatedClock) -> None:
        self.outbox = outbox
        self._clock = clock
        self.start_again()
        self.deliver(1, json.dumps([DOOR]).encode(), topic=f"{BASE}/bridge/devices")

    def start_again(self) -> None:
        self._source = MqttSource("gw-1", Zigbee2Mqtt(BASE), NOBODY, self.outbox, self._clock)

    def hear(self, mid: int, payload: bytes, *, topic: str = f"{BASE}/door", dup: bool = False) -> None:
        self._clock.advance(1)
        self._source._note(Message(topic, payload, 1, mid, False, [], dup=dup))

    def deliver(self, mid: int, payload: bytes, *, topic: str = f"{BASE}/door", dup: bool = False) -> int:
        """Deliver a message; return how many readings came of it."""
        before = self.outbox.waiting
        self.hear(mid, payload, topic=topic, dup=dup)
        while self._source.turn():
            pass
        return self.outbox.waiting - before


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    clock = SimulatedClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    with Outbox(tmp_path / "outbox.db", clock, "boot-1", durable=False) as outbox:
        yield Home(outbox, clock)


@pytest.mark.parametrize(("between", "payload"), [("door", None), ("bridge/logging", b"{}")])
def test_a_message_is_taken_though_one_like_it_had_its_id_in_the_cycle_before(
    home: Home, between: str, payload: bytes | None
) -> None:
    assert home.deliver(7, OPEN) == 1
    assert home.deliver(8, CLOSED) == 1
    # Far fewer than there are ids: nothing of the cycle before is to be known by then.
    for number in range(3 * HELD):
        home.hear(9 + number, payload or (OPEN, CLOSED)[number % 2], topic=f"{BASE}/{between}")
    home.deliver(20_000, b"{}", topic=f"{BASE}/bridge/logging")
    # Killed before the outbox had it: the broker delivers it again.
    home.start_again()
    assert home.deliver(7, OPEN, dup=True) == 1


def test_all_that_may_be_under_way_is_known_when_it_is_delivered_again(home: Home) -> None:
    assert home.deliver(7, OPEN) == 1
    assert home.deliver(8, CLOSED) == 1
    for number in range(HELD - 2):
        home.hear(9 + number, (OPEN, CLOSED)[number % 2])
    home.deliver(20_000, b"{}", topic=f"{BASE}/bridge/logging")
    home.start_again()
    assert home.deliver(7, OPEN, dup=True) == 0
    assert home.deliver(8, CLOSED, dup=True) == 0


class Link:
    """A connection to a broker that is told which messages are safe."""

    connected = True

    def __init__(self) -> None:
        self.acknowledged: list[int] = []

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def acknowledge(self, message: Message) -> None:
        self.acknowledged.append(message.mid)


def test_what_its_refractory_time_holds_is_acknowledged_only_when_it_is_stored_or_forgotten(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    with Outbox(tmp_path / "outbox.db", clock, "boot-1", durable=False) as outbox:
        configuration = Configuration(outbox.notes)
        device = ConfiguredDevice("0x1", refractory_s={"contact": 5})
        configuration.take(encode(GatewayConfig(version="1", devices=[device])))
        link = Link()
        source = MqttSource(
            "gw-1", Zigbee2Mqtt(BASE), NOBODY, outbox, clock, configuration=configuration, connect=lambda *_: link
        )

        def hear(mid: int, payload: bytes, topic: str = "door", *, dup: bool = False) -> None:
            source._note(Message(f"{BASE}/{topic}", payload, 1, mid, False, [], dup=dup))
            while source.turn():
                pass
            clock.advance(1)

        hear(1, json.dumps([DOOR]).encode(), "bridge/devices")
        hear(2, OPEN)
        hear(3, CLOSED)
        assert (link.acknowledged, outbox.waiting) == ([1, 2], 1)
        # It bounces: both are over.
        hear(4, OPEN)
        assert (link.acknowledged, outbox.waiting) == ([1, 2, 3, 4], 1)
        hear(5, CLOSED)
        # On another connection it is the same message, to be acknowledged there.
        hear(5, CLOSED, dup=True)
        assert (link.acknowledged, outbox.waiting) == ([1, 2, 3, 4], 1)
        clock.advance(5)
        source.turn()
        assert (link.acknowledged, outbox.waiting) == ([1, 2, 3, 4, 5], 2)
        last = outbox.last("0x1/contact")
        assert last is not None
        # As of when it was closed, not of when its time was over.
        assert (last.value, last.at_ms) == (1.0, round(clock.now().timestamp() * 1000) - 7000)
