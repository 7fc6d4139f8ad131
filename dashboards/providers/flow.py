"""Signing in through a provider, in two steps: the browser is sent there, and comes back with a code.

By the authorization code flow with PKCE (RFC 7636), state and nonce, as RFC 9700 wants it.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

from dashboards.providers.document import Provider, origin_of
from dashboards.providers.id_token import Expected, claims_of
from dashboards.providers.refusals import ProviderError, Refusal
from dashboards.providers.remote import Remote
from dashboards.tokens import new_token
from dashboards.written import plain

MOST_IDENTIFIER = 255  # characters (OpenID Connect Core 1.0, section 2, says so of `sub`)
MOST_NAME = 200


class Begun(NamedTuple):
    """Where the browser is sent, and what is kept until it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


class Arrived(NamedTuple):
    """Who has come back. `digest` is all that is kept of their identity; `name` is "" where it was not said.

    `is_second_factor`: the provider has asked for one.
    """

    digest: bytes
    name: str
    is_second_factor: bool


def begin(remote: Remote, redirect_uri: str, language: str) -> Begun:
    """Return where to send the browser. Raises `ProviderError`."""
    provider, metadata = remote.provider, remote.metadata()
    state, nonce, verifier = (new_token() for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    return Begun(_with(metadata.authorization_endpoint, asked), state, nonce, verifier)


def finish(
    remote: Remote,
    code: str,
    issuer: str,
    nonce: str,
    verifier: str,
    redirect_uri: str,
    key: bytes,
    now: datetime,
    *,
    asks_name: bool,
) -> Arrived:
    """Return who has come back with a code; `issuer` is who says to answer, "" where that was not said.

    Where the name matters (`asks_name`) and the ID token does not say it, it is asked for, too.

    Raises `ProviderError`.
    """
    provider = remote.provider
    if (issuer or remote.metadata().authorization_response_iss_parameter_supported) and issuer != provider.issuer:
        raise ProviderError(Refusal.NONSENSE, "the answer is of another provider")
    tokens = remote.tokens(code, verifier, redirect_uri)
    expected = Expected(provider.issuer, provider.client_id, nonce, provider.acr, provider.skew_s)
    claims = claims_of(tokens.id_token, remote.keys, expected, now)
    # What is said besides is not signed: levels and methods count in the ID token alone.
    by_second_factor = _is_second_factor(provider, claims)
    if provider.identified_by not in claims or (asks_name and not _name(claims)):
        said = remote.said_of(tokens.access_token)
        if said and said.get("sub") != claims["sub"]:
            raise ProviderError(Refusal.NONSENSE, "what is said of the person is of another one")
        claims = {**said, **claims}
    identifier = claims.get(provider.identified_by)
    if not isinstance(identifier, str) or not 0 < len(identifier) <= MOST_IDENTIFIER:
        raise ProviderError(Refusal.NONSENSE, f"there is no claim {provider.identified_by!r}")
    return Arrived(digest_of(key, provider, identifier), _name(claims), by_second_factor)


def digest_of(key: bytes, provider: Provider, identifier: str) -> bytes:
    """Return what is kept of an identity: it tells nobody without the key who it is, and the same is the same.

    A fiscal code could be tried out from all that there are, were it not for the key.
    """
    said = json.dumps([provider.issuer, provider.identified_by, identifier])
    return hmac.new(key, said.encode(), hashlib.sha256).digest()


def sign_out_address(remote: Remote, back_to: str) -> str | None:
    """Return where the browser is sent to sign out of the provider, too; None where it offers no such thing.

    (OpenID Connect RP-Initiated Logout 1.0; without `id_token_hint`, which would have to be kept, and holds names.)
    """
    try:
        address = remote.metadata().end_session_endpoint
    except ProviderError:
        return None
    if origin_of(address) not in remote.provider.origins:
        return None  # none, or one to which browsers would not let the form lead
    return _with(address, {"client_id": remote.provider.client_id, "post_logout_redirect_uri": back_to})


def _with(address: str, asked: dict[str, str]) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(asked))))))


def _name(claims: dict[str, Any]) -> str:
    both = [each for each in (claims.get("given_name"), claims.get("family_name")) if isinstance(each, str)]
    said = " ".join(both) or claims.get("name")
    return plain(said)[:MOST_NAME].strip() if isinstance(said, str) else ""


def _is_second_factor(provider: Provider, claims: dict[str, Any]) -> bool:
    methods = claims.get("amr")
    by_method = isinstance(methods, list) and any(each in provider.second_factor_amr for each in methods)
    return by_method or claims.get("acr") in provider.second_factor_acr
