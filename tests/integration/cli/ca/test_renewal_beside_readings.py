"""Certificates of a deployment renewed while readings come in: nobody is disconnected, nothing is lost.

Mosquitto with `deploy/mosquitto.conf`, PostgreSQL with TLS, ingest by its command in `docker-compose.yml`.
"""

import os
import signal
import time
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest

from cli.ca.authority import Authority
from cli.deploy.secrets import refresh
from core.credentials import from_toml
from core.messages import BatchProperties
from core.mqtt import Connection
from core.senml import Measurement, encode
from core.topics import Leaf, client_id, topic
from embedded.broker import find_mosquitto
from tests.integration.cli.ca.test_renewal import serial_served
from tests.integration.cli.test_deploy import BINARIES, ROOT, WITHIN_S, Deployment, counted, until

KEY = "gw-casa-01"
SERIES = "0x00158d0001a9ec71/occupancy"
INGEST = "SELECT pid, backend_start FROM pg_stat_activity WHERE application_name = 'vicino ingest' ORDER BY pid"


@pytest.fixture
def deployment(tmp_path):
    if find_mosquitto() is None or not (BINARIES / "postgres").exists():
        pytest.skip("Mosquitto or PostgreSQL 15 of the system is not installed: .ci/run installs both")
    return Deployment(tmp_path)


class Home:
    """A gateway that says one reading after the other, each an instant of its own."""

    def __init__(self, address):
        self.changes = []
        self.sent = 0
        self._begun_ms = int(time.time() * 1000) - 3_600_000
        self._connection = Connection(address, client_id(KEY), on_connection=self.changes.append)
        self._connection.start()
        assert self._connection.wait_connected(WITHIN_S)

    def say(self, count):
        for _ in range(count):
            at_ms = self._begun_ms + self.sent * 1000
            pack = encode([Measurement(SERIES, at_ms, float(self.sent % 2), "1")])
            said = BatchProperties("boot", self.sent + 1, 1.0, "synced").as_user_properties()
            assert self._connection.publish(topic(KEY, Leaf.READINGS), pack, user_properties=said) is not None
            self.sent += 1
            time.sleep(0.01)

    def stop(self):
        self._connection.stop()


def test_nobody_is_disconnected_and_no_reading_is_lost(deployment):
    authority = Authority(deployment.secrets / "ca")

    def served(name):
        return serial_served(authority, deployment.ports[name], postgres=name == "database")

    with ExitStack() as stack:
        stack.enter_context(deployment.database())
        broker = stack.enter_context(deployment.broker())
        with deployment.running("migrate") as migrating:
            assert migrating.wait(WITHIN_S) == 0, deployment.log("migrate")
        stack.enter_context(deployment.running("ingest"))
        until(lambda: deployment.is_well("ingest"), "ingest is well")
        deployment.vicino("registry", "apply", ROOT / "docs" / "examples" / "registry.yaml")
        credentials = deployment.folder / "gateway.toml"
        deployment.vicino("gateway", "enrol", "casa-01", "--file", credentials, "--ca", deployment.secrets / "ca.crt")
        administrator = stack.enter_context(
            psycopg.connect((deployment.secrets / "database_admin_url").read_text().strip(), autocommit=True)
        )
        home = Home(from_toml(credentials.read_text()).address)
        stack.callback(home.stop)
        home.say(20)
        until(lambda: counted(administrator, "ingest.reading_event") == home.sent, "the first readings")
        connected = administrator.execute(INGEST).fetchall()
        assert connected
        before = {name: served(name) for name in ("broker", "database")}

        home.say(20)
        authority.renew(datetime.now(UTC), every=True)
        assert {"broker.crt", "database.crt"} <= set(refresh(deployment.secrets))
        home.say(20)
        assert {name: served(name) for name in before} == before  # until they are told
        broker.send_signal(signal.SIGHUP)
        home.say(20)
        put_into_database(deployment)
        administrator.execute("SELECT pg_reload_conf()")
        home.say(20)
        until(lambda: all(served(name) != serial for name, serial in before.items()), "the new certificates", 20)
        home.say(20)

        until(lambda: counted(administrator, "ingest.reading_event") == home.sent == 120, "every reading", 60)
        assert home.changes == [True]
        assert administrator.execute(INGEST).fetchall() == connected
        assert counted(administrator, "ingest.reject") == 0
        # Whoever comes now comes in by the same authority.
        again = Connection(from_toml(credentials.read_text()).address, client_id(KEY))
        again.start()
        assert again.wait_connected(WITHIN_S)
        again.stop()
        with psycopg.connect((deployment.secrets / "database_admin_url").read_text().strip()) as other:
            assert other.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)


def put_into_database(deployment):
    """Do what `deploy/database.sh reload` does: copy the secrets to where the server reads them."""
    data = deployment.folder / "postgres" / "data"
    for name, source in (("server.crt", "database.crt"), ("server.key", "database.key")):
        (data / name).write_bytes((deployment.secrets / source).read_bytes())
        (data / name).chmod(0o600)
        os.chown(data / name, data.stat().st_uid, data.stat().st_gid)
