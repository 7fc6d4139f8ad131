"""The family's page, the person's own and an invitation, in a real browser: both languages, narrow, by keyboard."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, speak
from tests.integration.dashboards import filling, kin

HERSELF = "maria"


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        locale="it-IT", viewport={"width": 320, "height": 700}, color_scheme=request.param, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def is_fine(page: Page) -> None:
    """No violation of accessibility, nothing wider than the screen."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def enter(page: Page, site: Site, login: str, path: str = "/") -> None:
    page.goto(f"{site.address}/sign-in?next={path}")
    page.fill("#login", login)
    page.fill("#password", filling.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.fixture
def maria(site: Site) -> filling.Home:
    now = datetime.now(UTC)
    maria = site.place.homes["maria"]
    filling.stands(
        site.connection, maria, {(now - timedelta(days=back)).date(): filling.CALM for back in range(1, 9)}, now
    )
    kin.consent(site.connection, maria, now)
    kin.consent(site.connection, maria, now, "care")
    kin.shared(site.connection, maria)
    site.connection.execute("UPDATE registry.organisation SET phone = '0542 555 100' WHERE key = 'servizio-sociale'")
    return maria


def test_a_daughter_sees_how_it_goes_then_a_pause_then_nothing(page: Page, site: Site, maria: filling.Home) -> None:
    now = datetime.now(UTC)
    kin.close(site.connection, maria, kin.DAUGHTER, "Elena Rossi")
    luigi = site.place.homes["luigi"]
    kin.consent(site.connection, luigi, now)
    kin.close(site.connection, luigi, kin.DAUGHTER, "Elena Rossi")
    kin.shared(site.connection, luigi, ["day", "safety", "charge"])
    filling.alert(site.connection, luigi, now - timedelta(minutes=4))
    enter(page, site, kin.DAUGHTER)
    expect(page).to_have_url(re.compile("/family$"))
    mother = page.locator(".relative", has_text="Maria Rossi")
    expect(mother).to_contain_text("Oggi come al solito.")
    expect(mother).to_contain_text("Ultimo movimento")
    expect(mother.get_by_role("img", name="Movimento di oggi, ora per ora")).to_be_visible()
    father = page.locator(".relative", has_text="Luigi Neri")
    expect(father).to_contain_text("Qualcuno potrebbe avere bisogno di aiuto")
    is_fine(page)
    page.locator(f"#table-{maria.person}").focus()
    page.keyboard.press("Enter")
    expect(mother.get_by_role("table")).to_be_visible()
    page.locator(f"#agreed-{maria.person}").focus()
    page.keyboard.press("Enter")
    expect(mother).to_contain_text("Lo decide Maria Rossi")
    is_fine(page)
    kin.pause(site.connection, maria, now - timedelta(minutes=1))
    page.reload()
    expect(mother).to_contain_text("non sappiamo come va")
    expect(mother).not_to_contain_text("come al solito")
    is_fine(page)
    speak(page, "English")
    expect(mother).to_contain_text("we do not know how it is going")
    is_fine(page)
    site.connection.execute("UPDATE registry.consent SET withdrawn_at = %s", (datetime.now(UTC),))
    page.reload()
    expect(mother).to_contain_text("nothing about Maria Rossi is shared with you")


def test_a_mother_stops_it_changes_what_is_seen_and_reads_who_looked_by_keyboard(
    page: Page, site: Site, maria: filling.Home
) -> None:
    enter(page, site, filling.LOGIN, f"/persons/{maria.person}")
    kin.close(site.connection, maria, HERSELF, "Maria Rossi", "self")
    page.context.clear_cookies()
    enter(page, site, HERSELF)
    expect(page).to_have_url(re.compile(f"/sharing/{maria.person}$"))
    expect(page.locator("#looked").locator("..")).to_contain_text("Anna Lodi (Unione)")
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.mine p')).fontSize)") >= 24
    is_fine(page)
    page.locator("#pause-hour").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("In pausa da")
    is_fine(page)
    page.locator("#resume").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("Adesso non è fermo.")
    page.locator("#change-figlia").focus()
    page.keyboard.press("Enter")
    page.locator("#figlia-room").select_option(label="no")
    is_fine(page)
    page.locator("#save-figlia").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".message")).to_contain_text("Ora è cambiato.")
    expect(page.locator(".seen")).to_contain_text("Il mio ultimo movimento")
    expect(page.locator(".seen")).not_to_contain_text("In che stanza sono")
    speak(page, "English")
    expect(page.get_by_role("heading", name="Who may see what")).to_be_visible()
    is_fine(page)
    page.emulate_media(media="print")
    expect(page.locator("#pause-hour")).to_be_hidden()
    expect(page.locator("section", has=page.locator("#who"))).to_be_visible()


def test_an_operator_invites_and_the_invited_makes_an_account(page: Page, site: Site, maria: filling.Home) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    enter(page, site, filling.LOGIN, f"/sharing/{maria.person}")
    is_fine(page)
    page.locator("#record").focus()
    page.keyboard.press("Enter")
    is_fine(page)
    page.locator("#invite-figlia").focus()
    page.keyboard.press("Enter")
    code = page.locator("#code").inner_text()
    is_fine(page)
    page.context.clear_cookies()
    page.goto(f"{site.address}/invite")
    is_fine(page)
    page.fill("#code", code)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("ti invita a vedere come sta Maria Rossi")
    is_fine(page)
    page.fill("#login", "elena.nuova")
    page.fill("#password", filling.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/family")
    expect(page.locator(".relative")).to_contain_text("Maria Rossi")
    assert complaints == []
