"""What the doctor says of real brokers."""

import datetime as dt
import socket
import ssl
import threading
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cli.doctor.checks.broker import broker
from cli.doctor.checks.certificates import certificates
from cli.doctor.finding import Level
from core.access.accounts import INGEST, SERVICES
from embedded.broker import EmbeddedBroker, Kind
from embedded.ports import LOOPBACK, free_port
from tests.integration.cli.doctor.conftest import NOW


@pytest.fixture
def mosquitto(tmp_path):
    with EmbeddedBroker(tmp_path / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO) as made:
        yield made


def test_a_broker_as_it_should_be(mosquitto, surroundings, said):
    assert said(broker, surroundings(vicino_broker_url=mosquitto.url_for(INGEST))) == []


def test_a_password_that_is_wrong(mosquitto, surroundings, errors):
    (wrong,) = errors(broker, surroundings(vicino_broker_url=f"mqtt://_ingest:wrong@{LOOPBACK}:{mosquitto.port}"))
    assert "refuses the account of ingest: Not authorized" in wrong


def test_a_broker_that_lets_in_everybody(tmp_path, surroundings, said):
    with EmbeddedBroker(tmp_path / "broker", kind=Kind.IOTCORE) as made:
        found = said(broker, surroundings(vicino_broker_url=made.bare_url))
    assert (Level.WARNING, f"The broker at {LOOPBACK}:{made.port} lets in whoever comes, without an account.") in found


def test_a_broker_that_is_not_there_or_has_no_address(surroundings, said):
    port = free_port()
    assert said(broker, surroundings(vicino_broker_url=f"mqtt://{LOOPBACK}:{port}")) == [
        (Level.ERROR, f"The broker at {LOOPBACK}:{port} does not answer: Connection refused.")
    ]
    assert said(broker, surroundings())[0][0] is Level.WARNING
    assert "cannot be used" in said(broker, surroundings(vicino_broker_url="broker"))[0][1]


def test_limits_that_are_too_narrow(tmp_path, surroundings, errors, monkeypatch):
    # The broker reads its file at its start, so it gets one with a narrower limit.
    monkeypatch.setattr("embedded.broker.MAXIMUM_PACKET_BYTES", 10_000)
    with EmbeddedBroker(tmp_path / "broker", accounts=SERVICES, kind=Kind.MOSQUITTO) as made:
        monkeypatch.undo()
        (wrong,) = errors(broker, surroundings(vicino_broker_url=made.url_for(INGEST)))
    assert "takes messages of at most 10,000 bytes" in wrong


@pytest.fixture
def served(tmp_path):
    """Give a server of TLS on the loopback interface whose certificate ends `days` after the time of the test."""
    stop = threading.Event()
    threads = []

    def serve(days, now):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        files = tmp_path / f"{days}.crt", tmp_path / f"{days}.key"
        files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        listener = socket.create_server((LOOPBACK, 0))
        listener.settimeout(0.1)

        def accept():
            with listener:
                while not stop.is_set():
                    try:
                        plain, _ = listener.accept()
                        with plain, context.wrap_socket(plain, server_side=True) as line:
                            line.recv(1)
                    except OSError:
                        continue

        threads.append(threading.Thread(target=accept))
        threads[-1].start()
        return f"mqtts://{LOOPBACK}:{listener.getsockname()[1]}", str(files[0])

    yield serve
    stop.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("days", "level", "fragment"),
    [(300, None, ""), (10, Level.WARNING, "is valid until"), (1, Level.ERROR, "is valid until")],
)
def test_until_when_the_certificate_holds(served, surroundings, said, days, level, fragment):
    now = dt.datetime.now(dt.UTC)
    url, ca = served(days, now)
    found = said(certificates, surroundings(now=now, vicino_broker_url=url, vicino_broker_ca=ca))
    assert [each[0] for each in found] == ([level] if level else [])
    assert all(fragment in each[1] for each in found)


def test_a_certificate_that_is_over_or_of_somebody_else(served, surroundings, errors):
    now = dt.datetime.now(dt.UTC)
    url, ca = served(-1, now)
    (wrong,) = errors(certificates, surroundings(now=now, vicino_broker_url=url, vicino_broker_ca=ca))
    assert "is not accepted: certificate has expired" in wrong
    url, _ = served(100, now)
    (wrong,) = errors(certificates, surroundings(now=now, vicino_broker_url=url, vicino_broker_ca=ca))
    assert "is not accepted: self-signed certificate" in wrong


def test_certificates_that_lie_in_the_folder(served, surroundings, installation, errors):
    _, ca = served(1, NOW)
    (installation.root / "ca").mkdir()
    (installation.root / "ca" / "broker.crt").write_bytes(Path(ca).read_bytes())
    (wrong,) = errors(certificates, surroundings())
    assert wrong.startswith(f"The certificate {installation.root}/ca/broker.crt is valid until 2026-03-11")
