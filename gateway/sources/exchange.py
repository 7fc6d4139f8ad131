"""One connection to a network server that serves many homes: each message goes to the gateway its device belongs to.

A session and its acknowledgements are one for all, each home's readings and outbox its own: a message is acknowledged
when the outbox of its own home has committed it.
"""

import threading
from collections.abc import Callable

from core.mqtt import BrokerAddress, Connection, Message, Received
from gateway.sources.mqtt import HELD, SESSION_EXPIRY_S, Connect, Connected, Delivery

DeviceOf = Callable[[str, bytes], str | None]
OwnerOf = Callable[[str], str]


class Exchange:
    """The connection, and whom its messages are for.

    `device_of` tells by topic and payload which device a message is about, `owner_of` by the device's key which
    gateway it belongs to. What is about no device, or belongs to none of the gateways here, goes to `reception`.
    """

    def __init__(
        self,
        name: str,
        subscriptions: tuple[str, ...],
        broker: BrokerAddress,
        *,
        delivery: Delivery,
        device_of: DeviceOf,
        owner_of: OwnerOf,
        reception: str,
        keepalive_s: int = 30,
        reconnect_max_s: int = 5,
    ) -> None:
        self._device_of = device_of
        self._owner_of = owner_of
        self._reception = reception
        self._receivers: dict[str, Received] = {}
        self._watchers: list[Connected] = []
        self._mutex = threading.Lock()
        self._users = 0
        self._connection = Connection(
            broker,
            f"vicino-{name}-{reception}",
            on_message=self._pass_on,
            on_connection=self._tell,
            subscriptions=subscriptions,
            clean_start=not delivery.qos,
            session_expiry_s=SESSION_EXPIRY_S,
            receive_maximum=HELD,
            keepalive_s=keepalive_s,
            reconnect_max_s=reconnect_max_s,
            version=delivery.version,
            qos=delivery.qos,
        )

    def connect(self, gateway: str) -> Connect:
        """Return what gives the source of `gateway` its part in the connection."""

        def part(receive: Received, watch: Connected) -> _Part:
            self._receivers[gateway] = receive
            self._watchers.append(watch)
            return _Part(self, self._connection, watch)

        return part

    def enter(self) -> None:
        """Connect when the first one wants to."""
        with self._mutex:
            self._users += 1
            if self._users == 1:
                self._connection.start()

    def leave(self) -> None:
        """Take leave when the last one wants to."""
        with self._mutex:
            self._users -= 1
            if not self._users:
                self._connection.stop()

    def _tell(self, connected: bool) -> None:
        for watch in self._watchers:
            watch(connected)

    def _pass_on(self, message: Message) -> None:
        key = self._device_of(message.topic, message.payload)
        owner = self._reception if key is None else self._owner_of(key)
        receive = self._receivers.get(owner) or self._receivers.get(self._reception)
        if receive is not None:
            receive(message)


class _Part:
    """One source's part in the connection."""

    def __init__(self, exchange: Exchange, connection: Connection, watch: Connected) -> None:
        self._exchange = exchange
        self._connection = connection
        self._watch = watch

    def start(self) -> None:
        self._exchange.enter()
        # Another one may have connected before.
        if self._connection.connected:
            self._watch(True)

    def stop(self) -> None:
        self._exchange.leave()

    def acknowledge(self, message: Message) -> None:
        self._connection.acknowledge(message)

    @property
    def alive(self) -> bool:
        return self._connection.alive
