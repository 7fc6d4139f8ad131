"""While a home is paused nothing of wellbeing is recorded, also of what comes late; calls for help are."""

from datetime import UTC, datetime, timedelta

from core.topics import Leaf
from tests.integration.ingest.homes import NOW_MS

MINUTE_MS = 60_000
START, END = NOW_MS - 60 * MINUTE_MS, NOW_MS - 30 * MINUTE_MS


def instant(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def pause(world, gateway, start_ms, end_ms=None):
    world.connection.execute(
        "WITH person AS (INSERT INTO registry.person (organisation_id, home_id, key, name)"
        " SELECT organisation_id, home_id, key, 'Ada' FROM registry.home WHERE home_id = %s"
        " ON CONFLICT (key) DO UPDATE SET name = 'Ada' RETURNING organisation_id, home_id, person_id)"
        " INSERT INTO registry.pause (organisation_id, home_id, person_id, started_at, ended_at)"
        " SELECT organisation_id, home_id, person_id, %s, %s FROM person",
        (world.home_id(gateway), instant(start_ms), end_ms and instant(end_ms)),
    )


def test_nothing_of_wellbeing_is_stored_of_a_pause_and_the_gateway_may_let_it_go(world, start_worker, sender):
    paused = sender(world.home("paused", ("temperature", "occupancy", "link_quality", "sos_button")))
    other = sender(world.home("other", ("occupancy",)))
    pause(world, paused.key, START, END)
    start_worker()
    sent = [
        paused.send(*((f"d/{name}", at, 1.0) for name in ("occupancy", "temperature", "link_quality")), leaf=leaf)
        for at in (START - 1, START, END - 1, END)
        for leaf in (Leaf.BACKFILL,)
    ]
    sent.append(paused.send(("d/sos_button", START + 5, 1.0), leaf=Leaf.URGENT))
    paused.await_stored(*sent)
    theirs = other.send(("d/occupancy", START, 1.0))
    other.await_stored(theirs)
    stored = set(world.stored())
    wellbeing = {("d/occupancy", at, 1.0) for at in (START - 1, END)} | {
        ("d/temperature", at, 1.0) for at in (START - 1, END)
    }
    # The device also calls for help: that it lives has to be known.
    technical = {("d/link_quality", at, 1.0) for at in (START - 1, START, END - 1, END)}
    assert stored == wellbeing | technical | {("d/sos_button", START + 5, 1.0), ("d/occupancy", START, 1.0)}
    assert world.value("SELECT count(*) FROM ingest.urgent") == 1
    assert world.value("SELECT count(*) FROM ingest.reject") == 0


def test_a_device_that_only_tells_of_movement_leaves_no_trace_and_a_pause_acts_at_once(world, start_worker, sender):
    home = sender(world.home("home", ("occupancy", "link_quality")))
    start_worker()
    home.await_stored(home.send(("d/occupancy", NOW_MS - 5, 1.0), ("d/link_quality", NOW_MS - 5, 90.0)))
    before = world.stored()
    assert len(before) == 2
    pause(world, home.key, NOW_MS - 2)
    home.await_stored(home.send(("d/occupancy", NOW_MS, 0.0), ("d/link_quality", NOW_MS, 90.0)))
    assert world.stored() == before
    assert world.value("SELECT sum(stored)::int FROM ingest.tally") == 2
    world.connection.execute("UPDATE registry.pause SET ended_at = %s", (instant(NOW_MS) + timedelta(milliseconds=1),))
    home.await_stored(home.send(("d/occupancy", NOW_MS + 2, 1.0)))
    assert len(world.stored()) == 3


def test_without_a_basis_of_care_nothing_is_recorded_either(world, start_worker, sender):
    home = sender(world.home("home", ("occupancy",)))
    pause(world, home.key, NOW_MS - 2, NOW_MS - 1)
    world.connection.execute(
        "INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, withdrawn_at)"
        " SELECT organisation_id, person_id, 'care', 'consent', %s, %s FROM registry.person",
        (instant(START), instant(END)),
    )
    start_worker()
    home.await_stored(home.send(("d/occupancy", END - 1, 1.0), ("d/occupancy", END + 1, 1.0)))
    assert world.stored() == [("d/occupancy", END - 1, 1.0)]
