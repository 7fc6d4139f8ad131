"""The head of the pages: on a telephone one row and a menu, without scripts and by keyboard; wide, all in sight."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, menu
from tests.browser.test_operator import barriers, sign_in
from tests.browser.test_statistics import kept
from tests.integration.dashboards import filling

ROLES = ("coordinator", "administrator", "researcher", "installer")
TWO_ROWS = 120  # pixels


@pytest.fixture
def busy(site: Site) -> Site:
    """The operator has every role there is: as many links as a menu can have."""
    for role in ROLES:
        site.connection.execute(
            "INSERT INTO registry.membership SELECT account_id, organisation_id, %s FROM registry.membership"
            " WHERE account_id = %s ON CONFLICT DO NOTHING",
            (role, site.place.accounts[filling.LOGIN]),
        )
    filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    return site


def height(page: Page) -> float:
    found: float = page.locator("header.head").evaluate("each => each.getBoundingClientRect().height")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_telephone_it_is_one_row_and_a_menu_by_keyboard(
    browser: Browser, busy: Site, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="it-IT", color_scheme=scheme)
    page = context.new_page()
    sign_in(page, busy)
    assert height(page) < TWO_ROWS
    kept(page, f"head-{width}-{scheme}")
    found = barriers(page, "closed")
    button = page.locator("#open-menu")
    expect(page.get_by_role("link", name="Statistiche", exact=True)).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Quadro", exact=True)).to_have_attribute("aria-current", "page")
    found += barriers(page, "open")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Quadro", exact=True)).to_be_focused()
    page.locator("#languages").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Română")).to_be_visible()
    found += barriers(page, "languages")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    kept(page, f"head-open-{width}-{scheme}")
    page.keyboard.press("Escape")
    expect(page.locator("#languages")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Statistiche", exact=True)).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Statistiche", exact=True).click()
    page.wait_for_url("**/statistics")
    assert found == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_there_is_room_everything_is_in_sight(browser: Browser, busy: Site, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="it-IT", color_scheme=scheme)
    page = context.new_page()
    sign_in(page, busy)
    expect(page.locator("#open-menu")).to_be_hidden()
    for name in ("Quadro", "Statistiche", "Amministrazione", "Ricerca", "Batterie", "Notifiche"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Esci")).to_be_visible()
    kept(page, f"head-1440-{scheme}")
    assert height(page) < TWO_ROWS
    page.locator("#languages").click()
    expect(page.get_by_role("button", name="Українська")).to_be_visible()
    kept(page, f"head-1440-languages-{scheme}")
    found = barriers(page, "wide")
    page.locator("h1").first.click()
    expect(page.get_by_role("button", name="Українська")).to_be_hidden()
    assert found == []
    context.close()


def test_the_menu_needs_no_script(browser: Browser, busy: Site) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="it-IT", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{busy.address}/sign-in")
    page.fill("#login", filling.LOGIN)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/")
    menu(page)
    page.locator("#languages").click()
    page.get_by_role("button", name="English", exact=True).click()
    menu(page)
    page.get_by_role("link", name="Statistics", exact=True).click()
    page.wait_for_url("**/statistics")
    context.close()
