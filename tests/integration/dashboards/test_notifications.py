"""Where messages reach somebody: what the page shows, whom it obeys, and what devices say by themselves."""

import hashlib
import re
from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient

from core.clock import SimulatedClock
from tests.integration.alerts.browser_keys import BrowserKeys
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, proof, sign_in
from tests.integration.dashboards.filling import STRANGER, Neighbourhood

HERE = "/notifications"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
KEY = "B" * 87
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def set_up(connection: psycopg.Connection) -> None:
    connection.execute("INSERT INTO alerts.face VALUES ('webpush', %s), ('telegram', 'vicino_bot')", (KEY,))


def given(endpoint: str = ENDPOINT) -> dict[str, str]:
    browser = BrowserKeys.make()
    return {"endpoint": endpoint, "p256dh": browser.p256dh, "auth": browser.auth, "label": "Telefono di Anna"}


def register(client: TestClient, values: dict[str, str] | None = None):
    form = (values or given()) | {"csrf": proof(client.get(HERE).text)}
    return client.post(f"{HERE}/devices", data=form)


def rows(connection: psycopg.Connection, statement: str, *values: object) -> list[dict]:
    return connection.execute(statement, values).fetchall()


def addresses(connection: psycopg.Connection) -> list[tuple]:
    found = rows(connection, "SELECT account_id, channel, gone_for FROM alerts.address ORDER BY address_id")
    return [tuple(row.values()) for row in found]


@pytest.mark.usefixtures("set_up")
def test_a_device_is_registered_named_tested_and_removed(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, clock: SimulatedClock
) -> None:
    sign_in(client)
    page = client.get(HERE, headers={"user-agent": CHROME}).text
    assert 'value="Chrome, Android"' in page
    assert f'data-key="{KEY}"' in page

    answer = register(client)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?done=registered")
    anna = place.accounts[filling.LOGIN]
    assert addresses(connection) == [(anna, "webpush", "")]
    page = client.get(f"{HERE}?done=registered").text
    assert "Telefono di Anna" in page
    assert "Questo dispositivo è registrato" in page
    digest = urlsafe_b64encode(hashlib.sha256(ENDPOINT.encode()).digest()).rstrip(b"=").decode()
    assert f'data-device="{digest}"' in page
    for secret in (ENDPOINT, "fcm.googleapis"):
        assert secret not in page
    # A test message was asked for by itself; the next one has to wait a little.
    (trial,) = rows(connection, "SELECT * FROM alerts.trial")
    (device,) = rows(connection, "SELECT * FROM alerts.push_device")
    assert (trial["channel"], trial["device_id"]) == ("webpush", device["device_id"])
    assert "sta per partire" in page
    csrf = {"csrf": proof(page)}
    assert client.post(f"{HERE}/devices/{device['public_id']}/test", data=csrf).status_code == 409
    clock.advance(11)
    assert client.post(f"{HERE}/devices/{device['public_id']}/test", data=csrf).status_code == 303
    assert len(rows(connection, "SELECT * FROM alerts.trial")) == 2

    assert client.post(f"{HERE}/devices/{device['public_id']}/remove", data=csrf).status_code == 303
    assert addresses(connection) == [(anna, "webpush", "no device is left")]
    assert "Telefono di Anna" not in client.get(HERE).text


@pytest.mark.usefixtures("set_up")
def test_a_browser_that_somebody_else_uses_now_is_theirs(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    sign_in(client)
    register(client)
    client.cookies.clear()
    sign_in(client, STRANGER)
    assert "Telefono di Anna" not in client.get(HERE).text
    register(client)
    assert addresses(connection) == [
        (place.accounts[filling.LOGIN], "webpush", "no device is left"),
        (place.accounts[STRANGER], "webpush", ""),
    ]


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://intranet.example.org/admin"},
        {"endpoint": "http://127.0.0.1:5432/"},
        {"endpoint": ""},
        {"p256dh": "nonsense"},
        {"auth": ""},
    ],
)
def test_what_is_no_subscription_is_refused_in_words(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, wrong: dict[str, str]
) -> None:
    sign_in(client)
    answer = register(client, given() | wrong)
    assert answer.status_code == 409
    assert "un servizio che Vicino non conosce" in answer.text
    assert addresses(connection) == []


@pytest.mark.usefixtures("set_up")
def test_there_is_an_end_to_devices(client: TestClient, connection: psycopg.Connection, place: Neighbourhood) -> None:
    sign_in(client)
    for number in range(20):
        assert register(client, given(f"{ENDPOINT}{number}")).status_code == 303
    answer = register(client, given(f"{ENDPOINT}x"))
    assert answer.status_code == 409
    assert "molti dispositivi" in answer.text


@pytest.mark.usefixtures("set_up")
def test_nobody_touches_the_devices_of_others_and_no_foreign_form_does(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    assert client.get(HERE).status_code == 303
    sign_in(client)
    register(client)
    device = rows(connection, "SELECT public_id FROM alerts.push_device")[0]["public_id"]
    assert client.post(f"{HERE}/devices", data=given() | {"csrf": "x"}).status_code == 403
    assert client.post(f"{HERE}/devices/{device}/remove", data={"csrf": "x"}).status_code == 403
    client.cookies.clear()
    sign_in(client, STRANGER)
    csrf = {"csrf": proof(client.get(HERE).text)}
    client.post(f"{HERE}/devices/{device}/remove", data=csrf)
    assert client.post(f"{HERE}/devices/{device}/test", data=csrf).status_code == 409
    assert len(rows(connection, "SELECT * FROM alerts.push_device")) == 1


@pytest.mark.usefixtures("set_up")
def test_telegram_is_connected_by_a_code_that_is_kept_nowhere(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    sign_in(client)
    csrf = {"csrf": proof(client.get(HERE).text)}
    page = client.post(f"{HERE}/telegram", data=csrf).text
    link = re.search(r'href="https://t\.me/vicino_bot\?start=([A-Za-z0-9_-]{1,64})"', page)
    assert link
    code = link[1]
    assert f"/start {code}" in page
    (kept,) = rows(connection, "SELECT * FROM alerts.pairing")
    assert bytes(kept["code"]) == hashlib.sha256(code.encode()).digest()
    assert (kept["expires_at"] - NOW).total_seconds() == 15 * 60
    assert "<svg" in page.split('class="qr"')[1]
    assert "style=" not in page.split('class="qr"')[1].split("</svg>")[0]

    anna = place.accounts[filling.LOGIN]
    connection.execute(
        "INSERT INTO alerts.address (account_id, channel, address, added_at) VALUES (%s, 'telegram', '4242', %s)",
        (anna, NOW),
    )
    page = client.get(HERE).text
    assert "Una chat è collegata" in page
    assert "4242" not in page
    assert client.post(f"{HERE}/telegram/test", data=csrf).status_code == 303
    assert rows(connection, "SELECT address FROM alerts.trial")[0]["address"] == "4242"
    assert client.post(f"{HERE}/telegram/leave", data=csrf).status_code == 303
    assert addresses(connection) == [(anna, "telegram", "taken away")]


def test_a_channel_that_is_not_set_up_says_so(client: TestClient, place: Neighbourhood) -> None:
    sign_in(client)
    page = client.get(HERE).text
    assert "I messaggi sui dispositivi non sono attivi" in page
    assert "Telegram non è attivo" in page
    assert 'id="notify-me"' not in page


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ({"sent_at": NOW}, "è stato inviato"),
        ({"sent_at": NOW, "delivered_at": NOW}, "è arrivato"),
        ({"error": "gone"}, "non riceve più messaggi"),
        ({"error": "refused"}, "è stato rifiutato"),
        ({"error": "later"}, "non è partito"),
    ],
)
def test_what_came_of_a_test_message_is_told(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, outcome: dict, said: str
) -> None:
    sign_in(client)
    register(client)
    for name, value in outcome.items():
        connection.execute(f"UPDATE alerts.trial SET {name} = %s", (value,))  # noqa: S608 - our own names
    assert said in client.get(HERE).text
    part = client.get(f"{HERE}/trial").text
    assert said in part
    assert ("hx-get" in part) is (said == "è stato inviato")


# --- what a device says by itself ---


def notification(connection: psycopg.Connection, place: Neighbourhood, channel: str = "webpush") -> UUID:
    home = place.homes["lucia"]
    alert = connection.execute(
        "INSERT INTO alerts.alert (organisation_id, home_id, family, kind, severity, happened_at, opened_at,"
        " updated_at, explanation_it, explanation_en, policy)"
        " VALUES (%s, %s, 'safety', 'smoke', 1, %s, %s, %s, '', '', '{}')"
        " RETURNING alert_id",
        (home.organisation_id, home.home_id, NOW, NOW, NOW),
    ).fetchone()["alert_id"]
    found: UUID = connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, address, language, due_at,"
        " state, sent_at) VALUES (%s, %s, 1, 0, %s, 'x', 'it', %s, 'sent', %s) RETURNING public_id",
        (home.organisation_id, alert, channel, NOW, NOW),
    ).fetchone()["public_id"]
    return found


def test_a_device_tells_that_it_has_shown_a_message_and_hears_whether_it_is_over(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood, clock: SimulatedClock
) -> None:
    number = notification(connection, place)
    answer = client.post("/push/receipt", data={"message": str(number), "what": "shown"})
    assert (answer.status_code, answer.json()) == (200, {"over": False})
    clock.advance(30)
    client.post("/push/receipt", data={"message": str(number), "what": "shown"})
    client.post("/push/receipt", data={"message": str(number), "what": "read"})
    (kept,) = rows(connection, "SELECT delivered_at, read_at FROM alerts.notification")
    assert kept["delivered_at"] == NOW
    assert (kept["read_at"] - NOW).total_seconds() == 30
    connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = %s, taken_at = %s", (place.accounts["bruno"], NOW)
    )
    assert client.post("/push/receipt", data={"message": str(number), "what": "shown"}).json() == {"over": True}


def test_only_our_own_worker_and_only_a_number_that_is_known_is_heard(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    number, mail = notification(connection, place), None
    connection.execute("UPDATE alerts.alert SET kind = 'gas'")
    mail = notification(connection, place, "email")
    said = {"message": str(number), "what": "shown"}
    assert client.post("/push/receipt", data=said, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/push/receipt", data=said, headers={"origin": "https://evil.example.org"}).status_code == 403
    assert client.post("/push/receipt", data=said | {"what": "eaten"}).status_code == 422
    assert client.post("/push/receipt", data=said | {"message": "1"}).status_code == 422
    for unknown in (uuid4(), mail):
        assert client.post("/push/receipt", data=said | {"message": str(unknown)}).status_code == 404
    assert rows(connection, "SELECT delivered_at FROM alerts.notification WHERE delivered_at IS NOT NULL") == []


@pytest.mark.usefixtures("set_up")
def test_a_browser_with_a_new_address_shows_the_secret_of_the_old_one(
    client: TestClient, connection: psycopg.Connection, place: Neighbourhood
) -> None:
    sign_in(client)
    old = given()
    register(client, old)
    client.cookies.clear()
    new = given(ENDPOINT + "-new")
    said = {name: new[name] for name in ("endpoint", "p256dh", "auth")}
    shown = {"old_endpoint": ENDPOINT, "old_auth": old["auth"]}
    for wrong, status in (
        (shown | {"old_auth": new["auth"]}, 404),
        (shown | {"old_endpoint": ENDPOINT + "x"}, 404),
        (shown | {"endpoint": "https://evil.example.org/x"}, 422),
        (shown | {"old_auth": "\0"}, 404),
    ):
        assert client.post("/push/renew", data=said | wrong).status_code == status, wrong
    assert client.post("/push/renew", data=said | shown).json() == {"known": True}
    (kept,) = rows(connection, "SELECT endpoint, p256dh, auth, label FROM alerts.push_device")
    assert kept == {**said, "label": "Telefono di Anna"}
    assert client.post("/push/renew", data=said | shown).status_code == 404


def test_the_worker_is_never_old_and_the_pages_can_be_put_on_a_home_screen(client: TestClient) -> None:
    worker = client.get("/push-worker.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    policy = worker.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    manifest = client.get("/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    for icon in manifest.json()["icons"]:
        found = client.get(icon["src"])
        assert found.headers["content-type"] == "image/png"
        assert found.content.startswith(b"\x89PNG")
