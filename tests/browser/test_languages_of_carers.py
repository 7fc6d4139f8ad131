"""A live-in carer reads the pages of a family in her own language, on her telephone, with letters of one typeface."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, speak
from tests.browser.test_operator import LIMIT_BYTES, barriers
from tests.browser.test_statistics import kept
from tests.integration.dashboards import filling, kin

FIRST_SIGHT = {
    "Română": ("ro", "Conectare", "Astăzi ca de obicei.", "Limba", "Familie"),
    "Українська": ("uk", "Увійти", "Сьогодні все як завжди.", "Мова", "Родина"),
}


def chosen(page: Page, site: Site, name: str, choice: str, family: str) -> None:
    """She chooses the language of her messages by keyboard."""
    page.goto(f"{site.address}/account")
    page.get_by_label(name).focus()
    page.keyboard.press("Space")
    page.locator("#save-language").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message .message")).to_be_visible()
    expect(page.get_by_role("heading", name=choice, exact=True)).to_be_visible()
    page.goto(f"{site.address}/family")
    expect(page).to_have_title(f"(1) {family} · Vicino")


@pytest.mark.parametrize(
    ("name", "scheme"), [("Română", "light"), ("Українська", "light"), ("Română", "dark"), ("Українська", "dark")]
)
def test_a_carer_reads_in_her_own_language(browser: Browser, site: Site, name: str, scheme: str) -> None:
    language, sign_in, today, choice, family = FIRST_SIGHT[name]
    now = datetime.now(UTC)
    maria = site.place.homes["maria"]
    filling.stands(
        site.connection, maria, {(now - timedelta(days=back)).date(): filling.CALM for back in range(1, 9)}, now
    )
    kin.consent(site.connection, maria, now)
    kin.shared(site.connection, maria)
    kin.close(site.connection, maria, kin.DAUGHTER, "Oksana Kovalenko")
    site.connection.execute("UPDATE registry.organisation SET phone = '0542 555 100' WHERE key = 'servizio-sociale'")
    context = browser.new_context(
        locale="it-IT", viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(f"{site.address}/sign-in")
    speak(page, name)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", name=sign_in)).to_be_visible()
    found = barriers(page, "/sign-in")
    kept(page, f"sign-in-{language}-{scheme}")
    page.fill("#login", kin.DAUGHTER)
    page.fill("#password", filling.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/family")
    expect(page.locator(".relative")).to_contain_text(today)
    page.evaluate("document.fonts.ready.then(() => true)")
    # Letters of the typeface, not of whatever the telephone has.
    ranges = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.unicodeRange).join(' ')")
    assert language != "uk" or "U+400-45F" in ranges.upper()
    assert "U+154-2BA" in ranges.upper()
    assert sum(weights) < LIMIT_BYTES
    found += barriers(page, "/family")
    kept(page, f"family-{language}-{scheme}")
    filling.alert(site.connection, maria, now)
    page.goto(f"{site.address}/family")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    kept(page, f"family-alert-{language}-{scheme}")
    for path in ("/account", "/notifications"):
        page.goto(site.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        found += barriers(page, path)
        kept(page, f"{path[1:]}-{language}-{scheme}")
    chosen(page, site, name, choice, family)
    assert found == []
    context.close()
