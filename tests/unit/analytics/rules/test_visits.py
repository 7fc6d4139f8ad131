"""A visit that was expected: who came, who went, and what the door does not tell."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import HOUR, MINUTE
from analytics.rules.timetable import ExpectedVisit
from analytics.rules.visits import Visits, VisitSettings
from core.localtime import local_instant
from tests.unit.analytics.made import BEDROOM, FRONT_DOOR, KITCHEN, ROME
from tests.unit.analytics.rules.made import LIVING_MOTION, moment, past, seen

MORNING = ExpectedVisit(7, "Carla", frozenset({1, 3}), time(8, 30), time(9, 15), None, date(2026, 1, 1))
YESTERDAY = (moment("17:00") - 24 * HOUR, FRONT_DOOR)  # the door's sensor lives
AT_HOME = [YESTERDAY, (moment("7:30"), BEDROOM), (moment("8:40"), KITCHEN), (moment("9:30"), LIVING_MOTION)]
CAME = [(moment("8:35"), FRONT_DOOR), (moment("8:50"), KITCHEN), (moment("9:10"), FRONT_DOOR)]


def missed(rows, until=None, visit=MORNING, **settings):
    return Visits().judge(seen(rows, until), past(visits=[visit]), VisitSettings(**settings))


def test_nobody_came():
    assert missed(AT_HOME, moment("9:59")) == []
    (one,) = missed(AT_HOME, moment("10:00"))
    assert (one.since, one.about.start, one.subject) == (moment("10:00"), moment("8:30"), "visit 7")
    assert one.said.en == (
        "Carla was expected on Tuesday 10 February from 8:30 to 9:15; until 10:00 nobody came in by the front door. "
        "Based on 100 % of the data."
    )
    assert one.said.it == (
        "Era attesa una visita (Carla) martedì 10 febbraio dalle 8:30 alle 9:15; fino alle 10:00 nessuno è entrato "
        "dalla porta d\u2019ingresso. Dati disponibili: 100 %."
    )
    assert one.severity == 0.5


def test_a_door_that_is_never_moved_may_have_a_sensor_that_is_stuck():
    not_moved = [row for row in AT_HOME if row != YESTERDAY]
    assert missed(not_moved) == []
    later = [(moment("16:00"), FRONT_DOOR), (moment("16:30"), FRONT_DOOR), (moment("16:40"), KITCHEN)]
    assert len(missed([*not_moved, *later])) == 1, "it is not: it was moved afterwards"


def test_if_the_home_is_as_busy_as_with_a_visitor_the_door_must_be_moved_before_anything_is_said():
    """The sensor of the door may have been stuck since yesterday: whoever is with the person came through it."""

    def going_about(every, since):
        rooms = [KITCHEN, LIVING_MOTION, BEDROOM]
        start, end = moment(since), moment("10:00")
        return [YESTERDAY, *((at, rooms[n % 3]) for n, at in enumerate(range(start, end, every * MINUTE)))]

    moved_later = [(moment("16:00"), FRONT_DOOR), (moment("17:00"), FRONT_DOOR), (moment("17:05"), KITCHEN)]
    assert len(missed(going_about(12, "8:30"), moment("10:00"))) == 1
    late = going_about(5, "9:12")
    assert missed(late, moment("10:00")) == []
    assert len(missed([*late, *moved_later])) == 1, "the sensor lives, and two people are not sure: nobody came"
    assert missed([*going_about(5, "8:30"), *moved_later]) == [], "somebody came, and the door was not heard"


def test_after_a_visit_that_was_missed_the_door_has_to_have_been_moved():
    evening = MORNING._replace(visit_id=8, weekdays=frozenset({0}), begins=time(18), ends=time(18, 30))
    both = past(visits=[evening, MORNING])
    assert Visits().judge(seen(AT_HOME), both, VisitSettings()) == [], "the evening before was told of"
    moved = [*AT_HOME, (moment("19:20") - 24 * HOUR, FRONT_DOOR), (moment("19:40") - 24 * HOUR, LIVING_MOTION)]
    assert [one.subject for one in Visits().judge(seen(sorted(moved)), both, VisitSettings())] == ["visit 7"]
    mended = [*AT_HOME, (moment("16:00"), FRONT_DOOR), (moment("16:30"), FRONT_DOOR), (moment("16:40"), KITCHEN)]
    said = Visits().judge(seen(mended), both, VisitSettings())
    assert said == [], "that its sensor lives in the afternoon does not say that it did in the morning"


def test_without_a_name():
    (one,) = missed(AT_HOME, visit=MORNING._replace(who=""))
    assert one.said.en.startswith("A visit was expected on Tuesday")
    assert one.said.it.startswith("Era attesa una visita martedì 10 febbraio")


def test_somebody_came():
    assert missed(sorted(AT_HOME + CAME)) == []


def test_a_door_that_was_not_heard_is_made_up_for_by_the_other():
    """Somebody left and the person is seen again without a door: there was a visitor."""
    assert missed(sorted([*AT_HOME, (moment("9:10"), FRONT_DOOR)])) == []


def test_whoever_comes_for_minutes_is_seen_farther_inside_than_at_the_door():
    for_minutes = [(moment("8:35"), FRONT_DOOR), (moment("8:36"), LIVING_MOTION), (moment("8:38"), FRONT_DOOR)]
    assert missed(sorted([*AT_HOME, *for_minutes])) == []
    letter_box = [(moment("8:45"), FRONT_DOOR), (moment("8:48"), FRONT_DOOR)]
    assert len(missed(sorted([*AT_HOME, *letter_box]))) == 1, "the person was out for three minutes"


def test_while_nobody_was_seen_since_the_door_was_moved_nothing_is_said():
    """The carer, whose coming was not heard, may have left somebody who sits down; or the person has gone out."""
    left = [row for row in AT_HOME if row[0] < moment("9:00")] + [(moment("9:10"), FRONT_DOOR)]
    assert missed(left, moment("10:00")) == []
    sat_down = [*left, (moment("10:40"), KITCHEN)]
    assert missed(sat_down, moment("11:00")) == []
    was_out = [*left, (moment("10:40"), FRONT_DOOR), (moment("10:43"), KITCHEN)]
    assert [one.subject for one in missed(was_out, moment("11:00"))] == ["visit 7"]


def test_the_person_going_out_and_coming_back_is_no_visit():
    shopping = [(moment("9:00"), FRONT_DOOR), (moment("9:40"), FRONT_DOOR), (moment("9:41"), KITCHEN)]
    before = [row for row in AT_HOME if row[0] < moment("9:00")]
    (one,) = missed(before + shopping)
    assert one.kind == "visit_missed"


def test_the_sensor_at_the_entrance_may_see_who_comes_back_before_the_door_tells():
    shopping = [
        (moment("9:00"), FRONT_DOOR),
        (moment("9:40") - MINUTE // 2, LIVING_MOTION),
        (moment("9:40"), FRONT_DOOR),
    ]
    before = [row for row in AT_HOME if row[0] < moment("9:00")]
    assert len(missed([*before, *shopping, (moment("9:44"), KITCHEN)])) == 1


def test_while_nobody_is_at_home_nothing_is_missed():
    away = [(moment("7:30"), BEDROOM), (moment("7:50"), FRONT_DOOR)]
    assert missed(away) == []
    assert missed([*away, (moment("11:00"), FRONT_DOOR), (moment("11:01"), KITCHEN)]) == []
    assert missed([]) == []


def test_whoever_still_sleeps_is_at_home():
    assert len(missed([YESTERDAY, (moment("5:00"), BEDROOM), (moment("11:00"), BEDROOM)])) == 1


def test_on_other_days_and_before_or_after_its_time_nobody_is_expected():
    assert missed(AT_HOME, visit=MORNING._replace(weekdays=frozenset({0}))) == []
    assert missed(AT_HOME, visit=MORNING._replace(first=date(2026, 3, 1))) == []
    assert missed(AT_HOME, visit=MORNING._replace(last=date(2026, 2, 9))) == []


@pytest.mark.parametrize(("grace", "told"), [(0, "9:15"), (120, "11:15")])
def test_a_visit_may_have_its_own_grace(grace, told):
    (one,) = missed(AT_HOME, visit=MORNING._replace(grace=grace))
    assert one.since == moment(told)


def test_a_home_without_a_door_sensor_has_no_such_rule():
    scene = seen(AT_HOME)._replace(doors=())
    assert Visits().judge(scene, past(visits=[MORNING]), VisitSettings()) == []


@given(st.dates(date(2026, 1, 2), date(2027, 12, 30)), st.integers(0, 1439), st.integers(1, 600))
def test_a_visit_lasts_as_long_as_its_clock_says_across_midnight_and_daylight_saving(day, begins, minutes):
    start, end = time(begins // 60, begins % 60), time((begins + minutes) // 60 % 24, (begins + minutes) % 60)
    visit = MORNING._replace(weekdays=frozenset(range(7)), begins=start, ends=end)
    expected = visit.on(day, ROME)
    assert expected is not None
    assert expected.start == local_instant(day, start, ROME)
    assert abs(expected.duration.total_seconds() / 60 - minutes) in {0, 60}
    assert expected.end > expected.start


def test_signs_of_the_person_alone_never_make_a_visit():
    rows = [YESTERDAY, *((moment("7:00") + n * 7 * MINUTE, KITCHEN) for n in range(4 * HOUR // (7 * MINUTE)))]
    assert len(missed(rows)) == 1
