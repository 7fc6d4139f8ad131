"""A coordinator tries a limit out, sees what it would have told, and saves it with a reason, on a telephone."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect
from psycopg.types.json import Jsonb

from analytics.preview import working
from core.clock import SystemClock
from core.database import Database, Role
from tests.browser.conftest import Site, is_at
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import filling

SOON_MS = 15_000
NEVER = threading.Event()


def told(site: Site, kind: str, detector: str, ago: list[int], outcomes: list[str]) -> None:
    """Something was told so many days ago at Maria's, and judged."""
    home, now = site.place.homes["maria"], datetime.now(UTC)
    for number, days in enumerate(ago):
        at = now - timedelta(days=days, minutes=number)
        made = filling.one(
            site.connection,
            "INSERT INTO analytics.finding (organisation_id, home_id, person_id, family, kind, severity, started_at,"
            " ended_at, found_at, updated_at, coverage, detector, detector_version, explanation_it, explanation_en,"
            " evidence) VALUES (%s, %s, %s, 'wellbeing', %s, 0.5, %s, %s, %s, %s, 1, %s, '1', '', '', %s)"
            " RETURNING finding_id",
            home.organisation_id, home.home_id, home.person_id, kind, *[at] * 4, detector, Jsonb({}),
        )  # fmt: skip
        if number < len(outcomes):
            site.connection.execute(
                "INSERT INTO analytics.outcome VALUES (%s, %s, %s, %s, %s, %s, %s, NULL, NULL, %s, 'Anna Lodi', %s)",
                (
                    made, home.organisation_id, home.home_id, uuid4(), outcomes[number], detector, kind,
                    site.place.accounts[filling.LOGIN], at,
                ),
            )  # fmt: skip


def looked_at(page: Page, name: str) -> list[str]:
    """What of a page is a barrier; it fits a narrow telephone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    return barriers(page, name)


def test_a_coordinator_tries_a_limit_out_and_saves_it(browser: Browser, site: Site, database_url: str) -> None:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'coordinator' WHERE account_id = %s",
        (site.place.accounts[filling.LOGIN],),
    )
    told(site, "cold", "cold", [3, 3, 20, 45], ["true", "true", "false", "explained"])
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    sign_in(page, site, "/rules")
    cold = page.locator("li.rule", has=page.locator("#open-cold"))
    expect(cold).to_contain_text("4 segnalazioni in 60 giorni")
    expect(cold).to_contain_text("C'era davvero bisogno in 2 su 3 allarmi valutati: 66 %")
    expect(cold).to_contain_text("Attiva")
    is_at(page, "Regole")
    found = looked_at(page, "/rules")

    page.locator("#open-cold").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/cold?**")
    expect(page.locator("#field-always")).to_have_value("16")
    found += looked_at(page, "/rules/cold")
    page.locator("#field-always").fill("18")
    page.locator("#mode-active").focus()
    page.keyboard.press("ArrowDown")  # on trial
    page.locator("#try").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/previews/*")
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("0 case su 7")
    found += looked_at(page, "/rules/previews, under way")
    with Database(database_url, Role.SERVICE, name="browser test") as database:
        assert working.work(database, SystemClock(), NEVER, 60) is False
    # The page itself sees that it is done.
    expect(page.locator("#save")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#preview")).to_contain_text("Com'è ora")
    expect(page.locator("#preview")).to_contain_text("Segnalare in ogni caso sotto: 18 °C")
    expect(page.locator("#preview")).to_contain_text("In prova")
    found += looked_at(page, "/rules/previews")
    page.locator("#reason").focus()
    page.keyboard.type("Lo chiede il medico")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules/cold?**")
    expect(page.locator("#message")).to_contain_text("Salvato")
    history = page.locator("section", has=page.locator("#history"))
    expect(history).to_contain_text("Anna Lodi: In prova, Segnalare in ogni caso sotto: 18 °C")
    expect(history).to_contain_text("Lo chiede il medico")
    expect(page.locator("#mode-shadow")).to_be_checked()
    found += looked_at(page, "/rules/cold, saved")
    assert found == []
    assert complaints == []
    context.close()
