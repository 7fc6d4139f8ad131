"""A gateway whose disk is really full: nothing is acknowledged that is not kept, and a call for help gets through."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.mqtt import Connection
from core.topics import Leaf
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.outbox import Outbox
from gateway.publisher import Pace, Publisher
from gateway.sources import mqtt
from gateway.sources.mqtt import MqttSource
from gateway.storage import Storage
from gateway.window import Limits

BASE = "home/gw-1/zigbee2mqtt"
SENSORS = [
    {
        "ieee_address": f"0x{number}",
        "friendly_name": f"device {number}",
        "definition": {
            "exposes": [{"type": "binary", "property": "occupancy"}, {"type": "numeric", "property": "temperature"}]
        },
    }
    for number in range(3)
]
DISK_BYTES = 8 * 1024 * 1024
RESERVE_BYTES = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "vicino-test", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("A file system of its own cannot be mounted here (it takes root).")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all that is left of the disk."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


class Home:
    """A gateway at work, and the bridge that speaks to it."""

    def __init__(self, outbox: Outbox, broker: Any) -> None:
        self.clock = SystemClock()
        self.outbox = outbox
        pace = Pace(linger_s=0.0, will_delay_s=0, reconnect_max_s=1, limits=Limits(first_s=0.3))
        self.publisher = Publisher("gw-1", outbox, broker.address, self.clock, pace=pace)
        self.source = MqttSource(
            "gw-1", Zigbee2Mqtt(BASE), broker.address, outbox, self.clock,
            on_readings=self.publisher.notify, on_unheard=self.publisher.note_unheard,
        )  # fmt: skip
        self.confirmed: list[int] = []
        self.bridge = Connection(broker.address, "bridge", on_published=self.confirmed.append)
        self.start = datetime.now(UTC) - timedelta(seconds=60)

    @contextmanager
    def running(self, wait_until: Callable[..., None]) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=part.run, args=(stop,)) for part in (self.source, self.publisher)]
        self.bridge.start()
        assert self.bridge.wait_connected(60)
        self.send("bridge/devices", SENSORS, retain=True)
        for thread in threads:
            thread.start()
        try:
            # By then it is subscribed.
            wait_until(lambda: self.outbox.notes.under("zigbee2mqtt "))
            yield
            assert all(thread.is_alive() for thread in threads)
        finally:
            stop.set()
            self.source.wake()
            self.publisher.notify()
            for thread in threads:
                thread.join()
            self.bridge.stop()

    def send(self, below: str, payload: object, *, retain: bool = False) -> None:
        assert self.bridge.publish(f"{BASE}/{below}", json.dumps(payload).encode(), retain=retain) is not None

    def move(self, number: int) -> None:
        at = self.start + timedelta(milliseconds=number)
        self.send("device 0", {"occupancy": bool(number % 2), "last_seen": at.isoformat()})


def urgent_of(service: Any) -> list[str]:
    return [name for _, name, _ in service.stored if name.endswith("sos_button")]


def test_a_full_disk_loses_nothing_and_help_is_called_all_the_same(
    small_disk: Path,
    own_broker: Any,
    service_of: Any,
    wait_until: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (
        Outbox(small_disk / "outbox.db", SystemClock(), "boot-1", reserve_bytes=RESERVE_BYTES) as outbox,
        service_of(own_broker.address, answering=False) as service,
    ):
        home = Home(outbox, own_broker)
        with home.running(wait_until):
            home.move(0)
            wait_until(lambda: outbox.queued == 1)
            ballast = fill(small_disk)
            for number in range(1, 20_000):
                home.move(number)
                if number % 500 == 0 and outbox.trouble:
                    break
            sent = number + 1
            wait_until(lambda: outbox.trouble == "disk full")
            wait_until(lambda: service.statuses[-1].trouble == "disk full")
            held = outbox.queued
            home.send("device 1", {"action": "emergency"})
            wait_until(lambda: any(lane is Leaf.URGENT for lane, *_ in service.messages))
            assert sent > held
            service.answering = True
            wait_until(lambda: len(urgent_of(service)) == 1)
            ballast.unlink()
            wait_until(lambda: service.keys == sent + 1 and outbox.queued == 0, 60)
            wait_until(lambda: service.statuses[-1].trouble == "")
            assert (small_disk / "outbox.reserve").stat().st_size == RESERVE_BYTES
        assert outbox.thinned == 0
        assert len(urgent_of(service)) == 1
        assert service.conflicts == 0
        assert service.same_bytes()
    assert capsys.readouterr().out.count("outbox in trouble") <= 3


def test_not_even_the_reserve_is_left_and_help_is_called_from_memory(
    small_disk: Path, own_broker: Any, service_of: Any, wait_until: Callable[..., None]
) -> None:
    with (
        Outbox(small_disk / "outbox.db", SystemClock(), "boot-1", reserve_bytes=RESERVE_BYTES) as outbox,
        service_of(own_broker.address) as service,
    ):
        home = Home(outbox, own_broker)
        with home.running(wait_until):
            home.move(0)
            wait_until(lambda: service.keys == 1)
            outbox._db.execute("PRAGMA query_only = ON")
            home.send("device 1", {"action": "emergency"})
            wait_until(lambda: len(urgent_of(service)) == 1)
            home.move(1)
            home.send("device 2", {"action": "emergency"})
            wait_until(lambda: len(urgent_of(service)) == 2)
            assert service.keys == 3
            outbox._db.execute("PRAGMA query_only = OFF")
            wait_until(lambda: service.keys == 4 and outbox.queued == 0)
            wait_until(lambda: not home.source._taken)
        assert service.conflicts == 0


def test_what_comes_while_nothing_can_be_written_does_not_pile_up(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "HELD", 400)
    events = 250
    with (
        Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1", durable=False) as outbox,
        service_of(own_broker.address) as service,
    ):
        home = Home(outbox, own_broker)
        with home.running(wait_until):
            outbox._db.execute("PRAGMA query_only = ON")
            for number in range(events):
                home.move(number)
                for device in range(4):
                    home.send(f"device {device % 3}", {"temperature": 20 + number % 7})
            wait_until(lambda: len(home.confirmed) >= 5 * events)
            wait_until(lambda: len(home.source._taken) == 400)
            assert home.source._messages.qsize() == 0
            assert outbox.trouble == "disk broken"
            outbox._db.execute("PRAGMA query_only = OFF")
            moved = f"{SENSORS[0]['ieee_address']}/occupancy"
            wait_until(lambda: sum(name == moved for _, name, _ in service.stored) == events, 60)


def test_levels_are_given_up_and_counted_before_a_call_for_help_has_no_way_left(
    own_broker: Any, service_of: Any, tmp_path: Path, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "HELD", 100)
    monkeypatch.setattr(Storage, "has_room", property(lambda _: False))
    with (
        Outbox(tmp_path / "outbox.db", SystemClock(), "boot-1", durable=False) as outbox,
        service_of(own_broker.address) as service,
    ):
        home = Home(outbox, own_broker)
        with home.running(wait_until):
            for number in range(400):
                home.send("device 0", {"temperature": number / 10})
            home.send("device 1", {"action": "emergency"})
            wait_until(lambda: len(urgent_of(service)) == 1)
            assert outbox.thinned > 300
            assert outbox.thinned + len(home.source._taken) >= 400
