"""What a publisher does without a broker."""

from datetime import UTC, datetime
from pathlib import Path

from core.clock import SimulatedClock
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
