"""What a publisher does without a broker."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import SimulatedClock
from core.messages import FoundDevice, Inventory, decode_inventory
from core.mqtt import BrokerAddress
from core.topics import Leaf
from gateway.outbox import Outbox, Reading
from gateway.publisher import Publisher
from gateway.synchronisation import Timekeeper

NOBODY = BrokerAddress("127.0.0.1", 9, None, None, tls=False)


def test_every_turn_with_a_synchronised_clock_releases_what_is_held(tmp_path: Path) -> None:
    clock = SimulatedClock(datetime(1970, 1, 1, tzinfo=UTC))
    timekeeper = Timekeeper(clock)
    with Outbox(tmp_path / "o.db", clock, "boot-1", timekeeper=timekeeper) as outbox:
        publisher = Publisher("gw-1", outbox, NOBODY, clock, timekeeper=timekeeper)
        outbox.add([Reading("a/occupancy", 1.0, "1")])
        publisher.turn()
        assert outbox.seal(Leaf.READINGS, 10) is None
        clock.jump(datetime(2026, 3, 1, 12, tzinfo=UTC))
        publisher.turn()
        assert outbox.seal(Leaf.READINGS, 10) is not None


class Heard:
    """A connection that takes everything."""

    connected = alive = True

    def __init__(self) -> None:
        self.inventories: list[bytes] = []

    def publish(self, topic: str, payload: bytes, **_: object) -> int:
        if topic.endswith("/inventory"):
            self.inventories.append(payload)
        return 1


def test_a_large_inventory_that_keeps_changing_is_not_published_with_every_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimulatedClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    with Outbox(tmp_path / "o.db", clock, "boot-1") as outbox:
        publisher = Publisher("gw-1", outbox, NOBODY, clock)
        heard = Heard()
        monkeypatch.setattr(publisher, "_connection", heard)
        monkeypatch.setattr(publisher, "_connected", True)
        many = [FoundDevice(f"a{n}", name="x" * 200) for n in range(1_000)]
        for second in range(60):
            publisher.say_inventory(Inventory([*many, FoundDevice(f"new {second}")]))
            publisher.turn()
            clock.advance(1)
        size = len(heard.inventories[0])
        assert 60 * 16_384 / size - 1 <= len(heard.inventories) <= 60 * 16_384 / size + 1
        publisher.say_inventory(Inventory([FoundDevice("last")]))
        clock.advance(size / 16_384)
        publisher.turn()
        assert decode_inventory(heard.inventories[-1]).devices == [FoundDevice("last")]
