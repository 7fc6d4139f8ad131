"""What docker-compose.yml starts, without containers: the same commands, settings, secrets and checks of health.

Names of other containers are this machine's, ports are free ones, and paths below /run/secrets lie in a folder of the
test; nothing else differs.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql

from cli.deploy.secrets import Places, prepare
from core.clock import SystemClock
from core.credentials import from_toml
from core.health import healthy
from core.messages import BatchProperties
from core.mqtt import Connection
from core.senml import Measurement, encode
from core.topics import Leaf, client_id, topic
from embedded.broker import find_mosquitto, find_plugin
from embedded.ports import LOOPBACK, free_port
from embedded.postgres import EmbeddedPostgres
from embedded.process import running

ROOT = Path(__file__).parents[3]
BINARIES = Path("/usr/lib/postgresql/15/bin")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
OURS = ("ingest", "devices", "analytics", "alerts", "watchdog", "dashboards")
WITHIN_S = 120.0
UP_WITHIN_S = 5.0


def until(condition, what, within_s=WITHIN_S):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(what)


def accepts(port):
    with socket.socket() as asking:
        return asking.connect_ex((LOOPBACK, port)) == 0


class Deployment:
    """The secrets of a deployment and how its services are started by hand."""

    def __init__(self, folder):
        self.folder = folder
        self.secrets = folder / "secrets"
        self.ports = {"database": free_port(), "broker": free_port(), "pages": free_port()}
        certificate = str(self.secrets / "ca.crt")
        places = Places(f"localhost:{self.ports['database']}", f"localhost:{self.ports['broker']}", certificate)
        prepare(self.secrets, "localhost", datetime.now(UTC), places)
        self.figures = {name: free_port() for name in OURS}

    def handed(self, name):
        """Return a folder with the secrets of a container under the names that it knows them by."""
        folder = self.folder / f"handed-{name}"
        folder.mkdir(exist_ok=True)
        for secret in COMPOSE["services"][name]["secrets"]:
            source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
            shutil.copy(self.secrets / source, folder / target)
        return folder

    def environment(self, name):
        folder = str(self.handed(name))
        said = COMPOSE["services"][name].get("environment", {})
        own = {key: str(value).replace("/run/secrets", folder) for key, value in said.items()}
        own = {
            key: value.partition(":-")[2].rstrip("}") if value.startswith("${") else value for key, value in own.items()
        }
        if name in OURS:
            own["VICINO_METRICS_PORT"] = str(self.figures[name])
        if name == "dashboards":
            own["VICINO_DASHBOARDS_PORT"] = str(self.ports["pages"])
        clean = {key: value for key, value in os.environ.items() if not key.startswith("VICINO_")}
        # As the image has it.
        return {**clean, "VICINO_SECRETS_DIR": folder, "VICINO_DATA": str(self.folder / "data"), **own}

    def command(self, name):
        folder = str(self.folder / f"handed-{name}")
        given = [str(part).replace("/run/secrets", folder) for part in COMPOSE["services"][name]["command"]]
        return [sys.executable, *given[1:]] if given[0] == "python" else [sys.executable, "-m", "cli", *given[1:]]

    @contextmanager
    def running(self, name):
        environment = self.environment(name)
        with (self.folder / f"{name}.log").open("a") as log:
            process = subprocess.Popen(self.command(name), cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            ended = process.wait(20)
        assert ended == 0, self.log(name)

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def is_well(self, name):
        """Ask as the container's own check does."""
        asked = COMPOSE["services"][name]["healthcheck"]["test"]
        assert asked[:4] == ["CMD", "python", "-m", "core.health"]
        parts = urlsplit(asked[4])
        port = self.ports["pages"] if name == "dashboards" else self.figures[name]
        return healthy(parts._replace(netloc=f"{LOOPBACK}:{port}").geturl())

    def vicino(self, *arguments):
        """Run the command line as the container `vicino` does."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *map(str, arguments)],
            cwd=ROOT,
            env=self.environment("vicino"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def database(self):
        """Run PostgreSQL with TLS and the superuser of the compose file."""
        settings = {"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"}
        server = EmbeddedPostgres(
            self.folder / "postgres", self.folder / "own", binaries=BINARIES, durable=False, settings=settings
        )
        data = self.folder / "postgres" / "data"
        with server.prepared():
            for name, source in (("server.crt", "database.crt"), ("server.key", "database.key")):
                (data / name).write_bytes((self.secrets / source).read_bytes())
                (data / name).chmod(0o600)
                os.chown(data / name, data.stat().st_uid, data.stat().st_gid)
            server._port = self.ports["database"]
            with running(server.service(), self.folder / "postgres.log", SystemClock()):
                with psycopg.connect(server._url("vicino_administrator", "postgres"), autocommit=True) as connection:
                    password = (self.secrets / "database_password").read_text().strip()
                    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'postgres'").fetchone()
                    if there is None:
                        connection.execute(f"CREATE ROLE postgres SUPERUSER LOGIN PASSWORD '{password}'")
                        connection.execute("CREATE DATABASE vicino OWNER postgres")
                yield

    @contextmanager
    def broker(self):
        """Run Mosquitto with the file of the compose file."""
        folder = self.folder / "broker"
        folder.mkdir(exist_ok=True)
        text = (ROOT / "deploy" / "mosquitto.conf").read_text()
        for there, here in (
            ("listener 8883", f"listener {self.ports['broker']} {LOOPBACK}"),
            ("/usr/lib/mosquitto_dynamic_security.so", str(find_plugin())),
            ("/run/secrets", str(self.secrets)),
            ("/mosquitto/data", str(folder)),
        ):
            assert there in text
            text = text.replace(there, here)
        (folder / "mosquitto.conf").write_text(text + f"user {'root' if os.geteuid() == 0 else os.getlogin()}\n")
        if not (folder / "accounts.json").exists():
            shutil.copy(self.secrets / "broker_accounts", folder / "accounts.json")
            (folder / "accounts.json").chmod(0o600)
        process = subprocess.Popen([str(find_mosquitto()), "-c", "mosquitto.conf"], cwd=folder)
        try:
            until(lambda: accepts(self.ports["broker"]), "the broker")
            yield process
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def deployment(tmp_path):
    if find_mosquitto() is None or not (BINARIES / "postgres").exists():
        pytest.skip("Mosquitto or PostgreSQL 15 of the system is not installed: .ci/run installs both")
    return Deployment(tmp_path)


ORDERS = ("services first", "database last", "broker last")


@pytest.mark.parametrize("order", ORDERS)
def test_what_compose_starts_is_up_within_seconds_of_what_it_needs_in_any_order(deployment, order):
    # Services end before the servers that they wait for.
    with ExitStack() as servers, ExitStack() as stack:
        if order == "services first":
            start(stack, deployment)
            time.sleep(3)
            # They wait, say for what, and are not well.
            assert [name for name in OURS if deployment.is_well(name)] == []
            until(lambda: all(waits(deployment, name) for name in OURS), "they say that they wait", 20)
            servers.enter_context(deployment.broker())
            servers.enter_context(deployment.database())
        elif order == "database last":
            servers.enter_context(deployment.broker())
            start(stack, deployment)
            servers.enter_context(deployment.database())
        else:
            servers.enter_context(deployment.database())
        with deployment.running("migrate") as migrating:
            assert migrating.wait(WITHIN_S) == 0, deployment.log("migrate")
        if order == "broker last":
            start(stack, deployment)
            servers.enter_context(deployment.broker())
        begun, well = time.monotonic(), {}
        while len(well) < len(OURS) and time.monotonic() - begun < WITHIN_S:
            well |= {name: time.monotonic() - begun for name in OURS if name not in well and deployment.is_well(name)}
            time.sleep(0.05)
        assert well.keys() == set(OURS), {name: deployment.log(name)[-2000:] for name in set(OURS) - well.keys()}
        if order != "broker last":  # there, what it takes to start a process counts, too
            assert max(well.values()) < UP_WITHIN_S, well
        deployment.vicino("registry", "apply", ROOT / "docs" / "examples" / "registry.yaml")
        assert "carla" in deployment.vicino("account", "list")
        credentials = deployment.folder / "gateway.toml"
        authority = deployment.secrets / "ca.crt"
        deployment.vicino("gateway", "enrol", "casa-01", "--file", credentials, "--ca", authority)
        press(from_toml(credentials.read_text()).address)
        with psycopg.connect((deployment.secrets / "database_service_url").read_text().strip()) as connection:
            connection.execute("SET ROLE vicino_service")
            until(lambda: counted(connection, "ingest.reading_event") == 1, "the reading in the database")
            until(lambda: counted(connection, "alerts.alert") == 1, "the alert")


def start(stack, deployment):
    for name in OURS:
        stack.enter_context(deployment.running(name))


def waits(deployment, name):
    said = [json.loads(line) for line in deployment.log(name).splitlines() if line.startswith("{")]
    return any(line.get("event") == "waiting" and line.get("name") == "database" for line in said)


def press(address):
    """Press the button of a home as its gateway does, with the credentials that it was given."""
    stored = []
    connection = Connection(
        address,
        client_id("gw-casa-01"),
        on_message=lambda message: stored.append(message.payload),
        subscriptions=(topic("gw-casa-01", Leaf.STORED),),
    )
    connection.start()
    try:
        assert connection.wait_connected(30)
        pack = encode([Measurement("0x0015bc0035001a2b/sos_button", int(time.time() * 1000), 1.0, "1")])
        properties = BatchProperties("boot", 1, 1.0, "synced").as_user_properties()
        for _ in range(30):  # as a gateway does, until it hears that it is stored
            connection.publish(topic("gw-casa-01", Leaf.URGENT), pack, user_properties=properties)
            time.sleep(1)
            if stored:
                break
        assert stored
    finally:
        connection.stop()


def counted(connection, table):
    with connection.transaction():
        return connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
        ).fetchone()[0]
