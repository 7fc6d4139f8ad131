"""A second factor in a real browser, at 320 pixels, by keyboard alone, read by axe."""

from base64 import b32decode
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from registry import one_time_codes as one_time
from tests.browser.conftest import Site
from tests.browser.test_contexts import is_accessible
from tests.integration.dashboards import filling

NARROW = {"width": 320, "height": 700}


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT", viewport=NARROW)
    yield context.new_page()
    context.close()


def is_sound(page: Page, name: str) -> None:
    """Check that nothing is cut off, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], name
    is_accessible(page)


def press(page: Page, locator: str) -> None:
    """Reach something by the tabulator key alone, and press Enter there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", locator):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{locator} cannot be reached by keyboard")


def give_password(page: Page, site: Site) -> None:
    page.goto(site.address + "/sign-in")
    page.keyboard.type(filling.LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(filling.PASSWORD)
    page.keyboard.press("Enter")


def code_of(secret: bytes, steps: int = 0) -> str:
    return one_time.code_of(secret, one_time.step_of(datetime.now(UTC)) + steps)


def test_one_time_codes_are_set_up_asked_for_and_recovered_by_keyboard(page: Page, site: Site) -> None:
    complaints: list[str] = []
    # A code that is wrong is answered by 401, which the browser notes.
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type in {"error", "warning"} and "401" not in said.text else None
        ),
    )
    give_password(page, site)
    page.wait_for_url(site.address + "/")
    page.goto(site.address + "/account")
    is_sound(page, "account")
    press(page, "summary#set-up")
    page.keyboard.press("Tab")
    page.keyboard.type(filling.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#key")
    is_sound(page, "set up")
    text = page.inner_text("#key").replace(" ", "")
    secret = b32decode(text + "=" * (-len(text) % 8))
    press_to(page, "#code")
    page.keyboard.type(code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_selector(".codes")
    is_sound(page, "recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    press(page, "#go-on")
    expect(page.locator("#second + p")).to_contain_text("serve un codice")
    is_sound(page, "account with a second factor")
    press(page, "summary#renew")
    is_sound(page, "asked to prove it")

    page.context.clear_cookies()
    give_password(page, site)
    page.wait_for_url("**/sign-in/code")
    is_sound(page, "asked for a code")
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#problem")).to_contain_text("non è giusto")
    is_sound(page, "wrong code")
    # The next one: the one before it was accepted a moment ago.
    page.keyboard.type(code_of(secret, 1))
    page.keyboard.press("Enter")
    page.wait_for_url(site.address + "/")

    page.context.clear_cookies()
    give_password(page, site)
    page.wait_for_url("**/sign-in/code")
    page.keyboard.type(codes[0].lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/account?done=recovery")
    expect(page.locator("#message")).to_contain_text("codice di recupero")
    expect(page.locator("#sessions ~ .entries .entry")).to_have_count(3)
    press(page, "#end-others")
    expect(page.locator("#message")).to_contain_text("Tutti gli altri accessi sono chiusi")
    expect(page.locator("#sessions ~ .entries .entry")).to_have_count(1)
    assert complaints == []


def press_to(page: Page, locator: str) -> None:
    """Reach something by the tabulator key alone."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", locator):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{locator} cannot be reached by keyboard")


def test_an_administrator_hands_out_a_recovery_code(page: Page, site: Site) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'administrator' WHERE account_id = %s",
        (site.place.accounts[filling.LOGIN],),
    )
    site.connection.execute(
        "INSERT INTO registry.second_factor (account_id, secret, since, last_step) VALUES (%s, %s, %s, 0)",
        (site.place.accounts["bruno"], one_time.new_secret(), datetime.now(UTC)),
    )
    give_password(page, site)
    page.wait_for_url("**/administration")
    press(page, "a[href='/accounts']")
    page.wait_for_url("**/accounts")
    is_sound(page, "accounts")
    press(page, "main summary")
    is_sound(page, "accounts, one open")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code")
    expect(page.locator(".sheet")).to_contain_text("Bruno Sarti")
    is_sound(page, "recovery")
