"""What credentials at the broker allow, tried at a real Mosquitto."""

import time

import pytest

from core import topics
from core.access.accounts import ADMINISTRATOR, DEVICES, HOMES, INGEST, SERVICES, SIMULATOR, gateway_account
from core.access.mosquitto import Login
from core.access.passwords import hashed, new_password
from core.clock import SystemClock
from core.mqtt import BrokerAddress
from core.topics import TRAFFIC, Leaf, Party
from devices.dynamic_security import BrokerControlError, DynamicSecurity
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from embedded.process import running
from tests.integration.devices.clients import WITHIN_S, Client

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")

OWN, OTHER = "gw-own", "gw-other"
PASSWORDS = {OWN: new_password(), OTHER: new_password()}
SAID = [leaf for leaf in Leaf if TRAFFIC[leaf].publisher is Party.GATEWAY]
HEARD = [leaf for leaf in Leaf if Party.GATEWAY in TRAFFIC[leaf].readers]


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    made = EmbeddedBroker(tmp_path_factory.mktemp("access") / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO)
    with made, DynamicSecurity(BrokerAddress.parse(made.url_for(ADMINISTRATOR))) as control:
        made.control = control
        yield made


@pytest.fixture(autouse=True)
def _admitted(broker):
    broker.control.admit([(gateway_account(key), password) for key, password in PASSWORDS.items()])


@pytest.fixture
def connect(broker):
    """Connect as an account, under the name it may use or another one."""
    made = []

    def connect(name, *, client_id="", password=None, **wanted):
        address = BrokerAddress.parse(broker.bare_url)
        if name in PASSWORDS:
            address = address._replace(user=name, password=password or PASSWORDS[name])
            client_id = client_id or topics.client_id(name)
        else:
            account = next(account for account in SERVICES if account.name == name)
            address = BrokerAddress.parse(broker.url_for(account))
        made.append(Client(address, client_id or f"test-{len(made)}", **wanted))
        return made[-1].__enter__()

    yield connect
    for client in made:
        client.__exit__()


def ingest_filters():
    return [topics.subscription(leaf, "ingest") for leaf in topics.LANES] + [
        topics.subscription(Leaf.STATUS),
        topics.subscription(Leaf.INVENTORY),
    ]


def test_a_gateway_says_and_hears_all_that_is_its_own(connect):
    ingest, devices = connect(INGEST.name), connect(DEVICES.name)
    assert all(ingest.may_subscribe(pattern) for pattern in ingest_filters())
    assert devices.may_subscribe(topics.subscription(Leaf.STATUS))
    gateway = connect(OWN)
    assert all(gateway.may_subscribe(topics.topic(OWN, leaf)) for leaf in HEARD)
    assert gateway.may_subscribe(topics.LISTENING)
    assert all(gateway.may_publish(topics.topic(OWN, leaf), leaf.encode()) for leaf in SAID)
    assert ingest.may_publish(topics.topic(OWN, Leaf.STORED), b"stored")
    assert ingest.may_publish(topics.LISTENING, b"listening")
    assert devices.may_publish(topics.topic(OWN, Leaf.CONFIG), b"config", retain=True)
    assert sorted(ingest.heard()) == sorted((topics.topic(OWN, leaf), leaf.encode()) for leaf in SAID)
    assert {payload for _, payload in gateway.heard()} == {b"stored", b"listening", b"config"}
    assert devices.heard() == [(topics.topic(OWN, Leaf.STATUS), b"status")]


@pytest.mark.parametrize("leaf", Leaf)
def test_a_gateway_says_nothing_on_a_topic_of_another(connect, leaf):
    ingest = connect(INGEST.name)
    assert all(ingest.may_subscribe(pattern) for pattern in ingest_filters())
    gateway = connect(OWN)
    assert not gateway.may_publish(topics.topic(OTHER, leaf), b"forged", retain=True)
    assert ingest.heard() == []
    # Nor does a retained one remain for whoever comes later.
    late = connect(INGEST.name)
    assert late.may_subscribe(topics.subscription(Leaf.STATUS))
    assert late.heard() == []


@pytest.mark.parametrize("leaf", [leaf for leaf in Leaf if leaf not in SAID])
def test_a_gateway_says_nothing_in_the_name_of_the_service(connect, leaf):
    assert not connect(OWN).may_publish(topics.topic(OWN, leaf))


@pytest.mark.parametrize(
    "topic",
    [
        topics.LISTENING,
        topics.ADMISSION,
        "$CONTROL/dynamic-security/v1",
        "home/gw-own/zigbee2mqtt/door",
        "vicino/v1/gw/x",
        "a",
    ],
)
def test_a_gateway_says_nothing_elsewhere(connect, topic):
    assert not connect(OWN).may_publish(topic)


@pytest.mark.parametrize(
    "pattern",
    [
        "#",
        "+/#",
        "vicino/#",
        "vicino/v1/gw/#",
        "vicino/v1/gw/+/stored",
        "vicino/v1/gw/+/config",
        "vicino/v1/gw/+/status",
        *(topics.topic(OTHER, leaf) for leaf in Leaf),
        *(topics.topic(OWN, leaf) for leaf in Leaf if leaf not in HEARD),
        *(f"$share/ingest/{topics.subscription(leaf)}" for leaf in Leaf),
        f"$share/mine/{topics.topic(OTHER, Leaf.READINGS)}",
        f"$share/mine/{topics.topic(OWN, Leaf.STORED)}",
        "$share/ingest/#",
        "$CONTROL/#",
        "$SYS/#",
        "home/#",
        topics.ADMISSION,
        "home/gw-own/#",
    ],
)
def test_a_gateway_subscribes_to_nothing_else(connect, pattern):
    assert not connect(OWN).may_subscribe(pattern)


def test_what_is_retained_for_one_gateway_does_not_reach_another(connect):
    devices = connect(DEVICES.name)
    assert devices.may_publish(topics.topic(OTHER, Leaf.CONFIG), b"for the other", retain=True)
    gateway = connect(OWN)
    gateway.may_subscribe(topics.topic(OTHER, Leaf.CONFIG))
    gateway.may_subscribe("vicino/v1/gw/+/config")
    assert gateway.heard() == []


def test_a_subscription_refused_takes_no_message_from_those_who_share(connect):
    ingest, gateway, sender = connect(INGEST.name), connect(OWN), connect(OTHER)
    assert ingest.may_subscribe(topics.subscription(Leaf.URGENT, "ingest"))
    gateway.may_subscribe(topics.subscription(Leaf.URGENT, "ingest"))
    for number in range(20):
        assert sender.may_publish(topics.topic(OTHER, Leaf.URGENT), str(number).encode())
    assert [payload for _, payload in ingest.heard()] == [str(number).encode() for number in range(20)]


def test_a_will_in_the_name_of_another_is_not_sent(connect):
    watching = connect(INGEST.name)
    assert watching.may_subscribe(topics.subscription(Leaf.STATUS))
    forger = connect(OWN, will=(topics.topic(OTHER, Leaf.STATUS), b"offline"))
    forger.die()
    honest = connect(OWN, will=(topics.topic(OWN, Leaf.STATUS), b"offline"))
    assert honest.refused is None
    honest.die()
    assert watching.heard(1.0) == [(topics.topic(OWN, Leaf.STATUS), b"offline")]


def test_nobody_takes_over_the_session_of_another(connect):
    ingest = connect(INGEST.name)
    victim = connect(OTHER, clean_start=False, session_expiry_s=60)
    assert victim.may_subscribe(topics.topic(OTHER, Leaf.STORED))
    assert connect(OWN, client_id=topics.client_id(OTHER), clean_start=False).refused == "Not authorized"
    assert connect(OWN, client_id="vicino-ingest-1-urgent").refused == "Not authorized"
    assert ingest.may_publish(topics.topic(OTHER, Leaf.STORED), b"first")
    assert victim.heard() == [(topics.topic(OTHER, Leaf.STORED), b"first")]
    assert not victim.ended.is_set()
    # Nor while the other is away and the broker keeps something for it.
    victim.die()
    assert ingest.may_publish(topics.topic(OTHER, Leaf.STORED), b"kept")
    assert connect(OWN, client_id=topics.client_id(OTHER), clean_start=False).refused == "Not authorized"
    back = connect(OTHER, clean_start=False, session_expiry_s=60)
    assert back.heard() == [(topics.topic(OTHER, Leaf.STORED), b"kept")]


def test_nobody_comes_in_without_the_password(broker, connect):
    assert connect(OWN, password="wrong").refused == "Not authorized"
    assert connect(OWN, password=PASSWORDS[OTHER]).refused == "Not authorized"
    for address in (
        BrokerAddress.parse(broker.bare_url),
        BrokerAddress.parse(broker.bare_url)._replace(user=INGEST.name, password=""),
        BrokerAddress.parse(broker.bare_url)._replace(user="", password=""),
    ):
        with Client(address, "anybody") as client:
            assert client.refused is not None


def test_a_revoked_gateway_is_out_at_once_and_does_not_come_back(broker, connect):
    gateway, other = connect(OWN), connect(OTHER)
    began = time.monotonic()
    broker.control.expel([OWN])
    assert gateway.ended.wait(WITHIN_S)
    assert time.monotonic() - began < 1.0
    assert connect(OWN).refused == "Not authorized"
    assert other.may_publish(topics.topic(OTHER, Leaf.STATUS))
    assert OWN not in broker.control.names()
    broker.control.expel([OWN])


def test_a_renewed_gateway_is_out_at_once_and_comes_back_with_its_new_password_only(broker, connect):
    gateway = connect(OWN)
    began = time.monotonic()
    broker.control.admit([(gateway_account(OWN), "another")])
    assert gateway.ended.wait(WITHIN_S)
    assert time.monotonic() - began < 1.0
    assert connect(OWN).refused == "Not authorized"
    assert connect(OWN, password="another").refused is None


def test_services_keep_to_what_is_theirs(connect):
    # A Mosquitto that refuses a message ends the connection.
    assert not connect(INGEST.name).may_publish(topics.topic(OWN, Leaf.CONFIG))
    assert not connect(INGEST.name).may_publish(topics.topic(OWN, Leaf.READINGS))
    assert not connect(INGEST.name).may_subscribe("$CONTROL/#")
    devices, homes, simulator = (connect(each.name) for each in (DEVICES, HOMES, SIMULATOR))
    assert devices.may_subscribe(topics.subscription(Leaf.STATUS))
    assert not devices.may_subscribe(topics.subscription(Leaf.READINGS))
    assert homes.may_subscribe("home/gw-own/zigbee2mqtt/#")
    assert simulator.may_publish("home/gw-own/zigbee2mqtt/door", b"open")
    assert homes.heard() == [("home/gw-own/zigbee2mqtt/door", b"open")]
    assert not homes.may_subscribe("vicino/#")


def test_the_administrator_who_may_not_is_told(broker):
    address = BrokerAddress.parse(broker.url_for(INGEST))
    with pytest.raises(BrokerControlError), DynamicSecurity(address, patience_s=1.0) as control:
        control.expel([OTHER])


def test_who_was_admitted_before_is_let_in_at_the_next_start(tmp_path):
    password = new_password()
    broker = EmbeddedBroker(tmp_path / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO)
    login = Login(gateway_account(OWN), hashed(password))
    with broker.prepared():
        broker.admit([login])

        with running(broker.service(), tmp_path / "log", SystemClock()):
            address = BrokerAddress.parse(broker.bare_url)._replace(user=OWN, password=password)
            with Client(address, topics.client_id(OWN)) as client:
                assert client.refused is None
                assert client.may_publish(topics.topic(OWN, Leaf.STATUS))
