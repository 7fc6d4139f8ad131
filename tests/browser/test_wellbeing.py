"""Who needs a look, and how the days of a person stand: by keyboard, and on a telephone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from analytics.change.domains import Domain
from tests.browser.conftest import Site
from tests.browser.test_operator import SOON_MS, await_script, sign_in
from tests.integration.dashboards import filling
from tests.unit.analytics.wellbeing.stated import CALM, shown


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def is_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_needs_a_look_is_found_and_understood_by_keyboard(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date()
    rosa, pietro = site.place.homes["rosa"], site.place.homes["pietro"]
    filling.stands(site.connection, rosa, filling.four_weeks(yesterday), now)
    filling.stands(site.connection, pietro, {yesterday: CALM}, now)
    filling.trouble(site.connection, site.place, now)
    sign_in(page, site)
    is_accessible(page)

    page.locator("#order-look").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?order=look")
    expect(page.locator("#order-look")).to_have_attribute("aria-current", "page")
    looks = page.locator("#group-attention li")
    expect(looks.first).to_contain_text("Rosa Marino")
    expect(looks.first).to_contain_text("molto fuori dal solito: notti")
    expect(looks.last).to_contain_text("Pietro Conti")
    # What is urgent stands above, in the order of triage.
    expect(page.locator("#group-act")).to_contain_text("Maria Rossi")
    is_accessible(page)
    # What happens meanwhile is shown in the same order.
    filling.stands(site.connection, pietro, {yesterday: CALM._replace(shows=[shown(Domain.KITCHEN, 12.0)])}, now)
    await_script(page)
    page.evaluate("window.htmx.trigger(document.body, 'refresh')")
    expect(looks.first).to_contain_text("Pietro Conti", timeout=SOON_MS)

    page.locator(f"#person-{rosa.person}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/persons/*")
    section = page.locator("section", has=page.locator("#stands"))
    strip = section.get_by_role("img", name="Come sono andate le ultime quattro settimane")
    expect(strip).to_be_visible()
    await_script(page)
    section.locator("summary").first.focus()
    # News that come at this moment leave the keyboard where it is.
    with page.expect_response("**/state"):
        page.evaluate("window.htmx.trigger(document.body, 'refresh')")
    expect(section.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(section.get_by_role("row")).to_have_count(29)
    expect(section).to_contain_text("Si è visto troppo poco: il 41 % della giornata.")
    # News do not close what is being read.
    with page.expect_response("**/state"):
        page.evaluate("window.htmx.trigger(document.body, 'refresh')")
    expect(section.get_by_role("row")).to_have_count(29)
    section.locator("#judged-parts summary").focus()
    page.keyboard.press("Enter")
    expect(section).to_contain_text("Uscite: serve un sensore sulla porta d'ingresso")
    is_accessible(page)
    page.set_viewport_size({"width": 375, "height": 800})
    is_accessible(page)
    page.goto(f"{site.address}/?order=look")
    is_accessible(page)
    assert complaints == []
