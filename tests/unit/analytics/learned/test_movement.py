from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.frames import HOUR, MINUTE, micros
from analytics.learned.movement import HOURS, PARTS, by_hour, transitions
from core.localtime import local_instant

LONDON = ZoneInfo("Europe/London")


def at(day: date, hour: int, minute: int = 0) -> int:
    return micros(local_instant(day, time(hour, minute), LONDON))


def test_only_a_change_of_rooms_is_a_transition() -> None:
    when = np.array([10, 20, 30, 40, 50], dtype=np.int64)
    assert transitions(when, np.array([1, 1, 2, 2, 1])).tolist() == [30, 50]
    assert transitions(when[:1], np.array([1])).tolist() == []
    assert transitions(when[:0], np.array([], dtype=np.int64)).tolist() == []


def test_each_is_counted_in_its_local_hour() -> None:
    day = date(2019, 5, 3)
    changes = np.array([at(day, 6, 59), at(day, 7), at(day, 7, 59), at(day, 12, 59), at(day, 13), at(day, 19)])
    counts = by_hour(changes, [day], LONDON)
    assert counts.shape == (1, len(PARTS), HOURS)
    assert counts[0].tolist() == [[2, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]]


def test_it_follows_the_clock_when_that_is_changed() -> None:
    before, changed = date(2019, 3, 30), date(2019, 3, 31)
    assert PARTS[0].span(changed, LONDON).start - PARTS[0].span(before, LONDON).start == 23 * HOUR
    for part in PARTS:
        for day in (before, changed, date(2019, 10, 27)):
            assert part.span(day, LONDON).length == HOURS * HOUR


def test_days_share_nothing() -> None:
    days = [date(2019, 5, 1) + timedelta(days=n) for n in range(3)]
    changes = np.array([at(days[1], 9) + n * MINUTE for n in range(30)])
    assert by_hour(changes, days, LONDON).sum(axis=(1, 2)).tolist() == [0, 30, 0]
