"""Updates over HTTPS, from a real server."""

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cli import release
from core.errors import VicinoError
from gateway.edge import launcher, signing
from gateway.edge.bundle import BundleError, this_target
from gateway.edge.launcher import COMPLETE, SLOTS, State
from gateway.edge.offers import OfferError
from gateway.edge.settings import EdgeSettings
from gateway.edge.update import NothingNewError, found, roll_back, update

NOW = dt.datetime.now(dt.UTC)


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder and remembers what it was asked for."""

    asked: list[str]

    def __init__(self, *arguments: object, asked: list[str], **named: object) -> None:
        self.asked = asked
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.asked.append(self.path.rsplit(".", 1)[-1])
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/elsewhere", ""))
            self.end_headers()
            return
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    """Says nothing of a client that breaks off, as one does that does not trust it."""

    def handle_error(self, *_: object) -> None:
        pass


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 and its key into one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return file


class Server:
    """An HTTPS server of releases, and a gateway that trusts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "served"
        self.folder.mkdir()
        self.asked: list[str] = []
        self.certificate = certificate(folder)
        self.http = QuietServer(("127.0.0.1", 0), partial(Handler, directory=str(self.folder), asked=self.asked))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.key = folder / "key.pem"
        public = signing.make_key(self.key)
        self.settings = EdgeSettings(
            edge_code=folder / "code",
            edge_state=folder / "state",
            update_keys=public,
            update_url=f"https://127.0.0.1:{self.http.server_port}",
        )
        (folder / "state").mkdir()
        self.install("1.0")
        launcher.write(folder / "state", State("1.0"))

    def install(self, version: str) -> None:
        slot = self.settings.edge_code / SLOTS / version
        slot.mkdir(parents=True)
        (slot / COMPLETE).touch()

    def offer(self, version: str, *, days: int = 10) -> Path:
        wheels = self.folder.parent / version
        wheels.mkdir()
        (wheels / f"vicino-{version}-py3-none-any.whl").write_bytes(version.encode() * 1000)
        file = release.make(
            wheels,
            self.folder,
            target=this_target(),
            minimum=None,
            days=days,
            now=NOW - dt.timedelta(days=5),
        )
        release.sign(file, self.key)
        return file

    def take(self) -> tuple[str, bytes]:
        self.asked.clear()
        with found(self.settings, None) as bundle:
            ((_, content),) = bundle.wheels()
            return bundle.manifest.version, content

    @property
    def state(self) -> State:
        state = launcher.read(self.settings.edge_state, self.settings.edge_code)
        assert state is not None
        return state


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    thread = threading.Thread(target=made.http.serve_forever)
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


def test_a_newer_version_is_fetched_and_the_same_is_not(server: Server) -> None:
    server.offer("1.1")
    assert server.take() == ("1.1", b"1.1" * 1000)
    assert server.asked == ["notice", "bundle"]
    server.offer("1.0")
    with pytest.raises(NothingNewError, match="is installed already"):
        server.take()
    # A home may pay for each megabyte: a few hundred bytes tell it.
    assert server.asked == ["notice"]


@pytest.mark.parametrize(
    ("version", "days", "reason"), [("0.9", 10, "is older than 1.0"), ("1.1", 1, "to be installed before")]
)
def test_what_would_be_refused_is_not_fetched(server: Server, version: str, days: int, reason: str) -> None:
    server.offer(version, days=days)
    with pytest.raises(BundleError, match=reason):
        server.take()
    assert server.asked == ["notice"]
    with pytest.raises(BundleError):
        update(server.settings, None, again=False)
    assert server.state.result == "refused"
    assert reason in server.state.reason


def test_what_was_rolled_back_several_times_is_left_alone(server: Server) -> None:
    server.offer("1.1")
    with found(server.settings, None) as bundle:
        digest = bundle.digest
    launcher.write(server.settings.edge_state, server.state._replace(failed=digest, failures=3))
    with pytest.raises(BundleError, match="rolled back 3 times"):
        server.take()
    assert server.asked == ["notice"]
    with found(server.settings, None, again=True) as bundle:
        assert bundle.manifest.version == "1.1"
    launcher.write(server.settings.edge_state, server.state._replace(failed=digest, failures=2))
    assert server.take()[0] == "1.1"


def test_a_server_that_cannot_be_trusted_or_reached_changes_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OfferError, match="404"):
        server.take()
    server.offer("1.1")
    plain = server.settings.model_copy(update={"update_url": "http://127.0.0.1:1"})
    with pytest.raises(OfferError, match="over HTTPS only"), found(plain, None):
        pass
    sent_on = server.settings.model_copy(update={"update_url": f"{server.settings.update_url}/elsewhere"})
    with pytest.raises(OfferError, match="302"), found(sent_on, None):
        pass
    notice = next(server.folder.glob("vicino-*.notice"))
    notice.write_bytes(bytes(1_000_000))
    with pytest.raises(OfferError, match="sends more"):
        server.take()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OfferError, match="CERTIFICATE_VERIFY_FAILED"):
        server.take()
    assert server.state == State("1.0")


def test_nobody_is_asked_where_nobody_is_trusted_or_named(server: Server) -> None:
    with (
        pytest.raises(NothingNewError, match="no server to ask"),
        found(server.settings.model_copy(update={"update_url": None}), None),
    ):
        pass
    with (
        pytest.raises(VicinoError, match="trusts nobody"),
        found(server.settings.model_copy(update={"update_keys": ""}), None),
    ):
        pass
    assert server.asked == []


def test_a_trial_can_be_given_up_by_hand_and_only_what_is_there_can_be_gone_back_to(server: Server) -> None:
    server.install("1.1")
    launcher.write(server.settings.edge_state, launcher.on_trial(server.state, "1.1", "digest", 1.0))
    assert roll_back(server.settings) == "Version 1.1 is given up; 1.0 runs again."
    assert (server.state.chosen, server.state.reason) == ("1.0", "somebody wanted it")
    with pytest.raises(VicinoError, match="no version to go back to"):
        roll_back(server.settings)
