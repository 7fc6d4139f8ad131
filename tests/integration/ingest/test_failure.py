"""Killed, cut off and restarted: nothing is lost and nothing counts twice."""

import signal
import threading
import time

import psycopg

from tests.integration.ingest.homes import NOW_MS, WITHIN_S, until


def sending(home, count):
    for number in range(count):
        home.send(("d/temperature", NOW_MS + number, 20.0), ("d/occupancy", NOW_MS + number, number % 2))
        time.sleep(0.001)


def resend(home, count):
    """What a gateway does: send the same batches again until each is called stored."""
    deadline = time.monotonic() + WITHIN_S
    while missing := set(range(1, count + 1)) - {sequence for _, sequence in home.heard}:
        assert time.monotonic() < deadline, f"{len(missing)} batches were never stored"
        for sequence in sorted(missing):
            number = sequence - 1
            home.send(
                ("d/temperature", NOW_MS + number, 20.0),
                ("d/occupancy", NOW_MS + number, number % 2),
                sequence=sequence,
            )
        time.sleep(0.5)


def test_a_killed_worker_loses_nothing_and_nothing_counts_twice(world, start_process, sender):
    home = sender(world.home("home"))
    first = start_process(ingest_batch_messages=20)
    thread = threading.Thread(target=sending, args=(home, 600))
    thread.start()
    until(lambda: len(home.heard) >= 100, "the first batches being stored")
    first.kill()
    first.wait()
    thread.join()
    start_process()
    resend(home, 600)
    assert len(world.stored()) == 1_200
    assert world.value("SELECT sum(stored)::int FROM ingest.tally") == 1_200
    assert world.rejected() == {}


def test_another_worker_stores_what_a_killed_one_held(world, start_process, start_worker, sender):
    home = sender(world.home("home"))
    stuck = start_process(ingest_writers=1)
    with world.connection.transaction():
        world.connection.execute("LOCK TABLE ingest.tally IN ACCESS EXCLUSIVE MODE")
        sending(home, 40)
        until(lambda: blocked(world), "the worker's waiting in the midst of its transaction")
        start_worker()
        stuck.kill()
        stuck.wait()
    # Not every broker hands on what a dead worker has not acknowledged (Mosquitto does not), but the gateway knows.
    resend(home, 40)
    assert len(world.stored()) == 80
    assert world.value("SELECT sum(stored)::int FROM ingest.tally") == 80


def blocked(world):
    return world.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_a_worker_that_is_told_to_end_does_so_in_order(world, start_process, sender):
    home = sender(world.home("home"))
    process = start_process()
    home.await_stored(home.send(("d/temperature", NOW_MS, 20.0)))
    process.send_signal(signal.SIGTERM)
    assert process.wait(8) == 0


def test_a_lost_database_connection_costs_nothing(world, start_worker, sender):
    home = sender(world.home("home"))
    consumer = start_worker(ingest_batch_messages=10)
    thread = threading.Thread(target=sending, args=(home, 400))
    thread.start()
    for _ in range(3):
        time.sleep(0.15)
        world.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'vicino ingest' AND datname = current_database()"
        )
    thread.join()
    home.await_stored(*range(1, 401))
    assert len(world.stored()) == 800
    assert world.value("SELECT sum(stored)::int FROM ingest.tally") == 800
    assert consumer.alive


def test_messages_are_kept_while_there_is_no_database(world, start_worker, sender, database_url, postgres_url):
    home = sender(world.home("home"))
    start_worker()
    home.await_stored(home.send(("d/temperature", NOW_MS, 20.0)))
    name = world.value("SELECT current_database()")
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'vicino ingest'",
            (name,),
        )
        sent = [home.send(("d/temperature", NOW_MS + number, 20.0)) for number in range(1, 30)]
        time.sleep(1.0)
        assert len(home.heard) == 1
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    home.await_stored(*sent)
    assert len(world.stored()) == 30
