"""What a process remembers of readings is what the database says, whatever came in meanwhile, and however late."""

import random
from datetime import datetime, timedelta

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics.frames import micros, readings_frame
from analytics.recent import FOLLOWED, Recent
from ingest import reads as ingest
from tests.integration.analytics.conftest import NOW, Installation, MadeHome

DAYS = timedelta(days=15)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def homes(installation: Installation) -> list[MadeHome]:
    organisation = installation.organisation()
    made = [installation.home(organisation) for _ in range(3)]
    for home in made:
        installation.store(home, scattered(random.Random(home.home_id), home, NOW - 16 * timedelta(days=1), NOW, 600))
    return made


def scattered(
    dice: random.Random, home: MadeHome, first: datetime, last: datetime, number: int
) -> list[tuple[int, str]]:
    span = (micros(last) - micros(first)) // 1000
    return [(micros(first) + dice.randrange(span) * 1000, dice.choice(list(home.series))) for _ in range(number)]


def stored(database, home: MadeHome, now: datetime) -> pd.DataFrame:
    with database.transaction() as connection:
        return readings_frame(ingest.readings_of_home(connection, home.home_id, now - DAYS, now))


def remembered(database, recent: Recent, home: MadeHome, now: datetime) -> pd.DataFrame:
    with database.transaction() as connection:
        recent.follow(connection, now)
        return pd.DataFrame(recent.readings(connection, home.home_id, now - DAYS, now, now)._asdict())


@pytest.mark.parametrize("room", [0, 30_000, 10_000_000])
def test_whatever_comes_in_a_look_sees_what_is_stored(installation, database, homes, room) -> None:
    dice, recent, now = random.Random(room), Recent(room), NOW
    for step in range(14):
        for home in homes:
            assert_frame_equal(remembered(database, recent, home, now), stored(database, home, now))
        home = dice.choice(homes)
        if step == 9:
            now += 2 * FOLLOWED
        later = now + dice.choice([1, 10, 44]) * MINUTE
        installation.store(home, scattered(dice, home, now, later, 8))  # live
        installation.store(home, scattered(dice, home, now - 20 * timedelta(days=1), now, dice.choice([0, 1, 30]) + 1))
        installation.store(home, scattered(dice, home, later, later + 90 * MINUTE, 3))  # from clocks that go ahead
        now = later


@pytest.mark.parametrize("room", [0, 10_000_000])
def test_a_part_of_what_is_remembered_is_what_is_stored_of_it(installation, database, homes, room) -> None:
    dice, recent, now = random.Random(room), Recent(room), NOW
    for _ in range(6):
        for home in homes:
            remembered(database, recent, home, now)
            for ago, until in (
                (timedelta(hours=40), timedelta(0)),
                (timedelta(days=14), timedelta(days=2)),
                (DAYS, DAYS),
            ):
                with database.transaction() as connection:
                    part = recent.readings(connection, home.home_id, now - ago, now - until, now)
                    known = ingest.readings_of_home(connection, home.home_id, now - ago, now - until)
                assert_frame_equal(pd.DataFrame(part._asdict()), readings_frame(known))
            installation.store(home, scattered(dice, home, now - 16 * timedelta(days=1), now + 30 * MINUTE, 9))
        now += 5 * MINUTE


def test_a_corrected_time_counts_where_it_lies_in_what_is_looked_at(installation, database, homes) -> None:
    home, recent = homes[0], Recent()
    remembered(database, recent, home, NOW)
    for key, corrected in ((-1, -60), (-2, -15 * 24 * 60 - 5), (-30, 5), (-15 * 24 * 60 + 2, -40)):
        installation.connection.execute(
            "INSERT INTO ingest.reading_event (ts, series_id, value, corrected_ts, flags) VALUES (%s, %s, 1, %s, 2)",
            (NOW + key * MINUTE, home.series["kitchen"], NOW + corrected * MINUTE),
        )
        installation.connection.execute(
            "INSERT INTO ingest.touched (home_id, hour, received_at) VALUES (%s, date_trunc('hour', %s), %s)",
            (home.home_id, NOW + key * MINUTE, NOW),
        )
    for later in (0, 3, 6, 20):
        now = NOW + later * MINUTE
        assert_frame_equal(remembered(database, recent, home, now), stored(database, home, now))


def test_a_series_that_comes_from_another_home_brings_its_readings(installation, database, homes) -> None:
    giving, getting, *_ = homes
    recent = Recent()
    for home in homes:
        remembered(database, recent, home, NOW)
    installation.connection.execute(
        "UPDATE devices.series SET home_id = %s WHERE series_id = %s", (getting.home_id, giving.series["kitchen"])
    )
    now = NOW + MINUTE
    for home in homes:
        assert_frame_equal(remembered(database, recent, home, now), stored(database, home, now))


def test_what_comes_while_a_look_is_under_way_is_not_missed(installation, database, homes, database_url) -> None:
    home, recent = homes[0], Recent()
    with installation.connection.transaction():
        installation.store(home, [(micros(NOW - 3 * timedelta(days=1)), "bathroom")])
        before = len(remembered(database, recent, home, NOW))
    after = remembered(database, recent, home, NOW + MINUTE)
    assert len(after) == before + 1
    assert_frame_equal(after, stored(database, home, NOW + MINUTE))


def test_what_failed_halfway_is_read_again(installation, database, homes, monkeypatch) -> None:
    home, recent = homes[0], Recent()
    remembered(database, recent, home, NOW)
    installation.store(home, [(micros(NOW - 3 * timedelta(days=1)) + 1000, "bathroom")])
    monkeypatch.setattr(ingest, "keyed_readings_of_home", lambda *_: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        remembered(database, recent, home, NOW + MINUTE)
    monkeypatch.undo()
    now = NOW + 2 * MINUTE
    assert_frame_equal(remembered(database, recent, home, now), stored(database, home, now))


def test_no_more_is_kept_than_there_is_room_for(database, homes) -> None:
    recent = Recent(room=20_000)
    for home in homes:
        remembered(database, recent, home, NOW)
    assert recent.taken <= 20_000
