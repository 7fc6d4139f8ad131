"""An administrator enters a home with somebody and a contact, and takes a slip back, by keyboard on a telephone."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import filling


def press(page: Page, selector: str) -> None:
    page.locator(selector).focus()
    page.keyboard.press("Enter")


def looked_at(page: Page, name: str) -> list[str]:
    """What of a page is a barrier; it fits a narrow telephone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    return barriers(page, name)


def make(page: Page, what: str, **fields: str) -> None:
    press(page, f"#new-{what}")
    for name, value in fields.items():
        page.locator(f"#field-{name}").fill(value)
    press(page, "#save")
    page.wait_for_url(f"**/administration/{what}/*?done=saved")


def test_a_home_is_entered_and_a_slip_taken_back(browser: Browser, site: Site) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'administrator' WHERE account_id = %s",
        (site.place.accounts[filling.LOGIN],),
    )
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    sign_in(page, site, "/administration")
    found = looked_at(page, "tree")
    press(page, f"#organisation-{site.place.homes['maria'].organisation_id}")
    page.wait_for_url("**/administration/organisation/*")
    found += looked_at(page, "organisation")
    press(page, "#new-home")
    page.wait_for_url("**/home/new")
    expect(page.locator("#field-organisation")).to_have_value("servizio-sociale")
    page.locator("#field-name").fill("Casa Neri")
    found += looked_at(page, "new home")
    press(page, "#save")
    page.wait_for_url("**/administration/home/*?done=saved")
    expect(page.locator("#message")).to_contain_text("Salvato.")
    make(page, "person", name="Nora Neri", birth_year="1940")
    make(page, "contact", name="Lia Neri", phone="0542 12")
    page.locator("#field-phone").fill("12")
    press(page, "#save")
    page.wait_for_url("**/administration/contact/*?done=saved")
    expect(page.locator("ol.history")).to_contain_text("Telefono: 0542 12 → 12")
    found += looked_at(page, "contact")
    press(page, "ol.history li:first-child button")
    page.wait_for_url("**/administration/contact/*?done=undone")
    expect(page.locator("#field-phone")).to_have_value("0542 12")
    page.locator("#field-phone").fill("x")
    press(page, "#save")
    expect(page.locator("#problem-phone")).to_contain_text("Non è un numero di telefono.")
    found += looked_at(page, "a telephone that is none")
    page.goto(f"{site.address}/administration/account/{site.place.accounts['bruno']}")
    found += looked_at(page, "account")
    assert found == []
    # A form that does not fit is answered with 422: the browser says so by itself.
    assert [one for one in complaints if "422" not in one] == []
    context.close()
