"""The pages of what could not be stored, in a real browser: no barrier, and a button that works."""

from datetime import UTC, datetime

from playwright.sync_api import Browser, expect

from ingest.mqtt5 import Delivery
from ingest.repository import Refused, keep_refused
from ingest.validate import Reason, Rejection
from tests.browser.conftest import Site, is_at
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import filling

SOON_MS = 15_000
LONG = b'[{"n":"0x00158d0001a9ec71/humidity","u":"%","v":55,"t":1790000000}]'


def test_an_installer_sees_what_is_not_stored_and_has_it_tried_again(browser: Browser, site: Site) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (site.place.accounts[filling.LOGIN],)
    )
    for reason in (Reason.UNKNOWN_SERIES, Reason.CONFLICT):
        delivery = Delivery("vicino/v1/gw/gw-maria/readings", LONG * 3, [], 1, 1)
        refused = Refused(delivery, "gw-maria", Rejection(reason, "0x00158d0001a9ec71/humidity: no such series.", 1))
        keep_refused(site.connection, [refused], datetime.now(UTC))
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    sign_in(page, site, "/rejects")
    is_at(page, "Non salvati")
    found = barriers(page, "/rejects")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Riprova").click()
    expect(page.locator("#message")).to_contain_text("Si riprova", timeout=SOON_MS)
    expect(page.locator("#rejects")).to_contain_text("Si sta riprovando", timeout=SOON_MS)
    page.get_by_role("link", name="Dispositivo non registrato", exact=True).click()
    page.wait_for_selector("#payload")
    found += barriers(page, "/rejects/1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert found == []
    context.close()
