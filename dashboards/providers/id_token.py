"""What an ID token says, once everything about it has been checked (OpenID Connect Core 1.0, section 3.1.3.7)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError
from joserfc.jwk import Key
from joserfc.jws import extract_compact

from dashboards.providers.refusals import ProviderError, Refusal

# Signatures by a key of which we have the public half only: never "none", and never one whose key the provider shares
# with us, which anybody could make with its published key where kinds are mixed up.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"})
# A header that is no object, or an algorithm that is no text, ends in the last two.
MALFORMED = (JoseError, ValueError, TypeError, AttributeError)
OLDEST_S = 600  # a token that was issued before is not the answer to a sign-in of now

Keys = Callable[[str | None], Sequence[Key]]


class Expected(NamedTuple):
    """What a token has to say. `acr`: one of them, where there are any. `skew_s`: allowed difference of clocks."""

    issuer: str
    client_id: str
    nonce: str
    acr: tuple[str, ...]
    skew_s: int


def claims_of(token: str, keys: Keys, expected: Expected, now: datetime) -> dict[str, Any]:
    """Return the claims of a token. Raises `ProviderError` where anything about it is wrong."""
    claims = _signed(token, keys)
    at = int(now.timestamp())
    registry = jwt.JWTClaimsRegistry(
        now=at,
        leeway=expected.skew_s,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise ProviderError(Refusal.CLOCK, "the ID token has expired") from error
    except JoseError as error:
        is_time = isinstance(error, InvalidClaimError) and error.claim in {"iat", "nbf"}
        raise ProviderError(
            Refusal.CLOCK if is_time else Refusal.NONSENSE, f"the ID token: {type(error).__name__}"
        ) from error
    if claims["iat"] < at - OLDEST_S - expected.skew_s:
        raise ProviderError(Refusal.CLOCK, "the ID token was issued long ago")
    _require_ours(claims, expected)
    if expected.acr and claims.get("acr") not in expected.acr:
        raise ProviderError(Refusal.LEVEL, "the acr of the ID token is none of those that are accepted")
    return claims


def _signed(token: str, keys: Keys) -> dict[str, Any]:
    try:
        header = extract_compact(token.encode()).headers()
    except MALFORMED as error:
        raise ProviderError(Refusal.NONSENSE, "the ID token is none") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise ProviderError(Refusal.NONSENSE, "the ID token is signed in a way that is not accepted")
    for key in keys(kid if isinstance(kid, str) else None):
        try:
            return jwt.decode(token, key, algorithms=[algorithm]).claims
        except MALFORMED:
            continue
    raise ProviderError(Refusal.NONSENSE, "the ID token is signed by no key of the provider")


def _require_ours(claims: dict[str, Any], expected: Expected) -> None:
    """Raise `ProviderError` for a token that was made for another client or another sign-in."""
    audience, party = claims["aud"], claims.get("azp")
    if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (None, expected.client_id):
        raise ProviderError(Refusal.NONSENSE, "the ID token is for another client")
    if claims["nonce"] != expected.nonce:
        raise ProviderError(Refusal.NONSENSE, "the ID token is of another sign-in")
