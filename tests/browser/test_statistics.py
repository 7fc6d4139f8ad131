"""A coordinator looks at how alerts were answered, on a telephone and on a wide screen, by keyboard, in both themes."""

import os
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, is_at
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import answering, filling


def kept(page: Page, name: str) -> None:
    """Keep a picture of the page for whoever wants to look at it."""
    folder = os.environ.get("VICINO_TEST_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def coordinating(site: Site) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'coordinator' WHERE account_id = %s",
        (site.place.accounts[filling.LOGIN],),
    )
    answering.weeks(site.connection, site.place, datetime.now(UTC))


def test_a_coordinator_sees_how_alerts_were_answered_on_a_telephone(browser: Browser, site: Site) -> None:
    coordinating(site)
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    sign_in(page, site, "/statistics")
    is_at(page, "Statistiche")
    expect(page.locator("#summary")).to_contain_text("33 allarmi in ")
    told = page.get_by_role("img", name="Finché qualcuno è stato avvisato").first
    expect(told).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = barriers(page, "/statistics")
    kept(page, "statistics-320")

    page.locator("main summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("#where").focus()
    page.keyboard.type("Servizio")
    page.keyboard.press("Tab")
    day = datetime.now(UTC).date().isoformat()
    page.locator("#first").fill(day)
    page.locator("#show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/statistics?where=servizio-sociale&first=**")
    expect(page.locator("#first")).to_have_value(day)
    expect(page.locator("#summary")).not_to_contain_text("33 allarmi")
    found += barriers(page, "/statistics, one day")
    assert found == []
    assert complaints == []
    context.close()


def test_it_stands_on_a_wide_screen_in_the_dark_and_in_english(browser: Browser, site: Site) -> None:
    coordinating(site)
    site.connection.execute("UPDATE registry.account SET language = 'en'")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", color_scheme="dark")
    page = context.new_page()
    sign_in(page, site, "/statistics")
    expect(page.locator("h1")).to_have_text("How alerts are answered")
    expect(page.locator("body")).to_contain_text("Half within")
    assert barriers(page, "/statistics, dark") == []
    kept(page, "statistics-wide")
    context.close()
