"""Buttons that are pressed one after the other: `python -m cli.bench.calls FILE`.

VICINO_BROKER_URL says where the broker is.

Each gateway connects before the clock starts and publishes one press as its agent would, when it is due and with that
moment as its time. The process begins when it is sent a line, ends when all is acknowledged, and says as JSON when each
gateway published, in seconds of the machine's monotonic clock.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from core import senml, topics
from core.messages import BatchProperties
from core.mqtt import BrokerAddress
from core.senml import CONTENT_TYPE, Measurement
from core.topics import Leaf
from ingest import mqtt5

BOOT = "fedcba9876543210fedcba9876543210"
KEEPALIVE_S = 600
READ_BYTES = 4_096
PATIENCE_S = 60.0
LOOK_S = 0.5
PRESSED = 1.0


class Call(msgspec.Struct, frozen=True, array_like=True):
    """A press to come: whose gateway, name and unit of the button's series, and when, in seconds after the start."""

    gateway: str
    series: str
    unit: str
    due_s: float


def write(path: Path, calls: Sequence[Call]) -> None:
    """Write calls down for another process."""
    path.write_bytes(msgspec.msgpack.encode(list(calls)))


def read(path: Path) -> list[Call]:
    """Return the calls of a file."""
    return msgspec.msgpack.decode(path.read_bytes(), type=list[Call])


def packet(call: Call, at_ms: int) -> bytes:
    """Return the PUBLISH of a press at `at_ms`, in milliseconds since 1970."""
    properties = BatchProperties(BOOT, 1, call.due_s, "synced").as_user_properties()
    payload = senml.encode([Measurement(call.series, at_ms, PRESSED, call.unit)])
    content = mqtt5.publish(topics.topic(call.gateway, Leaf.URGENT), payload, properties, content_type=CONTENT_TYPE)
    place = mqtt5.id_position(content)
    return content[:place] + (1).to_bytes(2, "big") + content[place + 2 :]


def connect(gateway: str, broker: BrokerAddress) -> socket.socket:
    """Return the connection of a gateway; raises `OSError` if the broker does not answer."""
    opened = socket.create_connection((broker.host, broker.port), 30)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.sendall(mqtt5.connect(f"bench-{gateway}-calls", broker.user, broker.password, KEEPALIVE_S, 10))
    received = bytearray()
    while not mqtt5.split(received):
        received += opened.recv(READ_BYTES)
    return opened


def publish(calls: Sequence[Call], connections: Sequence[socket.socket]) -> dict[str, float]:
    """Publish each call when it is due; return when, by gateway. Raises `TimeoutError` if one is not acknowledged."""
    selector = selectors.DefaultSelector()
    started = heard = time.monotonic()
    published: dict[str, float] = {}
    unacknowledged = 0
    waiting = sorted(zip(calls, connections, strict=True), key=lambda each: each[0].due_s, reverse=True)
    while waiting or unacknowledged:
        wait_s = max(0.0, waiting[-1][0].due_s - (time.monotonic() - started)) if waiting else LOOK_S
        for key, _ in selector.select(min(wait_s, LOOK_S)):
            # The gateway has one packet under way: whatever the broker says is its acknowledgement.
            if not key.fileobj.recv(READ_BYTES):  # type: ignore[union-attr]
                raise ConnectionResetError("The broker has ended the connection.")
            selector.unregister(key.fileobj)
            unacknowledged -= 1
            heard = time.monotonic()
        if waiting and waiting[-1][0].due_s <= time.monotonic() - started:
            call, connection = waiting.pop()
            content = packet(call, round(time.time() * 1000))
            published[call.gateway] = heard = time.monotonic()
            connection.sendall(content)
            selector.register(connection, selectors.EVENT_READ)
            unacknowledged += 1
        if time.monotonic() - heard > PATIENCE_S:
            raise TimeoutError("The broker acknowledges nothing any more.")
    return published


def main() -> int:
    """Publish the calls of a file; return the exit code."""
    calls = read(Path(sys.argv[1]))
    broker = BrokerAddress.parse(os.environ["VICINO_BROKER_URL"])
    connections = [connect(call.gateway, broker) for call in calls]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(publish(calls, connections)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
