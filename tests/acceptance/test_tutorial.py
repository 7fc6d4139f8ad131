"""The tutorial holds: its commands are run in order, and what it says one sees is looked for in a real browser."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from embedded.broker import find_mosquitto
from embedded.ports import LOOPBACK, free_port
from registry.one_time_codes import code_of, step_of
from tests.acceptance.installation import ENDS_WITHIN_S, ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
PASSWORD = "una frase che ricordo"
# What stays in a terminal of its own.
STAYS = ("embedded.mailbox", "vicino up", "mosquitto -p", "-m gateway")
WITHIN_S = 180
SOON_MS = 60_000
GATEWAY = "gw-casa-01"

pytestmark = [
    pytest.mark.skipif(
        find_mosquitto() is None, reason="Mosquitto is not installed (on Debian: apt install mosquitto)."
    ),
]


def blocks() -> Iterator[str]:
    """Yield the commands of the tutorial, block by block."""
    yield from re.findall(r"^```sh\n(.*?)^```$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody who follows the tutorial, in a folder and on ports of their own."""

    def __init__(self, folder: Path) -> None:
        self.ports = {standard: free_port() for standard in ("8080", "8025", "1884")}
        self.url = f"http://{LOOPBACK}:{self.ports['8080']}"
        self.folder = folder
        self._steps = blocks()
        self._terminals: list[subprocess.Popen[bytes]] = []

    def _typed(self, block: str) -> str:
        """Return a block with all that is replaced in it: the folder, the ports, the program, what is typed."""
        for standard, port in self.ports.items():
            block = re.sub(rf"\b{standard}\b", str(port), block)
        block = block.replace("~/casa", str(self.folder)).replace(".venv/bin/python", sys.executable)
        block = block.replace(".venv/bin/vicino", f"{sys.executable} -m cli")
        # What takes minutes and a network is only asked for; tests and the demonstration have tests of their own.
        block = re.sub(r"^make ", "make --dry-run ", block, flags=re.MULTILINE)
        return re.sub(r"(account password \w+)", rf"\1 --stdin <<<'{PASSWORD}'", block)

    def next(self, part: str) -> str:
        """Run the next block, which has `part` in it, and return what it printed; what stays goes on."""
        block = next(self._steps)
        assert part in block
        command = ["bash", "-euo", "pipefail", "-c", self._typed(block)]
        if any(each in block for each in STAYS):
            with (self.folder.parent / f"terminal-{len(self._terminals)}.log").open("wb") as log:
                self._terminals.append(
                    subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
                )
            return ""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200"},  # a wide terminal: tables break words in a narrow one
            text=True,
            capture_output=True,
            check=False,
            timeout=WITHIN_S,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout

    def asked(self, *arguments: str) -> Any:
        """Return what a command prints as JSON."""
        command = [sys.executable, "-m", "cli", *arguments, "--json", "--data", str(self.folder / "data")]
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def end(self) -> None:
        """Press Ctrl-C in each terminal, the last one first; each has to end."""
        for terminal in reversed(self._terminals):
            if terminal.poll() is None:
                os.killpg(terminal.pid, signal.SIGINT)
                terminal.wait(ENDS_WITHIN_S)

    @property
    def is_done(self) -> bool:
        """Whether there is no block left."""
        return next(self._steps, None) is None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    found = Reader(tmp_path / "casa")
    yield found
    found.end()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="it-IT")
    yield context.new_page()
    context.close()


def test_from_nothing_to_a_monitored_home(reader: Reader, page: Page) -> None:
    set_up(reader)
    enter(page, reader, "omar")
    a_sensor_answers(reader, page)
    the_first_alert(reader, page)
    page.get_by_role("button", name="Esci").click()
    enter(page, reader, "lucia")
    expect(page).to_have_url(f"{reader.url}/family")
    expect(page.locator("main")).to_contain_text("Ada Bianchi")
    expect(page.locator("main")).to_contain_text("Pulsante SOS premuto")
    expect(page.locator("main")).to_contain_text("0550 200 100")
    expect(page.get_by_role("link", name="Quadro")).to_have_count(0)
    assert reader.is_done


def set_up(reader: Reader) -> None:
    reader.next("make install")
    reader.next("make demo")
    reader.next("embedded.mailbox")
    until(lambda: listens(reader.ports["8025"]))
    reader.next("vicino up")
    until(lambda: answers(reader.url))
    until(
        lambda: all(one["running"] for one in reader.asked("status").get("services", {"": {"running": False}}).values())
    )
    reader.next("vicino status")
    assert reader.asked("status")["readings"]["stored"] == 0
    tree = reader.next("registry apply")
    assert "Unione dei Comuni della Valle" in tree
    assert "Ada Bianchi" in tree
    reader.next("account password")


def a_sensor_answers(reader: Reader, page: Page) -> None:
    expect(page.locator("#group-unknown")).to_contain_text("Ada Bianchi")
    expect(page.locator("#heading-unknown")).to_contain_text("Non sappiamo")
    expect(page.locator("main")).not_to_contain_text("Neri")

    told = reader.next("policies try")
    assert {"omar", "carla"} <= set(re.findall(r"\w+", told.lower()))
    reader.next("gateway enrol")
    reader.next("mosquitto -p")
    until(lambda: listens(reader.ports["1884"]))
    reader.next("-m gateway")
    until(lambda: follows(reader.asked("gateway", "list")))
    assert GATEWAY in reader.next("gateway list")

    reader.next("zigbee2mqtt/camera")
    until(lambda: reader.asked("status")["readings"]["stored"] > 0)
    reader.next("vicino status")
    usual = page.locator("#group-usual")
    expect(usual).to_contain_text("Ada Bianchi", timeout=SOON_MS)
    expect(usual).to_contain_text("in camera")
    expect(page.locator("#heading-usual")).to_contain_text("Niente da segnalare")


def the_first_alert(reader: Reader, page: Page) -> None:
    reader.next("zigbee2mqtt/pulsante")
    pressed = page.locator("#group-act")
    expect(pressed).to_contain_text("Pulsante SOS premuto", timeout=SOON_MS)
    expect(pressed).to_contain_text("Ada Bianchi")
    expect(page.locator("#heading-act")).to_contain_text("Intervieni ora")
    until(lambda: {"omar.riva@alto.example", "carla.conti@unione.example"} <= {to for to, _ in mails(reader)})
    for _, text in mails(reader):
        assert f"{reader.url}/r/" in text
        assert "Bianchi" not in text
    assert "omar" in reader.next("alerts messages")

    page.get_by_role("button", name="Me ne occupo io").click()
    expect(page.get_by_role("status").filter(has_text="Ora te ne occupi tu")).to_be_visible()
    page.get_by_role("link", name="Pulsante SOS premuto").first.click()
    expect(page.locator("main")).to_contain_text("Via del Mulino 4")
    for outcome in ("C'era davvero bisogno", "Falso allarme", "C'era un motivo noto", "Non è chiaro"):
        expect(page.get_by_role("button", name=outcome, exact=True)).to_be_visible()
    page.get_by_role("button", name="C'era davvero bisogno", exact=True).click()
    expect(page.locator("main")).to_contain_text("Chiuso")


def enter(page: Page, reader: Reader, login: str) -> None:
    page.goto(f"{reader.url}/sign-in")
    page.get_by_label("Nome utente").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url or url.endswith("/set-up"))
    if page.url.endswith("/set-up"):
        set_up_codes(page)


def set_up_codes(page: Page) -> None:
    """Type the code that an app shows once it has scanned the picture, and go on from the recovery codes."""
    key = page.locator("#key").inner_text().replace(" ", "")
    secret = b32decode(key + "=" * (-len(key) % 8))
    page.locator("input[name=code]").fill(code_of(secret, step_of(datetime.now(UTC))))
    page.keyboard.press("Enter")
    page.locator("#go-on").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def follows(gateways: Any) -> bool:
    """Whether the gateway was heard and follows what it was told."""
    return any(each["gateway"] == GATEWAY and each["said"]["online"] and each["confirmed_at"] for each in gateways)


def mails(reader: Reader) -> list[tuple[str, str]]:
    """Return to whom each mail that is kept is, and what it says."""
    found = []
    for file in (reader.folder / "mail").glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=default)
        body = message.get_body()
        assert body is not None
        found.append((parseaddr(str(message["To"]))[1], str(body.get_content())))
    return found


def listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((LOOPBACK, port)) == 0


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return int(answer.status) == HTTPStatus.OK
    except (URLError, OSError):
        return False


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.5)
