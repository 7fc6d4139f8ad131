"""The round on which batteries are changed, on a telephone: no barrier, and a button that works."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, is_at
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import filling

SOON_MS = 15_000


def test_an_installer_goes_round_and_changes_batteries(browser: Browser, site: Site) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (site.place.accounts[filling.LOGIN],)
    )
    now = datetime.now(UTC)
    for who in ("maria", "luigi"):
        home = site.place.homes[who]
        site.connection.execute(
            "INSERT INTO analytics.silence (organisation_id, home_id, subject_kind, subject_id, class, cause,"
            " started_at, since, confidence, known_at, updated_at)"
            " SELECT organisation_id, home_id, 'device', min(device_id), 'battery_low', 'empty', %s, %s, 0.9, %s, %s"
            " FROM devices.device WHERE home_id = %s GROUP BY organisation_id, home_id",
            (*[now - timedelta(days=2)] * 4, home.home_id),
        )
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    sign_in(page, site, "/batteries")
    is_at(page, "Batterie")
    expect(page.locator("ol.round > li")).to_have_count(2)
    found = barriers(page, "/batteries")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_download() as download:
        page.get_by_role("link", name="Come tabella (CSV)").click()
    assert download.value.suggested_filename == f"batterie-{now:%Y-%m-%d}.csv"
    page.get_by_role("button", name="L'ho cambiata").first.click()
    expect(page.locator("#message")).to_contain_text("Modificato", timeout=SOON_MS)
    expect(page.locator("ol.round > li")).to_have_count(1, timeout=SOON_MS)
    page.goto(f"{site.address}/install")
    page.get_by_role("link", name="Batterie da cambiare, casa per casa").click()
    expect(page.get_by_role("heading", name="Batterie da cambiare")).to_be_visible()
    assert found == []
    context.close()
