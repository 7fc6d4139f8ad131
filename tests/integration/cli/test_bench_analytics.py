"""`vicino bench analytics` on a server that is there: a few homes, a week before."""

from datetime import date

import psycopg
from psycopg.rows import dict_row

from cli.bench.analytics import history
from cli.bench.analytics.measure import measure
from core.database import Database, Role


def test_a_night_and_some_ticks_are_measured_and_all_is_removed(postgres_url: str) -> None:
    found = measure(homes=3, days=7, workers=1, server=postgres_url)
    assert (found.homes, found.days, found.workers) == (3, 7, 1)
    # A standard home; those that are copies have as many as what they are copies of.
    assert 300 < found.readings < 550
    assert 0 < found.tick_s < found.nightly_s
    # The night is three runs; a home takes no less than a millisecond of each, and what one tick takes is less.
    assert 3 < found.tick_cpu_ms_per_home < found.cpu_ms_per_home_day
    assert found.peak_mib > 50
    with psycopg.connect(postgres_url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'vicino_bench_%'").fetchone()
    assert left == (0,)


def test_what_is_computed_of_a_pattern_is_there_for_its_copy_under_numbers_of_its_own(database_url: str) -> None:
    with (
        Database(database_url, Role.SERVICE, name="test") as database,
        psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection,
    ):
        history.prepare(database, connection, 3, history.span(2, date(2026, 10, 20)), lambda *_: None)
        homes = [row["home_id"] for row in connection.execute("SELECT home_id FROM registry.home ORDER BY key")]
        pattern, _, copy = homes

        def of(home: int, query: str) -> list[dict]:
            return connection.execute(query, {"home": home}).fetchall()

        for query in (
            "SELECT kind, day, value FROM analytics.indicator WHERE home_id = %(home)s ORDER BY kind, day",
            "SELECT kind, started_at, ended_at FROM analytics.episode WHERE home_id = %(home)s ORDER BY 1, 2, 3",
            (
                "SELECT day, room.key"
                " FROM analytics.day_profile, unnest(rooms) WITH ORDINALITY AS seen (room_id, place)"
                " JOIN registry.room USING (room_id) WHERE day_profile.home_id = %(home)s ORDER BY day, place"
            ),
            (
                "SELECT day, (move->>0)::int, room.key"
                " FROM analytics.day_traces, jsonb_array_elements(traces->'moves') AS move"
                " JOIN registry.room ON room_id = (move->>2)::int WHERE day_traces.home_id = %(home)s ORDER BY 1, 2, 3"
            ),
            (
                "SELECT day, device.key, reports FROM analytics.device_rhythm JOIN devices.device USING (device_id)"
                " WHERE device_rhythm.home_id = %(home)s AND device.home_id = %(home)s ORDER BY 1, 2"
            ),
            (
                "SELECT ts, value, name FROM ingest.reading_event JOIN devices.series USING (series_id)"
                " WHERE home_id = %(home)s ORDER BY ts, name"
            ),
        ):
            assert of(copy, query) == of(pattern, query) != []
