"""Messages on a device in a real browser: the page by keyboard, and the worker that shows what is sent to it.

A browser cannot reach its push service here: what it would be given by it is put in its place (`SUBSCRIBE`). What comes
over it is handed to the worker by the browser's own debugging protocol, as the push service would.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site, speak
from tests.browser.test_contexts import is_accessible
from tests.browser.test_operator import SOON_MS, sign_in
from tests.integration.alerts.browser_keys import BrowserKeys
from tests.integration.dashboards import filling

KEY = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/browser-test"
SUBSCRIBE = """
({ endpoint, p256dh, auth, key }) => {
  const held = "test-subscription";
  const plain = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  const applicationServerKey = Uint8Array.from(plain, (each) => each.charCodeAt(0)).buffer;
  const subscription = {
    endpoint,
    options: { applicationServerKey },
    toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
    unsubscribe: async () => { localStorage.removeItem(held); return true; },
  };
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || options.applicationServerKey !== key) throw new Error("not as a browser wants it");
    localStorage.setItem(held, "yes");
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(held) ? subscription : null);
}
"""
SHOWN = """
async () => {
  const found = await (await navigator.serviceWorker.ready).getNotifications();
  return found.map((each) => ({
    title: each.title, body: each.body, tag: each.tag, stays: each.requireInteraction, silent: each.silent,
    actions: each.actions.map((one) => one.title), data: each.data, lang: each.lang,
  }));
}
"""
NARROW = {"width": 320, "height": 700}


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    # A browser shows no notifications in a context that is not there to stay, but for this permission.
    context = browser.new_context(locale="it-IT", viewport=NARROW)
    context.grant_permissions(["notifications"], origin=site.address)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def keys() -> BrowserKeys:
    return BrowserKeys.make()


@pytest.fixture
def ready(site: Site, page: Page, keys: BrowserKeys) -> None:
    site.connection.execute("INSERT INTO alerts.face VALUES ('webpush', %s), ('telegram', 'vicino_bot')", (KEY,))
    given = {"endpoint": ENDPOINT, "p256dh": keys.p256dh, "auth": keys.auth, "key": KEY}
    page.add_init_script(f"({SUBSCRIBE})({json.dumps(given)})")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.usefixtures("ready")
def test_a_device_is_registered_and_removed_by_keyboard(page: Page, site: Site, complaints: list[str]) -> None:
    sign_in(page, site)
    page.locator("#open-menu").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Notifiche").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notifications")
    panel = page.locator("#this-device")
    expect(panel.get_by_role("button", name="Avvisami su questo dispositivo")).to_be_visible()
    is_accessible(page)
    fits(page)
    name = page.get_by_label("Nome di questo dispositivo")
    expect(name).to_have_value("Chrome, Linux")
    name.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Telefono di servizio")
    page.keyboard.press("Enter")

    page.wait_for_url("**/notifications?done=registered")
    expect(page.locator("#message")).to_contain_text("Questo dispositivo è registrato")
    expect(page.locator("#message")).to_contain_text("sta per partire")
    device = page.locator("[data-device]")
    expect(device).to_contain_text("Telefono di servizio")
    expect(device.get_by_text("(questo)")).to_be_visible()
    expect(panel).to_contain_text("Questo dispositivo mostra i messaggi")
    expect(panel.get_by_role("button", name="Avvisami")).to_be_hidden()
    is_accessible(page)
    fits(page)
    row = site.connection.execute("SELECT * FROM alerts.push_device").fetchone()
    assert row["endpoint"] == ENDPOINT
    # What came of the test message is told without loading the page anew.
    site.connection.execute(
        "UPDATE alerts.trial SET taken_at = %s, sent_at = %s", (datetime.now(UTC), datetime.now(UTC))
    )
    expect(page.locator("#message")).to_contain_text("è stato inviato", timeout=SOON_MS)

    device.get_by_role("button", name="Togli Telefono di servizio").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/notifications?done=removed")
    expect(panel.get_by_role("button", name="Avvisami su questo dispositivo")).to_be_visible()
    assert site.connection.execute("SELECT * FROM alerts.push_device").fetchall() == []
    assert complaints == []


@pytest.mark.usefixtures("ready")
def test_telegram_is_connected_from_the_page_in_english_and_in_the_dark(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB", viewport=NARROW, color_scheme="dark")
    page = context.new_page()
    sign_in(page, site)
    page.goto(f"{site.address}/notifications")
    speak(page, "English")
    page.get_by_role("button", name="Connect Telegram").focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Open Telegram")
    expect(link).to_have_attribute("href", "https://t.me/vicino_bot?start=" + page.locator("code").inner_text()[7:])
    expect(page.get_by_role("img", name="The link as a picture to scan")).to_be_visible()
    is_accessible(page)
    fits(page)
    context.close()


def test_whoever_has_told_the_browser_to_show_nothing_learns_what_to_do(browser: Browser, site: Site) -> None:
    site.connection.execute("INSERT INTO alerts.face VALUES ('webpush', %s)", (KEY,))
    context = browser.new_context(locale="it-IT", viewport=NARROW)
    page = context.new_page()
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    sign_in(page, site)
    page.goto(f"{site.address}/notifications")
    expect(page.locator("#this-device")).to_contain_text("Permettili nelle impostazioni")
    expect(page.get_by_role("button", name="Avvisami")).to_be_hidden()
    is_accessible(page)
    context.close()


# --- what the worker does with what comes ---


class Worker:
    """The service worker of a page, as the push service and the person see it."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.session = page.context.new_cdp_session(page)
        self.session.send("ServiceWorker.enable")
        registrations: list[dict] = []
        self.session.on(
            "ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"])
        )
        page.evaluate("navigator.serviceWorker.register('/push-worker.js').then(() => navigator.serviceWorker.ready)")
        while not registrations:
            page.wait_for_timeout(20)
        self.registration = registrations[-1]["registrationId"]

    def push(self, message: dict | str) -> None:
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.site.address,
                "registrationId": self.registration,
                "data": message if isinstance(message, str) else json.dumps(message),
            },
        )

    def shown(self, matches: Callable[[list[dict]], bool] = bool) -> list[dict]:
        """Return what is shown, as soon as it matches."""
        for _ in range(1_200):
            found: list[dict] = self.page.evaluate(SHOWN)
            if matches(found):
                return found
            self.page.wait_for_timeout(25)
        raise AssertionError(found)


def message(number: UUID, alert: UUID, **changes: object) -> dict:
    return {
        "title": "Pulsante SOS premuto", "body": "Bobbio", "tag": f"alert-{alert}", "path": f"/alerts/{alert}",
        "language": "it", "at": 1772542920000, "urgent": True, "action": "Prendi in carico", "receipt": str(number),
        "over": "Qualcuno se ne occupa già.", **changes,
    }  # fmt: skip


def notified(site: Site) -> tuple[UUID, UUID]:
    """Return the number of a message that was sent by web push about an alert that is new, and the alert's."""
    filling.alert(site.connection, site.place.homes["maria"], datetime.now(UTC))
    row = site.connection.execute(
        "INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, address, language, due_at,"
        " state, sent_at) SELECT organisation_id, alert_id, 9, 0, 'webpush', 'x', 'it', opened_at, 'sent', opened_at"
        " FROM alerts.alert WHERE state = 'new' ORDER BY alert_id LIMIT 1 RETURNING public_id, alert_id"
    ).fetchone()
    alert = site.connection.execute("SELECT public_id FROM alerts.alert WHERE alert_id = %s", (row["alert_id"],))
    return row["public_id"], alert.fetchone()["public_id"]


def noted(page: Page, site: Site, name: str, number: UUID) -> bool:
    for _ in range(100):
        row = site.connection.execute("SELECT * FROM alerts.notification WHERE public_id = %s", (number,)).fetchone()
        if row[name] is not None:
            return True
        page.wait_for_timeout(50)
    return False


@pytest.mark.usefixtures("ready")
def test_a_call_for_help_is_shown_stays_and_is_reported(page: Page, site: Site, complaints: list[str]) -> None:
    sign_in(page, site)
    worker = Worker(page, site)
    number, alert = notified(site)
    worker.push(message(number, alert))
    (shown,) = worker.shown()
    assert (shown["title"], shown["body"], shown["lang"]) == ("Pulsante SOS premuto", "Bobbio", "it")
    assert shown["stays"] is True
    assert shown["actions"] == ["Prendi in carico"]
    assert shown["data"]["path"] == f"/alerts/{alert}"
    assert noted(page, site, "delivered_at", number)

    # The next one of the same alert takes its place; one of another alert stands beside it.
    worker.push(message(number, alert, title="Pulsante SOS premuto: nessuno se ne occupa ancora"))
    (shown,) = worker.shown(lambda found: bool(found) and "nessuno" in found[0]["title"])
    worker.push(message(number, UUID(int=5), title="Dispositivo da controllare", urgent=False, action="Apri"))
    both = worker.shown(lambda found: len(found) == 2)
    assert {each["title"]: each["stays"] for each in both}["Dispositivo da controllare"] is False
    # That somebody has taken charge takes the place of the call, and makes no sound.
    worker.push(message(number, alert, title="Se ne occupa qualcuno.", urgent=False, quiet=True, receipt=""))
    titles = {"Se ne occupa qualcuno.", "Dispositivo da controllare"}
    both = worker.shown(lambda found: {each["title"] for each in found} == titles)
    assert {each["title"]: (each["silent"], each["stays"]) for each in both}["Se ne occupa qualcuno."] == (True, False)
    assert complaints == []


@pytest.mark.usefixtures("ready")
def test_what_somebody_has_taken_meanwhile_says_so_and_is_quiet(page: Page, site: Site) -> None:
    sign_in(page, site)
    worker = Worker(page, site)
    number, alert = notified(site)
    site.connection.execute(
        "UPDATE alerts.alert SET state = 'in_charge', taken_by = 1, taken_at = opened_at, escalates_at = NULL"
        " WHERE public_id = %s",
        (alert,),
    )
    worker.push(message(number, alert))
    (shown,) = worker.shown(lambda found: bool(found) and found[0]["body"] == "Qualcuno se ne occupa già.")
    assert (shown["silent"], shown["stays"], shown["actions"]) == (True, False, [])


@pytest.mark.usefixtures("ready")
def test_without_a_network_and_without_words_a_message_is_shown_all_the_same(page: Page, site: Site) -> None:
    sign_in(page, site)
    worker = Worker(page, site)
    worker.push("no JSON")
    assert worker.shown()[0]["title"] == "Vicino"
    worker.push(message(UUID(int=77), UUID(int=78)))
    worker.shown(lambda found: {each["title"] for each in found} == {"Vicino", "Pulsante SOS premuto"})


@pytest.mark.usefixtures("ready")
def test_whoever_touches_a_message_is_noted(page: Page, site: Site) -> None:
    sign_in(page, site)
    worker = Worker(page, site)
    number, alert = notified(site)
    worker.push(message(number, alert))
    worker.shown()
    # Only a hand may open a window: what else the touch brings is seen.
    page.context.service_workers[0].evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "open" }));
        }"""
    )
    worker.shown(lambda found: found == [])
    assert noted(page, site, "read_at", number)


@pytest.mark.usefixtures("ready")
def test_a_browser_that_gets_a_new_address_says_so_by_itself(page: Page, site: Site, keys: BrowserKeys) -> None:
    sign_in(page, site)
    page.goto(f"{site.address}/notifications")
    page.get_by_role("button", name="Avvisami su questo dispositivo").click()
    page.wait_for_url("**/notifications?done=registered")
    # Whoever is signed out goes on being reached.
    page.context.clear_cookies()
    fresh = BrowserKeys.make()
    page.context.service_workers[0].evaluate(
        """({ endpoint, p256dh, auth }) => {
          PushManager.prototype.subscribe = async () => ({ toJSON: () => ({ endpoint, keys: { p256dh, auth } }) });
          self.dispatchEvent(new ExtendableEvent("pushsubscriptionchange"));
        }""",
        {"endpoint": ENDPOINT + "-new", "p256dh": fresh.p256dh, "auth": fresh.auth},
    )
    for _ in range(100):
        (row,) = site.connection.execute("SELECT endpoint, auth FROM alerts.push_device").fetchall()
        if row["endpoint"] != ENDPOINT:
            break
        page.wait_for_timeout(50)
    assert row == {"endpoint": ENDPOINT + "-new", "auth": fresh.auth}
