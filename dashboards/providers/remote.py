"""An identity provider as it answers: what it says of itself, its keys, and what it gives for a code.

All of it within seconds, whatever it answers, and for a few at a time: one that hangs takes no pages with it. What it
says of itself is asked for again each hour, its keys also when a token comes that is signed by one not known yet.
"""

import base64
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import Key, OctKey, import_key

from alerts.channels.http import Answer, Request, exchange, is_protected
from alerts.channels.transport import TransportError
from core.clock import Clock
from dashboards.providers.document import Provider, origin_of
from dashboards.providers.refusals import ProviderError, Refusal

WITHIN_S = 5.0
KNOWN_FOR_S = 3_600.0
# Whoever sends tokens of keys that do not exist makes us ask no more often than this.
NEW_KEYS_EVERY_S = 10.0
# Whoever waits for an answer holds a thread that pages need: few may, and others are told to come again at once.
AT_ONCE = 4
ROOM_WITHIN_S = 0.5
MOST_KEYS = 50
FORM = "application/x-www-form-urlencoded"
_OK = 200
T = TypeVar("T")


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3), as far as it matters here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """What a provider gives for a code."""

    id_token: str
    access_token: str = ""


class _Keys(msgspec.Struct, frozen=True):
    keys: tuple[dict[str, Any], ...]


class _Kept(NamedTuple):
    value: Any
    at: float


class Remote:
    """One provider; safe among threads. Whatever goes wrong is a `ProviderError`."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self.provider = provider
        self._clock = clock
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._metadata: _Kept | None = None
        self._keys: _Kept | None = None

    def metadata(self) -> Metadata:
        """Return what the provider says of itself."""
        kept = self._metadata
        if kept is None or self._age_s(kept) > KNOWN_FOR_S:
            kept = self._metadata = _Kept(self._discovered(), self._clock.monotonic())
        found: Metadata = kept.value
        return found

    def keys(self, kid: str | None) -> Sequence[Key]:
        """Return the keys of the provider by which a token that names the key `kid`, or none, may be signed."""
        kept = self._keys
        if kept is None or self._age_s(kept) > KNOWN_FOR_S:
            kept = self._asked_for_keys()
        found = _named(kept.value, kid)
        if not found and self._age_s(kept) >= NEW_KEYS_EVERY_S:
            found = _named(self._asked_for_keys().value, kid)
        return found

    def tokens(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """Return what the provider gives for a code (RFC 6749, section 4.1.3, with RFC 7636)."""
        metadata = self.metadata()
        secret = self._secret()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form["code_verifier"] = verifier
        headers = {"Content-Type": FORM, "Accept": "application/json"}
        if "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = f"{quote(self.provider.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self.provider.client_id, "client_secret": secret}
        answer = self._ask("POST", metadata.token_endpoint, headers, urlencode(form).encode())
        return _read(answer, Tokens, "the answer to a code")

    def said_of(self, access_token: str) -> Mapping[str, Any]:
        """Return what the provider says of whoever has signed in (OpenID Connect Core 1.0, section 5.3)."""
        address = self.metadata().userinfo_endpoint
        if not address or not access_token:
            return {}
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        return _read(self._ask("GET", address, headers), dict[str, Any], "what is said of the person")

    def _discovered(self) -> Metadata:
        issuer = self.provider.issuer
        answer = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration", {})
        found = _read(answer, Metadata, "the description of itself")
        if found.issuer != issuer:
            raise ProviderError(Refusal.NONSENSE, "it calls itself by another issuer")
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        others = (found.userinfo_endpoint, found.end_session_endpoint)
        if not all(is_protected(each) for each in (*addresses, *filter(None, others))):
            raise ProviderError(Refusal.NONSENSE, "one of its addresses is not protected")
        if origin_of(found.authorization_endpoint) not in self.provider.origins:
            raise ProviderError(Refusal.NONSENSE, "its sign-in page is at a host that is not under 'leads_to'")
        return found

    def _asked_for_keys(self) -> _Kept:
        found = _read(self._ask("GET", self.metadata().jwks_uri, {}), _Keys, "its keys")
        self._keys = kept = _Kept(tuple(_usable(found.keys[:MOST_KEYS])), self._clock.monotonic())
        return kept

    def _secret(self) -> str:
        """Return the secret, read anew: it may be changed while the pages run."""
        try:
            return Path(self.provider.client_secret_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProviderError(Refusal.NONSENSE, "the file with our secret cannot be read") from error

    def _ask(self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        if not self._room.acquire(timeout=ROOM_WITHIN_S):
            raise ProviderError(Refusal.BUSY)
        try:
            return exchange(Request(method, address, headers, body, secrets.token_hex(8)), WITHIN_S)
        except TransportError as error:
            raise ProviderError(Refusal.UNREACHABLE, str(error)) from error
        finally:
            self._room.release()

    def _age_s(self, kept: _Kept) -> float:
        return self._clock.monotonic() - kept.at


def _read(answer: Answer, kind: type[T], what: str) -> T:
    """Return what an answer holds."""
    if answer.status >= 500:  # noqa: PLR2004 - the class of answers
        raise ProviderError(Refusal.UNREACHABLE, f"{what}: answered {answer.status}")
    if answer.status != _OK:
        raise ProviderError(Refusal.NONSENSE, f"{what}: answered {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProviderError(Refusal.NONSENSE, f"{what}: not what it should be") from error


def _usable(found: Sequence[dict[str, Any]]) -> list[Key]:
    """Return the keys for signatures of which we know the kind; a provider may have others besides."""
    keys: list[Key] = []
    for each in found:
        if each.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not isinstance(key, OctKey):
            keys.append(key)
    return keys


def _named(keys: Sequence[Key], kid: str | None) -> list[Key]:
    return [key for key in keys if kid is None or key.kid == kid]
