"""A small world in a real database, and a real mail server that can be told to misbehave."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from types import SimpleNamespace

import psycopg
import pytest
from aiosmtpd.controller import Controller
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts.channels.email.transport import EmailTransport, parse
from alerts.intake import Intake
from alerts.policy import Rules
from alerts.replies.links import Links
from core.clock import SimulatedClock
from core.database import Database, Role
from core.viewer import Viewer
from embedded.ports import free_port
from tests.integration.alerts.http_server import Behaviour, serve

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)  # 14:02 in Rome
SOS, LEAK = 20, 24
REPLY_KEY = b"of the tests alone, 32 characters"


class World:
    """Two municipalities under one union, an operator in each, homes with an SOS button and a water sensor."""

    def __init__(self, connection):
        self.connection = connection
        self.union = self._make("registry.organisation", key="union", name="Unione", kind="union")
        self.bobbio = self._make(
            "registry.organisation", key="bobbio", name="Bobbio", kind="municipality", parent_id=self.union
        )
        self.travo = self._make(
            "registry.organisation", key="travo", name="Travo", kind="municipality", parent_id=self.union
        )
        self.anna = self.account("anna", self.bobbio, "operator")
        self.bruno = self.account("bruno", self.bobbio, "operator", language="en")
        self.carla = self.account("carla", self.travo, "operator")
        self.dora = self.account("dora", self.union, "coordinator")
        self.home, self.sos, self.leak = self._home("h1", self.bobbio, "Bobbio")
        self.person = self._make(
            "registry.person", organisation_id=self.bobbio, home_id=self.home, key="p1", name="Rosa Bianchi"
        )

    def _home(self, key, organisation, municipality):
        home = self._make(
            "registry.home", organisation_id=organisation, key=key, name="Casa Bianchi", municipality=municipality
        )
        gateway = self._make("devices.gateway", organisation_id=organisation, home_id=home, key=f"gw-{key}")
        device = self._make(
            "devices.device", organisation_id=organisation, home_id=home, gateway_id=gateway, key="button"
        )
        common = {"organisation_id": organisation, "home_id": home, "gateway_id": gateway, "device_id": device}
        sos = self._make("devices.series", **common, name="button/sos_button", quantity_id=SOS)
        leak = self._make("devices.series", **common, name="sink/water_leak", quantity_id=LEAK)
        return home, sos, leak

    def account(self, login, organisation, role, language="it"):
        account = self._make(
            "registry.account", login=login, name=login.title(), email=f"{login}@example.org", language=language
        )
        self.connection.execute("INSERT INTO registry.membership VALUES (%s, %s, %s)", (account, organisation, role))
        return account

    def _make(self, table, **values):
        names = ", ".join(values)
        places = ", ".join(f"%({name})s" for name in values)
        key = f"{table.split('.')[1]}_id"
        query = f"INSERT INTO {table} ({names}) VALUES ({places}) RETURNING {key}"  # noqa: S608 - our names
        return self.connection.execute(query, values).fetchone()[key]

    def urgent(self, at=NOW, *, series=None, value=1.0, received_at=None):
        series = series or self.sos
        of = self.connection.execute(
            "SELECT home_id, quantity_id FROM devices.series WHERE series_id = %s", (series,)
        ).fetchone()
        return self._make("ingest.urgent", series_id=series, **of, ts=at, value=value, received_at=received_at or at)

    def unregistered_call(self, at=NOW):
        """Somebody calls for help with a device that is in no list, in a home that is known."""
        return self._make(
            "ingest.urgent", home_id=self.home, quantity_id=SOS, ts=at, value=1.0, received_at=at,
            standing="unregistered", device="a4c138000001", heard_by=self.gateway_of("h1"),
        )  # fmt: skip

    def call_without_series(self, at=NOW):
        """A device of the home calls for help by something that it was not known to tell."""
        return self._make(
            "ingest.urgent", home_id=self.home, quantity_id=SOS, ts=at, value=1.0, received_at=at, device="button"
        )

    def call_heard_by(self, gateway, at=NOW, *, standing="registered"):
        """The button of the home is pressed, and another gateway hears it."""
        return self._make(
            "ingest.urgent", series_id=self.sos, home_id=self.home, quantity_id=SOS, ts=at, value=1.0, received_at=at,
            standing=standing, heard_by=self.gateway_of(gateway),
        )  # fmt: skip

    def gateway_of(self, home):
        return self.rows("SELECT gateway_id FROM devices.gateway WHERE key = %s", f"gw-{home}")[0]["gateway_id"]

    def neighbour(self, organisation=None):
        """Another home with a gateway that hears what is pressed next door."""
        self._home("h2", organisation or self.bobbio, "Bobbio")
        return "h2"

    def said_by_button(self, quantity, quantity_id):
        """What the SOS button says besides."""
        return self.connection.execute(
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " SELECT organisation_id, home_id, gateway_id, device_id, 'button/' || %s, %s"
            " FROM devices.series WHERE series_id = %s RETURNING series_id",
            (quantity, quantity_id, self.sos),
        ).fetchone()["series_id"]

    def second_sensor(self):
        """A second water sensor in the home."""
        return self.connection.execute(
            "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
            " SELECT organisation_id, home_id, gateway_id, device_id, 'bath/water_leak', quantity_id"
            " FROM devices.series WHERE series_id = %s RETURNING series_id",
            (self.leak,),
        ).fetchone()["series_id"]

    def finding(self, ended_at, found_at, *, kind="night_bathroom_visits", family="wellbeing", severity=0.5):
        return self._make(
            "analytics.finding",
            organisation_id=self.bobbio,
            home_id=self.home,
            person_id=self.person,
            family=family,
            kind=kind,
            severity=severity,
            started_at=ended_at - timedelta(hours=8),
            ended_at=ended_at,
            found_at=found_at,
            updated_at=found_at,
            coverage=0.9,
            detector="sudden",
            detector_version="1",
            explanation_it="4 visite al bagno; di solito 1",
            explanation_en="4 visits to the bathroom; usually 1",
            evidence=Jsonb({"value": 4}),
        )

    def silence(self, found_at, until=None, said="The gateway is silent"):
        """A technical finding that goes on, or is over at `until`."""
        finding_id = self.finding(found_at, found_at, kind="gateway_silence", family="technical", severity=0.4)
        self.restate(finding_id, found_at, until, said)
        return finding_id

    def restate(self, finding_id, at, until=None, said="The gateway is silent"):
        self.connection.execute(
            "UPDATE analytics.finding SET updated_at = %s, explanation_en = %s, evidence = %s WHERE finding_id = %s",
            (at, said, Jsonb({"until": until and until.isoformat()}), finding_id),
        )

    def rows(self, query, *values):
        return self.connection.execute(query, values).fetchall()

    def alerts(self):
        return self.rows("SELECT * FROM alerts.alert ORDER BY alert_id")

    def actions(self):
        return [row["action"] for row in self.rows("SELECT action FROM alerts.history ORDER BY history_id")]

    def notifications(self):
        return self.rows("SELECT * FROM alerts.notification ORDER BY notification_id")


@pytest.fixture
def world(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        yield World(connection)


@pytest.fixture
def daughter(world):
    return world._make(
        "registry.contact", organisation_id=world.bobbio, person_id=world.person, key="figlia", name="Lucia",
        email="lucia@example.org", phone="333 123 4567",
    )  # fmt: skip


@pytest.fixture
def family_knows(world):
    """Say until when the person consents to the family knowing, and from when on it is shared with the contact."""

    def of(data, until=None):
        world.connection.execute(
            "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, withdrawn_at)"
            " SELECT DISTINCT organisation_id, person_id, 'family', 'consent', %s::timestamptz, %s::timestamptz"
            " FROM registry.contact ON CONFLICT (person_id, purpose, valid_from) DO UPDATE"
            " SET withdrawn_at = excluded.withdrawn_at",
            (NOW - timedelta(days=1), until),
        )
        if until is None:
            world.connection.execute(
                "INSERT INTO registry.share (organisation_id, person_id, contact_id, data)"
                " SELECT organisation_id, person_id, contact_id, %s FROM registry.contact",
                (data,),
            )

    return of


@pytest.fixture
def service(database_url, world):
    with Database(database_url, Role.SERVICE, name="test", maximum=8) as database:
        yield database


@pytest.fixture
def people(database_url, world):
    with Database(database_url, Role.PEOPLE, name="test people", maximum=4) as database:
        yield database


@pytest.fixture
def seen_by(people):
    return lambda account: people.seen_by(Viewer(account))


@pytest.fixture
def clock():
    return SimulatedClock(NOW)


@pytest.fixture
def intake(service):
    return Intake(service, Rules(safety_repeat_s=300, safety_times=3), timedelta(hours=24))


class Mailbox:
    """What a mail server received, and how it is to answer: accept, busy, unknown, refuse, reset or slow."""

    def __init__(self):
        self.answer = "accept"
        self.received = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if self.answer == "unknown":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.answer == "busy":
            return "451 4.3.0 try again later"
        if self.answer == "refuse":
            return "554 5.7.1 not wanted"
        if self.answer == "reset":
            server.transport.abort()
            return "250 never heard"
        if self.answer == "slow":
            await asyncio.sleep(1.0)
            return "451 4.3.0 too late"
        self.received.append(SimpleNamespace(to=envelope.rcpt_tos, message=message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def smtp_url(mailbox):
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def email(smtp_url):
    links = Links("https://vicino.example.org", REPLY_KEY)
    return EmailTransport(parse(smtp_url), "vicino@example.org", links, timeout_s=0.4)


@pytest.fixture
def unused_port():
    with socket.socket() as taken:
        # Bound but not listening: whoever connects is refused, and nobody else gets the port meanwhile.
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def http():
    behaviour = Behaviour()
    with serve(behaviour):
        yield behaviour
