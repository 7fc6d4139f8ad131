"""What a gateway needs to reach the service: made when it is enrolled, shown once, kept in one file by its edge agent.

The file is TOML, with rights 0600:

    gateway = "gw-12"
    broker = "mqtts://broker.example.org:8883"
    password = "..."
    ca = \"\"\"-----BEGIN CERTIFICATE----- ...\"\"\"   # absent where the system's own authorities do

The same is told as a link, for a QR code. A certificate is too long for that: the link says its SHA-256 instead.
"""

import hashlib
import json
import tomllib
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from core.errors import VicinoError
from core.mqtt import BrokerAddress
from core.topics import KEY

SCHEME = "vicino"
SUFFIX = ".toml"
_FIELDS = frozenset({"gateway", "broker", "password", "ca"})


class CredentialsError(VicinoError):
    """These are no credentials of a gateway."""


class Credentials(NamedTuple):
    """The account of one gateway at the broker. `broker` is its address without user, `ca` a certificate in PEM."""

    gateway: str
    broker: str
    password: str
    ca: str = ""

    def __repr__(self) -> str:
        """Return what may stand in a log: not the password."""
        return f"Credentials(gateway={self.gateway!r}, broker={self.broker!r})"

    @property
    def address(self) -> BrokerAddress:
        """How to connect; raises `VicinoError` if `broker` is no address of one."""
        return BrokerAddress.parse(self.broker)._replace(user=self.gateway, password=self.password, ca=self.ca or None)

    @property
    def file_name(self) -> str:
        """What the file is called where several lie in one folder."""
        return f"{self.gateway}{SUFFIX}"

    def to_toml(self) -> str:
        """Return the content of the file."""
        lines = [f"{name} = {_quoted(value)}" for name, value in self._asdict().items() if value]
        return "\n".join(
            ["# Whoever has this file is this gateway. Keep it with rights 0600, on the gateway alone.", *lines, ""]
        )

    def to_link(self) -> str:
        """Return the same as a link; of the certificate only its SHA-256."""
        said = {"broker": self.broker, "password": self.password}
        if self.ca:
            said["ca_sha256"] = hashlib.sha256(self.ca.encode()).hexdigest()
        return f"{SCHEME}://gateway/{quote(self.gateway)}?{urlencode(said)}"


def from_toml(text: str, *, where: str = "The file") -> Credentials:
    """Return the credentials of a file; raises `CredentialsError` if it holds none. `where` names it in the message."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unusable(f"{where} cannot be read ({error}).") from error
    return _checked(found, where)


def from_link(link: str, ca: str = "") -> Credentials:
    """Return what a link says, with the certificate that it names; raises `CredentialsError` if they are none."""
    try:
        parts = urlsplit(link)
        said = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    except ValueError as error:
        raise _unusable("The link cannot be read.") from error
    if parts.scheme != SCHEME or parts.netloc != "gateway":
        raise _unusable("The link is not one of an enrolment.")
    expected = said.pop("ca_sha256", "")
    if expected != (hashlib.sha256(ca.encode()).hexdigest() if ca else ""):
        raise _unusable("The certificate is not the one that the link names.")
    return _checked({"gateway": parts.path.removeprefix("/"), **said, **({"ca": ca} if ca else {})}, "The link")


def _checked(found: dict[str, Any], where: str) -> Credentials:
    if not set(found) <= _FIELDS or not all(isinstance(value, str) for value in found.values()):
        raise _unusable(f"{where} holds something else than gateway, broker, password and ca.")
    if missing := [name for name in ("gateway", "broker", "password") if not found.get(name)]:
        raise _unusable(f"{where} does not say {', '.join(missing)}.")
    if not KEY.fullmatch(found["gateway"]):
        raise _unusable(f"{where} names no gateway key.")
    credentials = Credentials(**found)
    if credentials.address.port <= 0:
        raise _unusable(f"{where} names no port of a broker.")
    return credentials


def _unusable(sentence: str) -> CredentialsError:
    return CredentialsError(sentence, advice="make new credentials with `vicino gateway renew`, and use those")


def _quoted(value: str) -> str:
    # A string of JSON is a basic string of TOML, but for one control character that none of ours contains.
    return json.dumps(value, ensure_ascii=True)
