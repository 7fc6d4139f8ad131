"""Who researches looks at the pilot's figures, on a telephone and on a wide screen, by keyboard, in both themes."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from registry.accounts import set_password
from tests.browser.conftest import served
from tests.browser.test_operator import barriers
from tests.browser.test_statistics import kept
from tests.integration.dashboards.grafana import filled
from tests.integration.dashboards.research.test_page import LOGIN, join

PASSWORD = "una passeggiata lunga"


@pytest.fixture
def researching(database_url, broker_url):
    now = datetime.now(UTC)
    with served(database_url, broker_url, second_factor_roles="") as pages:
        filled.fill(pages.connection, now, days=90, hourly_days=0, kinds=["night_bathroom_visits"])
        pages.connection.execute("INSERT INTO registry.account (login, name) VALUES (%s, 'Ricercatrice')", (LOGIN,))
        join(pages.connection, "union", "researcher")
        set_password(pages.connection, LOGIN, PASSWORD, now)
        yield pages


@pytest.mark.parametrize(
    ("width", "scheme", "language", "heading"),
    [(320, "light", "it-IT", "Ricerca"), (1440, "dark", "en-GB", "Research")],
)
def test_figures_are_read_by_keyboard_and_hide_whoever_is_alone(
    browser: Browser, researching, width, scheme, language, heading
):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale=language, color_scheme=scheme, reduced_motion="reduce"
    )
    researching.connection.execute("UPDATE registry.account SET language = %s", (language[:2],))
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.goto(researching.address + "/research")
    page.keyboard.type(LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/research")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.locator("#summary")).to_contain_text(str(filled.HOMES))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = barriers(page, "/research")
    kept(page, f"research-{width}")
    # Who is in these figures has no name, address or telephone here.
    text = page.locator("main").inner_text()
    assert not [each for each in (filled.PERSON, filled.CONTACT, filled.ADDRESS, filled.PHONE) if each in text]

    # The report of the same days, as a page and on paper.
    page.locator("#report").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/research/report?**")
    expect(page.locator("article.report section")).to_have_count(9)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found += barriers(page, "/research/report")
    kept(page, f"report-{width}")
    page.emulate_media(media="print")
    expect(page.locator("#show")).to_be_hidden()
    expect(page.locator("header.head nav")).to_be_hidden()
    expect(page.locator("article.report table").first).to_be_visible()
    kept(page, f"report-print-{width}")
    page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.locator("#numbers").click()
    assert download.value.suggested_filename.endswith(".json")
    expect(page.locator("#pdf")).to_be_visible()
    page.go_back()

    # A week of which nothing is known yet says so, instead of an empty table.
    page.locator("#last").fill("2020-01-08")
    page.locator("#first").fill("2020-01-01")
    page.locator("#show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/research?first=2020-01-01&last=2020-01-08")
    expect(page.locator("section[aria-labelledby=coverage] table")).to_have_count(0)
    found += barriers(page, "/research, nothing known")
    assert found == []
    assert complaints == []
    context.close()
