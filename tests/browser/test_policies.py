"""Who is told of alerts: a coordinator drafts a change, sees what it would have come to, saves it, and goes back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from alerts.drafts.trying import try_some
from alerts.policy import Rules
from core.database import Database, Role
from tests.browser.conftest import Site
from tests.browser.test_operator import sign_in
from tests.integration.dashboards import filling

SOON_MS = 15_000


@pytest.fixture
def coordinated(site: Site) -> Site:
    """Anna coordinates, and there were alerts: one that somebody took after some minutes, one that nobody has taken."""
    anna, bruno = (site.place.accounts[login] for login in ("anna", "bruno"))
    site.connection.execute("UPDATE registry.membership SET role = 'coordinator' WHERE account_id = %s", (anna,))
    site.connection.execute("UPDATE registry.account SET email = login || '@example.org'")
    now = datetime.now(UTC)
    taken = filling.alert(site.connection, site.place.homes["maria"], now - timedelta(days=2))
    site.connection.execute(
        "INSERT INTO alerts.history (organisation_id, alert_id, at, action, from_state, to_state, account_id,"
        " account_name) SELECT organisation_id, alert_id, opened_at + interval '11 minutes', 'taken', 'new',"
        " 'in_charge', %s, 'Bruno Sarti' FROM alerts.alert WHERE public_id = %s",
        (bruno, taken),
    )
    filling.alert(site.connection, site.place.homes["luigi"], now - timedelta(hours=1))
    return site


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def has_no_barrier(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    violations = Axe().run(page).response["violations"]
    assert [f"{one['id']} {[node['html'][:160] for node in one['nodes']][:3]}" for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def work_out(database_url: str) -> None:
    with Database(database_url, Role.SERVICE, name="test") as database:
        while try_some(database, Rules(), datetime.now(UTC)):
            pass


def put(page: Page, field: str, text: str) -> None:
    """Write into a field by the keyboard."""
    page.locator(f"#{field}").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_a_change_is_drafted_tried_saved_and_taken_back_by_keyboard(
    page: Page, coordinated: Site, database_url: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    sign_in(page, coordinated, "/policies")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chi viene avvisato degli allarmi")
    safety = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Richieste di aiuto"))
    expect(safety).to_contain_text("com'è di serie")
    expect(safety.locator(".steps li").first).to_contain_text("subito")
    page.locator("#change-safety").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies/safety?*")

    # What does not fit is said beside the field, and nothing is lost.
    put(page, "step-0-times", "3")
    put(page, "step-0-every", "0,1")
    put(page, "unanswered_after", "tanto")
    page.locator("#try").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#problem-step-0-every")).to_contain_text("Da 30 s a 7 giorni.")
    expect(page.locator("#problem-unanswered_after")).to_contain_text("Scrivi un numero, come 5 o 1,5.")
    expect(page.locator("#unanswered_after")).to_have_value("tanto")
    put(page, "step-0-every", "1,5")
    put(page, "unanswered_after", "5")
    page.locator("#more").focus()
    page.keyboard.press("Enter")
    page.locator("#step-1-who-0").focus()
    page.keyboard.type("Bruno")
    expect(page.locator("#step-1-who-0")).to_have_value("person bruno")
    put(page, "step-1-after", "2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies/drafts/*")
    expect(page.get_by_role("heading", name="Si sta calcolando")).to_be_visible()
    work_out(database_url)
    expect(page.locator("#tried")).to_have_text("Con gli allarmi degli ultimi 30 giorni", timeout=SOON_MS)
    expect(page.locator("#preview")).to_contain_text("2 allarmi avrebbero seguito la bozza.")
    expect(page.locator(".tried")).to_contain_text("dopo 5 min: Bruno Sarti")
    page.locator("#reason").focus()
    page.keyboard.type("Più in fretta")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies?*saved=1")
    expect(page.locator("#message")).to_contain_text("Salvato.")
    expect(safety).to_contain_text("deciso qui, versione 1")
    expect(safety).to_contain_text("3 volte, ogni 1 min 30 s")

    take_back(page, database_url)
    expect(safety).to_contain_text("com'è di serie")
    assert [one for one in complaints if "status of 422" not in one] == []


def take_back(page: Page, database_url: str) -> None:
    """Take away what was just saved, for whose reason the versions of the policy are looked through."""
    page.locator("#open-safety").focus()
    page.keyboard.press("Enter")
    expect(page.locator("ol.history")).to_contain_text("Anna Lodi")
    expect(page.locator("ol.history")).to_contain_text("Più in fretta")
    page.locator("#return-0").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies/drafts/*")
    work_out(database_url)
    page.locator("#reason").fill("Era meglio prima", timeout=SOON_MS)
    page.locator("#save-button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies?*saved=1")


def test_without_script_it_works_as_well(browser: Browser, coordinated: Site, database_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(coordinated.address + "/policies/technical")
    page.fill("#login", filling.LOGIN)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    page.fill("#told_at", "09:30")
    page.click("#try")
    page.wait_for_url("**/policies/drafts/*")
    work_out(database_url)
    page.reload()
    expect(page.locator("#preview")).to_contain_text("In questo tempo non c'è stato nessun allarme")
    page.fill("#reason", "Dopo la riunione")
    page.click("#save-button")
    expect(page.locator("#message")).to_contain_text("Salvato.")
    expect(page.locator("#policy-technical + p + ol, #policy-technical ~ ol").first).to_contain_text("alle 09:30")
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 320), ("light", 1280), ("dark", 1280)])
def test_no_page_of_policies_has_a_barrier(
    browser: Browser, coordinated: Site, database_url: str, scheme: str, width: int
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, locale="it-IT")
    page = context.new_page()
    sign_in(page, coordinated, "/policies")
    has_no_barrier(page)
    for family in ("wellbeing", "technical", "safety"):
        page.goto(f"{coordinated.address}/policies/{family}")
        has_no_barrier(page)
    page.fill("#step-0-times", "x")
    page.locator("#try").click()
    expect(page.locator("#problem-step-0-times")).to_be_visible()
    has_no_barrier(page)
    page.fill("#step-0-times", "2")
    page.locator("#try").click()
    page.wait_for_url("**/policies/drafts/*")
    has_no_barrier(page)
    work_out(database_url)
    expect(page.locator("#tried")).to_be_visible(timeout=SOON_MS)
    has_no_barrier(page)
    context.close()
