"""Passkeys in a real browser, with the authenticator that it puts in a device's place, at 320 pixels and by keyboard.

Browsers make passkeys for names only, so that these pages are at `localhost`.
"""

from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from registry import one_time_codes as one_time
from tests.browser.conftest import Site, served
from tests.browser.test_account import NARROW, give_password, is_sound, press, press_to
from tests.integration.dashboards import filling

SECRET = b"12345678901234567890"
# A device with a screen lock, which knows whose finger it is.
DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(database_url: str, broker_url: str) -> Iterator[Site]:
    with served(database_url, broker_url, host="localhost") as pages:
        place = filling.fill(pages.connection, datetime.now(UTC))
        yield Site(pages.address, pages.connection, place, pages.hub)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="it-IT", viewport=NARROW)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


class Device:
    """The authenticator in the browser."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    def knows_its_owner(self, *, yes: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def forgets(self) -> None:
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})

    def takes(self, credential: dict[str, Any]) -> None:
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


@pytest.fixture
def device(page: Page) -> Device:
    return Device(page)


def has_second_factor(site: Site) -> None:
    site.connection.execute(
        "INSERT INTO registry.second_factor (account_id, secret, since, last_step) VALUES (%s, %s, %s, 0)",
        (site.place.accounts[filling.LOGIN], SECRET, datetime.now(UTC)),
    )


def code(site: Site) -> str:
    """Return a code that was not accepted yet."""
    row = site.connection.execute("UPDATE registry.second_factor SET last_step = 0 RETURNING account_id").fetchone()
    assert row is not None
    return one_time.code_of(SECRET, one_time.step_of(datetime.now(UTC)))


def sign_in(page: Page, site: Site) -> None:
    give_password(page, site)
    page.wait_for_url("**/sign-in/code")
    page.keyboard.type(code(site))
    page.keyboard.press("Enter")
    page.wait_for_url(site.address + "/")


def add_passkey(page: Page, site: Site) -> None:
    page.goto(site.address + "/account")
    press(page, "summary#add-passkey")
    page.keyboard.press("Tab")
    page.keyboard.type(filling.PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type(code(site))
    page.keyboard.press("Enter")
    page.wait_for_selector("form#passkey:not([hidden])")
    press_to(page, "#label")
    page.keyboard.press("Control+A")
    page.keyboard.type("Il mio telefono")
    page.keyboard.press("Enter")


def signs_in_with_passkey(page: Page, site: Site) -> None:
    # A page that is still open would see that its sign-in is over, and go to sign in by itself.
    page.goto("about:blank")
    page.context.clear_cookies()
    page.goto(site.address + "/sign-in?next=/alerts")
    page.wait_for_selector("form#passkey:not([hidden])")
    press(page, "#use-passkey")


def events(site: Site) -> list[str]:
    return [row["kind"] for row in site.connection.execute("SELECT kind FROM registry.account_event ORDER BY event_id")]


def test_a_passkey_is_added_opens_without_password_and_is_removed(page: Page, site: Site, device: Device) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    has_second_factor(site)
    sign_in(page, site)
    page.goto(site.address + "/account")
    is_sound(page, "account without a passkey")
    add_passkey(page, site)
    page.wait_for_url("**/account?done=passkey-added")
    is_sound(page, "account with a passkey")
    expect(page.locator("[aria-labelledby=passkeys] .entry")).to_contain_text("Il mio telefono")
    (kept,) = device.credentials()
    assert kept["isResidentCredential"] is True
    assert kept["rpId"] == "localhost"
    # What the device keeps of whose it is names nobody.
    owner = site.connection.execute(
        "SELECT public_id FROM registry.account WHERE login = %s", (filling.LOGIN,)
    ).fetchone()
    assert owner is not None
    assert b64decode(kept["userHandle"]) == owner["public_id"].bytes

    signs_in_with_passkey(page, site)
    page.wait_for_url(site.address + "/alerts")
    page.goto(site.address + "/account")
    expect(page.locator("[aria-labelledby=passkeys] .entry")).to_contain_text("Usato")

    # The same device adds no second one for the same account.
    add_passkey(page, site)
    expect(page.locator("[data-when=failed]")).to_be_visible()
    is_sound(page, "no passkey was made")
    page.goto(site.address + "/account")
    page.get_by_role("button", name="Togli Il mio telefono").press("Enter")
    page.wait_for_url("**/account?done=passkey-removed")
    assert [kind for kind in events(site) if kind.startswith("passkey")] == ["passkey_added", "passkey_removed"]
    assert complaints == []
    signs_in_with_passkey(page, site)
    expect(page.locator("[role=alert]:visible")).to_contain_text("non apre niente")
    is_sound(page, "a passkey that opens nothing")


def test_a_device_that_does_not_know_its_owner_opens_nothing(page: Page, site: Site, device: Device) -> None:
    has_second_factor(site)
    sign_in(page, site)
    add_passkey(page, site)
    page.wait_for_url("**/account?done=passkey-added")
    device.knows_its_owner(yes=False)
    signs_in_with_passkey(page, site)
    expect(page.locator("[data-when=failed]")).to_be_visible()
    is_sound(page, "the device gave none")
    assert "vicino_session" not in {each["name"] for each in page.context.cookies()}


def test_a_passkey_that_was_copied_opens_nothing_once_the_other_was_used(
    page: Page, site: Site, device: Device
) -> None:
    has_second_factor(site)
    sign_in(page, site)
    add_passkey(page, site)
    page.wait_for_url("**/account?done=passkey-added")
    (copied,) = device.credentials()
    for _ in range(2):
        signs_in_with_passkey(page, site)
        page.wait_for_url(site.address + "/alerts")
    device.forgets()
    device.takes(copied)
    signs_in_with_passkey(page, site)
    expect(page.locator("[role=alert]:visible")).to_contain_text("non apre niente")


def test_a_closed_account_is_closed_for_passkeys_too(page: Page, site: Site, device: Device) -> None:
    has_second_factor(site)
    sign_in(page, site)
    add_passkey(page, site)
    page.wait_for_url("**/account?done=passkey-added")
    site.connection.execute("UPDATE registry.account SET active = false WHERE login = %s", (filling.LOGIN,))
    signs_in_with_passkey(page, site)
    expect(page.locator("[role=alert]:visible")).to_contain_text("non apre niente")
