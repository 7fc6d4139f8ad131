"""Signing in through an identity provider: a real one, in a process of its own."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from core.clock import SimulatedClock, SystemClock
from core.database import Database
from core.errors import VicinoError
from dashboards.app import create_app
from dashboards.providers.document import load
from dashboards.providers.refusals import ProviderError, Refusal
from dashboards.providers.remote import Remote
from dashboards.settings import DashboardSettings
from tests.identity_provider import KEY, LEVEL_1, LEVEL_2, IdentityProvider, described
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import ANNA, code_now, enrol, gets_role, post, proof, sign_in
from tests.integration.dashboards.identity.conftest import (
    BASE,
    Connected,
    Pages,
    back,
    connect,
    events,
    said,
    sent,
    sign_out,
)


def test_an_account_is_connected_signs_in_and_out_and_is_disconnected(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, figures: CollectorRegistry
) -> None:
    client = pages("scopes: [openid, profile, spid]", "identified_by: fiscalNumber")
    # Nobody has said yet who this is: nobody is signed in, and no account is made.
    location = back(client, provider.signs_in(sent(client), "aaabbb80a01h501u"))
    assert location == "/sign-in?provider=comune&said=unknown"
    assert "connect" not in (told := said(client, location)), told
    assert "Conto del Comune sa chi sei, ma nessun account qui" in told
    assert "vicino_session" not in client.cookies

    assert connect(client, provider, "aaabbb80a01h501u") == "/account?done=identity-linked"
    assert "Conto del Comune" in said(client, "/account")
    before = client.cookies["vicino_session"]
    # Out by the password: the provider is not asked.
    assert sign_out(client) == "/sign-in"

    address = sent(client, "/alerts")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[each]) for each in ("state", "nonce", "code_challenge")) == 43
    assert back(client, provider.signs_in(address, "aaabbb80a01h501u")) == "/alerts"
    assert client.get("/alerts").status_code == 200
    assert client.cookies["vicino_session"] != before
    # What the provider calls somebody is kept nowhere.
    kept = connection.execute("SELECT * FROM registry.identity").fetchall()
    assert len(kept) == 1
    assert "aaabbb80a01h501u" not in str(kept).lower()
    assert kept[0]["used_at"] is not None

    # Out by the provider: it is asked to end its sign-in, too, by nothing that names anybody.
    out = urlsplit(sign_out(client))
    assert f"{out.scheme}://{out.netloc}" == provider.issuer
    assert parse_qs(out.query) == {"client_id": ["vicino"], "post_logout_redirect_uri": [f"{BASE}/sign-in"]}
    assert "vicino_session" not in client.cookies

    sign_in(client, ANNA)
    page = client.get("/account").text
    (number,) = re.findall(r"/account/identities/([0-9a-f-]{36})/remove", page)
    assert post(client, f"/account/identities/{number}/remove", page).headers["location"].endswith("identity-removed")
    sign_out(client)
    assert back(client, provider.signs_in(sent(client), "aaabbb80a01h501u")).endswith("said=unknown")
    assert events(connection) == ["identity_linked", "identity_removed"]
    count = "vicino_provider_sign_ins_total"
    assert figures.get_sample_value(count, {"source": "comune", "result": "unknown"}) == 2
    assert figures.get_sample_value(count, {"source": "comune", "result": "signed in"}) == 1


CHANGED = {
    "nonce": ("nonsense", "the ID token is of another sign-in"),
    "issuer": ("nonsense", "the ID token: InvalidClaimError"),
    "audience": ("nonsense", "the ID token: InvalidClaimError"),
    "party": ("nonsense", "the ID token is for another client"),
    "none": ("nonsense", "the ID token is signed in a way that is not accepted"),
    "shared": ("nonsense", "the ID token is signed in a way that is not accepted"),
    "key": ("nonsense", "the ID token is signed by no key of the provider"),
    "rubbish": ("nonsense", "the ID token is none"),
    "answer": ("nonsense", "the answer to a code: not what it should be"),
    "expired": ("clock", "the ID token has expired"),
    "future": ("clock", "the ID token: InvalidClaimError"),
}


def test_an_answer_that_was_changed_on_its_way_signs_nobody_in(
    pages: Pages, provider: IdentityProvider, connected: Connected
) -> None:
    client = pages()
    connected(client, "anna")
    for tamper, (refusal, reason) in CHANGED.items():
        came = provider.signs_in(sent(client), "anna")
        provider.asks(tamper=tamper)
        with capture_logs() as log:
            location = back(client, came)
        assert location == f"/sign-in?provider=comune&said={refusal}", tamper
        assert [line["reason"] for line in log] == [reason], tamper
        assert "vicino_session" not in client.cookies
        provider.asks(tamper="")
    assert "non ci si può fidare" in said(client, "/sign-in?provider=comune&said=nonsense")
    assert "orologi" in said(client, "/sign-in?provider=comune&said=clock")
    # It is those changes alone which were wrong.
    assert back(client, provider.signs_in(sent(client), "anna")) == "/"


def test_what_comes_back_counts_once_for_the_browser_that_was_sent(
    pages: Pages, provider: IdentityProvider, connected: Connected
) -> None:
    client = pages()
    connected(client, "anna")
    over = "/sign-in?provider=comune&said=over"
    # Another browser gets the address: a stranger would be signed in as somebody else.
    came = provider.signs_in(sent(client), "anna")
    other = pages()
    assert back(other, came) == over
    assert "iniziato troppo tempo fa" in said(other, over)
    sent(other)
    assert back(other, came) == over
    # Another state, and none at all.
    assert back(client, came.replace("state=", "state=x")) == over
    came = provider.signs_in(sent(client), "anna")
    assert back(client, came.replace("iss=", "iss=http%3A%2F%2Fother.example&was=")).endswith("said=nonsense")
    came = provider.signs_in(sent(client), "anna")
    assert back(client, re.sub("&iss=.*", "", came)).endswith("said=nonsense")
    came = provider.signs_in(sent(client), "anna")
    assert back(client, came) == "/"
    assert back(client, came) == over


def test_what_was_begun_too_long_ago_is_over(pages: Pages, provider: IdentityProvider) -> None:
    clock = SimulatedClock(datetime.now(UTC))
    client = pages(clock=clock)
    came = provider.signs_in(sent(client), "anna")
    clock.advance(901)
    assert back(client, came).endswith("said=over")


def test_whoever_is_signed_in_already_is_told_on_the_page_of_the_account(pages: Pages) -> None:
    client = pages()
    sign_in(client, ANNA)
    there = client.get("/sign-in?provider=comune&said=over").headers["location"]
    assert there == "/account?provider=comune&said=over"
    assert said(client, there) != said(client, "/account")
    assert client.get("/sign-in?next=/alerts").headers["location"] == "/alerts"


def test_keys_that_were_changed_are_found(pages: Pages, provider: IdentityProvider, connected: Connected) -> None:
    clock = SimulatedClock(datetime.now(UTC))
    client = pages(clock=clock)
    connected(client, "anna")
    assert back(client, provider.signs_in(sent(client), "anna")) == "/"
    sign_out(client)
    provider.asks(rotate=True)
    # Keys were asked for a moment ago: whoever sends tokens of others cannot make us ask at each.
    assert back(client, provider.signs_in(sent(client), "anna")).endswith("said=nonsense")
    clock.advance(11)
    assert back(client, provider.signs_in(sent(client), "anna")) == "/"


def test_a_sign_in_of_too_low_a_level_is_refused(pages: Pages, provider: IdentityProvider) -> None:
    client = pages(f"acr: [{LEVEL_2}]")
    assert f"acr_values={LEVEL_2.replace(':', '%3A').replace('/', '%2F')}" in sent(client)
    assert connect(client, provider, "anna", acr=LEVEL_1) == "/account?provider=comune&said=level"
    assert "livello di sicurezza troppo basso" in said(client, "/account?provider=comune&said=level")
    assert connect(client, provider, "anna", acr=LEVEL_2) == "/account?done=identity-linked"
    sign_out(client)
    assert back(client, provider.signs_in(sent(client), "anna")).endswith("said=level")
    assert back(client, provider.signs_in(sent(client), "anna", acr=LEVEL_2)) == "/"


def test_who_cancels_is_told_so_and_signs_in_by_password(pages: Pages, provider: IdentityProvider) -> None:
    client = pages()
    location = back(client, provider.cancels(sent(client, "/alerts")))
    assert location == "/sign-in?provider=comune&said=cancelled&next=%2Falerts"
    assert "Hai interrotto" in said(client, location)
    assert sign_in(client, wanted="/alerts").headers["location"] == "/alerts"


def test_a_provider_that_is_away_or_says_nothing_takes_nothing_with_it(
    pages: Pages, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = pages(issuer="http://127.0.0.1:1")
    page = away.get("/sign-in").text
    location = post(away, "/sign-in/provider/comune", page).headers["location"]
    assert location == "/sign-in?provider=comune&said=unreachable"
    assert "non risponde" in said(away, location)
    assert sign_in(away).headers["location"] == "/"

    monkeypatch.setattr("dashboards.providers.remote.WITHIN_S", 0.2)
    client = pages()
    came = provider.signs_in(sent(client), "anna")
    provider.asks(silent=True)
    assert back(client, came) == "/sign-in?provider=comune&said=unreachable"
    assert sign_in(client).headers["location"] == "/"


def test_a_provider_that_hangs_holds_up_few_threads(
    provider: IdentityProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.providers.remote.WITHIN_S", 3.0)
    (one,) = load(described(tmp_path, provider.issuer)).providers
    remote = Remote(one, SystemClock())
    provider.asks(silent=True)

    def ask(_: int) -> tuple[Refusal, float]:
        began = monotonic()
        with pytest.raises(ProviderError) as raised:
            remote.metadata()
        return raised.value.refusal, monotonic() - began

    with ThreadPoolExecutor(12) as many:
        came = list(many.map(ask, range(12)))
    assert sorted(refusal for refusal, _ in came) == [Refusal.BUSY] * 8 + [Refusal.UNREACHABLE] * 4
    assert max(seconds for refusal, seconds in came if refusal is Refusal.BUSY) < 2.5


def test_clocks_that_differ_are_named(pages: Pages, provider: IdentityProvider) -> None:
    client = pages(clock=SimulatedClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert back(client, provider.signs_in(sent(client), "anna")).endswith("said=clock")
    patient = pages("clock_skew_s: 400", clock=SimulatedClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert back(patient, provider.signs_in(sent(patient), "anna")).endswith("said=unknown")


def test_the_providers_second_factor_counts_where_it_is_said_to_and_ours_is_asked_for_else(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, connected: Connected,
    figures: CollectorRegistry,
) -> None:  # fmt: skip
    def counted() -> tuple[float, float]:
        of = [{"source": "comune", "result": result} for result in ("half", "signed in")]
        half, whole = (figures.get_sample_value("vicino_provider_sign_ins_total", each) or 0 for each in of)
        return half, whole

    clock = SimulatedClock(datetime.now(UTC))
    more = (f"second_factor_acr: [{LEVEL_2}]", "second_factor_amr: [otp]")
    client = pages(*more, roles="coordinator", clock=clock)
    connected(client, "anna")
    gets_role(connection, ANNA, "coordinator")
    # It needs one and has none: it is led to set one up, and sees nothing before.
    assert back(client, provider.signs_in(sent(client), "anna", acr=LEVEL_1)) == "/sign-in/set-up"
    assert client.get("/account").status_code == 303
    # Nobody is signed in before our second factor has been set up, or given.
    assert counted() == (1, 0)
    assert back(client, provider.signs_in(sent(client), "anna", acr=LEVEL_2)) == "/"
    assert counted() == (1, 1)
    sign_out(client)
    assert back(client, provider.signs_in(sent(client), "anna", amr="otp")) == "/"
    sign_out(client)
    secret, _ = enrol(client, clock)
    sign_out(client)
    assert back(client, provider.signs_in(sent(client, "/shift"), "anna")) == "/sign-in/code?next=/shift"
    assert "vicino_session" not in client.cookies
    before = counted()
    page = client.get("/sign-in/code").text
    assert post(client, "/sign-in/code", page, code="000000").status_code == 401
    assert counted() == before
    clock.advance(60)
    assert post(client, "/sign-in/code", page, code=code_now(secret, clock)).headers["location"] == "/"
    assert counted() == (before[0], before[1] + 1)


def test_nothing_begins_by_a_form_that_is_not_ours_and_forms_lead_to_the_provider_alone(
    pages: Pages, provider: IdentityProvider
) -> None:
    client = pages("leads_to: ['https://idp.example']")
    page = client.get("/sign-in")
    policy = page.headers["content-security-policy"]
    assert policy.endswith(f"form-action 'self' {provider.issuer} https://idp.example")
    assert policy.count(provider.issuer) == 1
    assert client.post("/sign-in/provider/comune", data={"csrf": "00"}).status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    form = {"csrf": proof(page.text)}
    assert client.post("/sign-in/provider/comune", data=form, headers=elsewhere).status_code == 403
    assert client.get("/sign-in/provider/comune").status_code == 405
    assert client.post("/sign-in/provider/other", data=form).status_code == 404
    # What an address says is looked up, never shown.
    assert "<b>" not in client.get("/sign-in?provider=<b>&said=<b>").text


def test_without_a_provider_there_is_none(client: TestClient, place: filling.Neighbourhood) -> None:
    page = client.get("/sign-in")
    assert "provider" not in page.text
    assert page.headers["content-security-policy"].endswith("form-action 'self'")
    assert post(client, "/sign-in/provider/comune", page.text).status_code == 404


def test_pages_do_not_begin_with_providers_that_cannot_work(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    path = described(tmp_path, "https://login.comune.example")

    def begin(**more: Any) -> None:
        settings = DashboardSettings(database_url=database_url, identity_providers=path, **more)
        create_app(database, SystemClock(), settings)

    with pytest.raises(VicinoError, match="VICINO_IDENTITY_KEY"):
        begin(identity_key="short")
    begin(identity_key=KEY)
    (tmp_path / "secret").unlink()
    with pytest.raises(VicinoError, match="secret of the identity provider"):
        begin(identity_key=KEY)
