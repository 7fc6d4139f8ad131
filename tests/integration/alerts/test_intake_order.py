"""What came lately is taken in before what had been stored for long, and nothing holds up what stands behind it."""

from datetime import UTC, datetime, timedelta

from alerts.intake import AT_ONCE

NOW = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def taken(world):
    return {row["source_id"] for row in world.rows("SELECT source_id FROM alerts.taken_in WHERE source = 'urgent'")}


def test_a_call_goes_before_what_had_been_stored_for_long(world, intake):
    there = world.neighbour(world.travo)
    (elsewhere,) = world.rows(
        "SELECT series_id FROM devices.series JOIN registry.home USING (home_id)"
        " WHERE home.key = %s AND quantity_id = 20",
        there,
    )
    long_ago = NOW - timedelta(days=40)
    stored = [world.urgent(long_ago + number * MINUTE) for number in range(AT_ONCE + 5)]
    call = world.urgent(NOW, series=elsewhere["series_id"])
    seen = []
    assert intake.look_urgent(NOW, between=lambda: seen.append(taken(world))) == (AT_ONCE, True)
    assert seen[0] == {call}
    # What comes meanwhile is found by the next look, and goes before them too; of one home all go in their order.
    again = world.urgent(NOW, series=elsewhere["series_id"])
    assert intake.look_urgent(NOW, between=lambda: seen.append(taken(world))) == (7, False)
    assert seen[AT_ONCE] - seen[AT_ONCE - 1] == {again}
    assert [len(each) for each in seen] == list(range(1, AT_ONCE + 8))
    assert [max(each & set(stored), default=None) for each in seen[1:AT_ONCE]] == stored[: AT_ONCE - 1]


def test_a_home_that_calls_now_is_taken_in_from_its_first_reading_on(world, intake):
    long_ago = NOW - timedelta(days=40)
    raised = world.urgent(long_ago, series=world.leak)
    other = world.urgent(long_ago, series=world.leak, value=0.0)
    call = world.urgent(NOW)
    seen = []
    intake.look_urgent(NOW, between=lambda: seen.append(taken(world)))
    assert seen == [{raised}, {raised, other}, {raised, other, call}]


def test_readings_that_cannot_be_taken_in_hold_up_nobody_behind_them(world, intake, monkeypatch):
    def refuse(*_):
        raise ValueError

    with monkeypatch.context() as patched:
        patched.setattr("alerts.intake.home_facts", refuse)
        for number in range(AT_ONCE):
            world.urgent(NOW + number * MINUTE)
        assert intake.look_urgent(NOW) == (0, True)
    world.urgent(NOW + timedelta(hours=1))
    assert intake.look_urgent(NOW) == (1, False)
    assert intake.look_urgent(NOW + timedelta(seconds=5)) == (AT_ONCE, True)
