"""What an operator does at three in the morning, in a real browser against the real server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from alerts.receipts.reports import Report, What
from alerts.receipts.taking import take_in
from core.database import Database, Role
from tests.browser.conftest import Site, speak
from tests.integration.dashboards import filling

LIMIT_BYTES = 350_000  # of a first visit, compressed
SOON_MS = 15_000  # how soon is measured elsewhere


class Watched:
    """A page whose requests and complaints are written down."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(locale="it-IT", viewport={"width": 1440, "height": 900})
    yield Watched(context.new_page())
    context.close()


def sign_in(page: Page, site: Site, path: str = "/") -> None:
    page.goto(site.address + path)
    page.fill("#login", filling.LOGIN)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("[data-live]")
    await_script(page)


def await_script(page: Page) -> None:
    """Wait until the page has its script: until then a form works all the same, by loading the page anew."""
    # Asked again and again from here: the pages' policy lets nothing be evaluated inside of them.
    for _ in range(100):
        if page.evaluate("Boolean(window.htmx && document.body['htmx-internal-data'])"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page has no script")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def test_by_keyboard_alone_an_alert_that_comes_is_seen_taken_and_resolved(watched: Watched, site: Site) -> None:
    page = watched.page
    page.goto(site.address + "/")
    assert focused(page) == "login"
    page.keyboard.type(filling.LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(filling.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#board")
    expect(page.get_by_role("heading", level=1)).to_have_text("Niente da segnalare")
    assert page.title() == "Quadro · Vicino"
    page.wait_for_load_state("load")
    wait_until_open(page, site)

    filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    expect(page.get_by_role("heading", level=1)).to_have_text("1 casa ha bisogno di qualcuno ora", timeout=SOON_MS)
    expect(page).to_have_title("(1) Quadro · Vicino")
    expect(page.locator("#announcement")).to_have_text("1 casa ha bisogno di qualcuno ora")
    act = page.locator("#group-act")
    expect(act).to_contain_text("Maria Rossi")
    expect(act).to_contain_text("Nessuno se ne occupa ancora")

    act.get_by_role("button", name="Me ne occupo io").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Ora te ne occupi tu")
    expect(act).to_contain_text("In carico a Anna Lodi", timeout=SOON_MS)
    expect(page).to_have_title("Quadro · Vicino")

    act.get_by_role("link", name="Apri").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#alert")
    page.locator("#quick-no_answer").focus()
    page.keyboard.press("Enter")
    expect(page.locator("ol.history")).to_contain_text("Chiamato: nessuno risponde.", timeout=SOON_MS)
    page.locator("#note").focus()
    page.keyboard.type("Era caduta, ora sta bene.")
    # What happens elsewhere meanwhile must not take the note away.
    filling.alert(site.connection, site.place.homes["luigi"], datetime.now(UTC))
    expect(page).to_have_title("(1) Pulsante SOS premuto · Vicino", timeout=SOON_MS)
    assert page.input_value("#note") == "Era caduta, ora sta bene."
    page.get_by_role("button", name="Qualcuno è andato sul posto").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("Risolto")
    ended = "C'era davvero bisogno (Qualcuno è andato sul posto)"
    expect(page.locator("#alert")).to_contain_text(ended, timeout=SOON_MS)
    expect(page.locator("#alert")).to_contain_text("Era caduta, ora sta bene.", timeout=SOON_MS)
    expect(page.locator("#alert")).to_contain_text("Anna Lodi")
    expect(page.locator("#resolve-heading")).to_have_count(0)
    assert watched.hosts == {"127.0.0.1"}
    assert watched.complaints == []


def test_the_focus_survives_what_changes_meanwhile(watched: Watched, site: Site) -> None:
    page = watched.page
    opened = filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    sign_in(page, site)
    wait_until_open(page, site)
    # Every single thing on the board that can be reached by keyboard is found again after a refresh.
    reachable = page.locator("#board :is(a, button, summary)")
    assert reachable.count() > 10
    assert reachable.evaluate_all("(all) => all.filter((one) => !one.id).map((one) => one.outerHTML)") == []
    assert reachable.evaluate_all("(all) => new Set(all.map((one) => one.id)).size") == reachable.count()
    page.locator("#group-act").get_by_role("link", name="Apri").focus()
    filling.alert(site.connection, site.place.homes["luigi"], datetime.now(UTC))
    expect(page.locator("#group-act")).to_contain_text("Luigi Neri", timeout=SOON_MS)
    expect(page.locator(f"#open-{site.place.homes['maria'].home_id}")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/alerts/{opened}")

    page.goto(site.address + "/")
    wait_until_open(page, site)
    page.locator(f"#take-board-{opened}").focus()
    site.connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = %s, taken_by_name = 'Bruno Sarti', taken_at = now()"
        " WHERE public_id = %s",
        (site.place.accounts["bruno"], opened),
    )
    page.evaluate("htmx.trigger(document.body, 'refresh')")
    expect(page.locator("#group-act")).to_contain_text("In carico a Bruno Sarti", timeout=SOON_MS)
    expect(page.locator("#main")).to_be_focused()
    assert watched.complaints == []


def test_an_answer_whose_place_is_exchanged_meanwhile_takes_nobody_off_the_board(watched: Watched, site: Site) -> None:
    page = watched.page
    sign_in(page, site)
    wait_until_open(page, site)
    act = page.locator("#group-act")
    held: list[Route] = []
    page.route("**/board/now?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    filling.alert(site.connection, site.place.homes["luigi"], datetime.now(UTC))
    for _ in range(100):
        page.wait_for_timeout(50)
        if held:
            break
    page.evaluate("htmx.trigger(document.body, 'refresh')")
    expect(act).to_contain_text("Luigi Neri", timeout=SOON_MS)
    with page.expect_response("**/board/now?*"):
        for _ in range(100):
            page.wait_for_timeout(50)
            if len(held) > 1:
                break
        for each in held:
            each.continue_()
        page.unroute("**/board/now?*")
    expect(act).to_contain_text("Luigi Neri")
    expect(page.locator(f"#board [data-home='{site.place.homes['luigi'].home_id}']")).to_have_count(1)
    assert watched.complaints == []


def wait_until_open(page: Page, site: Site) -> None:
    for _ in range(300):
        if site.hub.listeners:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the page did not open its stream of live updates")


def test_nothing_moves_under_a_button_that_is_pressed(watched: Watched, site: Site) -> None:
    page = watched.page
    opened = filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    sign_in(page, site)
    wait_until_open(page, site)
    link = page.locator(f"#open-{site.place.homes['maria'].home_id}")
    link.hover()
    page.mouse.down()
    with page.expect_response("**/board"):
        filling.alert(site.connection, site.place.homes["luigi"], datetime.now(UTC))
    page.wait_for_timeout(300)
    expect(page.locator("#group-act")).not_to_contain_text("Luigi Neri")
    page.mouse.up()
    page.wait_for_url(f"**/alerts/{opened}")

    page.goto(site.address + "/")
    wait_until_open(page, site)
    page.mouse.move(2, 2)
    page.mouse.down()
    with page.expect_response("**/board"):
        filling.alert(site.connection, site.place.homes["carla"], datetime.now(UTC))
    page.mouse.up()
    expect(page.locator("#group-act")).to_contain_text("Carla Gallo", timeout=SOON_MS)
    assert watched.complaints == []


def test_what_happens_to_others_is_not_told(watched: Watched, site: Site) -> None:
    page = watched.page
    sign_in(page, site)
    wait_until_open(page, site)
    filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    expect(page.locator("#group-act")).to_contain_text("Maria Rossi", timeout=SOON_MS)
    page.wait_for_timeout(3000)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    filling.alert(site.connection, site.place.homes["ines"], datetime.now(UTC))
    page.wait_for_timeout(1500)
    assert asked == []
    assert "Ines" not in page.content()


def test_the_board_says_loudly_that_it_is_silent_until_it_really_sounds(watched: Watched, site: Site) -> None:
    page = watched.page
    sign_in(page, site)
    wait_until_open(page, site)
    state = page.locator("#sound-state")
    expect(state).to_contain_text("Se ora arriva una richiesta di aiuto, non la senti.")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
    page.locator("#sound-begin").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Senza JavaScript")).to_be_hidden()
    # Whoever turns it on hears what it is like, and the keyboard is not lost with the button.
    expect(page.locator("html")).to_have_attribute("data-rang", "1")
    expect(page.locator("#sound-try")).to_be_focused()
    expect(page.locator("#sound-begin")).to_be_hidden()
    expect(state).to_contain_text("Una nuova richiesta di aiuto suona.")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    assert barriers(page, "sound on") == []
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-rang", "2")
    filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    expect(page.locator("html")).to_have_attribute("data-rang", "3", timeout=SOON_MS)

    page.get_by_role("button", name="Suono acceso").click()
    expect(page.locator("#sound-begin")).to_be_visible()
    assert watched.complaints == []


def test_after_a_reload_the_board_says_that_it_waits_for_a_hand(watched: Watched, site: Site) -> None:
    page = watched.page
    sign_in(page, site)
    page.locator("#sound-begin").click()
    expect(page.locator("#sound-try")).to_be_visible()
    page.reload()
    waits = page.locator("#sound-resume")
    expect(waits).to_be_visible()
    expect(page.locator("#sound-state")).to_contain_text("Suono spento finché non tocchi la pagina.")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
    # A touch anywhere will do, and nothing rings for it.
    page.locator("h1").click()
    expect(waits).to_be_hidden()
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    assert page.locator("html").get_attribute("data-rang") is None


def test_without_script_the_board_says_that_nothing_sounds(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, locale="it-IT")
    page = context.new_page()
    page.goto(site.address + "/")
    page.fill("#login", filling.LOGIN)
    page.fill("#password", filling.PASSWORD)
    page.press("#password", "Enter")
    expect(page.get_by_text("Senza JavaScript questa pagina non suona")).to_be_visible()
    context.close()


def test_a_page_that_no_longer_follows_says_so(watched: Watched, site: Site) -> None:
    page = watched.page
    sign_in(page, site)
    wait_until_open(page, site)
    expect(page.locator("#stale")).to_be_hidden()
    site.hub.close()
    page.context.set_offline(True)
    expect(page.locator("#stale")).to_be_visible(timeout=10_000)
    expect(page.locator("#stale")).to_contain_text("Collegamento perso")


def test_a_first_visit_is_light(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    filling.trouble(site.connection, site.place, datetime.now(UTC))
    sign_in(page, site)
    page.goto(f"{site.address}/persons/{site.place.homes['maria'].person}")
    page.wait_for_timeout(500)
    assert 20_000 < sum(weights) < LIMIT_BYTES
    context.close()


# Every width with every scheme, every scheme and every width with every language.
@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [("light", 320, "it"), ("dark", 320, "en"), ("light", 1440, "en"), ("dark", 1440, "it")],
)
def test_no_page_has_a_barrier(browser: Browser, site: Site, scheme: str, width: int, language: str) -> None:
    alerts = filling.trouble(site.connection, site.place, datetime.now(UTC))
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, locale="it-IT")
    watched = Watched(context.new_page())
    page = watched.page
    paths = [
        "/",
        "/alerts",
        f"/alerts/{alerts['giuseppe']}",
        f"/alerts/{alerts['lucia']}",
        f"/persons/{site.place.homes['maria'].person}",
        f"/persons/{site.place.homes['luigi'].person}",
    ]
    page.goto(site.address + "/sign-in")
    found = barriers(page, "/sign-in")
    sign_in(page, site)
    if language == "en":
        speak(page, "English")
    page.wait_for_selector(f'html[lang="{language}"]')
    for path in paths:
        page.goto(site.address + path)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        found += barriers(page, path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} wide at {width}"
    assert watched.complaints == []
    page.goto(site.address + "/nowhere")
    found += barriers(page, "/nowhere")
    assert found == []
    assert watched.hosts == {"127.0.0.1"}
    context.close()


def barriers(page: Page, where: str) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{where}: {one['id']} {[node['html'][:160] for node in one['nodes']][:3]}" for one in violations]


def test_receipts_show_at_once(watched: Watched, site: Site, database_url: str) -> None:
    now = datetime.now(UTC)
    alert = filling.alert(site.connection, site.place.homes["maria"], now, escalates_at=now + timedelta(hours=1))
    message = filling.one(
        site.connection,
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, address,"
        " language, state, due_at)"
        " SELECT organisation_id, alert_id, round, 0, 'sms', %s, '+393331234567', 'it', 'due', %s"
        " FROM alerts.alert WHERE public_id = %s RETURNING public_id",
        site.place.accounts["bruno"], now, alert,
    )  # fmt: skip
    page = watched.page
    sign_in(page, site, f"/alerts/{alert}")
    wait_until_open(page, site)
    told = page.locator("section", has=page.get_by_role("heading", name="Chi viene avvisato"))
    expect(told).to_contain_text("in partenza")
    site.connection.execute("UPDATE alerts.notification SET state = 'sent', sent_at = %s", (now,))
    expect(told).to_contain_text("avvisato", timeout=SOON_MS)
    with Database(database_url, Role.PEOPLE, name="test") as people:
        for what, shown in ((What.DELIVERED, "consegnato"), (What.READ, "letto")):
            take_in(people, message, Report(what), datetime.now(UTC), timedelta(hours=1))
            expect(told).to_contain_text(shown, timeout=SOON_MS)
    assert watched.complaints == []
