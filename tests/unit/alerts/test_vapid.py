"""A push service believes who we are: a statement signed as RFC 8292 says, for it alone and not for long."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from alerts.channels.webpush.encryption import decode
from alerts.channels.webpush.vapid import VapidKey, VapidKeyError, subject_of

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)


def part(text: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_a_service_can_check_who_sends() -> None:
    key = VapidKey.make()
    header = key.authorisation("https://push.example.org:8443/send/abc?x=1", "https://vicino.example.org", NOW)
    scheme, _, rest = header.partition(" ")
    values = dict(piece.strip().split("=", 1) for piece in rest.split(","))
    head, claims, signature = values["t"].split(".")
    assert scheme == "vapid"
    assert values["k"] == key.public
    assert part(head) == {"typ": "JWT", "alg": "ES256"}
    said = part(claims)
    assert said["aud"] == "https://push.example.org:8443"
    assert said["sub"] == "https://vicino.example.org"
    assert 0 < float(str(said["exp"])) - NOW.timestamp() <= 24 * 3600

    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(values["k"]))
    raw = decode(signature)
    assert len(raw) == 64
    given = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public.verify(given, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(given, f"{head}.{claims}x".encode(), ec.ECDSA(SHA256()))


def test_a_key_is_the_same_after_it_was_kept() -> None:
    key = VapidKey.make()
    assert VapidKey.parse(key.text + "\n").public == key.public
    assert len(decode(key.public)) == 65


@pytest.mark.parametrize("text", ["", "abc", "not base64!", "A" * 43, "_" * 43, "é"])
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(VapidKeyError) as caught:
        VapidKey.parse(text)
    assert "vicino push-key" in str(caught.value)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("https://vicino.example.org/", "https://vicino.example.org"),
        ("http://127.0.0.1:8000", "mailto:vicino@example.org"),
    ],
)
def test_a_service_is_told_how_to_reach_us(base_url: str, said: str) -> None:
    assert subject_of(base_url, "vicino@example.org") == said
