"""The pages of a person: without a barrier at any width, in both languages, light and dark, and by keyboard alone."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from analytics.contexts.kinds import ContextKind
from tests.browser.conftest import Site, speak
from tests.browser.test_operator import Watched, barriers, sign_in
from tests.integration.dashboards import filling
from tests.integration.dashboards.test_person_views import episode

PAGES = (
    "",
    "/days?days=7",
    "/days?days=30&show=movement",
    "/days?days=90&plot=double",
    "/life/bathroom?days=30",
    "/life/bathroom?days=365",
    "/life/meals",
)


# Every width with every scheme, every scheme and every width with every language.
@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [("light", 320, "it"), ("dark", 320, "en"), ("light", 1440, "en"), ("dark", 1440, "it")],
)
def test_no_page_of_a_person_has_a_barrier(
    browser: Browser, site: Site, scheme: str, width: int, language: str
) -> None:
    now = datetime.now(UTC)
    filling.trouble(site.connection, site.place, now)
    maria = site.place.homes["maria"]
    start, end = now - timedelta(days=3), now - timedelta(days=2)
    filling.proposal(site.connection, maria, ContextKind.VISIT, start, "Qualcuno era in visita.", end)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, locale="it-IT")
    watched = Watched(context.new_page())
    page = watched.page
    sign_in(page, site)
    if language == "en":
        speak(page, "English")
    page.wait_for_selector(f'html[lang="{language}"]')
    found = []
    evening = (now - timedelta(days=2)).replace(hour=22, minute=30)
    episode(site.connection, maria, "bathroom_visit", evening, 4)
    basis = f"/basis/night_bathroom_visits/{evening.date()}"
    for path in (*PAGES, basis):
        page.goto(f"{site.address}/persons/{maria.person}{path}")
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        found += barriers(page, path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide at {width}"
    assert found == []
    assert watched.complaints == []
    assert watched.hosts == {"127.0.0.1"}
    context.close()


def test_weeks_and_months_are_found_and_chosen_by_keyboard(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="it-IT", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.address}/persons/{site.place.homes['maria'].person}")
    page.locator("#tab-days").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/days")
    expect(page.locator("#tab-days")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("img", name="Gli ultimi 30 giorni, una riga al giorno")).to_be_visible()
    page.locator("#days-7").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/days?days=7*")
    page.locator("#open-choose-what").focus()
    page.keyboard.press("Enter")
    page.locator("#show-bathroom").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/days?days=7&show=bathroom")
    picture = page.get_by_role("img", name="Gli ultimi 7 giorni, una riga al giorno")
    expect(picture.locator(".fill-bathroom")).to_have_count(1)
    expect(picture.locator(".fill-kitchen")).to_have_count(0)
    # The hours of which nothing is known are hatched, whatever is shown.
    assert picture.locator(".gap-fill").count() > 0
    page.locator("#open-days-table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(8)
    context.close()


def test_a_part_of_life_is_looked_at_over_a_year_with_a_script_and_without(browser: Browser, site: Site) -> None:
    address = f"{site.address}/persons/{site.place.homes['maria'].person}/life/bathroom"
    for scripts in (True, False):
        context = browser.new_context(
            locale="it-IT", viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        page = context.new_page()
        page.goto(f"{site.address}/sign-in")
        page.fill("#login", filling.LOGIN)
        page.fill("#password", filling.PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_selector("[data-live]")
        page.goto(address)
        page.locator("#days-365").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/life/bathroom?days=365")
        section = page.locator("section", has=page.locator("#trend-night_bathroom_visits"))
        # The picture of the server is there for who does not see, whatever stands before it.
        expect(section.get_by_role("img", name="Visite in bagno di notte")).to_have_count(1)
        if scripts:
            expect(section.locator("canvas")).to_be_visible(timeout=5_000)
        else:
            expect(section.locator(".closer")).to_be_hidden()
            expect(section.get_by_role("img", name="Visite in bagno di notte")).to_be_visible()
        section.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(section.get_by_role("row")).to_have_count(15)
        expect(section.get_by_role("row").filter(has_text="nessun giudizio")).to_have_count(1)
        context.close()
