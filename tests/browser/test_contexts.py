"""What is going on in a home: a question answered, something entered, corrected and ended, in a real browser."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_operator import SOON_MS, sign_in
from tests.integration.dashboards import filling


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def asked(site: Site, who: str, now: datetime) -> None:
    """The system has noticed that nobody has moved since the front door."""
    home = site.place.homes[who]
    filling.proposal(
        site.connection, home, "away", now - timedelta(days=2, hours=3),
        "Nessuno si muove in casa da martedì 24 novembre alle 9:10; l'ultimo segno è stata la porta d'ingresso.",
    )  # fmt: skip


def is_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_question_is_answered_with_one_tap_and_the_calendar_kept_by_keyboard(page: Page, site: Site) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    now = datetime.now(UTC)
    maria = site.place.homes["maria"]
    asked(site, "maria", now)
    sign_in(page, site)
    # Whoever seems to be away is not green, and the board says why.
    expect(page.locator("#group-unknown")).to_contain_text("Fuori casa, a quanto pare")

    page.goto(f"{site.address}/persons/{maria.person}")
    question = page.locator(".question")
    expect(question).to_contain_text("La persona è via?")
    expect(question).to_contain_text("la porta d'ingresso")
    is_accessible(page)
    question.get_by_role("button", name="In ospedale").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Grazie", timeout=SOON_MS)
    expect(page.get_by_role("heading", name="La persona è via?")).to_have_count(0, timeout=SOON_MS)
    # Somebody moves at home all the same: that is asked, too.
    expect(page.get_by_role("heading", name="La persona è tornata?")).to_be_visible()
    expect(page.locator("#person")).to_contain_text("In ospedale")
    expect(page.locator("#person")).to_contain_text("Non valutata come al solito")

    page.locator("#to-contexts").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/contexts")
    is_accessible(page)
    current = page.locator("section", has=page.locator("#current"))
    current.get_by_role("button", name="È finito").click()
    expect(current).not_to_contain_text("In ospedale")
    expect(page.locator("section", has=page.locator("#earlier"))).to_contain_text("In ospedale")

    page.locator("#enter-more").focus()
    page.keyboard.press("Enter")
    page.locator("#new-kind-works").focus()
    page.keyboard.press("Space")
    page.fill("#new-note", "Rifanno il bagno")
    page.fill("#new-end", (now + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    page.locator("#enter-button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/contexts")
    expect(current).to_contain_text("Lavori in casa")
    expect(current).to_contain_text("Rifanno il bagno")
    current.get_by_role("button", name="Togli").click()
    expect(current).not_to_contain_text("Lavori in casa")
    page.locator("#now-visit").click()
    expect(current).to_contain_text("Visite")
    is_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
