"""An authority of one's own in a folder: its certificate, its key, and those that it has issued.

`ca.crt` is what everybody is given; `NAME.crt` and `private/NAME.key` are for one server. Keys are readable for their
owner only. Certificates are X.509 version 3 with ECDSA on P-256 (RFC 5280, RFC 5758); the names of a server stand in
its subjectAltName, as RFC 6125 wants it.
"""

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.errors import VicinoError
from embedded.privatefile import private_folder, write_private

AUTHORITY = "ca"
AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=365)
# Renewed from when on: whoever forgets it for three months is still served.
RENEWED_BEFORE = timedelta(days=120)
# A clock that is a little behind must not find a new certificate not valid yet.
BACK = timedelta(hours=1)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_HOST = re.compile(
    r"(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


class Issued(NamedTuple):
    """A certificate of the folder: of which server, for which names, until when."""

    name: str
    hosts: tuple[str, ...]
    ends: datetime


class Authority:
    """The authority in `folder`. `now` is the present instant, wherever a time is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def certificate(self) -> Path:
        """The file that everybody is given who has to know our servers."""
        return self._folder / f"{AUTHORITY}.crt"

    def certificate_of(self, name: str) -> Path:
        """Return the file of a server's certificate."""
        return self._folder / f"{name}.crt"

    def key_of(self, name: str) -> Path:
        """Return the file of a server's key."""
        return self._folder / "private" / f"{name}.key"

    def make(self, title: str, now: datetime) -> None:
        """Make the authority; raises `VicinoError` if there is one: whoever trusts it would not trust another."""
        if self.certificate.exists() or self.key_of(AUTHORITY).exists():
            raise VicinoError(
                f"There is an authority in {self._folder} already.",
                kept="it, and all that it has issued",
                advice="issue certificates with `vicino ca issue`, or name another folder",
            )
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
        made = (
            _begun(name, name, key, now, AUTHORITY_LASTS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        self._write(AUTHORITY, made, key)

    def issue(self, name: str, hosts: Sequence[str], now: datetime) -> Issued:
        """Issue a certificate for the server `name` under `hosts` (names, addresses), in the place of an earlier one.

        Raises `VicinoError` if there is no authority or a name is none.
        """
        if not _NAME.fullmatch(name) or name == AUTHORITY:
            raise VicinoError(f"{name!r} cannot be the name of a server's files.", advice="use a to z, 0 to 9 and -")
        if not hosts:
            raise VicinoError("No name is given under which the server is reached.", advice="give it with --host")
        authority, authority_key = self._read_authority()
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0][:64])])
        lasts = min(LASTS, authority.not_valid_after_utc - now)
        if lasts <= timedelta(0):
            raise VicinoError(
                f"The authority in {self._folder} is over since {authority.not_valid_after_utc:%Y-%m-%d}.",
                advice="make another one in another folder, and give its ca.crt to everybody",
            )
        made = (
            _begun(subject, authority.subject, key, now, lasts)
            .add_extension(x509.SubjectAlternativeName([_host(each) for each in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        self._write(name, made, key)
        return _issued(name, made)

    def issued(self) -> list[Issued]:
        """Return the certificates of servers in the folder, by name."""
        paths = sorted(path for path in self._folder.glob("*.crt") if path != self.certificate)
        return [_issued(path.stem, x509.load_pem_x509_certificate(path.read_bytes())) for path in paths]

    def renew(self, now: datetime, *, every: bool = False) -> list[Issued]:
        """Issue anew what ends within `RENEWED_BEFORE`, or `every` one, for the same names; return what was."""
        return [
            self.issue(each.name, each.hosts, now)
            for each in self.issued()
            if every or each.ends - now < RENEWED_BEFORE
        ]

    def _read_authority(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
            key = serialization.load_pem_private_key(self.key_of(AUTHORITY).read_bytes(), None)
        except (OSError, ValueError) as error:
            raise VicinoError(
                f"There is no authority in {self._folder} that can be read ({type(error).__name__}).",
                advice="make one with `vicino ca init`, or name its folder",
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise VicinoError(f"The key in {self.key_of(AUTHORITY)} is none of ours.", advice="name the right folder")
        return certificate, key

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        private_folder(self._folder)
        private_folder(self._folder / "private")
        said = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # The key first: whoever sees the new certificate finds its key.
        write_private(self.key_of(name), said.decode("ascii"))
        write_private(self.certificate_of(name), certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"))
        self.certificate_of(name).chmod(0o644)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not _HOST.fullmatch(text):
        raise VicinoError(f"{text!r} is neither a host's name nor an address.", advice="correct --host")
    return x509.DNSName(text)


def _issued(name: str, certificate: x509.Certificate) -> Issued:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return Issued(name, tuple(str(each.value) for each in names), certificate.not_valid_after_utc)
