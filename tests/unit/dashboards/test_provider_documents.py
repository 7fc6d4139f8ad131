import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from core.clock import SimulatedClock
from dashboards.providers.document import FileError, Provider, load, origin_of, parse
from dashboards.providers.flow import Arrived, digest_of, finish
from dashboards.providers.id_token import Expected, claims_of
from dashboards.providers.refusals import ProviderError, Refusal
from dashboards.providers.remote import Metadata, Remote, Tokens

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "providers.yaml"
GOOD = """\
providers:
  - key: comune
    name: {it: Comune, en: Town}
    issuer: https://login.comune.example
    client_id: vicino
    client_secret_file: secret
"""
NOW = datetime(2026, 3, 16, tzinfo=UTC)
EXPECTED = Expected("https://login.comune.example", "vicino", "n", (), 60)
KEY = RSAKey.generate_key(2048, private=True)


def only(text: str) -> Provider:
    (found,) = parse(text).providers
    return found


def test_the_example_is_one_and_says_where_its_secrets_are() -> None:
    found = load(EXAMPLE).providers
    assert [one.key for one in found] == ["comune", "spid"]
    assert found[0].client_secret_file == str(EXAMPLE.parent / "comune.secret")
    assert found[1].origins == ("https://proxy.aggregatore.example", "https://idp.gestore.example")
    assert found[1].is_called("en") == "SPID or CIE"


def test_what_is_not_said_has_a_default() -> None:
    found = only(GOOD)
    assert (found.identified_by, found.scopes, found.acr, found.skew_s, found.organisation) == (
        "sub", ("openid",), (), 60, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("issuer: http://login.comune.example", "is no issuer"),
        ("issuer: https://login.comune.example?x=1", "is no issuer"),
        ("key: Comune di Là", "is no key"),
        ("client_id: ''", "'client_id' is empty"),
        ("scopes: [profile]", "is not among the scopes"),
        ("acr: ['a b']", "has a space"),
        ("leads_to: [https://idp.example/path]", "is not just"),
        ("leads_to: ['https://idp.example; script-src *']", "is not just"),
        ("leads_to: ['*']", "is not just"),
        ("clock_skew_s: 601", "it can be 0 to 600"),
        ("client_secret: hush", "is not an entry"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, said: str) -> None:
    name = line.split(":", maxsplit=1)[0]
    kept = [each for each in GOOD.splitlines() if each.strip(" -").split(":")[0] != name]
    wrong = line if name != "key" else f"- {line}"
    if name == "key":
        kept.insert(1, f"  {wrong}")
    else:
        kept.append(f"    {wrong}")
    with pytest.raises(FileError, match=said) as raised:
        parse("\n".join(kept) + "\n")
    assert [fault.line for fault in raised.value.faults] == [2 if name == "key" else len(kept)]


def test_two_of_the_same_key_are_refused() -> None:
    with pytest.raises(FileError, match="there are two providers"):
        parse(GOOD + GOOD.partition("\n")[2])


def test_an_origin_has_no_more_than_scheme_host_and_port() -> None:
    assert origin_of("https://a.example:8443/b?c#d") == "https://a.example:8443"
    assert origin_of("http://[::1]:8/b") == "http://[::1]:8"
    assert (origin_of("https://a:b"), origin_of("nothing"), origin_of("")) == ("", "", "")


def test_a_digest_is_of_one_issuer_claim_value_and_key() -> None:
    one = only(GOOD)
    other = only(GOOD.replace("login", "other"))
    by_number = only(GOOD + "    identified_by: fiscalNumber\n")
    found = {
        digest_of(key, provider, who)
        for key in (b"k", b"l") for provider in (one, other, by_number) for who in ("a", "b")
    }  # fmt: skip
    assert len(found) == 12
    assert digest_of(b"k", one, "a") == digest_of(b"k", one, "a")


def token(**changed: object) -> str:
    claims = {"iss": EXPECTED.issuer, "aud": "vicino", "sub": "a", "nonce": "n", "iat": 0, "exp": 0}
    at = int(NOW.timestamp())
    claims |= {"iat": at, "exp": at + 60, **changed}
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256"}, said, KEY)


def refusal(said: str) -> Refusal:
    with pytest.raises(ProviderError) as raised:
        claims_of(said, lambda _: [KEY], EXPECTED, NOW)
    return raised.value.refusal


def test_a_token_as_it_should_be_is_read() -> None:
    assert claims_of(token(), lambda _: [KEY], EXPECTED, NOW)["sub"] == "a"
    both = claims_of(token(aud=["vicino", "b"], azp="vicino"), lambda _: [KEY], EXPECTED, NOW)
    assert both["azp"] == "vicino"


@pytest.mark.parametrize("lacking", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_a_token_that_lacks_something_is_refused(lacking: str) -> None:
    assert refusal(token(**{lacking: None})) is Refusal.NONSENSE


def test_the_difference_of_clocks_has_a_limit_to_the_second() -> None:
    at = int(NOW.timestamp())
    assert claims_of(token(exp=at - 59), lambda _: [KEY], EXPECTED, NOW)
    assert refusal(token(exp=at - 60)) is Refusal.CLOCK
    assert claims_of(token(iat=at + 60), lambda _: [KEY], EXPECTED, NOW)
    assert refusal(token(iat=at + 61)) is Refusal.CLOCK
    assert claims_of(token(iat=at - 660), lambda _: [KEY], EXPECTED, NOW)
    assert refusal(token(iat=at - 661)) is Refusal.CLOCK
    assert refusal(token(nbf=at + 61)) is Refusal.CLOCK


def test_several_clients_without_a_party_are_refused() -> None:
    assert refusal(token(aud=["vicino", "b"])) is Refusal.NONSENSE
    assert refusal(token(azp="b")) is Refusal.NONSENSE


def test_no_secret_key_signs_even_if_it_were_offered() -> None:
    shared = OctKey.import_key("k" * 32)
    said = jwt.encode({"alg": "HS256"}, {"sub": "a"}, shared)
    with pytest.raises(ProviderError, match="in a way that is not accepted"):
        claims_of(said, lambda _: [shared], EXPECTED, NOW)


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True)))
def test_whatever_comes_is_refused_and_no_error_of_another_kind(said: str) -> None:
    assert refusal(said) is Refusal.NONSENSE


@given(st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text()), lambda some: st.one_of(
    st.lists(some), st.dictionaries(st.sampled_from(["alg", "kid", "crit", "typ"]), some)
)))  # fmt: skip
def test_a_header_of_any_kind_raises_no_error_of_another_kind(header: object) -> None:
    written = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    assert refusal(f"{written}.e30.c2ln") is Refusal.NONSENSE


CLAIMS = ("iss", "aud", "sub", "exp", "iat", "nonce", "azp", "nbf")
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
ANYTHING = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(), st.lists(st.text()))


@given(st.dictionaries(st.sampled_from(CLAIMS), ANYTHING, min_size=1))
def test_claims_of_any_kind_raise_no_error_of_another_kind(changed: dict[str, object]) -> None:
    with suppress(ProviderError):
        claims_of(token(**changed), lambda _: [KEY], EXPECTED, NOW)


class Saying(Remote):
    """A provider that gives a token as it should be, and says something besides."""

    said: dict[str, object]

    def metadata(self) -> Metadata:
        issuer = self.provider.issuer
        return Metadata(issuer, issuer, issuer, issuer)

    def tokens(self, code: str, verifier: str, redirect_uri: str) -> Tokens:
        return Tokens(token())

    def keys(self, kid: str | None) -> list[RSAKey]:
        return [KEY]

    def said_of(self, access_token: str) -> dict[str, object]:
        return self.said


def came(**said: object) -> Arrived:
    wanted = "    identified_by: fiscalNumber\n    second_factor_acr: [high]\n    second_factor_amr: [otp]\n"
    remote = Saying(only(GOOD + wanted), SimulatedClock(NOW))
    remote.said = said
    return finish(remote, "c", "", "n", "v", "https://vicino.example/back", b"k", NOW, asks_name=True)


def test_what_is_said_besides_names_somebody_but_is_no_second_factor() -> None:
    found = came(sub="a", fiscalNumber="X", acr="high", amr=["otp"], given_name="Ada", family_name="Neri")
    assert found.name == "Ada Neri"
    assert not found.is_second_factor
    assert found.digest == came(sub="a", fiscalNumber="X").digest


@pytest.mark.parametrize("said", [{"sub": "b", "fiscalNumber": "X"}, {"fiscalNumber": "X"}, {"sub": "a"}, {}])
def test_what_is_said_of_another_or_of_nobody_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ProviderError) as raised:
        came(**said)
    assert raised.value.refusal is Refusal.NONSENSE
