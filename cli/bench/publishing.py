"""Sends prepared packets as fast as a broker takes them: `python -m cli.bench.publishing FILE`.

VICINO_BROKER_URL says where the broker is.

A process of its own, so that what it costs is not taken for ingest's. It says `ready` once it is connected, begins when
it is sent a line, and says what it did as JSON.
"""

import json
import os
import selectors
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cli.bench.fleet import Packet
from core.mqtt import BrokerAddress
from ingest import mqtt5

WINDOW = 8  # messages of one gateway that the broker has not acknowledged, as many as a gateway's own window
KEEPALIVE_S = 60
READ_BYTES = 65_536
PATIENCE_S = 120.0
_HEAD = struct.Struct(">IIH")
_ID = struct.Struct(">H")


class Done(NamedTuple):
    """What was sent, and in which time."""

    messages: int
    seconds: float


def write(path: Path, packets: Sequence[Packet]) -> None:
    """Write packets down for another process."""
    with path.open("wb") as file:
        for packet in packets:
            file.write(_HEAD.pack(packet.gateway, len(packet.content), packet.id_at))
            file.write(packet.content)


def read(path: Path) -> dict[int, deque[bytes]]:
    """Return the packets by their gateway, with their ids filled in."""
    content = path.read_bytes()
    queues: dict[int, deque[bytes]] = {}
    position = 0
    while position < len(content):
        gateway, length, id_at = _HEAD.unpack_from(content, position)
        start = position + _HEAD.size
        position = start + length
        packet = bytearray(content[start:position])
        queue = queues.setdefault(gateway, deque())
        _ID.pack_into(packet, id_at, len(queue) % 65_535 + 1)
        queue.append(bytes(packet))
    return queues


class Client:
    """The connection of one gateway."""

    def __init__(self, name: str, broker: BrokerAddress, queue: deque[bytes]) -> None:
        """Connect; raises `OSError` if the broker does not answer."""
        self.queue = queue
        self.socket = socket.create_connection((broker.host, broker.port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(mqtt5.connect(name, broker.user, broker.password, KEEPALIVE_S, 100))
        self._received = bytearray()
        self._outgoing = bytearray()
        self.under_way = 0
        while not mqtt5.split(self._received):
            self._received += self.socket.recv(READ_BYTES)
        self.socket.setblocking(False)

    @property
    def finished(self) -> bool:
        """Whether everything was acknowledged."""
        return not self.queue and not self.under_way

    def send(self) -> bool:
        """Send what the window lets through; tell whether some of it has to wait for the network."""
        while self.queue and self.under_way < WINDOW:
            self._outgoing += self.queue.popleft()
            self.under_way += 1
        if self._outgoing:
            try:
                count = self.socket.send(self._outgoing)
            except BlockingIOError:
                return True
            del self._outgoing[:count]
        return bool(self._outgoing)

    def receive(self) -> int:
        """Take in acknowledgements; return how many."""
        data = self.socket.recv(READ_BYTES)
        if not data:
            raise ConnectionResetError("The broker has ended the connection.")
        self._received += data
        count = sum(packet.kind == mqtt5.PUBACK for packet in mqtt5.split(self._received))
        self.under_way -= count
        return count


def publish(clients: Sequence[Client]) -> Done:
    """Send everything and wait until the broker has acknowledged it. Raises `TimeoutError` if it never does."""
    selector = selectors.DefaultSelector()
    started = heard = time.monotonic()
    acknowledged = 0
    for client in clients:
        waits = client.send()
        selector.register(client.socket, selectors.EVENT_READ | (selectors.EVENT_WRITE if waits else 0), client)
    open_ones = len(clients)
    while open_ones:
        for key, events in selector.select(1.0):
            client = key.data
            if events & selectors.EVENT_READ:
                acknowledged += client.receive()
                heard = time.monotonic()
            waits = client.send()
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if waits else 0)
            if wanted != key.events:
                selector.modify(client.socket, wanted, client)
            if client.finished:
                selector.unregister(client.socket)
                open_ones -= 1
        if time.monotonic() - heard > PATIENCE_S:
            raise TimeoutError("The broker acknowledges nothing any more.")
    return Done(acknowledged, time.monotonic() - started)


def main() -> int:
    """Send the packets of a file; return the exit code."""
    broker = BrokerAddress.parse(os.environ["VICINO_BROKER_URL"])
    clients = [Client(f"bench-{number}", broker, queue) for number, queue in sorted(read(Path(sys.argv[1])).items())]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(publish(clients)._asdict()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
