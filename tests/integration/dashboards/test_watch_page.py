"""What the board says where alerts are not worked on."""

from datetime import timedelta

import psycopg
import pytest
from starlette.testclient import TestClient

from core.clock import SimulatedClock
from tests.integration.dashboards import filling
from tests.integration.dashboards.conftest import NOW, sign_in

PAGES = ["/", "/board", "/alerts", "/alerts/list"]


def worked_at(connection: psycopg.Connection, at: object) -> None:
    connection.execute("UPDATE alerts.heartbeat SET at = %s", (at,))


@pytest.mark.parametrize("path", PAGES)
def test_everybody_reads_since_when_alerts_are_not_worked_on(
    client: TestClient, connection: psycopg.Connection, place: filling.Neighbourhood, path: str
) -> None:
    sign_in(client)
    assert "non vengono gestiti" not in client.get(path).text
    worked_at(connection, NOW - timedelta(seconds=60))
    assert "non vengono gestiti" not in client.get(path).text
    worked_at(connection, NOW - timedelta(minutes=2))
    # 03:10 in Rome.
    assert "Gli allarmi non vengono gestiti (ultima volta: oggi alle 03:10): nessuno viene chiamato" in " ".join(
        client.get(path).text.split()
    )
    connection.execute("DELETE FROM alerts.heartbeat")
    assert "Gli allarmi non vengono gestiti: nessuno viene chiamato" in client.get(path).text


def test_a_lost_test_call_is_said_until_one_arrives(
    client: TestClient, connection: psycopg.Connection, clock: SimulatedClock, place: filling.Neighbourhood
) -> None:
    sign_in(client)
    connection.execute("INSERT INTO alerts.canary (sent_at, missed_at) VALUES (%s, %s)", (NOW, NOW))
    assert "non è arrivata" in client.get("/board").text
    # The next one is under way: nothing is known of it.
    connection.execute("INSERT INTO alerts.canary (sent_at) VALUES (%s)", (NOW + timedelta(minutes=5),))
    assert "non è arrivata" in client.get("/board").text
    connection.execute("UPDATE alerts.canary SET arrived_at = sent_at WHERE missed_at IS NULL")
    assert "non è arrivata" not in client.get("/board").text
