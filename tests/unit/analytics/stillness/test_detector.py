"""It holds what the common checks ask of all: nothing later is seen, holes do not matter, its state is all."""

import json

import pytest

from analytics.baseline import LEAST_DAYS
from analytics.stillness.detector import Expected
from analytics.stillness.quiet import Where, minute_of
from tests.unit.analytics.made import ROME
from tests.unit.analytics.stillness.persons import (
    BATHROOM,
    BEDROOM,
    HALL,
    KITCHEN,
    LIVING,
    ROOMS_OF_HOME,
    day,
    days,
    still,
)

FRESH = Expected(ROOMS_OF_HOME)
LEARNED = FRESH.learn(days(28))
ASKED = [
    still(f"{hour}:20", minutes, room, where)
    for hour in range(0, 24, 3)
    for minutes in (45, 130, 700)
    for room, where in ((BATHROOM, Where.ROOM), (LIVING, Where.ROOM), (BEDROOM, Where.IN_BED), (HALL, Where.AWAY))
]


def scores(detector: Expected) -> list[float]:
    return [detector.score(each, ROME) for each in ASKED]


def test_it_is_deterministic_and_does_not_change_when_it_scores() -> None:
    before = json.dumps(LEARNED.state())
    assert scores(LEARNED) == scores(FRESH.learn(days(28)))
    LEARNED.learn(days(10))
    assert json.dumps(LEARNED.state()) == before


@pytest.mark.parametrize("detector", [FRESH, LEARNED, FRESH.learn(days(5))], ids=["fresh", "learned", "young"])
def test_it_is_the_same_after_its_state(detector: Expected) -> None:
    back = Expected.from_state(json.loads(json.dumps(detector.state())))
    assert scores(back) == scores(detector)
    assert back.state() == detector.state()


def test_it_does_not_mind_missing_days() -> None:
    known = [each for number, each in enumerate(days(40)) if number % 3]
    holes = FRESH.learn([day(41, ()), *known, day(42, ())])
    assert holes.state() == FRESH.learn(known).state()
    assert holes.score(still("10:00", 125, BATHROOM), ROME) >= 1
    assert holes.score(still("13:10", 45, LIVING), ROME) < 1


def test_it_stays_calm_on_ordinary_days_and_sees_a_change() -> None:
    for one in days(28):
        for begin, lasted, room, where in zip(*(column.tolist() for column in one[1:]), strict=True):
            clock = f"{begin // 60 % 24}:{begin % 60}"
            assert LEARNED.score(still(clock, lasted, room, Where(where)), ROME) < 1
    assert LEARNED.score(still("10:30", 90, BATHROOM), ROME) >= 1
    assert LEARNED.score(still("15:00", 121, LIVING), ROME) >= 1
    assert LEARNED.score(still("2:20", 260, HALL), ROME) >= 1


def test_the_longer_the_more_unusual() -> None:
    row = [LEARNED.score(still("10:00", minutes, KITCHEN), ROME) for minutes in range(30, 600, 30)]
    assert row == sorted(row)


def test_it_is_patient_while_it_learns_and_says_what_is_usual_only_then() -> None:
    young = FRESH.learn(days(LEAST_DAYS - 1))
    for one in (FRESH, young):
        reason = one.explain(still("10:00", 239, BATHROOM), ROME)
        assert reason.usual is None
        assert reason.score < 1
        assert one.score(still("10:00", 241, BATHROOM), ROME) >= 1
    assert young.score(still("23:00", 500, BEDROOM), ROME) < 1
    reason = LEARNED.explain(still("10:00", 130, BATHROOM), ROME)
    assert reason.usual == 10.0
    assert (reason.minutes, reason.days) == (130, 28)


def test_a_room_that_cannot_be_seen_makes_it_patient() -> None:
    seen, unseen = (LEARNED.explain(still("15:00", 130, HALL, blind=blind), ROME) for blind in ((), (LIVING,)))
    assert unseen.limit >= 2 * seen.limit
    assert unseen.limit <= 240


def test_who_may_lie_in_a_bed_that_does_not_tell_is_given_as_long_as_who_lies_in_it() -> None:
    naps = [(10 * 60 + part, 150, BEDROOM, Where.IN_BED) for part in (0, 20, 40)]
    detector = Expected(ROOMS_OF_HOME).learn(days(60, (10 * 60 + 10, 12, BEDROOM, Where.ROOM), *naps))
    seen, in_bed = still("10:30", 100, BEDROOM), still("10:30", 100, BEDROOM, Where.IN_BED)
    assert detector.score(seen, ROME) > detector.score(in_bed, ROME)
    assert detector.score(seen._replace(may_lie=True), ROME) == detector.score(in_bed, ROME)


def test_a_room_that_is_not_known_is_one_like_others() -> None:
    for room in (77, 0):
        assert LEARNED.score(still("10:00", 239, room), ROME) < 1
        assert LEARNED.score(still("10:00", 241, room), ROME) >= 1


def test_an_absence_is_judged_against_absences() -> None:
    assert LEARNED.score(still("9:40", 359, HALL, Where.AWAY), ROME) < 1
    long = LEARNED.explain(still("9:40", 450, HALL, Where.AWAY), ROME)
    assert long.score == pytest.approx(450 / 360)
    assert (long.usual, long.ever) == (75.0, True)
    family = FRESH.learn(days(28, (600, 480, HALL, Where.AWAY)))
    assert family.score(still("9:40", 480, HALL, Where.AWAY), ROME) < 1


def test_soonest_is_never_later_than_what_is_asked() -> None:
    for detector in (FRESH, LEARNED):
        for each in ASKED:
            assert detector.soonest(minute_of(each.quiet.start, ROME)) <= detector.explain(each, ROME).limit
