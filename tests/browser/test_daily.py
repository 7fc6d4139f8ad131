"""A daughter chooses the message of the day by keyboard: signed in, and by the link in the message."""

from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from alerts.digest.links import daily_path
from tests.browser.conftest import REPLY_KEY, Site
from tests.browser.test_operator import barriers
from tests.browser.test_statistics import kept
from tests.browser.test_tasks import press_on
from tests.integration.dashboards import filling, kin

SIZES = [(375, 740, "light"), (1280, 800, "dark")]


def chosen(site: Site) -> list[tuple]:
    rows = site.connection.execute("SELECT at, channel FROM alerts.digest").fetchall()
    return [(row["at"], row["channel"]) for row in rows]


def choose(page: Page) -> None:
    """Want it, at 19:30, by text message."""
    press_on(page, "input[name=wanted]", "Space")
    page.keyboard.press("Tab")
    page.keyboard.type("1930")
    press_on(page, "select[name=way]", "End")
    press_on(page, "[id^=save]")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_message_of_the_day_is_chosen_by_keyboard(
    browser: Browser, site: Site, width: int, height: int, scheme: str
) -> None:
    now = datetime.now(UTC)
    maria = site.place.homes["maria"]
    kin.consent(site.connection, maria, now)
    kin.close(site.connection, maria, kin.DAUGHTER, "Elena Rossi")
    kin.shared(site.connection, maria, ["day"])
    contact = filling.one(
        site.connection, "SELECT contact_id FROM registry.contact WHERE person_id = %s", maria.person_id
    )
    message = filling.one(
        site.connection,
        "INSERT INTO alerts.news (organisation_id, home_id, about, day, contact_id, channel, address, language, said,"
        " made_at, state, due_at, sent_at, until) VALUES (%s, %s, 'day', %s, %s, 'sms', '+393331234567', 'it', '{x}',"
        " %s, 'sent', %s, %s, %s) RETURNING public_id",
        maria.organisation_id, maria.home_id, now.date(), contact, now, now, now, now + timedelta(hours=3),
    )  # fmt: skip
    context = browser.new_context(viewport={"width": width, "height": height}, locale="it-IT", color_scheme=scheme)
    page = context.new_page()

    def look(where: str) -> list[str]:
        kept(page, f"daily-{where}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        return barriers(page, where)

    page.goto(site.address + "/notifications")
    page.fill("#login", kin.DAUGHTER)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("h1")).to_have_text("Notifiche")
    expect(page.get_by_role("heading", name="Il messaggio del giorno: Maria Rossi")).to_be_visible()
    found = look("form")
    choose(page)
    expect(page.locator("#message")).to_contain_text("Salvato.")
    assert chosen(site) == [(time(19, 30), "sms")]
    found += look("saved")

    # And without signing in.
    context.clear_cookies()
    page.goto(site.address + daily_path(REPLY_KEY.encode(), message))
    expect(page.locator("input[name=wanted]")).to_be_checked()
    expect(page.locator("input[name=at]")).to_have_value("19:30")
    expect(page.locator("body")).not_to_contain_text("Maria")
    found += look("link")
    press_on(page, "input[name=wanted]", "Space")
    press_on(page, "#save")
    expect(page.get_by_role("status")).to_contain_text("non arriva più")
    assert chosen(site) == []
    found += look("stopped")
    assert found == []
    context.close()
