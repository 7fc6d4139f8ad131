"""The worker as its own process with a push service and a bot: what it tells the pages, and how soon it sends."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.channels.webpush.vapid import VapidKey
from alerts.reach import actions
from alerts.reach.actions import Subscription
from tests.integration.alerts.answering import Answering, answering
from tests.integration.alerts.browser_keys import BrowserKeys
from tests.integration.alerts.test_telegram import CHAT, TOKEN, Telegram
from tests.integration.alerts.test_worker import until

ROOT = Path(__file__).resolve().parents[3]
KEY = VapidKey.make()


@pytest.fixture
def push() -> Iterator[Answering]:
    with answering() as server:
        yield server


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with answering() as server:
        yield Telegram(server)


@pytest.fixture
def worker(database_url: str, push: Answering, telegram: Telegram, tmp_path: Path, world) -> Iterator[subprocess.Popen]:
    log = (tmp_path / "worker.log").open("w")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VICINO_")} | {
        "VICINO_DATABASE_URL": database_url,
        "VICINO_VAPID_KEY": KEY.text,
        "VICINO_PUSH_SERVICES": push.host,
        "VICINO_TELEGRAM_TOKEN": TOKEN,
        "VICINO_TELEGRAM_URL": telegram.server.url,
        "VICINO_LOG_FORMAT": "json",
    }
    process = subprocess.Popen([sys.executable, "-m", "alerts"], cwd=ROOT, env=environment, stderr=log)
    yield process
    process.kill()
    process.wait()
    log.close()
    told = (tmp_path / "worker.log").read_text()
    for secret in (TOKEN, KEY.text, push.url, str(CHAT)):
        assert secret not in told


def faces(world) -> dict[str, str]:
    return {row["channel"]: row["said"] for row in world.rows("SELECT * FROM alerts.face")}


def test_the_pages_are_told_people_set_themselves_up_and_a_call_arrives_at_once(
    worker, push: Answering, telegram: Telegram, world, seen_by
) -> None:
    until(lambda: faces(world) == {"webpush": KEY.public, "telegram": "vicino_test_bot"}, 20)
    world.connection.execute("DELETE FROM registry.membership WHERE account_id <> %s", (world.anna,))
    now = datetime.now(UTC)
    with seen_by(world.anna) as view:
        code = actions.begin_pairing(view, now)
    telegram.write(f"/start {code}")
    until(lambda: world.rows("SELECT FROM alerts.address WHERE channel = 'telegram'"), 15)

    browser = BrowserKeys.make()
    given = Subscription(f"{push.url}/telephone", browser.p256dh, browser.auth)
    with seen_by(world.anna) as view:
        device = actions.register(view, given, "telephone", [push.host], now)
        actions.ask_trial(view, actions.WEBPUSH, device, now)
    until(lambda: push.received, 3)
    assert "prova" in json.loads(browser.open(push.received[0].body))["title"]

    called = datetime.now(UTC)
    world.urgent(called)
    world.connection.execute("SELECT pg_notify('vicino_urgent', '')")
    assert until(lambda: len(push.received) == 2, 5) < 2
    message = json.loads(browser.open(push.received[1].body))
    assert message["title"] == "Pulsante SOS premuto"
    (row,) = world.notifications()
    assert row["channel"] == "webpush"

    # Nobody says that it was shown: the next way, which is Telegram here, is used.
    until(lambda: world.notifications()[0]["state"] == "sent", 3)
    world.connection.execute("UPDATE alerts.notification SET sent_at = %s", (called - timedelta(minutes=1),))
    until(lambda: any("SOS" in each["text"] for each in telegram.sent()), 15)
    assert [row["channel"] for row in world.notifications()] == ["webpush", "telegram"]

    began = time.monotonic()
    worker.terminate()
    assert worker.wait(10) == 0
    assert time.monotonic() - began < 6
