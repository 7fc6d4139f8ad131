"""A home is enrolled on a telephone: few steps, by keyboard alone, also where the network comes and goes."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import ingest.repository
from core.credentials import from_toml
from core.messages import FoundDevice, GatewayStatus
from core.vocabulary import BY_NAME
from ingest.gateways.repository import record_status
from tests.browser.conftest import Site
from tests.browser.test_operator import barriers, sign_in
from tests.integration.dashboards import filling

SOON_MS = 15_000
MOST_INTERACTIONS = 25
GATEWAY = "gw-nuova"
SENSORS = [
    FoundDevice("0xa1", "Movimento camera", "SONOFF", "SNZB-03", quantities=["occupancy", "battery", "link_quality"]),
    FoundDevice("0xa2", "Movimento bagno", "SONOFF", "SNZB-03", quantities=["occupancy", "battery", "link_quality"]),
    FoundDevice("0xa3", "Movimento cucina", "SONOFF", "SNZB-03", quantities=["occupancy", "battery", "link_quality"]),
    FoundDevice("0xa4", "Movimento soggiorno", "SONOFF", "SNZB-03", quantities=["occupancy", "battery"]),
    FoundDevice("0xa5", "Porta di casa", "Xiaomi", "MCCGQ11LM", quantities=["contact", "battery"]),
    FoundDevice("0xa6", "Frigorifero", "Xiaomi", "MCCGQ11LM", quantities=["contact", "battery"]),
    FoundDevice("0xa7", "Pulsante", "Tuya", "TS0215A_sos", quantities=["sos_button", "battery"]),
    FoundDevice("0xa8", "Fumo cucina", "Heiman", "HS1SA-E", quantities=["smoke", "battery"]),
    FoundDevice("0xa9", "Acqua bagno", "Xiaomi", "SJCGQ11LM", quantities=["water_leak", "battery"]),
    FoundDevice("0xb0", "0x00124b0022fe1a2b", "SONOFF", "SNZB-02", quantities=["temperature", "humidity", "battery"]),
]  # fmt: skip
ANSWERS = {
    "0xa1": ("occupancy", 1), "0xa2": ("occupancy", 1), "0xa3": ("occupancy", 1), "0xa4": ("occupancy", 1),
    "0xa5": ("contact", 0), "0xa6": ("contact", 0), "0xa7": ("sos_button", 1), "0xa8": ("smoke", 1),
    "0xa9": ("water_leak", 1), "0xb0": ("temperature", 24.5),
}  # fmt: skip


class Hand:
    """Somebody who has a keyboard and nothing else; what is chosen, typed or pressed is an interaction."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.interactions = 0

    def reach(self, selector: str) -> None:
        for _ in range(300):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by keyboard")

    def press(self, selector: str, key: str = "Enter") -> None:
        self.reach(selector)
        self.page.keyboard.press(key)
        self.interactions += 1

    def choose(self, selector: str, label: str) -> None:
        self.reach(selector)
        self.page.keyboard.type(label)
        self.interactions += 1


@pytest.fixture
def installer(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    site.connection.execute(
        "UPDATE registry.membership SET role = 'installer' WHERE account_id = %s", (site.place.accounts[filling.LOGIN],)
    )
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="it-IT")
    yield context
    context.close()


@pytest.fixture
def home(site: Site) -> str:
    """An empty home in which a gateway stands that has found nothing yet; its public id."""
    public_id = bare_home(site)
    site.connection.execute(
        "INSERT INTO devices.gateway (organisation_id, home_id, key)"
        " SELECT organisation_id, home_id, %s FROM registry.home WHERE public_id = %s",
        (GATEWAY, public_id),
    )
    return public_id


def bare_home(site: Site) -> str:
    row = site.connection.execute(
        "INSERT INTO registry.home (organisation_id, key, name, address, municipality)"
        " VALUES (%s, 'nuova', 'Casa Nuova', 'Via Lunga 1', 'Dozza') RETURNING public_id",
        (site.place.homes["maria"].organisation_id,),
    ).fetchone()
    return str(row["public_id"])


def find(site: Site, *devices: FoundDevice) -> None:
    assert ingest.repository.record_inventory(site.connection, GATEWAY, devices, datetime.now(UTC))


def answer(site: Site, key: str) -> None:
    quantity, value = ANSWERS[key]
    now = datetime.now(UTC)
    row = site.connection.execute(
        "SELECT series_id FROM devices.series JOIN devices.gateway USING (gateway_id)"
        " WHERE gateway.key = %s AND series.name = %s",
        (GATEWAY, f"{key}/{quantity}"),
    ).fetchone()
    table = f"ingest.reading_{BY_NAME[quantity].retention}"
    site.connection.execute("SELECT ingest.ensure_partitions(%s, %s)", (now, now))
    site.connection.execute(
        f"INSERT INTO {table} (series_id, ts, value, flags) VALUES (%s, %s, %s, 0)",  # noqa: S608 - of our vocabulary
        (row["series_id"], now, value),
    )


def test_a_home_is_enrolled_in_few_steps_by_keyboard_on_a_telephone(installer: BrowserContext, site: Site) -> None:
    home = bare_home(site)
    page = installer.new_page()
    sign_in(page, site, "/rejects")
    page.goto(f"{site.address}/install")
    hand = Hand(page)
    found = barriers(page, "/install")
    hand.press(f'a[href="/install/{home}"]')
    page.wait_for_selector("#enrol")
    hand.press("#enrol")
    page.wait_for_selector("#download")
    found += barriers(page, "/install/HOME credentials")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_download() as download:
        hand.press("#download")
    credentials = from_toml(download.value.path().read_text())
    assert credentials.gateway == GATEWAY
    hand.press("#go-on")
    page.wait_for_selector("#found")
    # The gateway connects, and finds what has been paired.
    find(site, *SENSORS)
    page.wait_for_selector("#put-in-place")
    found += barriers(page, "/install/HOME")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # Nine are guessed from their names; the tenth says nothing of itself.
    hand.reach("#chosen-0")
    place = next(number for number in range(10) if "0x00124b" in page.locator(f"#name-{number}").input_value())
    assert not page.locator(f"#chosen-{place}").is_checked()
    hand.press(f"#chosen-{place}", "Space")
    hand.choose(f"#room-{place}", "nuova: soggiorno")
    hand.press("#put-in-place")
    expect(page.locator("#sensors li")).to_have_count(10, timeout=SOON_MS)
    expect(page.locator("#put-in-place")).to_have_count(0, timeout=SOON_MS)
    hand.press("#begin-walk")
    expect(page.locator("#walk .count")).to_contain_text("0 su 10", timeout=SOON_MS)
    found += barriers(page, "/install/HOME walking")
    for number, key in enumerate(ANSWERS, start=1):
        answer(site, key)
        if number in (1, 10):
            expect(page.locator("#walk .count")).to_contain_text(f"{number} su 10", timeout=SOON_MS)
    hand.press("#end-walk")
    expect(page.locator("#walk")).to_contain_text("10 su 10", timeout=SOON_MS)
    hand.press(f'a[href="/install/{home}/sheet"]')
    page.wait_for_selector(".sheet")
    found += barriers(page, "/install/HOME/sheet")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.locator(".sheet tbody tr")).to_have_count(10)
    assert found == []
    assert hand.interactions <= MOST_INTERACTIONS


def test_every_step_can_be_taken_back(installer: BrowserContext, site: Site, home: str) -> None:
    find(site, *SENSORS[:2])
    page = installer.new_page()
    sign_in(page, site, f"/install/{home}")
    page.locator("#put-in-place").click()
    expect(page.locator("#sensors > ul > li")).to_have_count(2, timeout=SOON_MS)
    first = page.locator("#sensors > ul > li").first
    first.locator("summary").first.click()
    first.get_by_role("button", name="Toglilo").click()
    expect(page.locator("#sensors .is-away")).to_have_count(1, timeout=SOON_MS)
    # It is found again, and can be put in place or brought back.
    expect(page.locator("#found .found input[name=name]")).to_have_count(1, timeout=SOON_MS)
    page.get_by_role("button", name="Riportalo in casa").click()
    expect(page.locator("#sensors .is-away")).to_have_count(0, timeout=SOON_MS)
    first = page.locator("#sensors > ul > li").first
    first.locator("summary").first.click()
    first.locator("input[name=name]").fill("Camera grande")
    first.get_by_role("button", name="Salva").click()
    expect(page.locator("#sensors")).to_contain_text("Camera grande", timeout=SOON_MS)


def test_a_gap_in_the_network_loses_nothing_that_was_sent(installer: BrowserContext, site: Site, home: str) -> None:
    find(site, *SENSORS[:3])
    page = installer.new_page()
    sign_in(page, site, f"/install/{home}")
    page.wait_for_selector("#put-in-place")
    installer.set_offline(True)
    page.locator("#put-in-place").click()
    expect(page.locator("#stale")).to_be_visible(timeout=SOON_MS)
    # Whoever waits sees it, and the page does not forget what was chosen.
    expect(page.locator("#found form[aria-busy]")).to_have_count(1)
    assert site.connection.execute("SELECT 1 FROM devices.history").fetchone() is None
    installer.set_offline(False)
    expect(page.locator("#sensors > ul > li")).to_have_count(3, timeout=SOON_MS)
    expect(page.locator("#stale")).to_be_hidden(timeout=SOON_MS)


def test_an_announcement_that_did_not_get_through_is_not_sent_later(
    installer: BrowserContext, site: Site, home: str
) -> None:
    find(site, SENSORS[6])
    page = installer.new_page()
    sign_in(page, site, f"/install/{home}")
    page.locator("#put-in-place").click()
    expect(page.locator("#sensors > ul > li")).to_have_count(1, timeout=SOON_MS)
    page.locator("#begin-walk").click()
    announce = page.locator("#walk").get_by_role("button", name="Sto per provarlo")
    expect(announce).to_be_visible(timeout=SOON_MS)
    page.wait_for_load_state("networkidle")
    installer.set_offline(True)
    announce.click()
    expect(page.locator("#walk .unsent")).to_be_visible(timeout=SOON_MS)
    installer.set_offline(False)
    # News arrive again, and it would have been sent again long since.
    with page.expect_response(lambda response: response.url.endswith("/walk")):
        pass
    expect(page.locator("#walk .unsent")).to_be_hidden(timeout=SOON_MS)
    page.wait_for_timeout(4_000)
    assert site.connection.execute("SELECT 1 FROM alerts.test_alarm").fetchone() is None
    announce.click()
    expect(page.locator("#call-off")).to_be_visible(timeout=SOON_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("#call-off").click()
    expect(page.locator("#call-off")).to_have_count(0, timeout=SOON_MS)
    expect(announce).to_be_visible(timeout=SOON_MS)


def test_what_somebody_has_opened_stays_open_when_there_is_news(
    installer: BrowserContext, site: Site, home: str
) -> None:
    page = installer.new_page()
    sign_in(page, site, f"/install/{home}")
    page.locator("#enrol").click()
    page.locator("#go-on").click()
    page.locator("#gateway summary").click()
    expect(page.locator("#renew")).to_be_visible()
    now = datetime.now(UTC)
    said = GatewayStatus(online=True, boot="b", at=now, uptime_s=9, told=3)
    assert record_status(site.connection, GATEWAY, said, now)
    expect(page.locator("#gateway")).to_contain_text("Ha chiesto aiuto da solo 3 volte", timeout=SOON_MS)
    expect(page.locator("#renew")).to_be_visible()


def test_what_somebody_is_choosing_is_not_exchanged_under_the_fingers(
    installer: BrowserContext, site: Site, home: str
) -> None:
    find(site, *SENSORS[:1])
    page = installer.new_page()
    sign_in(page, site, f"/install/{home}")
    page.locator("#name-0").fill("Il mio nome")
    find(site, *SENSORS[:3])
    with page.expect_response(lambda response: response.url.endswith("/found")):
        pass
    expect(page.locator("#name-0")).to_have_value("Il mio nome")
    page.locator("#put-in-place").click()
    expect(page.locator("#sensors")).to_contain_text("Il mio nome", timeout=SOON_MS)
    expect(page.locator("#found .found input[name=name]")).to_have_count(2, timeout=SOON_MS)
