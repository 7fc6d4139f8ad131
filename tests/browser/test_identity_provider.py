"""Through the login page of a real provider and back, in a real browser, which holds forms to where they may lead."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, menu, served
from tests.browser.test_account import NARROW, give_password, is_sound, press
from tests.identity_provider import KEY, LEVEL_1, LEVEL_2, IdentityProvider, described
from tests.integration.dashboards import filling


@pytest.fixture
def site(database_url: str, broker_url: str, provider_process: IdentityProvider, tmp_path: Path) -> Iterator[Site]:
    chosen = {
        "identity_providers": str(described(tmp_path, provider_process.issuer, f"acr: [{LEVEL_2}]")),
        "identity_key": KEY,
        "second_factor_roles": "",
    }
    with served(database_url, broker_url, **chosen) as pages:
        place = filling.fill(pages.connection, datetime.now(UTC), life=False)
        provider_process.knows(pages.address)
        yield Site(pages.address, pages.connection, place, pages.hub)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT", viewport=NARROW)
    yield context.new_page()
    context.close()


def signs_in_there(page: Page, level: str = LEVEL_2) -> None:
    page.get_by_label("Nome").fill("anna")
    page.get_by_label("Livello").select_option(level)
    page.get_by_role("button", name="Entra").click()


def test_an_account_is_connected_and_signs_in_and_out_through_the_provider(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    give_password(page, site)
    page.wait_for_url(site.address + "/")
    page.goto(site.address + "/account")
    is_sound(page, "account that can be connected")
    press(page, "summary#connect-comune")
    page.keyboard.press("Tab")
    page.keyboard.type(filling.PASSWORD)
    page.keyboard.press("Enter")
    signs_in_there(page)
    page.wait_for_url("**/account?done=identity-linked")
    expect(page.locator("#message")).to_contain_text("d'ora in poi puoi entrare anche così")
    is_sound(page, "account that is connected")

    menu(page)
    page.get_by_role("button", name="Esci").click()
    page.wait_for_url("**/sign-in")
    is_sound(page, "sign-in with a provider")
    # It knows the browser still: there and back without a page of its own.
    press(page, "#provider-comune")
    page.wait_for_url(site.address + "/")
    menu(page)
    page.get_by_role("button", name="Esci").click()
    # Signed in through it, out of both.
    page.wait_for_url("**/session/end?*")
    menu(page)
    page.get_by_role("button", name="Esci").click()
    page.wait_for_url(site.address + "/sign-in")
    press(page, "#provider-comune")
    page.get_by_role("button", name="Annulla").click()
    page.wait_for_url("**/sign-in?provider=comune&said=cancelled")
    expect(page.locator("#said")).to_contain_text("Hai interrotto l'accesso")
    is_sound(page, "sign-in that was cancelled")
    press(page, "#provider-comune")
    signs_in_there(page, LEVEL_1)
    expect(page.locator("#said")).to_contain_text("livello di sicurezza troppo basso")
    assert "vicino_session" not in {each["name"] for each in page.context.cookies()}
    assert complaints == []
