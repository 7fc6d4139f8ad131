from datetime import date

from analytics.activity import activity
from analytics.episodes import company, night_walk
from analytics.frames import SECOND, Span
from analytics.observed import passages
from core.places import RoomKind
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR, KITCHEN, at, readings, sensor, sensors

DAY = date(2026, 3, 2)
DARK = [Span(at(DAY, "23:00"), at(DAY, "29:00"))]
LIVING = 30
HOME = sensors(sensor(LIVING, "motion", RoomKind.LIVING))


def signs(*events: tuple[str, int]):
    return activity(readings((at(DAY, clock), series) for clock, series in events), HOME)


def test_walking_about_is_more_than_to_the_bathroom_and_back() -> None:
    visit = (("26:00", BEDROOM), ("26:02", BATHROOM), ("26:06", BEDROOM))
    assert night_walk.walks(passages(signs(*visit)), DARK) == []
    about = (*visit, ("26:08", KITCHEN), ("26:12", LIVING), ("26:40", BEDROOM))
    found = night_walk.walks(passages(signs(*about)), DARK)
    assert [(e.start, e.end, e.readings) for e in found] == [(at(DAY, "26:02"), at(DAY, "26:12"), 4)]
    by_day = [(clock.replace("26:", "12:"), series) for clock, series in about]
    assert night_walk.walks(passages(signs(*by_day)), DARK) == []


def test_the_door_at_night_is_told_once_for_coming_and_going() -> None:
    door = signs(("22:50", FRONT_DOOR), ("26:00", FRONT_DOOR), ("26:01", FRONT_DOOR), ("28:00", FRONT_DOOR))
    found = night_walk.doors(door, DARK)
    assert [(e.start, e.end) for e in found] == [(at(DAY, "26:00"), at(DAY, "26:01")), (at(DAY, "28:00"),) * 2]


def lived(gap_s: int, *, often: int = 8) -> list[tuple[int, int]]:
    """Somebody goes from the kitchen to the bedroom and back, so many seconds apart, on one morning."""
    rows = []
    for number in range(often):
        start = at(DAY, "8:00") + number * 900 * SECOND
        rows += [(start, KITCHEN), (start + gap_s * SECOND, BEDROOM), (start + 600 * SECOND, BEDROOM),
                 (start + (600 + gap_s) * SECOND, KITCHEN)]  # fmt: skip
    return rows


def several(rows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(e.start, e.end) for e in company.together_in_rooms(passages(activity(readings(rows), HOME)))]


def test_movement_at_once_in_rooms_that_do_not_adjoin_is_company() -> None:
    moments = [at(DAY, "15:00"), at(DAY, "15:20"), at(DAY, "15:50")]
    at_once = [row for moment in moments for row in ((moment, KITCHEN), (moment + SECOND, BEDROOM))]
    assert several(lived(9)) == []
    assert several([*lived(9), *at_once]) == [(moments[0] + SECOND, moments[-1] + 2 * SECOND)]


def test_one_such_sign_is_none_and_nor_are_rooms_that_adjoin_or_are_not_known() -> None:
    once = [(at(DAY, "15:00"), KITCHEN), (at(DAY, "15:00") + SECOND, BEDROOM)]
    assert several([*lived(9), *once]) == []
    twice = [*once, *((moment + 1200 * SECOND, series) for moment, series in once)]
    assert several([*lived(2), *twice]) == []
    assert several([*lived(9, often=1), *twice]) == []
