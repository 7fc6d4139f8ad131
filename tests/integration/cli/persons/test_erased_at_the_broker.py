"""An erasure beside a running Mosquitto: the gateway is out, nothing of it is left there, nothing more is stored."""

import os
import queue
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import psycopg
import pytest
from psycopg.rows import dict_row

import devices.repository
import registry.file
import registry.repository
from cli import gateways
from cli.persons.erasing import commands
from core import topics
from core.access.accounts import ADMINISTRATOR, DEVICES, INGEST, SERVICES, Account
from core.clock import SystemClock
from core.database import Database, Role
from core.errors import VicinoError
from core.messages import BatchProperties, GatewayStatus
from core.mqtt import BrokerAddress, Connection, Will
from core.senml import Measurement, encode
from core.topics import Leaf
from devices import enrolment
from devices.dynamic_security import BrokerControlError, DynamicSecurity
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from embedded.ports import LOOPBACK, free_port
from tests.integration.cli.persons.test_erasing import everywhere
from tests.integration.devices.clients import Client
from tests.integration.ingest.homes import WITHIN_S, until

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")

ROOT = Path(__file__).parents[4]
KEY, OTHER, PERSON = "gw-casa-01", "gw-casa-02", "bianchi-ada"
SERIES = "0x00158d0001a9ec71/occupancy"
WORDS = (KEY, "casa-01", "Ada Bianchi", "Via del Mulino")
SPY = Account("_spy", (), ("vicino/#",))


class HomeGateway:
    """What a gateway does at the broker: it states itself, sends readings, and comes again when it is thrown out."""

    def __init__(self, address, key):
        self.key = key
        self.changes = []
        self.heard = queue.SimpleQueue()
        self.sequence = 0
        self._connection = Connection(
            address,
            topics.client_id(key),
            on_message=self._take,
            on_connection=self.changes.append,
            subscriptions=(topics.topic(key, Leaf.CONFIG), topics.topic(key, Leaf.STORED)),
            clean_start=False,
            session_expiry_s=30,
            will=Will(topics.topic(key, Leaf.STATUS), self._status(online=False), 1),
            reconnect_max_s=1,
        )
        self._connection.start()
        assert self._connection.wait_connected(WITHIN_S)
        self._say(Leaf.STATUS, self._status(online=True), retain=True)

    def press_on(self, series=SERIES):
        """Send a batch with a reading."""
        self.sequence += 1
        pack = encode([Measurement(series, round(datetime.now(UTC).timestamp() * 1000), 1.0, "1")])
        said = BatchProperties("boot", self.sequence, 1.0, "synced").as_user_properties()
        self._connection.publish(topics.topic(self.key, Leaf.READINGS), pack, user_properties=said)

    def stop(self):
        self._connection.stop()

    @property
    def connected(self):
        return self._connection.connected

    def hears(self, leaf):
        """Wait for a message on one of its topics."""
        while (message := self.heard.get(timeout=WITHIN_S)).topic != topics.topic(self.key, leaf):
            pass
        return message

    def _say(self, leaf, payload, *, retain=False):
        self._connection.publish(topics.topic(self.key, leaf), payload, retain=retain)

    def _status(self, *, online):
        return msgspec.json.encode(GatewayStatus(online, "boot", at=datetime.now(UTC)))

    def _take(self, message):
        self._connection.acknowledge(message)
        self.heard.put(message)


def apply(connection):
    document = registry.file.load(ROOT / "docs" / "examples" / "registry.yaml")
    with connection.transaction():
        registry.repository.apply(connection, document)
        devices.repository.apply(connection, document)


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        apply(connection)
        yield connection


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """Run Mosquitto as an installation does, and let commands administer it."""
    with EmbeddedBroker(tmp_path / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO) as broker:
        monkeypatch.setenv("VICINO_BROKER_ADMIN_URL", broker.url_for(ADMINISTRATOR))
        yield broker


@pytest.fixture
def admitted(connection, broker, database_url):
    """Enrol both homes' gateways; give how each signs in."""
    with (
        Database(database_url, Role.SERVICE, name="test") as database,
        DynamicSecurity(BrokerAddress.parse(broker.url_for(ADMINISTRATOR))) as control,
    ):
        made = enrolment.enrol(database, control, [KEY, OTHER], SystemClock().now())
        control.admit([(SPY, "spy")])
    bare = BrokerAddress.parse(broker.bare_url)
    return {key: bare._replace(user=key, password=made[key].password) for key in (KEY, OTHER)}


@pytest.fixture
def service(database_url, broker, tmp_path):
    """Run `ingest` or `devices` with the account that it has."""

    @contextmanager
    def run(name, account):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VICINO_")}
        said = {
            "VICINO_DATABASE_URL": database_url,
            "VICINO_BROKER_URL": broker.url_for(account),
            "VICINO_BROKER_ADMIN_URL": broker.url_for(ADMINISTRATOR),
            "VICINO_INGEST_WORKER": "one",
        }
        with (tmp_path / f"{name}.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", name], cwd=ROOT, env={**clean, **said}, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    return run


@pytest.fixture
def erased(database_url, tmp_path, monkeypatch):
    """Erase as the command does, without its minute of waiting for what is under way."""

    def erase(settles_s=1.0):
        monkeypatch.setattr(commands, "SETTLES_S", settles_s)
        commands.erase(
            PERSON, confirm=PERSON, to=tmp_path / "certificate", reference="Prot. 1", also=[tmp_path / "list"],
            database_url=database_url, data=tmp_path / "data",
        )  # fmt: skip

    return erase


def retained(broker):
    """Return the topics that the broker says again to whoever comes, by gateway and leaf."""
    address = BrokerAddress.parse(broker.bare_url)._replace(user=SPY.name, password="spy")
    with Client(address, "spy") as spy:
        assert spy.may_subscribe("vicino/v1/gw/#")
        return {topics.parse(topic) for topic, payload in spy.heard(1.0) if payload}


def readings(connection):
    return connection.execute("SELECT count(*) AS n FROM ingest.reading_event").fetchone()["n"]


def test_a_connected_gateway_is_thrown_out_and_nothing_of_it_stays_anywhere(
    connection, broker, admitted, service, erased, tmp_path
):
    with service("ingest", INGEST) as _, service("devices", DEVICES) as _:
        ours, others = HomeGateway(admitted[KEY], KEY), HomeGateway(admitted[OTHER], OTHER)
        try:
            assert b"0x00158d0001a9ec71" in ours.hears(Leaf.CONFIG).payload
            others.hears(Leaf.CONFIG)
            until(lambda: ours.press_on() or readings(connection) > 0, "a reading in the database")
            ours.hears(Leaf.STORED)
            wanted = {topics.Topic(key, leaf) for key in (KEY, OTHER) for leaf in (Leaf.STATUS, Leaf.CONFIG)}
            assert retained(broker) >= wanted

            erased()

            until(lambda: not ours.connected, "the gateway is out")
            with Client(admitted[KEY], topics.client_id(KEY)) as again:
                assert again.refused == "Not authorized"
            assert {topic.gateway for topic in retained(broker)} == {OTHER}
            assert others.connected
            assert others.changes == [True]
        finally:
            ours.stop()
            others.stop()
    assert everywhere(connection, *WORDS) == []
    with service("ingest", INGEST) as _, service("devices", DEVICES) as _:
        until(lambda: " receiving" in (tmp_path / "ingest.log").read_text(), "ingest is back")
        assert {topic.gateway for topic in retained(broker)} == {OTHER}
    assert everywhere(connection, *WORDS) == []


def test_what_the_broker_kept_for_ingest_meanwhile_is_not_kept_among_the_rejects(
    connection, broker, admitted, service, erased
):
    with service("ingest", INGEST) as _:
        ours = HomeGateway(admitted[KEY], KEY)
        until(lambda: ours.press_on() or readings(connection) > 0, "a reading in the database")
    try:
        # Nobody takes in what is said now.
        for _ in range(5):
            ours.press_on()
    finally:
        ours.stop()
    erased(0.1)
    assert everywhere(connection, *WORDS) == []
    with service("ingest", INGEST) as _:
        other = HomeGateway(admitted[OTHER], OTHER)
        try:
            # What came before it is over once this is there.
            until(lambda: connection.execute("SELECT FROM ingest.gateway_status").rowcount == 1, "the other is heard")
            other.press_on()
            until(
                lambda: connection.execute("SELECT FROM ingest.reject WHERE gateway_key = %s", (OTHER,)).rowcount == 1,
                "the other's unknown series is among the rejects",
            )
        finally:
            other.stop()
    assert everywhere(connection, *WORDS) == []


def test_a_gateway_of_the_same_key_that_is_registered_again_is_heard_as_any(
    connection, broker, admitted, service, erased, database_url
):
    erased(0.1)
    assert connection.execute("SELECT count(*) AS n FROM ingest.erased_gateway").fetchone() == {"n": 1}
    apply(connection)
    with (
        Database(database_url, Role.SERVICE, name="test") as database,
        DynamicSecurity(BrokerAddress.parse(broker.url_for(ADMINISTRATOR))) as control,
    ):
        made = enrolment.enrol(database, control, [KEY], SystemClock().now())[KEY]
    with service("ingest", INGEST) as _:
        again = HomeGateway(admitted[KEY]._replace(password=made.password), KEY)
        try:
            until(lambda: again.press_on() or readings(connection) > 0, "a reading in the database")
            again.press_on(series="unknown/occupancy")
            until(
                lambda: connection.execute("SELECT FROM ingest.reject WHERE gateway_key = %s", (KEY,)).rowcount == 1,
                "its unknown series is among the rejects",
            )
        finally:
            again.stop()


def test_where_the_broker_could_not_be_told_that_is_said_and_can_be_done_later(
    connection, broker, admitted, erased, database_url, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("VICINO_DATABASE_URL", database_url)
    ours = HomeGateway(admitted[KEY], KEY)
    try:
        until(lambda: topics.Topic(KEY, Leaf.STATUS) in retained(broker), "it is retained")
        with pytest.raises(VicinoError, match="is registered"):
            gateways.forget(KEY, data=tmp_path / "data")

        def away(*_):
            raise BrokerControlError("The broker does not answer.")

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(commands.access, "forget_gateways", away)
            erased(0.1)
        assert f"vicino gateway forget {KEY}" in " ".join(capsys.readouterr().err.split())
        assert topics.Topic(KEY, Leaf.STATUS) in retained(broker)
        gateways.forget(KEY, data=tmp_path / "data")
        assert retained(broker) == set()
    finally:
        ours.stop()


def test_where_the_broker_does_not_answer_nothing_is_erased(connection, erased, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("VICINO_BROKER_ADMIN_URL", f"mqtt://_administrator:x@{LOOPBACK}:{free_port()}")
    monkeypatch.setattr(commands.access, "DynamicSecurity", partial(DynamicSecurity, patience_s=0.5))
    with pytest.raises(SystemExit):
        erased(0.1)
    assert "nothing was erased" in " ".join(capsys.readouterr().err.split())
    assert connection.execute("SELECT FROM registry.person WHERE key = %s", (PERSON,)).rowcount == 1
    assert not (tmp_path / "certificate").exists()
