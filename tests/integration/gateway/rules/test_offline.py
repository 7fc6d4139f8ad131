"""A home without the service: sirens at the home's broker, contacts told, everything delivered first when it is back.

The home has a broker of its own, as in a real home; the service's broker is killed and comes back.
"""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from core.clock import SystemClock
from core.gateway_config import CancelButton, ConfiguredDevice, GatewayConfig, Siren, ToldContact
from core.messages import encode
from core.mqtt import BrokerAddress, Connection, Message
from core.senml import decode
from core.topics import Leaf
from gateway.agent import Agent
from gateway.configuration import Configuration
from gateway.dialects.zigbee2mqtt import Zigbee2Mqtt
from gateway.outbox import Outbox
from gateway.publisher import Pace, Publisher
from gateway.rules.channels.sms_modem import SmsModem
from gateway.rules.channels.webhook import Webhook
from gateway.rules.offline import OfflineRules
from gateway.sources.mqtt import MqttSource
from gateway.synchronisation import Timekeeper
from gateway.window import Limits
from gateway.withdrawal import Withdrawal

GATEWAY = "gw-1"
PACE = Pace(linger_s=0.0, will_delay_s=0, reconnect_max_s=1, limits=Limits(first_s=0.3))
PENDANT, PIR = "0xa", "0xb"
DEVICES = [
    {
        "ieee_address": PENDANT,
        "friendly_name": "pendant",
        "definition": {"vendor": "V", "model": "M", "exposes": [
            {"type": "enum", "property": "action", "name": "action", "values": ["emergency", "double"]}]},
    },
    {
        "ieee_address": PIR,
        "friendly_name": "hall",
        "definition": {"vendor": "V", "model": "M", "exposes": [
            {"type": "binary", "property": "occupancy", "name": "occupancy", "value_on": True, "value_off": False}]},
    },
]  # fmt: skip


def config(web_url: str = "", **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "version": "1",
        "devices": [ConfiguredDevice(PENDANT, room="camera")],
        "sirens": [Siren("siren", '{"alarm": "ON"}', '{"alarm": "OFF"}', ["sos_button"], seconds=300)],
        "contacts": [
            ToldContact("sms_modem", "+39333123456"),
            *([ToldContact("webhook", f"{web_url}/sos", "en")] if web_url else []),
        ],
        "cancel_buttons": [CancelButton(PENDANT, action="double")],
        "siren_after_s": 1.0,
        "tell_after_s": 5.0,
    }
    return encode(GatewayConfig(**values | changes))


class HomeBroker:
    """The home's Zigbee2MQTT, which notes what its sirens are told."""

    def __init__(self, address: BrokerAddress) -> None:
        self.told: list[tuple[str, str]] = []
        self._connection = Connection(address, "z2m", on_message=self._note, subscriptions=("z/+/set",))

    def __enter__(self) -> Self:
        self._connection.start()
        assert self._connection.wait_connected(60)
        self.say("bridge/devices", DEVICES, retain=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.stop()

    def say(self, name: str, payload: object, *, retain: bool = False) -> None:
        self._connection.publish(f"z/{name}", json.dumps(payload).encode(), retain=retain)

    def press(self, action: str = "emergency") -> None:
        self.say("pendant", {"action": action})

    @property
    def siren(self) -> str:
        return json.loads(self.told[-1][1])["alarm"] if self.told else "never"

    def _note(self, message: Message) -> None:
        self.told.append((message.topic, message.payload.decode()))
        self._connection.acknowledge(message)


class Gateway:
    def __init__(self, folder: Path, service: Any, home: BrokerAddress, modem: Any, boot: str, payload: bytes) -> None:
        clock = SystemClock()
        timekeeper = Timekeeper(clock)
        wake = threading.Event()
        self.outbox = Outbox(folder / "outbox.db", clock, boot)
        configuration = Configuration(self.outbox.notes)
        configuration.take(payload)
        self.rules = OfflineRules(
            GATEWAY,
            configuration,
            self.outbox,
            Connection(home, "rules", reconnect_max_s=1),
            "z",
            {"sms_modem": SmsModem(modem.device, clock), "webhook": Webhook("s", lambda: 0)},
            clock,
            timekeeper,
            on_told=wake.set,
        )
        publisher = Publisher(
            GATEWAY, self.outbox, service.address, clock, pace=PACE, wake=wake, configuration=configuration,
            rules=self.rules,
        )  # fmt: skip
        source = MqttSource(
            GATEWAY, Zigbee2Mqtt("z"), home, self.outbox, clock, configuration=configuration,
            withdrawal=Withdrawal(configuration, clock), on_readings=publisher.notify, reconnect_max_s=1,
        )  # fmt: skip
        self.agent = Agent(GATEWAY, self.outbox, publisher, self.rules, [source])
        self.ended = False
        self.agent.start()

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.agent.begin_stop()
            self.agent.finish_stop()


@pytest.fixture
def home_address(broker_url: str) -> BrokerAddress:
    return BrokerAddress.parse(broker_url)


@pytest.fixture
def home(home_address: BrokerAddress) -> Iterator[HomeBroker]:
    with HomeBroker(home_address) as running:
        yield running


@pytest.fixture
def started(
    tmp_path: Path,
    own_broker: Any,
    home: HomeBroker,
    home_address: BrokerAddress,
    modem: Any,
    wait_until: Callable[..., None],
) -> Iterator[Callable[[str, bytes], Gateway]]:
    running: list[Gateway] = []

    def start(boot: str, payload: bytes) -> Gateway:
        running.append(Gateway(tmp_path, own_broker, home_address, modem, boot, payload))
        # From now on nothing that the home says is lost.
        wait_until(lambda: running[-1].outbox.notes.under("zigbee2mqtt "))
        return running[-1]

    yield start
    for gateway in running:
        gateway.end()


def names(service: Any, leaf: Leaf) -> list[str]:
    return [each[0] for lane, _, payload in service.messages if lane is leaf for each in decode(payload)[0]]


def test_while_the_uplink_is_down_the_siren_sounds_and_contacts_are_told_and_then_calls_go_first(
    started: Callable[..., Gateway], own_broker: Any, service_of: Any, home: HomeBroker, modem: Any,
    web: Any, read_text: Callable[..., Any], wait_until: Callable[..., None],
) -> None:  # fmt: skip
    own_broker.kill()
    gateway = started("boot-1", config(web.url))
    for number in range(20):
        home.say("hall", {"occupancy": bool(number % 2)})
    wait_until(lambda: gateway.outbox.queued >= 20)
    home.press()
    wait_until(lambda: home.siren == "ON")
    assert home.told[0][0] == "z/siren/set"
    wait_until(lambda: len(web.requests) == 1)
    # The request is heard before the gateway knows that it was.
    wait_until(lambda: (gateway.rules.told, len(modem.messages)) == (2, 2))
    number, words = read_text(modem.messages)
    assert number == "39333123456"
    assert words.startswith("Vicino, casa gw-1: pulsante SOS premuto (camera) alle ")
    assert json.loads(web.requests[0].body)["text"].startswith("Vicino, home gw-1: SOS button pressed (camera) at ")
    assert home.siren == "ON"
    own_broker.start()
    with service_of(own_broker.address) as service:
        wait_until(lambda: gateway.outbox.queued == 0)
        wait_until(lambda: home.siren == "OFF")
        assert names(service, Leaf.URGENT) == [
            f"{PENDANT}/sos_button", f"{PENDANT}/contact_told", f"{PENDANT}/contact_told"
        ]  # fmt: skip
        wait_until(lambda: service.statuses and service.statuses[-1].told == 2)
    gateway.end()


def test_a_service_that_does_not_answer_is_as_good_as_none_and_one_that_does_is_left_alone(
    started: Callable[..., Gateway], own_broker: Any, service_of: Any, home: HomeBroker, modem: Any,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    with service_of(own_broker.address) as service:
        gateway = started("boot-1", config())
        wait_until(lambda: service.statuses)
        home.press()
        wait_until(lambda: service.keys == 1 and gateway.outbox.queued == 0)
        service.answering = False
        home.press()
        wait_until(lambda: home.siren == "ON")
        assert len(home.told) == 1
        service.answering = True
        wait_until(lambda: home.siren == "OFF")
        assert modem.messages == []
        gateway.end()


def test_cancelled_at_the_button_it_is_silent_at_once_and_whoever_was_told_hears_of_it(
    started: Callable[..., Gateway], own_broker: Any, service_of: Any, home: HomeBroker, modem: Any,
    read_text: Callable[..., Any], wait_until: Callable[..., None],
) -> None:  # fmt: skip
    own_broker.kill()
    gateway = started("boot-1", config())
    home.press()
    wait_until(lambda: home.siren == "ON" and len(modem.messages) == 2)
    home.press("double")
    wait_until(lambda: home.siren == "OFF")
    wait_until(lambda: len(modem.messages) == 4)
    assert "annullato in casa con il pulsante" in read_text(modem.messages[2:])[1]
    own_broker.start()
    with service_of(own_broker.address) as service:
        wait_until(lambda: gateway.outbox.queued == 0)
        assert [name.partition("/")[2] for name in names(service, Leaf.URGENT)] == [
            "sos_button", "contact_told", "sos_cancelled"
        ]  # fmt: skip
    gateway.end()


def test_after_a_restart_nobody_is_told_again_and_no_siren_is_left_on(
    started: Callable[..., Gateway], own_broker: Any, home: HomeBroker, modem: Any,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    own_broker.kill()
    gateway = started("boot-1", config())
    home.press()
    wait_until(lambda: len(modem.messages) == 2 and home.siren == "ON" and gateway.rules.told == 1)
    gateway.end()
    wait_until(lambda: home.siren == "OFF")
    again = started("boot-2", config())
    # It sounds again, for the call is still nobody's.
    wait_until(lambda: home.siren == "ON")
    wait_until(lambda: again.outbox.notes.under("rules"))
    again.end()
    assert len(modem.messages) == 2
