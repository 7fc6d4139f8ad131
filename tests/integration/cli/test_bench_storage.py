"""`vicino bench storage` on a server that is there."""

import psycopg

from cli.bench.storage.measure import measure


def test_a_simulated_day_is_stored_weighed_and_removed(postgres_url: str) -> None:
    found = measure(1, 1, postgres_url)
    assert 300 < found.readings == round(found.per_home_and_day)
    assert sum(kept.readings for kept in found.classes.values()) == found.readings
    # A heap row of the readings with its entry in the index takes no less.
    assert found.loaded_per_reading > 60
    event = found.classes["event"]
    assert 24 < event.figures < event.readings
    assert event.figure_bytes > 0
    with psycopg.connect(postgres_url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'vicino_bench_%'").fetchone()
    assert left == (0,)
