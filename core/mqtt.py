"""An MQTT connection: paho's client with what Vicino always wants of it. MQTT 5, or 3.1.1 where a server has no other.

Callbacks run on paho's network thread, so they only put messages into queues.
"""

import random
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions
from pydantic import SecretStr

from core.errors import VicinoError
from core.log import logger
from core.readiness import ready
from core.settings import Settings

# The only use that paho's client makes of the module.
paho.select = SimpleNamespace(select=ready)  # type: ignore[assignment, attr-defined]

_FAREWELL_S = 2.0
# A broker's word that it has accepted a message nobody is subscribed to (MQTT 5, section 3.4.2.1).
_NOBODY_SUBSCRIBES = 0x10


class BrokerAddress(NamedTuple):
    """Where a broker is and how to sign in to it.

    `ca` is the certificate, in PEM, of the authority that speaks for it; None where one of the system's does.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    ca: str | None = None

    @classmethod
    def parse(cls, url: str) -> "BrokerAddress":
        """Return the parts of `mqtt://` or `mqtts://[user:password@]host[:port]`; raises `VicinoError` otherwise."""
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise VicinoError(
                "The broker's address is not of the form mqtt://host:port.",
                advice="correct VICINO_BROKER_URL",
            )
        tls = parts.scheme == "mqtts"
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        try:
            port = parts.port
        except ValueError as error:
            raise VicinoError("The port in the broker's address is none.", advice="correct the address") from error
        return cls(parts.hostname, port or (8883 if tls else 1883), user, password, tls)

    def tls_context(self) -> ssl.SSLContext:
        """Return what the broker must prove; raises `VicinoError` if `ca` is no certificate."""
        try:
            return ssl.create_default_context(cadata=self.ca)
        except (ssl.SSLError, ValueError) as error:
            raise VicinoError(
                "The certificate of the broker's authority cannot be read.",
                advice="give the file that the broker's operator calls its CA certificate, in PEM",
            ) from error


def broker_of(settings: Settings, url: SecretStr | None = None) -> BrokerAddress:
    """Return the broker that settings name, by another account's `url` if that is given.

    Raises `VicinoError` if they name none, or if `broker_ca` is not there.
    """
    return trusting(BrokerAddress.parse((url or settings.broker_url).get_secret_value()), settings.broker_ca)


def trusting(address: BrokerAddress, ca: Path | None) -> BrokerAddress:
    """Return the address with the authority whose certificate is in the file `ca`; the same for None.

    Raises `VicinoError` if it cannot be read.
    """
    if ca is None:
        return address
    try:
        return address._replace(ca=ca.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise VicinoError(
            f"The certificate of the broker's authority cannot be read from {ca}.",
            advice="correct VICINO_BROKER_CA",
        ) from error


class Message(NamedTuple):
    """A received message, with what is needed to acknowledge it.

    `retain` tells that the broker restates it on subscription. `connection` counts the connections: a message id
    means nothing on another connection than the one it came by. `dup` tells that it was delivered before, on an
    earlier connection of the same session, by the same `mid`.
    """

    topic: str
    payload: bytes
    qos: int
    mid: int
    retain: bool
    user_properties: list[tuple[str, str]]
    connection: int = 0
    dup: bool = False


class Will(NamedTuple):
    """What the broker says in our name, retained, `delay_s` seconds after we are gone.

    The broker keeps the delay only as long as it keeps the session: `session_expiry_s` must be at least as long,
    and `clean_start` False, or a reconnection within the delay ends the session and sends the will.
    """

    topic: str
    payload: bytes
    delay_s: int


Received = Callable[[Message], None]


class Version(IntEnum):
    """A version of MQTT, by its number on the wire. 3.1.1 has no properties: no delay of a will, no receive maximum."""

    V3_1_1 = 4
    V5 = 5


class Connection:
    """A connection that keeps itself alive: it reconnects with back-off and subscribes again.

    `on_message` is called on the network thread. Messages are acknowledged by `acknowledge`, not before.
    `on_connection` is called with True and False as the connection comes and goes. `on_published` is called with
    the id of a message that the broker has accepted, `on_unheard` instead if it says that nobody is subscribed. What
    the broker has not accepted when the connection breaks is forgotten: sent again later, an old retained message
    would overwrite a newer one. Many clients that lose one broker come back at different times, each after at most
    `reconnect_max_s` seconds.

    In version 3.1.1 a session that is not clean lasts as long as the broker likes, and a message cannot carry
    properties of ours. `qos` is the most that is asked for on subscription.
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        *,
        on_message: Received | None = None,
        on_connection: Callable[[bool], None] | None = None,
        on_published: Callable[[int], None] | None = None,
        on_unheard: Callable[[int], None] | None = None,
        subscriptions: tuple[str, ...] = (),
        clean_start: bool = True,
        session_expiry_s: int = 0,
        receive_maximum: int = 65_535,
        keepalive_s: int = 30,
        will: Will | None = None,
        reconnect_max_s: int = 30,
        version: Version = Version.V5,
        qos: int = 1,
    ) -> None:
        self._address = address
        self._version = version
        self._qos = qos
        self._subscriptions = subscriptions
        self._clean_start = clean_start
        self._keepalive_s = keepalive_s
        self._on_message = on_message
        self._on_connection = on_connection
        self._on_published = on_published
        self._on_unheard = on_unheard or on_published
        self._connected = threading.Event()
        self._ended = threading.Event()
        self._connection = 0
        self._last: paho.MQTTMessageInfo | None = None
        self._properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        self._properties.SessionExpiryInterval = session_expiry_s
        self._properties.ReceiveMaximum = receive_maximum
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            # In MQTT 5 the same is said on connecting.
            clean_session=None if version is Version.V5 else clean_start,
            protocol=MQTTProtocolVersion(version),
            manual_ack=on_message is not None,
        )
        self._client.on_connect = self._connect_done
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._received
        self._client.on_publish = self._published
        self._client.on_subscribe = self._subscribed
        self._client.on_pre_connect = self._before_connecting
        # Doubled at each attempt: from a start of its own, each client has times of its own.
        share = random.uniform(0.5, 1.0)  # noqa: S311 - nothing is secret about it
        self._client.reconnect_delay_set(share, reconnect_max_s * share)  # type: ignore[arg-type]
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if address.tls:
            self._client.tls_set_context(address.tls_context())
        if will is not None:
            properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
            properties.WillDelayInterval = will.delay_s
            said = properties if version is Version.V5 else None
            self._client.will_set(will.topic, will.payload, qos=1, retain=True, properties=said)

    def start(self) -> None:
        """Connect in the background, and again whenever the connection is lost."""
        host, port, keepalive_s = self._address.host, self._address.port, self._keepalive_s
        if self._version is Version.V5:
            self._client.connect_async(
                host, port, keepalive_s, clean_start=self._clean_start, properties=self._properties
            )
        else:
            self._client.connect_async(host, port, keepalive_s)
        self._client.loop_start()

    def stop(self) -> None:
        """Take leave of the broker (it does not send the will) and end the network thread.

        What was handed to `publish` before still goes, also what waits behind others that the broker has not accepted
        yet, but a broker that does not read is not waited for.
        """
        if self.connected and self._last is not None:
            with suppress(RuntimeError, ValueError):
                self._last.wait_for_publish(_FAREWELL_S / 2)
        self._ended.clear()
        if self._client.disconnect() == paho.MQTT_ERR_SUCCESS and not self._ended.wait(_FAREWELL_S / 2):
            stuck = self._client.socket()
            if stuck is not None:
                with suppress(OSError):
                    stuck.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
        self._client.loop_stop()
        self._connected.clear()
        # Where the farewell was not heard in time, the thread may end without closing it.
        if (left := self._client.socket()) is not None:
            with suppress(OSError):
                left.close()

    @property
    def alive(self) -> bool:
        """Whether the network thread goes on, connected or not; also before `start` and after `stop`."""
        thread = self._client._thread  # noqa: SLF001 - paho does not tell it in any other way
        return thread is None or thread.ident is None or thread.is_alive()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us and we are still connected."""
        return self._connected.is_set()

    def wait_connected(self, seconds: float) -> bool:
        """Wait until connected, at most so long; tell whether we are."""
        return self._connected.wait(seconds)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        user_properties: list[tuple[str, str]] | None = None,
        content_type: str | None = None,
    ) -> int | None:
        """Hand a message to the network; return its id, or None if there is no connection now.

        Nothing is queued without a connection: whoever must not lose a message keeps it until it is confirmed.
        """
        if not self.connected:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if user_properties:
            properties.UserProperty = user_properties
        if content_type:
            properties.ContentType = content_type
        said = properties if self._version is Version.V5 else None
        info = self._client.publish(topic, payload, qos=qos, retain=retain, properties=said)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            return None
        self._last = info
        return info.mid

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that the message is safe; a message of a lost connection is delivered again instead."""
        if message.qos and self.connected and message.connection == self._connection:
            self._client.ack(message.mid, message.qos)

    def _connect_done(self, client: paho.Client, _: Any, __: Any, reason: ReasonCode, ___: Properties | None) -> None:
        if reason.is_failure:
            logger().warning("broker refused the connection", reason=str(reason))
            return
        if self._subscriptions:
            self._subscribe(client)
        self._connection += 1
        self._connected.set()
        logger().info("connected to the broker", host=self._address.host, port=self._address.port)
        if self._on_connection:
            self._on_connection(True)

    def _subscribe(self, client: paho.Client) -> None:
        if self._version is Version.V5:
            options = SubscribeOptions(qos=self._qos)
            client.subscribe([(subscription, options) for subscription in self._subscriptions])
        else:
            client.subscribe([(subscription, self._qos) for subscription in self._subscriptions])

    def _disconnected(self, _: paho.Client, __: Any, ___: Any, reason: ReasonCode, ____: Properties | None) -> None:
        was_connected = self._connected.is_set()
        self._connected.clear()
        self._ended.set()
        if was_connected:
            logger().info("connection to the broker ended", reason=str(reason))
            if self._on_connection:
                self._on_connection(False)

    def _received(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        if self._on_message is None:
            return
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = message._topic.decode("utf-8", "replace")  # noqa: SLF001 - the only way to the raw bytes
        properties = getattr(message.properties, "UserProperty", None) or []
        received = Message(
            topic,
            bytes(message.payload),
            message.qos,
            message.mid,
            message.retain,
            list(properties),
            self._connection,
            message.dup,
        )
        try:
            self._on_message(received)
        except Exception:  # noqa: BLE001 - it would end the network thread without a word
            logger().exception("message not handled")

    def _published(self, _: paho.Client, __: Any, mid: int, reason: ReasonCode, ___: Properties) -> None:
        if reason.is_failure:
            logger().warning("broker refused a message", reason=str(reason))
        elif reason.value == _NOBODY_SUBSCRIBES and self._on_unheard:
            self._on_unheard(mid)
        elif self._on_published:
            self._on_published(mid)

    def _subscribed(self, _: paho.Client, __: Any, ___: int, reasons: list[ReasonCode], ____: Properties) -> None:
        for reason in reasons:
            if reason.is_failure:
                logger().warning("broker refused a subscription", reason=str(reason))

    def _before_connecting(self, client: paho.Client, _: Any) -> None:
        client.drop_out_messages()
