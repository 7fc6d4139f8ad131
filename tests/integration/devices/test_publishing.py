"""The configuration on its way down, over a real broker, and the gateway's confirmation on its way up."""

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from core import topics
from core.access.accounts import ADMINISTRATOR, DASHBOARDS, DEVICES, SERVICES, gateway_account
from core.clock import SimulatedClock, SystemClock
from core.gateway_config import decode_config
from core.messages import GatewayStatus, encode
from core.mqtt import BrokerAddress
from core.topics import Leaf
from core.translation import translator
from core.viewer import Viewer
from devices import enrolment
from devices.__main__ import admit_waiting, serve
from devices.admission import NOT_KEPT_HERE, Admissions, hand_over
from devices.composition import rules_of
from devices.dynamic_security import BrokerControlError, DynamicSecurity
from devices.gateways import repository
from devices.gateways.reads import gateway_figures
from devices.settings import DevicesSettings
from embedded.broker import EmbeddedBroker, Kind, find_mosquitto
from tests.integration.devices.clients import WITHIN_S, Client
from tests.integration.ingest.homes import until

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed (package mosquitto)")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with EmbeddedBroker(tmp_path_factory.mktemp("down") / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO) as made:
        yield made


@pytest.fixture
def control(broker):
    with DynamicSecurity(BrokerAddress.parse(broker.url_for(ADMINISTRATOR))) as control:
        yield control


@pytest.fixture
def running(broker, database_url):
    """Run the process of `devices` in a thread."""
    stop = threading.Event()
    settings = DevicesSettings(
        database_url=database_url,
        broker_url=broker.url_for(DEVICES),
        broker_admin_url=broker.url_for(ADMINISTRATOR),
        devices_worker="test",
        _env_file=None,
    )
    thread = threading.Thread(target=serve, args=(settings, SystemClock(), stop))

    def start():
        thread.start()

    yield start
    stop.set()
    if thread.ident is not None:
        thread.join(WITHIN_S)
        assert not thread.is_alive()


class Gateway(Client):
    """A gateway that is enrolled."""

    def __init__(self, broker, service, control, key):
        password = enrolment.enrol(service, control, [key], NOW)[key].password
        self.key = key
        address = BrokerAddress.parse(broker.bare_url)._replace(user=key, password=password)
        super().__init__(address, topics.client_id(key))
        self.__enter__()

    def config(self, wanted=lambda _: True):
        """Return the next configuration that is as wanted: what is registered step by step is told step by step."""
        while True:
            _, payload = self.received.get(timeout=WITHIN_S)
            if wanted(config := decode_config(payload)):
                return config

    def say(self, **changes):
        assert self.may_publish(topics.topic(self.key, Leaf.STATUS), encode(GatewayStatus(True, "boot", **changes)))


def test_a_configuration_goes_down_when_it_changes_and_is_confirmed(broker, service, control, world, running):
    key = world.home("one", quantities=("occupancy", "battery"))
    gateway = Gateway(broker, service, control, key)
    assert gateway.may_subscribe(topics.topic(key, Leaf.CONFIG))
    running()
    first = gateway.config()
    assert [device.key for device in first.devices] == ["d"]
    assert first.devices[0].quantities == ["occupancy", "battery"]
    until(lambda: standing(service, key).published_at)
    assert standing(service, key).unconfirmed_for(SystemClock().now()) is not None

    gateway.say(config=first.version)
    until(lambda: standing(service, key).confirmed == first.version)
    assert standing(service, key).unconfirmed_for(SystemClock().now()) is None

    began = time.monotonic()
    world.device(key, "new", ("contact",))
    second = gateway.config(lambda config: any(device.quantities == ["contact"] for device in config.devices))
    assert {device.key for device in second.devices} == {"d", "new"}
    assert time.monotonic() - began < 5
    with service.transaction() as connection:
        assert repository.write_rules(connection, key, rules_of({"test_alarm_days": 7}), NOW)
    third = gateway.config()
    assert third.test_alarm_days == 7

    gateway.say(config=first.version, config_trouble="The configuration is refused: a reason")
    until(lambda: standing(service, key).trouble)
    found = standing(service, key)
    assert (found.version, found.confirmed) == (third.version, first.version)
    with service.transaction() as connection:
        later = SystemClock().now() + timedelta(minutes=10)
        assert gateway_figures(connection, later).unconfirmed == 1
        assert gateway_figures(connection, SystemClock().now() - timedelta(minutes=10)).unconfirmed == 0
    # A last will was written before the gateway knew anything.
    assert gateway.may_publish(topics.topic(key, Leaf.STATUS), encode(GatewayStatus(False, "boot")), retain=True)
    gateway.say(config=third.version)
    until(lambda: standing(service, key).confirmed == third.version)
    assert standing(service, key).trouble == ""

    # What the catalogue says of a model goes down with it, and which contact of several it is.
    world.device(key, "doors", ("contact", "contact/left"))
    world.connection.execute("UPDATE devices.device SET model = 'Aqara MCCGQ11LM' WHERE key = 'doors'")
    (doors,) = gateway.config(lambda config: any(device.model for device in config.devices)).devices[-2:-1]
    assert (doors.key, doors.quantities) == ("doors", ["contact", "contact/left"])
    assert (doors.refractory_s, doors.report_every_s) == ({"contact": 1.0}, 3600)
    # What is taken away stays known as this home's, until another home has it.
    world.connection.execute("UPDATE devices.device SET retired_at = %s WHERE key = 'new'", (NOW,))
    assert gateway.config(lambda config: config.retired).retired == ["new"]
    world.device(key, "24e124136b502217", ("contact",))
    world.connection.execute("UPDATE devices.device SET retired_at = %s WHERE key LIKE '24e1%%'", (NOW,))
    assert gateway.config(lambda config: len(config.retired) > 1).retired == ["24e124136b502217", "new"]
    world.device(world.home("another"), "24e124136b502217", ("contact",))
    last = gateway.config(lambda config: len(config.retired) == 1)
    assert last.retired == ["new"]

    # It is retained: a gateway that comes later has it at once.
    assert gateway.may_subscribe(topics.topic(key, Leaf.CONFIG))
    assert gateway.config().version == last.version
    gateway.__exit__()


def test_whoever_revokes_the_broker_is_told(broker, service, control, world, running):
    key = world.home("one")
    gateway = Gateway(broker, service, control, key)
    control.admit([(gateway_account("gw-stranger"), "x")])
    running()
    until(lambda: "gw-stranger" not in control.names())
    assert not gateway.ended.is_set()
    began = time.monotonic()
    # As a page does: in the database alone.
    enrolment.revoke(service, None, key, NOW)
    assert gateway.ended.wait(WITHIN_S)
    assert time.monotonic() - began < 2.0
    assert key not in control.names()
    gateway.__exit__()


def test_what_a_page_makes_is_handed_over_to_the_broker(broker, service, people, control, world, running):
    key = world.home("one")
    account = world.account("installer", "service")
    world.connection.execute("UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (account,))
    running()
    with people.seen_by(Viewer(account)) as view:
        made = enrolment.enrol_seen(view, key, NOW)
    forged = made._replace(password="forged")
    dashboards = BrokerAddress.parse(broker.url_for(DASHBOARDS))

    def told():
        hand_over(dashboards, forged)
        hand_over(dashboards, made)
        return standing(service, key).admitted_at

    until(told)
    address = BrokerAddress.parse(broker.bare_url)._replace(user=key)
    with Client(address._replace(password=made.password), topics.client_id(key)) as gateway:
        assert gateway.refused is None
    with Client(address._replace(password=forged.password), topics.client_id(key)) as gateway:
        assert gateway.refused == "Not authorized"


@pytest.fixture
def made_by_page(service, people, world):
    """A gateway that got its credentials on a page."""
    key = world.home("one")
    account = world.account("installer", "service")
    world.connection.execute("UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (account,))
    with people.seen_by(Viewer(account)) as view:
        return enrolment.enrol_seen(view, key, NOW)


@pytest.fixture
def clock():
    return SimulatedClock(NOW)


@pytest.fixture
def admissions(broker, service, clock):
    made = Admissions(service, BrokerAddress.parse(broker.url_for(DEVICES)), clock, worker="test")
    made.start()
    yield made
    made.stop()


def admit_until(broker, admissions, settings, made, seen):
    """Hand a password over until `seen` tells that it was taken: what nobody hears yet is lost."""

    def told():
        hand_over(BrokerAddress.parse(broker.url_for(DASHBOARDS)), made)
        with suppress(BrokerControlError):
            admit_waiting(settings, admissions)
        return seen()

    until(told)


def test_a_password_that_the_broker_could_not_be_told_of_is_told_again(
    broker, service, database_url, clock, admissions, made_by_page
):
    key = made_by_page.gateway
    settings = DevicesSettings(database_url=database_url, broker_url=broker.url_for(DEVICES), _env_file=None)
    wrong = settings.model_copy(update={"broker_admin_url": SecretStr(broker.url_for(DEVICES))})
    admit_until(broker, admissions, wrong, made_by_page, lambda: standing(service, key).not_admitted)
    assert standing(service, key).admitted_at is None
    # A text that has a translation, without the broker's own words.
    assert translator("it").gettext(standing(service, key).not_admitted).startswith("Il broker ")

    right = settings.model_copy(update={"broker_admin_url": SecretStr(broker.url_for(ADMINISTRATOR))})
    clock.advance(6)
    # Nobody hands it over again.
    assert admit_waiting(right, admissions) == 1
    found = standing(service, key)
    assert (found.admitted_at, found.not_admitted) == (clock.now(), "")
    address = BrokerAddress.parse(broker.bare_url)._replace(user=key, password=made_by_page.password)
    with Client(address, topics.client_id(key)) as gateway:
        assert gateway.refused is None
    clock.advance(6)
    assert admit_waiting(right, admissions) == 0


def test_a_password_that_was_replaced_meanwhile_is_not_told_again(
    broker, service, database_url, clock, admissions, made_by_page
):
    key = made_by_page.gateway
    settings = DevicesSettings(database_url=database_url, broker_url=broker.url_for(DEVICES), _env_file=None)
    wrong = settings.model_copy(update={"broker_admin_url": SecretStr(broker.url_for(DEVICES))})
    admit_until(broker, admissions, wrong, made_by_page, lambda: standing(service, key).not_admitted)
    enrolment.enrol(service, None, [key], NOW)
    assert standing(service, key).not_admitted == ""
    clock.advance(6)
    assert admissions.wanted() == []


def test_where_the_accounts_are_kept_by_others_that_is_said(broker, service, database_url, admissions, made_by_page):
    settings = DevicesSettings(database_url=database_url, broker_url=broker.url_for(DEVICES), _env_file=None)
    key = made_by_page.gateway
    admit_until(broker, admissions, settings, made_by_page, lambda: standing(service, key).not_admitted)
    assert standing(service, key).not_admitted == NOT_KEPT_HERE


def standing(service, key):
    return next(each for each in enrolment.listed(service) if each.gateway == key)
