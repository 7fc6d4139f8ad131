"""A shift is handed over and taken over by keyboard alone, on a telephone and on a screen, read by axe."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_operator import SOON_MS, barriers
from tests.browser.test_statistics import kept
from tests.browser.test_tasks import press_on
from tests.integration.dashboards import filling

NOTE = "Maria ha risposto: richiamare alle 16."


def taken(site: Site) -> None:
    """A call for help that the operator has in charge, and a colleague of theirs."""
    now = datetime.now(UTC)
    alert = filling.alert(site.connection, site.place.homes["maria"], now, escalates_at=now)
    site.connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = account_id, taken_by_name = name, taken_at = %s,"
        " escalates_at = NULL FROM registry.account WHERE login = %s AND alert.public_id = %s",
        (now, filling.LOGIN, alert),
    )
    organisation = filling.one(
        site.connection,
        "SELECT organisation_id FROM registry.membership JOIN registry.account USING (account_id) WHERE login = %s",
        filling.LOGIN,
    )
    filling.account(site.connection, "bea", "Bea Fusi", organisation)


def enter(context: BrowserContext, site: Site, login: str) -> Page:
    page = context.new_page()
    page.goto(site.address + "/alerts")
    page.fill("#login", login)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("h1")).to_have_text("Allarmi")
    return page


@pytest.mark.parametrize(("width", "height", "scheme"), [(375, 740, "light"), (1280, 800, "dark")])
def test_a_shift_is_handed_over_and_taken_over_by_keyboard(
    browser: Browser, site: Site, width: int, height: int, scheme: str
) -> None:
    taken(site)
    viewport = {"width": width, "height": height}
    goes, comes = (browser.new_context(viewport=viewport, locale="it-IT", color_scheme=scheme) for _ in range(2))
    found: list[str] = []

    def look(page: Page, where: str) -> None:
        kept(page, f"shift-{where}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found.extend(barriers(page, where))

    anna = enter(goes, site, filling.LOGIN)
    press_on(anna, "#hand-over-shift")
    expect(anna.locator("h1")).to_have_text("Consegna del turno")
    expect(anna.locator("input[name=alert]")).to_be_checked()
    look(anna, "form")
    press_on(anna, "#note", "x")
    anna.keyboard.press("ControlOrMeta+A")
    anna.keyboard.type(NOTE)
    press_on(anna, "#offer")
    expect(anna.locator("#message")).to_contain_text("Consegne passate")
    expect(anna.locator("#shift")).to_contain_text(NOTE)
    look(anna, "offered")

    bea = enter(comes, site, "bea")
    expect(bea.locator("#offers")).to_contain_text("1 consegna del turno ti aspetta")
    look(bea, "banner")
    press_on(bea, "#offers a")
    expect(bea.locator("#shift")).to_contain_text(NOTE)
    look(bea, "to-take")
    press_on(bea, "[id^=accept-]")
    expect(bea.locator("#message")).to_contain_text("ora di questi allarmi ti occupi tu")
    look(bea, "taken")
    # Who has handed over sees it without doing anything.
    expect(anna.locator("#shift")).to_contain_text("presi in consegna da Bea Fusi", timeout=SOON_MS)
    row = site.connection.execute("SELECT state, taken_by_name FROM alerts.alert WHERE kind = 'sos_button'").fetchone()
    assert row == {"state": "in_charge", "taken_by_name": "Bea Fusi"}
    assert found == []
    goes.close()
    comes.close()
