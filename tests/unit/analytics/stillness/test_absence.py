from analytics.stillness.absence import FLOOR, MARGIN, MOST, ONCE_AT_LEAST, UNTIL_KNOWN, absences
from analytics.stillness.quiet import Where
from tests.unit.analytics.stillness.persons import HALL, day, days


def test_nothing_is_known_at_first() -> None:
    assert absences([]) == (0, 0.0, 0.0, UNTIL_KNOWN)
    assert absences(days(3)).limit == UNTIL_KNOWN


def test_short_outings_make_six_hours_long() -> None:
    known = absences(days(28))
    assert (known.known, known.longest, known.limit) == (28, 75.0, FLOOR)


def test_one_stay_in_hospital_is_no_habit_a_day_with_the_family_every_week_is() -> None:
    hospital = absences([*days(28), day(28, ((600, 5000, HALL, Where.AWAY),))])
    assert hospital.limit == MARGIN * ONCE_AT_LEAST
    assert hospital.longest > 4900
    family = absences(days(28, (600, 480, HALL, Where.AWAY)))
    assert family.limit == MARGIN * family.longest > 500
    once = absences([*days(28), day(28, ((600, 480, HALL, Where.AWAY),))])
    assert once.limit == MARGIN * once.longest
    assert absences(days(28, (600, 2100, HALL, Where.AWAY))).limit == MOST
