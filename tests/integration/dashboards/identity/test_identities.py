"""Whose an identity at a provider is: connected, of one organisation, the only way in, by an invitation."""

import re
from datetime import UTC, datetime, timedelta

import psycopg

from registry import codes
from tests.identity_provider import IdentityProvider
from tests.integration.dashboards import filling, kin
from tests.integration.dashboards.conftest import ANNA, BRUNO, gets_role, post, proof, sign_in
from tests.integration.dashboards.identity.conftest import Connected, Pages, back, connect, events, said, sent, sign_out
from tests.integration.dashboards.test_sharing import visible


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


def test_an_account_is_not_bound_to_a_provider_that_would_not_let_it_in(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, connected: Connected
) -> None:
    gets_role(connection, ANNA, "administrator")
    anna, elsewhere = pages(), pages("organisation: servizio-sociale")
    sign_in(anna)
    row = connection.execute("SELECT public_id FROM registry.account WHERE login = %s", (BRUNO,)).fetchone()
    assert row is not None
    path = f"/accounts/{row['public_id']}/by-provider-only"
    connected(anna, "bruno", BRUNO)

    def is_bound() -> bool:
        found = connection.execute(
            "SELECT by_provider_only FROM registry.account WHERE login = %s", (BRUNO,)
        ).fetchone()
        assert found is not None
        return bool(found["by_provider_only"])

    # Of a provider that is not offered any more: the page does not ask, and a form kept open comes to nothing.
    connection.execute("UPDATE registry.identity SET provider = 'gone'")
    page = anna.get("/accounts").text
    assert path not in page
    location = post(anna, path, page, only="yes").headers["location"]
    assert "Non è cambiato nulla" in said(anna, location)
    assert not is_bound()
    # Of one that signs in accounts of another organisation than all of this one's.
    connection.execute("UPDATE registry.identity SET provider = 'comune'")
    connection.execute(
        "INSERT INTO registry.membership SELECT account_id, organisation_id, 'operator' FROM registry.account,"
        " registry.organisation WHERE login = %s AND key = 'unione'",
        (BRUNO,),
    )
    sign_in(elsewhere)
    location = post(elsewhere, path, elsewhere.get("/accounts").text, only="yes").headers["location"]
    assert "Non è cambiato nulla" in said(elsewhere, location)
    assert not is_bound()
    assert sign_in(pages(), BRUNO).headers["location"] == "/"
    assert events(connection) == []
    # Where it would let them in they are bound; once more changes nothing, and says nothing.
    for _ in range(2):
        assert post(anna, path, anna.get("/accounts").text, only="yes").headers["location"] == "/accounts"
    assert is_bound()
    assert events(connection) == ["by_provider_only"]


def test_the_last_identity_that_lets_its_owner_in_is_kept(
    pages: Pages, provider: IdentityProvider, connection: psycopg.Connection, connected: Connected
) -> None:
    client = pages()
    connected(client, "anna")
    connection.execute(
        "INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at)"
        " SELECT account_id, 'gone', sha256('another'), linked_at FROM registry.identity"
    )
    connection.execute("UPDATE registry.account SET by_provider_only = true WHERE login = %s", (ANNA,))
    assert back(client, provider.signs_in(sent(client), "anna")) == "/"
    rows = connection.execute("SELECT provider, public_id FROM registry.identity").fetchall()
    number = {row["provider"]: row["public_id"] for row in rows}

    def removed(key: str) -> str:
        answer = post(client, f"/account/identities/{number[key]}/remove", client.get("/account").text)
        return str(answer.headers["location"])

    assert removed("comune").endswith("identity-needed")
    assert removed("gone").endswith("identity-removed")
    assert removed("comune").endswith("identity-needed")


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
