"""A volunteer takes a task and gives it back, by keyboard, on a small telephone, read by axe."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_operator import barriers
from tests.browser.test_statistics import kept
from tests.integration.dashboards import filling

VOLUNTEER = "vera"
NARROW = 320


def offered(site: Site) -> None:
    """Offer a call for help to the association of which vera is a member."""
    now = datetime.now(UTC)
    alert = filling.alert(site.connection, site.place.homes["maria"], now, escalates_at=now)
    association = filling.organisation(site.connection, "avs", "association")
    filling.account(site.connection, VOLUNTEER, "Vera Galli", association)
    site.connection.execute(
        "INSERT INTO alerts.handover (organisation_id, alert_id, alert_public_id, round, task_it, task_en,"
        " municipality, offered_at) SELECT %s, alert_id, public_id, round, 'Passa o telefona: pulsante SOS premuto.',"
        " 'Go there or call: SOS button pressed.', 'Bobbio', %s FROM alerts.alert WHERE public_id = %s",
        (association, now, alert),
    )


def press_on(page: Page, selector: str, key: str = "Enter") -> None:
    """Walk to something with the Tab key, and press a key there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("([what]) => document.activeElement.matches(what)", [selector]):
            page.keyboard.press(key)
            return
    raise AssertionError(f"the keyboard does not come to {selector}")


def looked_at(page: Page, where: str) -> list[str]:
    kept(page, f"task-{where}")
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    return barriers(page, where)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_volunteer_takes_a_task_and_says_what_came_of_it_by_keyboard(
    browser: Browser, site: Site, scheme: str
) -> None:
    offered(site)
    context = browser.new_context(viewport={"width": NARROW, "height": 640}, locale="it-IT", color_scheme=scheme)
    page = context.new_page()
    page.goto(site.address + "/tasks")
    page.fill("#login", VOLUNTEER)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("h1")).to_have_text("Incarichi")
    found = looked_at(page, "list")
    press_on(page, "#main a[href^='/tasks/']")
    expect(page.locator("h1")).to_have_text("Passa o telefona: pulsante SOS premuto.")
    # Who is concerned, and where, nobody is told who has not taken it.
    expect(page.locator("body")).not_to_contain_text("Via Roma")
    expect(page.locator("body")).not_to_contain_text("Maria")
    found += looked_at(page, "offered")
    press_on(page, "#accept")
    expect(page.locator("#address")).to_contain_text("Via Roma")
    expect(page.locator("body")).not_to_contain_text("Maria")
    found += looked_at(page, "accepted")
    press_on(page, "input[name=outcome]", "ArrowDown")
    expect(page.locator("#outcome-not_found")).to_be_checked()
    press_on(page, "#note", "x")
    page.keyboard.type(": nessuno apre")
    press_on(page, "#return")
    expect(page.locator("#state")).to_contain_text("Sul posto non c")
    expect(page.locator("#address")).to_have_count(0)
    found += looked_at(page, "returned")
    (alert,) = site.connection.execute(
        "SELECT state, round FROM alerts.alert WHERE kind = 'sos_button' ORDER BY alert_id DESC LIMIT 1"
    ).fetchall()
    assert (alert["state"], alert["round"]) == ("new", 2)
    assert found == []
    context.close()
