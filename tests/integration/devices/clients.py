"""MQTT clients that say what the broker answers them, for tests of who may do what."""

import queue
import threading
from collections.abc import Sequence
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from core.mqtt import BrokerAddress

WITHIN_S = 60.0
QUIET_S = 0.4


class Client:
    """One connection; each question waits for the broker's answer."""

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        *,
        clean_start: bool = True,
        session_expiry_s: int = 0,
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self.refused: str | None = None
        self.ended = threading.Event()
        self.received: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._connected = threading.Event()
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=paho.MQTTv5, reconnect_on_failure=False
        )
        self._client.username_pw_set(address.user, address.password)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = lambda *_: self.ended.set()
        self._client.on_subscribe = lambda _, __, ___, reasons, ____: self._answers.put(reasons[0])
        self._client.on_publish = lambda _, __, ___, reason, ____: self._answers.put(reason)
        self._client.on_message = lambda _, __, message: self.received.put((message.topic, bytes(message.payload)))
        if will is not None:
            self._client.will_set(*will, qos=1, retain=True)
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = session_expiry_s
        self._client.connect(address.host, address.port, clean_start=clean_start, properties=properties)
        self._client.loop_start()

    def __enter__(self) -> Self:
        assert self._connected.wait(WITHIN_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def die(self) -> None:
        """End the connection without leave, so that the will is sent."""
        self._client._sock_close()
        self._client.loop_stop()

    def may_subscribe(self, pattern: str) -> bool:
        self._client.subscribe(pattern, options=SubscribeOptions(qos=1))
        return not self._answers.get(timeout=WITHIN_S).is_failure

    def may_publish(
        self,
        topic: str,
        payload: bytes = b"x",
        *,
        retain: bool = False,
        properties: Sequence[tuple[str, str]] = (),
    ) -> bool:
        said = Properties(PacketTypes.PUBLISH)
        if properties:
            said.UserProperty = list(properties)
        self._client.publish(topic, payload, qos=1, retain=retain, properties=said)
        return not self._answers.get(timeout=WITHIN_S).is_failure

    def heard(self, within_s: float = QUIET_S) -> list[tuple[str, bytes]]:
        """Return what came, as soon as nothing has come for a moment."""
        found = []
        while True:
            try:
                found.append(self.received.get(timeout=within_s))
            except queue.Empty:
                return found

    def _on_connect(self, _: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.is_failure:
            self.refused = str(reason)
        self._connected.set()
