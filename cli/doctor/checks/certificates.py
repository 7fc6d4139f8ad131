"""Until when certificates hold: the broker's, that of the pages, the database's, and those that `vicino ca` made."""

import socket
import ssl
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from cli.doctor.checks.broker import broker_address
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import Surroundings
from core.errors import VicinoError

WITHIN_S = 5.0
SOON, VERY_SOON = timedelta(days=21), timedelta(days=3)
_POSTGRES_TLS = struct.pack("!ii", 8, 80877103)
RENEW = "vicino ca renew, or have whoever issued it renew it (docs/operations/tls.md)"


def certificates(found: Surroundings) -> Iterator[Finding]:
    """Tell which certificates are not valid, or soon are not."""
    yield from _of_broker(found)
    yield from _of_pages(found)
    yield from _of_database(found)
    for path in sorted((found.installation.root / "ca").glob("**/*.crt")):
        yield from _until(_end(path), f"The certificate {path}", found.now)


def _of_broker(found: Surroundings) -> Iterator[Finding]:
    try:
        address = broker_address(found)
        if address is None or not address.tls:
            return
        context = address.tls_context()
    except (VicinoError, OSError, UnicodeDecodeError):
        return  # the check of the broker says so
    yield from _served(
        address.host, address.port, context, f"The certificate of the broker at {address.host}", found.now
    )


def _of_pages(found: Surroundings) -> Iterator[Finding]:
    parts = urlsplit(found.settings("dashboards").get("VICINO_BASE_URL", ""))
    own = found.settings("dashboards").get("VICINO_TLS_CERTIFICATE", "")
    if own and Path(own).is_file():
        # They serve it themselves. Their address may be one that is reached from outside only.
        yield from _until(_end(Path(own)), f"The certificate of the pages, {own},", found.now)
    elif parts.scheme == "https" and parts.hostname:
        context = ssl.create_default_context()
        for path in sorted((found.installation.root / "ca").glob("ca.crt")):
            context.load_verify_locations(path)
        name = f"The certificate of the pages at {parts.hostname}"
        yield from _served(parts.hostname, parts.port or 443, context, name, found.now)


def _of_database(found: Surroundings) -> Iterator[Finding]:
    parts = urlsplit(found.database_url or "")
    if "sslmode=verify" not in parts.query or not parts.hostname:
        return
    # Whom it belongs to libpq has checked; here it is only read.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection((parts.hostname, parts.port or 5432), WITHIN_S) as plain:
            plain.sendall(_POSTGRES_TLS)
            if plain.recv(1) != b"S":
                return
            with context.wrap_socket(plain, server_hostname=parts.hostname) as line:
                served = line.getpeercert(binary_form=True)
    except OSError:
        return  # the check of the database says so
    if served:
        end = x509.load_der_x509_certificate(served).not_valid_after_utc
        yield from _until(end, f"The certificate of the database at {parts.hostname}", found.now)


def _served(host: str, port: int, context: ssl.SSLContext, name: str, now: datetime) -> Iterator[Finding]:
    try:
        with (
            socket.create_connection((host, port), WITHIN_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as line,
        ):
            said = line.getpeercert() or {}
    except ssl.SSLCertVerificationError as problem:
        yield error(f"{name} is not accepted: {problem.verify_message}.", RENEW)
        return
    except OSError as problem:
        yield error(f"{name} could not be looked at: {problem.strerror or problem}.", "see whether it is served there")
        return
    yield from _until(datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said["notAfter"])), UTC), name, now)


def _end(path: Path) -> datetime:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def _until(end: datetime, name: str, now: datetime) -> Iterator[Finding]:
    if end <= now:
        yield error(f"{name} is no longer valid since {end:%Y-%m-%d}.", RENEW)
    elif end - now < VERY_SOON:
        yield error(f"{name} is valid until {end:%Y-%m-%d %H:%M} UTC only.", RENEW)
    elif end - now < SOON:
        yield warning(f"{name} is valid until {end:%Y-%m-%d} only.", RENEW)
