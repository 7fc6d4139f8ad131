import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
import pytest
from psycopg.rows import dict_row

from core.clock import SystemClock
from core.database import Database, Role
from dashboards.__main__ import listen, make_server
from dashboards.live import Hub
from dashboards.settings import DashboardSettings
from tests.integration.dashboards import filling

REPLY_KEY = "k" * 32


class Site(NamedTuple):
    """The pages, served for real, with a small neighbourhood behind them."""

    address: str
    connection: psycopg.Connection
    place: filling.Neighbourhood
    hub: Hub


@pytest.fixture
def site(database_url: str, broker_url: str) -> Iterator[Site]:
    now = datetime.now(UTC)
    clock = SystemClock()
    with (
        psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection,
        Database(database_url, Role.PEOPLE, name="browser test") as database,
        listen("127.0.0.1", 0) as listening,
    ):
        place = filling.fill(connection, now)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        hub = Hub(database, clock)
        settings = DashboardSettings(
            database_url=database_url,
            base_url=address,
            broker_url=broker_url,
            reply_key=REPLY_KEY,
            second_factor_roles="",
        )
        server = make_server(database, clock, settings, hub)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield Site(address, connection, place, hub)
        hub.close()
        server.should_exit = True
        thread.join(3)
        assert not thread.is_alive(), "the server did not end within 3 seconds"
