"""Signing in through an identity provider: a real one, in a process of its own."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from core.clock import Clock, SimulatedClock, SystemClock
from core.database import Database
from core.errors import VicinoError
from dashboards.app import create_app
from dashboards.desk import Desk
from dashboards.metrics import RequestMetrics
from dashboards.providers.flow import digest_of
from dashboards.settings import DashboardSettings
from registry import codes
from tests.identity_provider import KEY, LEVEL_1, LEVEL_2, IdentityProvider, described
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import (
    ANNA,
    BRUNO,
    TestClientWithoutLifespan,
    code_now,
    enrol,
    gets_role,
    post,
    proof,
    sign_in,
)
from tests.integration.dashboards.test_sharing import visible

BASE = "http://testserver"
Pages = Callable[..., TestClient]
Connected = Callable[..., None]


@pytest.fixture
def place(connection: psycopg.Connection) -> filling.Neighbourhood:
    return filling.fill(connection, datetime.now(UTC), life=False)


@pytest.fixture
def provider(provider_process: IdentityProvider) -> IdentityProvider:
    provider_process.knows(BASE)
    return provider_process


@pytest.fixture
def figures() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def pages(
    database_url: str, database: Database, place: filling.Neighbourhood, provider: IdentityProvider, tmp_path: Path,
    figures: CollectorRegistry,
) -> Iterator[Pages]:  # fmt: skip
    """Give browsers, each at an application of its own that knows the provider, described by `more` lines."""
    made: list[TestClient] = []

    def make(*more: str, clock: Clock | None = None, issuer: str = provider.issuer, roles: str = "") -> TestClient:
        settings = DashboardSettings(
            database_url=database_url,
            base_url=BASE,
            second_factor_roles=roles,
            identity_providers=described(tmp_path, issuer, *more),
            identity_key=KEY,
        )
        metrics = None if made else RequestMetrics(figures)
        client = TestClientWithoutLifespan(create_app(database, clock or SystemClock(), settings, metrics=metrics))
        made.append(client)
        return client

    yield make
    for each in made:
        each.close()


@pytest.fixture
def connected(connection: psycopg.Connection, place: filling.Neighbourhood) -> Connected:
    """Connect an account to somebody at the provider, as if they had done it some time ago."""

    def connect(client: TestClient, login: str, who: str = ANNA) -> None:
        desk: Desk = client.app.state.desk
        (one,) = desk.providers
        connection.execute(
            "INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at) VALUES (%s, %s, %s, %s)",
            (place.accounts[who], one.key, digest_of(desk.providers.key, one, login), datetime.now(UTC)),
        )

    return connect


def sent(client: TestClient, wanted: str = "/") -> str:
    """Press the button on the sign-in page; return where the browser is sent."""
    page = client.get("/sign-in", params={"next": wanted}).text
    answer = post(client, "/sign-in/provider/comune", page, next=wanted)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def back(client: TestClient, address: str) -> str:
    """Come back from the provider; return where the browser is led."""
    assert address.startswith(f"{BASE}/sign-in/provider/comune/back?"), address
    answer = client.get(address)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def said(client: TestClient, location: str) -> str:
    return visible(client.get(location).text)


def connect(client: TestClient, provider: IdentityProvider, login: str, who: str = ANNA, **how: str) -> str:
    """Connect the account of somebody who signs in by password; return where the browser is led."""
    if "vicino_session" not in client.cookies:
        sign_in(client, who)
    answer = post(client, "/account/identities/comune", client.get("/account").text, password=filling.PASSWORD)
    return back(client, provider.signs_in(answer.headers["location"], login, **how))


def events(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT kind FROM registry.account_event ORDER BY event_id").fetchall()
    return [row["kind"] for row in rows]


def sign_out(client: TestClient) -> str:
    answer = post(client, "/sign-out", client.get("/account").text)
    return str(answer.headers["location"])


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


def test_clocks_that_differ_are_named(pages: Pages, provider: IdentityProvider) -> None:
    client = pages(clock=SimulatedClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert back(client, provider.signs_in(sent(client), "anna")).endswith("said=clock")
    patient = pages("clock_skew_s: 400", clock=SimulatedClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert back(patient, provider.signs_in(sent(patient), "anna")).endswith("said=unknown")


def test_the_providers_second_factor_counts_where_it_is_said_to_and_ours_is_asked_for_else(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, connected: Connected
) -> None:
    clock = SimulatedClock(datetime.now(UTC))
    more = (f"second_factor_acr: [{LEVEL_2}]", "second_factor_amr: [otp]")
    client = pages(*more, roles="coordinator", clock=clock)
    connected(client, "anna")
    gets_role(connection, ANNA, "coordinator")
    # It needs one and has none: it is led to set one up, and sees nothing before.
    assert back(client, provider.signs_in(sent(client), "anna", acr=LEVEL_1)) == "/sign-in/set-up"
    assert client.get("/account").status_code == 303
    assert back(client, provider.signs_in(sent(client), "anna", acr=LEVEL_2)) == "/"
    sign_out(client)
    assert back(client, provider.signs_in(sent(client), "anna", amr="otp")) == "/"
    sign_out(client)
    secret, _ = enrol(client, clock)
    sign_out(client)
    assert back(client, provider.signs_in(sent(client, "/shift"), "anna")) == "/sign-in/code?next=/shift"
    assert "vicino_session" not in client.cookies
    page = client.get("/sign-in/code").text
    assert post(client, "/sign-in/code", page, code=code_now(secret, clock)).headers["location"] == "/"


def test_an_identity_is_of_one_account_and_an_account_has_one_at_a_provider(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection
) -> None:
    first, second = pages(), pages()
    connect(first, provider, "anna")
    assert connect(second, provider, "anna", BRUNO) == "/account?provider=comune&said=taken"
    assert "a un altro account" in said(second, "/account?provider=comune&said=taken")
    page = first.get("/account").text
    assert "/account/identities/comune" not in page
    answer = post(first, "/account/identities/comune", page, password=filling.PASSWORD)
    assert back(first, provider.signs_in(answer.headers["location"], "other")).endswith("said=another")
    # A wrong password leads nowhere.
    assert post(second, "/account/identities/comune", second.get("/account").text, password="x").status_code == 401
    # Begun by one, brought back where another has signed in meanwhile: nobody's account is connected.
    answer = post(second, "/account/identities/comune", second.get("/account").text, password=filling.PASSWORD)
    came = provider.signs_in(answer.headers["location"], "bruno")
    sign_out(second)
    sign_in(second, ANNA)
    assert back(second, came) == "/account?provider=comune&said=over"
    kept = connection.execute("SELECT count(*) AS kept FROM registry.identity").fetchone()
    assert kept == {"kept": 1}


def test_a_provider_signs_in_accounts_of_its_organisation_alone(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection
) -> None:
    # Anna belongs to the union above it, Ugo to a foreign one.
    client = pages("organisation: servizio-sociale")
    assert connect(client, provider, "anna", ANNA).endswith("said=elsewhere")
    sign_out(client)
    assert connect(client, provider, "ugo", filling.STRANGER).endswith("said=elsewhere")
    sign_out(client)
    assert connect(client, provider, "bruno", BRUNO).endswith("identity-linked")
    sign_out(client)
    assert back(client, provider.signs_in(sent(client), "bruno")) == "/"
    sign_out(client)
    connection.execute(
        "INSERT INTO registry.membership SELECT account_id, organisation_id, 'operator' FROM registry.account,"
        " registry.organisation WHERE login = 'bruno' AND key = 'unione'"
    )
    location = back(client, provider.signs_in(sent(client), "bruno"))
    assert location.endswith("said=elsewhere")
    assert "non si può usare questo account" in said(client, location)


def test_an_administrator_lets_an_account_sign_in_through_the_provider_alone(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection
) -> None:
    gets_role(connection, ANNA, "administrator")
    anna, bruno = pages(), pages()
    sign_in(anna)
    rows = connection.execute("SELECT login, public_id FROM registry.account").fetchall()
    number = {row["login"]: row["public_id"] for row in rows}
    path = f"/accounts/{number[BRUNO]}/by-provider-only"
    page = anna.get("/accounts").text
    assert path not in page
    # Without an identity they would be shut out: nothing comes of it.
    post(anna, path, page, only="yes")
    assert sign_in(bruno, BRUNO).headers["location"] == "/"
    connect(bruno, provider, "bruno", BRUNO)
    page = anna.get("/accounts").text
    assert path in page
    assert str(number[ANNA]) not in page
    assert post(anna, path, page, only="yes").status_code == 303
    assert "Entra solo con Conto del Comune" in said(anna, "/accounts")
    # Their sign-ins are over, and the password is none any more.
    assert bruno.get("/account").status_code == 303
    assert sign_in(bruno, BRUNO).status_code == 401
    assert back(bruno, provider.signs_in(sent(bruno), "bruno")) == "/"
    page = bruno.get("/account").text
    (identity,) = re.findall(r"/account/identities/([0-9a-f-]{36})/remove", page)
    location = post(bruno, f"/account/identities/{identity}/remove", page).headers["location"]
    assert location == "/account?done=identity-needed"
    assert "Senza non potresti più entrare" in said(bruno, location)
    # Grave things ask for no password, which there is not, but for a sign-in of just now.
    assert 'name="password"' not in page
    assert post(bruno, "/account/second-factor", page).status_code == 200
    connection.execute("UPDATE dashboards.session SET started_at = started_at - interval '11 minutes'")
    connection.execute("UPDATE registry.account SET signed_out_before = '-infinity'")
    refused = post(bruno, "/account/second-factor", bruno.get("/account").text)
    assert refused.status_code == 409
    assert "entro dieci minuti" in visible(refused.text)
    # Nobody does it to themselves, nor to somebody above.
    assert post(bruno, f"/accounts/{number[ANNA]}/by-provider-only", page, only="yes").status_code == 404
    post(anna, f"/accounts/{number[ANNA]}/by-provider-only", anna.get("/accounts").text, only="yes")
    assert sign_in(pages(), ANNA).headers["location"] == "/"
    post(anna, path, anna.get("/accounts").text, only="no")
    assert sign_in(pages(), BRUNO).headers["location"] == "/"
    assert events(connection)[-2:] == ["by_provider_only", "by_password_again"]


def test_an_invitation_is_accepted_through_the_provider(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, place: filling.Neighbourhood
) -> None:
    maria = place.homes["maria"]
    now = datetime.now(UTC)
    kin.consent(connection, maria, now)
    kin.shared(connection, maria)
    client = pages("scopes: [openid, profile]")
    code = invited(connection, maria, now)
    page = client.get(f"/invite/{code}").text
    answer = post(client, f"/invite/{code}/provider/comune", page)
    assert back(client, provider.signs_in(answer.headers["location"], "lucia")) == "/"
    assert client.get("/").headers["location"] == "/mine"
    row = connection.execute(
        "SELECT name, password_hash, login FROM registry.account ORDER BY account_id DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    assert (row["name"], row["password_hash"]) == ("Nome di lucia", None)
    assert "lucia" not in row["login"]
    sign_out(client)
    # From then on it is known; the code is used up.
    assert back(client, provider.signs_in(sent(client), "lucia")) == "/"
    sign_out(client)
    client.get("/invite")
    answer = client.post(f"/invite/{code}/provider/comune", data={"csrf": proof(client.get("/sign-in").text)})
    location = back(client, provider.signs_in(answer.headers["location"], "another"))
    assert location.endswith("said=invitation")
    assert "Questo codice non si può usare" in said(client, location)
    # An invitation by somebody else leads to the same account for whom is known already.
    again = invited(connection, place.homes["giuseppe"], now)
    answer = client.post(f"/invite/{again}/provider/comune", data={"csrf": proof(client.get("/sign-in").text)})
    assert back(client, provider.signs_in(answer.headers["location"], "lucia")) == "/"
    count = connection.execute("SELECT count(*) AS found FROM registry.identity").fetchone()
    assert count == {"found": 1}


def invited(connection: psycopg.Connection, made: filling.Home, now: datetime) -> str:
    code = codes.new_code()
    connection.execute(
        "INSERT INTO registry.invitation (organisation_id, person_id, capacity, contact_id, code_digest, made_at,"
        " made_by_name, expires_at) VALUES (%s, %s, 'self', NULL, %s, %s, 'Anna', %s)",
        (made.organisation_id, made.person_id, codes.digest(code), now, now + timedelta(days=1)),
    )
    return code


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
