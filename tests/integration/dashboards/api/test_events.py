"""The stream of changes: served for real, told as it happens, and over when the token is."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from urllib.request import Request, urlopen

import psycopg
import pytest

from core.clock import SystemClock
from core.database import Database, Role
from dashboards.__main__ import listen, make_server
from dashboards.api.application import PATH
from dashboards.api.repository import end_token, make_token
from dashboards.api.scopes import Scope
from dashboards.live import Hub
from dashboards.pages import events
from dashboards.settings import DashboardSettings
from dashboards.tokens import digest
from tests.integration.dashboards import filling

TOKEN = "vicino_of_a_test"


@pytest.fixture
def stream(
    database_url: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HTTPResponse]:
    """A stream that is open, of somebody who sees the neighbourhood and not what is elsewhere."""
    monkeypatch.setattr(events, "KEEP_ALIVE_S", 0.1)
    now = datetime.now(UTC)
    clock = SystemClock()
    make_token(connection, filling.LOGIN, digest(TOKEN), "test", [Scope.ALERTS_READ], now, timedelta(days=1))
    with Database(database_url, Role.PEOPLE, name="test") as database, listen("127.0.0.1", 0) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        hub = Hub(database, clock)
        settings = DashboardSettings(database_url=database_url, base_url=address)
        server = make_server(database, clock, settings, hub)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            asked = Request(f"{address}{PATH}/events", headers={"Authorization": f"Bearer {TOKEN}"})  # noqa: S310 - our own
            with urlopen(asked, timeout=20) as answer:  # noqa: S310 - our own
                yield answer
        finally:
            hub.close()
            server.should_exit = True
            thread.join(5)


def until(stream: HTTPResponse, word: str) -> list[str]:
    """Return what the stream says, up to a word."""
    said = []
    for line in stream:
        text = line.decode().strip()
        if text.startswith("event: "):
            said.append(text.removeprefix("event: "))
            if said[-1] == word:
                return said
    raise AssertionError(f"it ended without {word}: {said}")


def test_it_tells_what_may_be_seen_and_ends_with_its_token(
    connection: psycopg.Connection, place: filling.Neighbourhood, stream: HTTPResponse
) -> None:
    assert stream.headers["content-type"].startswith("text/event-stream")
    now = datetime.now(UTC)
    foreign = place.homes["ines"].organisation_id
    # A lesser alert elsewhere first: were it told, "changed" would come before.
    connection.execute(
        "SELECT pg_notify('vicino_alert_changed', %s)",
        (f'{{"organisation": {foreign}, "family": "technical", "state": "new"}}',),
    )
    filling.alert(connection, place.homes["maria"], now)
    assert set(until(stream, "urgent")) == {"changed", "urgent"}
    token = filling.one(connection, "SELECT token_id FROM dashboards.api_token")
    assert end_token(connection, token, now)
    assert until(stream, "ended")[-1] == "ended"
    assert stream.read() == b"data: 1\n\n"
