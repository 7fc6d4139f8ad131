"""Many gateways in one process, with prepared batches: `python -m cli.bench.gateways FILE`.

VICINO_BROKER_URL says where the broker is.

Each has a connection of its own and behaves as a gateway does: it sends a batch when it is due and its window has room,
and lets it go when ingest calls it stored. It begins when it is sent a line, connecting included, ends with the last
batch or when its input ends, and says as JSON how long batches took from being due to being called stored.
"""

import json
import os
import select
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from cli.bench.fleet import Packet
from core import messages, topics
from core.mqtt import BrokerAddress
from core.topics import Leaf
from ingest import mqtt5

WINDOW = 8
KEEPALIVE_S = 60
READ_BYTES = 65_536
LOOK_S = 0.05
PATIENCE_S = 120.0


class Delays(NamedTuple):
    """Seconds from when batches were due until they were called stored: the middle, nearly all, and the longest."""

    p50: float
    p99: float
    longest: float


class Done(NamedTuple):
    """How many batches were called stored, in how many seconds, how long each took, and how many were due but were not.

    Those count among the delays with the age they have reached.
    """

    stored: int
    seconds: float
    delays: Delays
    unstored: int


class _Kept(msgspec.Struct, array_like=True):
    gateway: int
    content: bytes
    id_at: int
    sequence: int
    due_s: float


def write(path: Path, packets: Sequence[Packet]) -> None:
    """Write packets down for another process."""
    path.write_bytes(msgspec.msgpack.encode([_Kept(*packet) for packet in packets]))


def read(path: Path) -> list[Packet]:
    """Return the packets of a file."""
    kept = msgspec.msgpack.decode(path.read_bytes(), type=list[_Kept])
    return [Packet(each.gateway, each.content, each.id_at, each.sequence, each.due_s) for each in kept]


def delays(seconds: Iterable[float]) -> Delays:
    """Return the middle, the 99th percentile and the longest of some times; noughts if there are none."""
    found = sorted(seconds)
    if not found:
        return Delays(0.0, 0.0, 0.0)
    return Delays(found[len(found) // 2], found[min(len(found) - 1, len(found) * 99 // 100)], found[-1])


class Gateway:
    """One gateway: its connection, what it has to send, and what is under way."""

    def __init__(self, packets: Sequence[Packet]) -> None:
        self._waiting = deque(packets)
        self._under_way: dict[int, float] = {}
        self._received = bytearray()
        self._outgoing = bytearray()
        self._socket: socket.socket | None = None

    def connect(self, broker: BrokerAddress) -> socket.socket:
        """Connect and subscribe to what is said to this gateway; raises `OSError` if that fails."""
        (packet,) = mqtt5.split(bytearray(self._waiting[0].content))
        topic = topics.parse(mqtt5.delivery(packet, 0).topic)
        assert topic is not None
        opened = self._socket = socket.create_connection((broker.host, broker.port), 30)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = f"bench-{topic.gateway}-{topic.leaf}"
        opened.sendall(mqtt5.connect(name, broker.user, broker.password, KEEPALIVE_S, 100))
        opened.sendall(mqtt5.subscribe(1, [topics.topic(topic.gateway, Leaf.STORED)]))
        answers = 0
        while answers < 2:  # noqa: PLR2004 - to the connection and to the subscription
            self._received += opened.recv(READ_BYTES)
            answers += len(mqtt5.split(self._received))
        opened.setblocking(False)
        return opened

    @property
    def left(self) -> int:
        """How many batches are not yet called stored."""
        return len(self._waiting) + len(self._under_way)

    def overdue(self, elapsed_s: float) -> list[float]:
        """Return when the batches were due that are due and not called stored."""
        return [*self._under_way.values(), *(packet.due_s for packet in self._waiting if packet.due_s <= elapsed_s)]

    def send(self, elapsed_s: float) -> bool:
        """Send what is due and has room; tell whether some of it has to wait for the network."""
        assert self._socket is not None
        while self._waiting and len(self._under_way) < WINDOW and self._waiting[0].due_s <= elapsed_s:
            packet = self._waiting.popleft()
            content = bytearray(packet.content)
            content[packet.id_at : packet.id_at + 2] = (packet.sequence % 65_535 + 1).to_bytes(2, "big")
            self._outgoing += content
            self._under_way[packet.sequence] = packet.due_s
        if self._outgoing:
            try:
                count = self._socket.send(self._outgoing)
            except BlockingIOError:
                return True
            del self._outgoing[:count]
        return bool(self._outgoing)

    def receive(self, elapsed_s: float) -> list[float]:
        """Take in what came; return how long each batch took that is called stored now."""
        assert self._socket is not None
        data = self._socket.recv(READ_BYTES)
        if not data:
            raise ConnectionResetError("The broker has ended the connection.")
        self._received += data
        took: list[float] = []
        for packet in mqtt5.split(self._received):
            if packet.kind != mqtt5.PUBLISH:
                continue
            for sequence in messages.decode_stored(mqtt5.delivery(packet, 0).payload).sequences:
                due_s = self._under_way.pop(sequence, None)
                if due_s is not None:
                    took.append(elapsed_s - due_s)
        return took


def serve(gateways: Sequence[Gateway], broker: BrokerAddress) -> Done:
    """Send everything until it is stored, or until standard input ends. Raises `TimeoutError` after a long silence."""
    selector = selectors.DefaultSelector()
    started = heard = time.monotonic()
    for gateway in gateways:
        selector.register(gateway.connect(broker), selectors.EVENT_READ, gateway)
    took: list[float] = []
    while any(gateway.left for gateway in gateways) and not select.select([sys.stdin], [], [], 0)[0]:
        for key, events in selector.select(LOOK_S):
            if events & selectors.EVENT_READ:
                heard = time.monotonic()
                took += key.data.receive(heard - started)
        elapsed = time.monotonic() - started
        for key in list(selector.get_map().values()):
            waits = key.data.send(elapsed)
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if waits else 0)
            if wanted != key.events:
                selector.modify(key.fileobj, wanted, key.data)
        if time.monotonic() - heard > PATIENCE_S:
            raise TimeoutError("Nothing is called stored any more.")
    seconds = time.monotonic() - started
    # What is stuck counts with the age it has: it would be the longest of all.
    stuck = [seconds - due_s for gateway in gateways for due_s in gateway.overdue(seconds)]
    return Done(len(took), seconds, delays([*took, *stuck]), len(stuck))


def main() -> int:
    """Play the gateways of a file; return the exit code."""
    by_gateway: dict[int, list[Packet]] = {}
    for packet in read(Path(sys.argv[1])):
        by_gateway.setdefault(packet.gateway, []).append(packet)
    gateways = [Gateway(packets) for _, packets in sorted(by_gateway.items())]
    print("ready", flush=True)
    sys.stdin.readline()
    done = serve(gateways, BrokerAddress.parse(os.environ["VICINO_BROKER_URL"]))
    print(json.dumps(done._asdict() | {"delays": done.delays._asdict()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
