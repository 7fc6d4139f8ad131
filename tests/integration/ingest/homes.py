"""A home's side of the wire, a look into the database, and waiting for what takes its time."""

import time
import uuid
from datetime import UTC, datetime

from core import messages, senml, topics
from core.messages import BatchProperties
from core.mqtt import Connection
from core.topics import Leaf
from core.vocabulary import BY_NAME

WITHIN_S = 60.0
NOW_MS = round(datetime.now(UTC).timestamp() * 1000)


def until(condition, what="what was expected", within_s=WITHIN_S):
    """Return what `condition` says as soon as it is true."""
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        time.sleep(0.02)
    return found


class World:
    """The database of a test as its administrator sees it, with homes to fill it."""

    def __init__(self, connection):
        self.connection = connection
        self.mark = uuid.uuid4().hex[:8]  # topics of one test are no other's, though the broker is shared

    def query(self, statement, *parameters):
        return self.connection.execute(statement, parameters or None).fetchall()

    def value(self, statement, *parameters):
        return next(iter(self.query(statement, *parameters)[0].values()))

    def organisation(self, key):
        return self.value(
            "INSERT INTO registry.organisation (key, name, kind) VALUES (%s, %s, 'service')"
            " ON CONFLICT (key) DO UPDATE SET name = excluded.name RETURNING organisation_id",
            key,
            key,
        )

    def account(self, login, organisation):
        account = self.value(
            "INSERT INTO registry.account (login, name) VALUES (%s, %s) RETURNING account_id", login, login
        )
        self.connection.execute(
            "INSERT INTO registry.membership VALUES (%s, %s, 'operator')", (account, self.organisation(organisation))
        )
        return account

    def home(self, name, quantities=("temperature", "occupancy", "sos_button"), organisation="service"):
        """Register a home with one gateway and one device `d`; return the gateway's key."""
        key = f"{name}-{self.mark}"
        owner = self.organisation(organisation)
        home = self.value(
            "INSERT INTO registry.home (organisation_id, key, name) VALUES (%s, %s, '') RETURNING home_id", owner, key
        )
        self.value(
            "INSERT INTO devices.gateway (organisation_id, home_id, key) VALUES (%s, %s, %s) RETURNING gateway_id",
            owner,
            home,
            key,
        )
        self.device(key, "d", quantities)
        return key

    def device(self, gateway, key, quantities):
        row = self.query("SELECT gateway_id, home_id, organisation_id FROM devices.gateway WHERE key = %s", gateway)[0]
        device = self.value(
            "INSERT INTO devices.device (organisation_id, home_id, gateway_id, key)"
            " VALUES (%s, %s, %s, %s) RETURNING device_id",
            row["organisation_id"],
            row["home_id"],
            row["gateway_id"],
            key,
        )
        for quantity in quantities:
            self.connection.execute(
                "INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    row["organisation_id"],
                    row["home_id"],
                    row["gateway_id"],
                    device,
                    f"{key}/{quantity}",
                    BY_NAME[quantity.partition("/")[0]].id,
                ),
            )

    def home_id(self, gateway):
        return self.value("SELECT home_id FROM devices.gateway WHERE key = %s", gateway)

    def stored(self, gateway=None):
        """Return name, milliseconds and value of all readings, in the order of their time."""
        rows = self.query(
            "SELECT name, (extract(epoch FROM ts) * 1000)::bigint AS at_ms, value FROM ("
            " SELECT series_id, ts, value FROM ingest.reading_event"
            " UNION ALL SELECT series_id, ts, value FROM ingest.reading_level"
            " UNION ALL SELECT series_id, ts, value FROM ingest.reading_vital"
            " UNION ALL SELECT series_id, ts, value FROM ingest.reading_technical) AS reading"
            " JOIN devices.series USING (series_id) JOIN devices.gateway USING (gateway_id)"
            " WHERE coalesce(gateway.key = %s, true) ORDER BY at_ms, name",
            gateway,
        )
        return [tuple(row.values()) for row in rows]

    def rejected(self):
        return {
            row["reason"]: row["records"]
            for row in self.query("SELECT reason, sum(records)::int AS records FROM ingest.reject GROUP BY 1")
        }


class Sender:
    """A gateway's side of the wire: it publishes batches and hears which are stored."""

    def __init__(self, address, key):
        self.key = key
        self.sequence = 0
        self.heard = []
        self._broker = Connection(
            address,
            f"sender-{key}-{uuid.uuid4().hex[:6]}",
            on_message=self._received,
            subscriptions=(topics.topic(key, Leaf.STORED),),
        )
        self._broker.start()
        assert self._broker.wait_connected(WITHIN_S)
        time.sleep(0.05)  # the broker has the subscription before anything is sent

    def _received(self, message):
        stored = messages.decode_stored(message.payload)
        self.heard += [(stored.boot, sequence) for sequence in stored.sequences]
        self._broker.acknowledge(message)

    def send(self, *readings, leaf=Leaf.READINGS, sequence=None, boot="boot"):
        """Send readings (name, milliseconds, value) as one batch; return its number."""
        units = {"temperature": "Cel"}
        pack = [senml.Measurement(n, t, v, units.get(n.partition("/")[2], "1")) for n, t, v in readings]
        return self.send_bytes(senml.encode(pack), leaf=leaf, sequence=sequence, boot=boot)

    def send_bytes(self, payload, *, leaf=Leaf.READINGS, sequence=None, boot="boot", properties=None):
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        if properties is None:
            properties = BatchProperties(boot, sequence, 1.0, "synced").as_user_properties()
        assert self._broker.publish(topics.topic(self.key, leaf), payload, user_properties=properties) is not None
        return sequence

    def say_at(self, topic, payload, properties):
        """Publish anything at any topic, before whatever is sent after it."""
        assert self._broker.publish(topic, payload, user_properties=properties) is not None

    def say(self, payload, *, retain=True, leaf=Leaf.STATUS):
        assert self._broker.publish(topics.topic(self.key, leaf), payload, retain=retain) is not None

    def await_stored(self, *sequences, boot="boot"):
        until(lambda: {(boot, sequence) for sequence in sequences} <= set(self.heard), f"`stored` for {sequences}")

    def close(self):
        self._broker.stop()
