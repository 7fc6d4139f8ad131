"""An MQTT 5 connection that only receives, many messages a second, and acknowledges them by the batch.

Its thread reads as long as there is room, and otherwise leaves the bytes to TCP, so that also a broker that does not
know MQTT's receive maximum is slowed down and nothing is dropped; it goes on saying that it is alive.
"""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence

from core.clock import Clock
from core.log import logger
from core.mqtt import BrokerAddress
from ingest import mqtt5
from ingest.mqtt5 import Delivery, ProtocolError

CONNECT_S = 5.0
BACK_OFF_S = (0.5, 1.0, 2.0, 4.0)
LOOK_S = 0.5  # how soon a stop or new room is noticed at the latest
READ_BYTES = 262_144


class Subscriber:
    """Subscribes with clean start and a session that ends with the connection; connects again when it is lost.

    `deliver` gets what came, on the network thread; `has_room` is asked before reading on. At most `receive_maximum`
    messages are unacknowledged at a time, where the broker knows that limit. `on_subscribed` is called on the network
    thread whenever the broker has accepted the subscription.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        filters: Sequence[str],
        *,
        deliver: Callable[[list[Delivery]], None],
        has_room: Callable[[], bool],
        on_subscribed: Callable[[], None] = lambda: None,
        receive_maximum: int,
        keepalive_s: int,
        clock: Clock,
    ) -> None:
        self._address = address
        self._client_id = client_id
        self._filters = tuple(filters)
        self._deliver = deliver
        self._has_room = has_room
        self._on_subscribed = on_subscribed
        self._receive_maximum = receive_maximum
        self._keepalive_s = keepalive_s
        self._clock = clock
        self._stop = threading.Event()
        self._subscribed = threading.Event()
        self._outgoing = bytearray()
        self._session = 0
        self._lock = threading.Lock()
        self._wake_receiver, self._wake_sender = socket.socketpair()
        self._wake_receiver.setblocking(False)
        self._wake_sender.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=f"mqtt {client_id}", daemon=True)

    def start(self) -> None:
        """Connect in the background."""
        self._thread.start()

    def stop(self, seconds: float = 3.0) -> None:
        """Send the acknowledgements that wait, take leave of the broker and end, within so many seconds."""
        self._stop.set()
        self.wake()
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self._wake_receiver.close()
            self._wake_sender.close()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the subscription and the connection stands."""
        return self._subscribed.is_set()

    def wait_connected(self, seconds: float) -> bool:
        """Wait until connected, at most so long; tell whether we are."""
        return self._subscribed.wait(seconds)

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Tell the broker that these are safe. Those of a lost connection come again and are not acknowledged."""
        with self._lock:
            ids = [each.packet_id for each in deliveries if each.session == self._session and each.packet_id]
            self._outgoing += mqtt5.acknowledgement(ids)
        self.wake()

    def tell(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish messages, topic and payload, that may be lost with the connection (quality of service 0)."""
        packets = b"".join([mqtt5.publish(topic, payload, qos=0) for topic, payload in messages])
        with self._lock:
            if self._subscribed.is_set():
                self._outgoing += packets
        self.wake()

    def wake(self) -> None:
        """Let the network thread look again at once, because there is room or something to send."""
        with contextlib.suppress(OSError):
            self._wake_sender.send(b"\x00")

    def _run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                self._converse()
            except (OSError, ProtocolError) as error:
                if self._subscribed.is_set():
                    attempt = 0
                self._subscribed.clear()
                if not self._stop.is_set():
                    logger().info("connecting to the broker again", reason=type(error).__name__, error=str(error))
                    self._clock.wait(self._stop, BACK_OFF_S[min(attempt, len(BACK_OFF_S) - 1)])
                attempt += 1

    def _converse(self) -> None:
        with self._connect() as connection:
            buffer = bytearray()
            self._shake_hands(connection, buffer)
            self._subscribed.set()
            self._on_subscribed()
            logger().info("receiving", host=self._address.host, port=self._address.port)
            connection.setblocking(False)
            self._exchange(connection, buffer)

    def _connect(self) -> socket.socket:
        plain = socket.create_connection((self._address.host, self._address.port), CONNECT_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._address.tls:
            return plain
        return self._address.tls_context().wrap_socket(plain, server_hostname=self._address.host)

    def _shake_hands(self, connection: socket.socket, buffer: bytearray) -> None:
        with self._lock:
            self._session += 1
            self._outgoing.clear()
        connection.sendall(
            mqtt5.connect(
                self._client_id, self._address.user, self._address.password, self._keepalive_s, self._receive_maximum
            )
        )
        self._await(connection, buffer, mqtt5.CONNACK)
        connection.sendall(mqtt5.subscribe(1, self._filters))
        self._await(connection, buffer, mqtt5.SUBACK)

    def _await(self, connection: socket.socket, buffer: bytearray, kind: int) -> None:
        while True:
            packets = mqtt5.split(buffer)
            for index, packet in enumerate(packets):
                if packet.kind != kind:
                    self._handle([packet])
                    continue
                if code := mqtt5.refusal(packet):
                    raise ProtocolError(f"The broker refuses with reason code {code:#x}.")
                self._handle(packets[index + 1 :])
                return
            buffer += self._received(connection)

    def _exchange(self, connection: socket.socket, buffer: bytearray) -> None:
        heard = sent = self._clock.monotonic()
        while not (self._stop.is_set() and not self._outgoing):
            reading = self._has_room() and not self._stop.is_set()
            waiting = reading and isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
            readable, writable, _ = select.select(
                [self._wake_receiver, *([connection] if reading else [])],
                [connection] if self._outgoing else [],
                [],
                0 if waiting else LOOK_S,
            )
            now = self._clock.monotonic()
            if self._wake_receiver in readable:
                self._wake_receiver.recv(4096)
            if waiting or connection in readable:
                with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError):
                    buffer += self._received(connection)
                    heard = now
                self._handle(mqtt5.split(buffer))
            if writable:
                self._send(connection)
                sent = now
            if not reading:
                heard = now
            if now - heard > 1.5 * self._keepalive_s:
                raise ProtocolError("The broker has not been heard for too long.")
            if now - min(sent, heard) > self._keepalive_s / 2 and not self._outgoing:
                self._outgoing += mqtt5.PING
                sent = now
        with contextlib.suppress(OSError):
            connection.send(mqtt5.GOODBYE)

    def _send(self, connection: socket.socket) -> None:
        with self._lock, contextlib.suppress(BlockingIOError, ssl.SSLWantWriteError):
            count = connection.send(self._outgoing)
            del self._outgoing[:count]

    @staticmethod
    def _received(connection: socket.socket) -> bytes:
        data = connection.recv(READ_BYTES)
        if not data:
            raise ConnectionResetError("The broker has ended the connection.")
        return data

    def _handle(self, packets: Sequence[mqtt5.Packet]) -> None:
        deliveries: list[Delivery] = []
        for packet in packets:
            if packet.kind == mqtt5.PUBLISH:
                deliveries.append(mqtt5.delivery(packet, self._session))
            elif packet.kind == mqtt5.DISCONNECT:
                raise ProtocolError(f"The broker ends the connection with reason code {mqtt5.refusal(packet):#x}.")
        if deliveries:
            self._deliver(deliveries)
