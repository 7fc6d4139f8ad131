import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg.rows import dict_row

from core.clock import SystemClock
from core.database import Database, Role
from dashboards.__main__ import listen, make_server
from dashboards.live import Hub
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling

REPLY_KEY = "k" * 32


class Site(NamedTuple):
    """The pages, served for real, with a small neighbourhood behind them."""

    address: str
    connection: psycopg.Connection
    place: filling.Neighbourhood
    hub: Hub


class Served(NamedTuple):
    """The pages, served for real, with an empty database behind them."""

    address: str
    connection: psycopg.Connection
    hub: Hub


@contextmanager
def served(database_url: str, broker_url: str, host: str = "127.0.0.1", **chosen: str) -> Iterator[Served]:
    """Serve the pages, with some settings that are `chosen`, until the end of the block."""
    clock = SystemClock()
    with (
        psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection,
        Database(database_url, Role.PEOPLE, name="browser test") as database,
        listen("127.0.0.1", 0) as listening,
    ):
        address = f"http://{host}:{listening.getsockname()[1]}"
        hub = Hub(database, clock)
        settings = DashboardSettings(database_url=database_url, base_url=address, broker_url=broker_url, **chosen)
        server = make_server(database, clock, settings, hub)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield Served(address, connection, hub)
        hub.close()
        server.should_exit = True
        thread.join(3)
        assert not thread.is_alive(), "the server did not end within 3 seconds"


def menu(page: Page) -> None:
    """Open the menu, where the screen is too narrow to show all of it."""
    button = page.locator("#open-menu")
    if button.is_visible() and not page.locator("details.menu").evaluate("each => each.open"):
        button.click()


def is_at(page: Page, name: str) -> None:
    """The menu says which page this is."""
    menu(page)
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    if page.locator("#open-menu").is_visible():
        page.keyboard.press("Escape")
        expect(page.locator("details.menu")).not_to_have_attribute("open", "")


def speak(page: Page, language: str) -> None:
    """Choose a language in the head of the page, by the name that it has for itself."""
    menu(page)
    page.locator("#languages").click()
    page.get_by_role("button", name=language, exact=True).click()


@pytest.fixture
def site(database_url: str, broker_url: str) -> Iterator[Site]:
    with served(database_url, broker_url, reply_key=REPLY_KEY, second_factor_roles="") as pages:
        place = filling.fill(pages.connection, datetime.now(UTC))
        yield Site(pages.address, pages.connection, place, pages.hub)
