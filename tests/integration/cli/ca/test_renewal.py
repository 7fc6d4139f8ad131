"""Certificates of our own authority at a real broker, real pages and a real database, renewed while they run."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography import x509

from cli.ca.authority import Authority
from core.access.accounts import INGEST, SERVICES
from core.mqtt import BrokerAddress, Connection
from embedded.broker import ACCOUNTS_FILE, MOSQUITTO_FILE, EmbeddedBroker, Kind, find_mosquitto
from embedded.ports import LOOPBACK, free_port
from embedded.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[4]
WITHIN_S = 120.0
BINARIES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def authority(tmp_path):
    made = Authority(tmp_path / "ca")
    made.make("A test", datetime.now(UTC))
    made.issue("server", ["localhost", LOOPBACK], datetime.now(UTC))
    return made


def serial_served(authority, port, *, postgres=False):
    """Return the number of the certificate that a server shows, after checking that it is one of the authority's."""
    context = ssl.create_default_context(cafile=authority.certificate)
    with socket.create_connection((LOOPBACK, port), 10) as plain:
        if postgres:
            plain.sendall(b"\x00\x00\x00\x08\x04\xd2\x16\x2f")
            assert plain.recv(1) == b"S"
        with context.wrap_socket(plain, server_hostname="localhost") as line:
            der = line.getpeercert(binary_form=True)
    assert der is not None
    return x509.load_der_x509_certificate(der).serial_number


def serial_issued(authority):
    return x509.load_pem_x509_certificate(authority.certificate_of("server").read_bytes()).serial_number


def until(condition):
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("not within time")


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed")
def test_a_broker_takes_a_new_certificate_and_keeps_its_connections(authority, tmp_path):
    folder = tmp_path / "broker"
    broker = EmbeddedBroker(folder, accounts=SERVICES, kind=Kind.MOSQUITTO)
    with broker.prepared():
        plain = (folder / MOSQUITTO_FILE).read_text()
        assert ACCOUNTS_FILE in plain
        for name, path in (
            ("server.crt", authority.certificate_of("server")),
            ("server.key", authority.key_of("server")),
        ):
            (folder / name).write_bytes(path.read_bytes())
            os.chown(folder / name, folder.stat().st_uid, folder.stat().st_gid)
        with_tls = plain.replace("allow_anonymous", "certfile server.crt\nkeyfile server.key\nallow_anonymous")
        (folder / MOSQUITTO_FILE).write_text(with_tls)
        service = broker.service()
        process = subprocess.Popen(
            service.argv, cwd=folder, user=folder.stat().st_uid, group=folder.stat().st_gid, extra_groups=[]
        )
        try:
            until(lambda: serial_served(authority, broker.port) == serial_issued(authority))
            parts = BrokerAddress.parse(broker.url_for(INGEST))
            address = parts._replace(host="localhost", tls=True, ca=authority.certificate.read_text())
            changes = []
            connection = Connection(address, "renewal", on_connection=changes.append)
            connection.start()
            assert connection.wait_connected(WITHIN_S)
            authority.renew(datetime.now(UTC), every=True)
            assert serial_served(authority, broker.port) != serial_issued(authority)
            for name, path in (
                ("server.crt", authority.certificate_of("server")),
                ("server.key", authority.key_of("server")),
            ):
                (folder / name).write_bytes(path.read_bytes())
            process.send_signal(signal.SIGHUP)
            until(lambda: serial_served(authority, broker.port) == serial_issued(authority))
            assert changes == [True]
            connection.stop()
        finally:
            process.terminate()
            process.wait(20)


def test_pages_over_https_take_a_new_certificate_by_themselves(authority, database_url, tmp_path):
    port = free_port()
    environment = {
        "VICINO_DATABASE_URL": database_url,
        "VICINO_DASHBOARDS_PORT": str(port),
        "VICINO_TLS_CERTIFICATE": str(authority.certificate_of("server")),
        "VICINO_TLS_KEY": str(authority.key_of("server")),
        "VICINO_BASE_URL": f"https://localhost:{port}",
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboards"], cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log
        )
    try:
        until(lambda: serial_served(authority, port) == serial_issued(authority))
        former = serial_issued(authority)
        context = ssl.create_default_context(cafile=authority.certificate)
        with (
            socket.create_connection((LOOPBACK, port)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as line,
        ):
            authority.renew(datetime.now(UTC), every=True)
            until(lambda: serial_served(authority, port) == serial_issued(authority) != former)
            # Who was connected before goes on.
            line.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert line.recv(12) in {b"HTTP/1.1 200", b"HTTP/1.1 303", b"HTTP/1.1 404"}
        # Half of a pair is not taken; the former one is served on.
        served = serial_issued(authority)
        key = authority.key_of("server").read_bytes()
        authority.key_of("server").write_bytes(key[: len(key) // 2])
        until(lambda: "cannot be used yet" in (tmp_path / "log").read_text())
        assert serial_served(authority, port) == served
    finally:
        process.terminate()
        process.wait(20)


def test_pages_do_not_start_with_half_of_a_pair(authority, tmp_path):
    for settings in (
        {"VICINO_TLS_CERTIFICATE": str(authority.certificate_of("server"))},
        {"VICINO_TLS_CERTIFICATE": str(authority.certificate), "VICINO_TLS_KEY": str(authority.key_of("server"))},
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dashboards"],
            cwd=ROOT,
            env={**os.environ, "VICINO_DATABASE_URL": "postgresql://x", **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "cannot start" in done.stdout + done.stderr


@pytest.mark.skipif(not (BINARIES / "postgres").exists(), reason="PostgreSQL 15 of the system is not installed")
def test_a_database_takes_a_new_certificate_when_it_is_reloaded(authority, tmp_path):
    settings = {"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"}
    server = EmbeddedPostgres(
        tmp_path / "postgres", tmp_path / "secrets", binaries=BINARIES, durable=False, settings=settings
    )
    data = tmp_path / "postgres" / "data"

    def put():
        for name, path in (
            ("server.crt", authority.certificate_of("server")),
            ("server.key", authority.key_of("server")),
        ):
            (data / name).write_bytes(path.read_bytes())
            (data / name).chmod(0o600)
            os.chown(data / name, data.stat().st_uid, data.stat().st_gid)

    with server.prepared():
        put()
    with server:
        parts = urlsplit(server.administrator_url)
        url = parts._replace(
            netloc=parts.netloc.replace(LOOPBACK, "localhost"),
            query=f"sslmode=verify-full&sslrootcert={authority.certificate}",
        ).geturl()
        with psycopg.connect(url, autocommit=True) as connection:
            asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            assert connection.execute(asked).fetchone() == (True,)
            authority.renew(datetime.now(UTC), every=True)
            put()
            connection.execute("SELECT pg_reload_conf()")
            until(lambda: serial_served(authority, server.port, postgres=True) == serial_issued(authority))
            assert connection.execute(asked).fetchone() == (True,)
        with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
            psycopg.connect(url.replace(str(authority.certificate), str(authority.certificate_of("server"))))
