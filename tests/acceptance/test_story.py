"""From the button on the wall to a person who has taken charge: the whole chain, in a real browser, with real mail."""

import email
import email.policy
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, expect

from embedded.ports import free_port
from tests.acceptance.installation import up

PASSWORD = "una frase che ricordo"
SOON_MS = 120_000


class Postbox:
    """A mail server's handler that keeps what it is given."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        return "250 kept"


def test_a_pressed_button_reaches_somebody_who_takes_charge_and_resolves(tmp_path: Path, browser: Browser) -> None:
    postbox = Postbox()
    server = Controller(postbox, hostname="127.0.0.1", port=free_port())
    server.start()
    # The story has the button pressed 40 s after its start: until then all is up and the account is known.
    soon = datetime.now(UTC) + timedelta(seconds=10)
    environment = {
        "VICINO_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
        "VICINO_SIMULATOR_STORY": "true",
        "VICINO_SECOND_FACTOR_ROLES": "",  # the tutorial's test goes through it
        "VICINO_SIMULATOR_START": soon.isoformat(),
    }
    try:
        with (
            up(tmp_path / "data", "--simulator", "--homes", "1", environment=environment) as vicino,
            closing(browser.new_context(locale="it-IT")) as context,
        ):
            vicino.vicino(
                "account", "add", "anna", "--organisation", "simulated", "--email", "anna@example.org", "--name", "Anna"
            )
            vicino.vicino("account", "password", "anna", "--stdin", stdin=PASSWORD + "\n")
            page = context.new_page()
            page.goto(vicino.url)
            page.get_by_label("Nome utente").fill("anna")
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page).to_have_url(f"{vicino.url}/")

            # Nobody reloads the page: the alert comes by itself.
            taking = page.get_by_role("button", name="Me ne occupo io")
            expect(taking).to_be_visible(timeout=SOON_MS)
            expect(page.locator("main")).to_contain_text("SOS")
            taking.click()
            expect(page.get_by_role("status").filter(has_text="Ora te ne occupi tu")).to_be_visible()

            page.get_by_role("link", name="SOS").first.click()
            expect(page).to_have_url(re.compile("/alerts/"))
            page.get_by_label("Nota").fill("Chiamata: aveva freddo, arriva la figlia.")
            page.get_by_role("button", name="Qualcuno è andato sul posto").click()
            expect(page.locator("main")).to_contain_text("arriva la figlia")

            page.goto(vicino.url)
            expect(page.get_by_role("button", name="Me ne occupo io")).to_have_count(0)
        assert vicino.process.returncode == 0
    finally:
        server.stop()
    assert [envelope.rcpt_tos for envelope in postbox.received] == [["anna@example.org"]]
    content = postbox.received[0].content
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body()
    assert body is not None
    assert f"{vicino.url}/alerts/" in body.get_content()
