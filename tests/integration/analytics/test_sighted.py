"""On how much the last indicators rest is kept beside them, and says what they say."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from psycopg.rows import dict_row

from analytics.reads import ask_latest_coverage
from core.database import Database, Role
from core.viewer import Viewer
from tests.integration.dashboards import filling

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
LATEST = """
    SELECT home_id, day, min(coverage) AS coverage FROM (
        SELECT DISTINCT ON (home_id, kind) home_id, day, coverage
        FROM analytics.indicator ORDER BY home_id, kind, day DESC
    ) AS latest GROUP BY home_id, day
"""


@pytest.fixture
def connection(database_url):
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as made:
        yield made


def put(connection, home, kind: str, day: date, coverage: float) -> None:
    connection.execute(
        "INSERT INTO analytics.indicator (organisation_id, home_id, kind, day, value, unit, coverage, readings,"
        " code_version, computed_at) VALUES (%s, %s, %s, %s, 1, '1', %s, 1, '1', %s)"
        " ON CONFLICT (home_id, kind, day) DO UPDATE SET coverage = excluded.coverage",
        (home.organisation_id, home.home_id, kind, day, coverage, NOW),
    )


def said(rows) -> list[tuple[int, date, float]]:
    return sorted((row["home_id"], row["day"], round(row["coverage"], 3)) for row in rows)


def test_the_least_of_the_last_indicators_follows_them_whatever_is_written(database_url, connection) -> None:
    place = filling.fill(connection, NOW, life=False)
    one, other, foreign = place.homes["maria"], place.homes["rosa"], place.homes["ines"]
    with Database(database_url, Role.PEOPLE, name="test") as people:

        def seen(first: date = TODAY - timedelta(days=30)) -> list[tuple[int, date, float]]:
            with people.seen_by(Viewer(place.accounts[filling.LOGIN])) as view:
                return said(ask_latest_coverage(view, first)())

        put(connection, one, "meals", TODAY, 0.9)
        put(connection, one, "sleep_start", TODAY, 0.7)
        put(connection, one, "outings", TODAY - timedelta(days=1), 0.2)
        put(connection, other, "meals", TODAY - timedelta(days=9), 0.5)
        put(connection, foreign, "meals", TODAY, 0.1)
        yesterday = (one.home_id, TODAY - timedelta(days=1), 0.2)
        assert seen() == [yesterday, (one.home_id, TODAY, 0.7), (other.home_id, TODAY - timedelta(days=9), 0.5)]
        assert seen(TODAY - timedelta(days=1)) == [yesterday, (one.home_id, TODAY, 0.7)]
        # Restated, and a day that is computed late: it is not the last one.
        put(connection, one, "sleep_start", TODAY, 0.95)
        put(connection, one, "meals", TODAY - timedelta(days=3), 0.0)
        assert seen(TODAY) == [(one.home_id, TODAY, 0.9)]
        put(connection, one, "outings", TODAY, 0.4)
        assert seen() == [(one.home_id, TODAY, 0.4), (other.home_id, TODAY - timedelta(days=9), 0.5)]
        own = [row for row in connection.execute(LATEST) if row["home_id"] != foreign.home_id]
        assert seen() == said(own)
        connection.execute("DELETE FROM analytics.indicator WHERE home_id = %s AND day = %s", (one.home_id, TODAY))
        connection.execute("DELETE FROM analytics.indicator WHERE home_id = %s", (other.home_id,))
        assert seen() == [(one.home_id, TODAY - timedelta(days=3), 0.0), (one.home_id, TODAY - timedelta(days=1), 0.2)]
