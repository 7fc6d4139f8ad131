"""A Mosquitto that can be killed and come back on its port, and a stand-in for the service that answers `stored`."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from core.messages import BatchProperties, GatewayStatus, Inventory, Stored, decode_inventory, decode_status, encode
from core.mqtt import BrokerAddress, Connection, Message
from core.senml import Measurement, decode
from core.topics import LANES, LISTENING, Leaf, parse, subscription, topic
from embedded.broker import find_mosquitto

WITHIN_S = 60.0


def until(condition: Callable[[], object], within_s: float = WITHIN_S) -> None:
    """Wait until `condition` holds; fail if it does not in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "this did not happen in time"
        time.sleep(0.01)


class OwnBroker:
    """A Mosquitto process on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        program = find_mosquitto()
        if program is None:
            pytest.skip("Mosquitto is not installed (on Debian: apt install mosquitto).")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n"
        )
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> BrokerAddress:
        return BrokerAddress("127.0.0.1", self.port, None, None, tls=False)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._launch()
        until(self._accepts)

    def _launch(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", self._file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def suspend(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _accepts(self) -> bool:
        # Another process may hold the port for a moment, as the near end of a connection of its own.
        if self._process is not None and self._process.poll() is not None:
            self._launch()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Service:
    """Keeps every batch it gets and, while `answering`, says that it is stored, as ingest does after its commit."""

    def __init__(self, address: BrokerAddress, *, answering: bool = True) -> None:
        self.answering = answering
        self.messages: list[tuple[Leaf, BatchProperties, bytes]] = []
        self.statuses: list[GatewayStatus] = []
        self.latest: dict[str, GatewayStatus] = {}  # by gateway
        self.inventories: list[Inventory] = []
        self.stored: dict[tuple[str, str, int], float] = {}
        self.conflicts = 0
        self._mutex = threading.Lock()
        self._connection = Connection(
            address,
            "service-double",
            on_message=self._received,
            subscriptions=tuple(map(subscription, (*LANES, Leaf.STATUS, Leaf.INVENTORY))),
            reconnect_max_s=1,
        )

    def __enter__(self) -> Self:
        self._connection.start()
        assert self._connection.wait_connected(WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.stop()

    def say_stored(self, gateway: str, boot: str, *sequences: int) -> None:
        self._connection.publish(topic(gateway, Leaf.STORED), encode(Stored(boot, list(sequences))))

    def say_listening(self) -> None:
        self._connection.publish(LISTENING, b"")

    def say(self, gateway: str, leaf: Leaf, payload: bytes) -> None:
        self._connection.publish(topic(gateway, leaf), payload)

    @property
    def keys(self) -> int:
        return len(self.stored)

    def _received(self, message: Message) -> None:
        parsed = parse(message.topic)
        assert parsed is not None
        if parsed.leaf is Leaf.STATUS:
            self.latest[parsed.gateway] = decode_status(message.payload)
            self.statuses.append(self.latest[parsed.gateway])
        elif parsed.leaf is Leaf.INVENTORY:
            self.inventories.append(decode_inventory(message.payload))
        else:
            properties = BatchProperties.from_user_properties(message.user_properties)
            with self._mutex:
                self.messages.append((parsed.leaf, properties, message.payload))
                if self.answering:
                    self._store(parsed.gateway, decode(message.payload)[0])
                    self.say_stored(parsed.gateway, properties.boot, properties.sequence)
        self._connection.acknowledge(message)

    def _store(self, gateway: str, measurements: list[Measurement]) -> None:
        for name, at_ms, value, _ in measurements:
            self.conflicts += self.stored.setdefault((gateway, name, at_ms), value) != value

    def same_bytes(self) -> bool:
        """Tell whether every batch that came more than once came in the same bytes."""
        seen: dict[tuple[str, int], tuple[Leaf, BatchProperties, bytes]] = {}
        return all(
            seen.setdefault((properties.boot, properties.sequence), (lane, properties, payload))
            == (lane, properties, payload)
            for lane, properties, payload in self.messages
        )


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    broker = OwnBroker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def service_of() -> type[Service]:
    return Service


@pytest.fixture
def wait_until() -> Callable[..., None]:
    return until
