"""`vicino retention` tells of each class how long it is kept and what is due."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from cli.retention.commands import CLASSES, look
from core.database import Database, Role
from tests.integration.dashboards import filling

NOW = datetime(2026, 3, 16, 11, 12, tzinfo=UTC)


@pytest.fixture
def place(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        place = filling.fill(connection, NOW, life=False)
        maria = place.homes["maria"]
        connection.execute(
            "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, %s, %s)", (maria.home_id, NOW, NOW)
        )
        for days in (10, 2_000):
            at = NOW - timedelta(days=days)
            filling.alert(connection, maria, at, kind=f"k{days}", state="resolved", outcome="true", resolved_at=at)
        return place


def test_each_class_is_told(database_url, place, monkeypatch):
    monkeypatch.setenv("VICINO_RETENTION_AUDIT_DAYS", "400")
    with Database(database_url, Role.SERVICE, name="test") as database, database.transaction() as connection:
        lines = {line.name: line for line in look(connection, NOW)}
    assert lines.keys() == {each.name for each in CLASSES}
    assert (lines["alerts"].kept, lines["alerts"].due) == (1_825, 1)
    assert lines["alerts"].oldest == NOW - timedelta(days=2_000)
    assert (lines["audit"].kept, lines["audit"].due) == (400, 0)
    assert lines["figures"].kept == 0
    assert lines["event"].due is None
