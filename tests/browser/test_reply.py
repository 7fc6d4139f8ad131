"""The page behind the link of a message, in a real browser: small, without script, by keyboard, read by axe."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from psycopg.rows import dict_row

from alerts.replies.links import Links
from core.clock import SystemClock
from core.database import Database, Role
from dashboards.__main__ import listen, make_server
from dashboards.live import Hub
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling

KEY = "of the tests alone, 32 characters"
NARROW = {"width": 320, "height": 568}


class Phone(NamedTuple):
    """A telephone without script, and the link in the message that it got."""

    page: Page
    link: str
    alert: UUID
    connection: psycopg.Connection
    place: filling.Neighbourhood
    scheme: str


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, database_url: str, request: pytest.FixtureRequest) -> Iterator[Phone]:
    now, clock = datetime.now(UTC), SystemClock()
    with (
        psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection,
        Database(database_url, Role.PEOPLE, name="browser test") as database,
        listen("127.0.0.1", 0) as listening,
    ):
        place = filling.fill(connection, now, life=False)
        alert = filling.alert(connection, place.homes["maria"], now)
        message = filling.one(
            connection,
            "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
            " language, state, due_at, sent_at) SELECT organisation_id, alert_id, 1, 0, 'email', %s, 'a@example.org',"
            " 'it', 'sent', %s, %s FROM alerts.alert RETURNING public_id",
            place.accounts[filling.LOGIN], now, now,
        )  # fmt: skip
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        hub = Hub(database, clock)
        settings = DashboardSettings(database_url=database_url, base_url=address, reply_key=KEY)
        server = make_server(database, clock, settings, hub)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        context = browser.new_context(
            locale="en-GB", viewport=NARROW, java_script_enabled=False, color_scheme=request.param
        )
        link = Links(address, KEY.encode()).reply(message)
        yield Phone(context.new_page(), link, alert, connection, place, request.param)
        context.close()
        hub.close()
        server.should_exit = True
        thread.join(5)


def checked(browser: Browser, phone: Phone) -> None:
    """Check what the link shows now: nothing is cut off, the type is large, and axe finds nothing."""
    # axe needs script, which the telephone has not; to look at the page changes nothing.
    context = browser.new_context(viewport=NARROW, color_scheme=phone.scheme)
    try:
        seen = context.new_page()
        seen.goto(phone.link)
        found = Axe().run(seen)
        assert found.violations_count == 0, found.generate_report()
        assert seen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert seen.evaluate("parseFloat(getComputedStyle(document.querySelector('.sentence')).fontSize)") >= 20
        heights = seen.evaluate(
            "[...document.querySelectorAll('.btn')].map((one) => one.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) >= 64
    finally:
        context.close()


def test_one_tap_without_script_takes_charge(browser: Browser, phone: Phone) -> None:
    page = phone.page
    page.goto(phone.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Pulsante SOS premuto a Castel del Rio")
    expect(page.get_by_role("button")).to_have_count(2)
    checked(browser, phone)
    page.get_by_role("button", name="Me ne occupo io").click()
    expect(page.get_by_role("status")).to_contain_text("Ora te ne occupi tu")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert filling.one(phone.connection, "SELECT taken_by FROM alerts.alert") == phone.place.accounts[filling.LOGIN]
    page.goto(phone.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Te ne occupi tu")
    expect(page.get_by_role("button")).to_have_count(0)
    checked(browser, phone)


def test_by_keyboard_alone_somebody_says_that_they_are_there(phone: Phone) -> None:
    page = phone.page
    page.goto(phone.link)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Me ne occupo io")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sono lì con la persona")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("i colleghi leggono che sei lì")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Accedi per vedere chi è")).to_be_focused()
    actions = phone.connection.execute("SELECT action FROM alerts.history ORDER BY history_id").fetchall()
    assert [row["action"] for row in actions] == ["opened", "taken", "there"]
