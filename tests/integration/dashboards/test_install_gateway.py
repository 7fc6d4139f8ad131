"""The gateway on the installer's page: its credentials, what it follows, and what troubles it."""

import re
from base64 import b64decode

import pytest

from core.credentials import from_toml
from core.database import Database, Role
from core.errors import VicinoError
from dashboards.app import create_app
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, TestClientWithoutLifespan, proof, sign_in
from tests.integration.dashboards.installing import as_role, gateway_of, home_of


def test_credentials_are_made_handed_over_and_shown_once(connection, place, installer, handed):
    home = home_of(connection, place)
    page = installer.get(f"/install/{home}")
    shown = installer.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    (made,) = handed
    assert made.gateway == gateway_of(connection, place)
    file = b64decode(re.search(r'href="data:text/plain;base64,([^"]+)"', shown.text).group(1)).decode()
    assert from_toml(file).password == made.password
    assert "<svg" in shown.text
    # Nobody took them to the broker in time, and that is said here and on the home's page.
    assert 'id="not-yet"' in shown.text
    assert 'id="not-admitted"' in installer.get(f"/install/{home}/gateway").text
    assert made.password not in installer.get(f"/install/{home}").text
    row = connection.execute("SELECT password_hash FROM devices.enrolment").fetchone()
    assert made.password not in row["password_hash"]
    answer = installer.post(
        f"/install/{home}/gateway/{made.gateway}/revoke", data={"csrf": proof(installer.get(f"/install/{home}").text)}
    )
    assert answer.status_code == 303
    assert connection.execute("SELECT revoked_at FROM devices.enrolment").fetchone()["revoked_at"] is not None


def test_a_home_without_gateway_gets_one(connection, place, installer, handed):
    home = connection.execute(
        "INSERT INTO registry.home (organisation_id, key, name) VALUES (%s, 'nuova', 'Casa Nuova') RETURNING public_id",
        (place.homes["maria"].organisation_id,),
    ).fetchone()["public_id"]
    page = installer.get(f"/install/{home}")
    assert "non ha ancora un gateway" in page.text
    for _ in range(2):
        installer.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    assert [made.gateway for made in handed] == ["gw-nuova", "gw-nuova"]
    assert connection.execute("SELECT count(*) AS n FROM devices.gateway WHERE key = 'gw-nuova'").fetchone()["n"] == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("admitted_at = enrolled_at", ""),
        ("trouble = 'The broker does not answer.'", "Il broker non risponde. Si riprova"),
        ("trouble = 'VICINO_BROKER_ADMIN_URL'", "chiedi a loro di ammettere questo gateway"),
    ],
)
def test_it_is_said_whether_a_gateway_can_connect_yet_and_why_not(database_url, connection, place, clock, told, said):
    def hand_over(made):
        connection.execute(f"UPDATE devices.enrolment SET {told}")  # noqa: S608 - of this test

    as_role(connection, place, "installer")
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with (
        Database(database_url, Role.PEOPLE, name="test") as database,
        TestClientWithoutLifespan(create_app(database, clock, settings, hand_over=hand_over)) as client,
    ):
        sign_in(client)
        home = home_of(connection, place)
        page = client.get(f"/install/{home}")
        shown = client.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)}).text
        part = client.get(f"/install/{home}/gateway").text
    assert "base64" in shown
    # As soon as it is known: nobody waits for the full time.
    assert clock.now() == NOW
    assert ('id="not-yet"' in shown) is ('id="not-admitted"' in part) is bool(said)
    assert said in " ".join(shown.split())


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        (
            "confirmed = version, confirmed_at = changed_at",
            "Conosce i dispositivi e le regole di questa casa (versione 0123abcd",
        ),
        ("confirmed = 'old'", "non l'ha ancora confermato"),
        ("published_at = NULL", "è in viaggio"),
        (
            "trouble = 'a siren is there twice'",
            'Riferiscilo a chi amministra Vicino, parola per parola: <q lang="en">a siren is there twice</q>',
        ),
    ],
)
def test_whether_the_gateway_follows_what_it_was_told_is_shown(connection, place, installer, stands, said):
    home, gateway = home_of(connection, place), place.homes["maria"].gateway_id
    values = (NOW, gateway)
    connection.execute(
        "INSERT INTO devices.enrolment (gateway_id, organisation_id, home_id, enrolled_at, admitted_at, password_hash)"
        " SELECT gateway_id, organisation_id, home_id, %s, now(), 'x' FROM devices.gateway WHERE gateway_id = %s",
        values,
    )
    connection.execute(
        "INSERT INTO devices.gateway_config"
        " (gateway_id, organisation_id, home_id, version, config, changed_at, published_at)"
        " SELECT gateway_id, organisation_id, home_id, '0123abcd4567', '', %s, now() FROM devices.gateway"
        " WHERE gateway_id = %s",
        values,
    )
    assert 'class="configuration' not in installer.get(f"/install/{home}/gateway").text
    filling.status(connection, place.homes["maria"], NOW, online=True)
    connection.execute(f"UPDATE devices.gateway_config SET {stands}")  # noqa: S608 - of this test
    assert said in " ".join(installer.get(f"/install/{home}/gateway").text.split())


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("outbox full", "La memoria del gateway è piena"),
        ("disk full", "La memoria del gateway è piena"),
        ("disk broken", "La memoria del gateway è guasta"),
        ("other", "Il gateway ha un problema"),
    ],
)
def test_what_troubles_the_gateway_is_said_in_words(connection, place, installer, trouble, said):
    home, path = place.homes["maria"], f"/install/{home_of(connection, place)}/gateway"
    filling.status(connection, home, NOW, online=True)
    connection.execute(
        "UPDATE ingest.gateway_status SET trouble = %s WHERE gateway_id = %s", (trouble, home.gateway_id)
    )
    assert said in installer.get(path).text


def test_no_credentials_are_shown_that_the_broker_does_not_know(database_url, connection, place, clock):
    def fails(_):
        raise VicinoError("The broker does not answer.")

    as_role(connection, place, "installer")
    settings = DashboardSettings(database_url=database_url, base_url="http://testserver", second_factor_roles="")
    with Database(database_url, Role.PEOPLE, name="test") as database:
        app = create_app(database, clock, settings, hand_over=fails)
        with TestClientWithoutLifespan(app) as client:
            sign_in(client)
            home = home_of(connection, place)
            page = client.get(f"/install/{home}")
            answer = client.post(f"/install/{home}/gateway/credentials", data={"csrf": proof(page.text)})
    assert answer.status_code == 503
    assert "<svg xmlns" not in answer.text
    assert "base64" not in answer.text


@pytest.mark.parametrize("role", ["operator", "researcher"])
def test_who_is_not_in_charge_of_devices_makes_no_credentials(connection, place, client, handed, role):
    as_role(connection, place, role)
    sign_in(client)
    home, csrf = home_of(connection, place), proof(client.get("/notifications").text)
    assert client.post(f"/install/{home}/gateway/credentials", data={"csrf": csrf}).status_code == 404
    gateway = gateway_of(connection, place)
    assert client.post(f"/install/{home}/gateway/{gateway}/revoke", data={"csrf": csrf}).status_code == 404
    assert handed == []
