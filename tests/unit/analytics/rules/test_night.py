"""Leaving at night, and the front door at night."""

from datetime import date, time

import numpy as np
import pytest

from analytics.frames import HOUR, MINUTE, Episode
from analytics.rules.leaving import Leaving, LeavingSettings
from analytics.rules.night_door import NightDoor, NightDoorSettings
from analytics.rules.timetable import ExpectedVisit
from tests.unit.analytics.made import BATHROOM, BEDROOM, FRONT_DOOR
from tests.unit.analytics.rules.made import DAY, LIVING_MOTION, ONE_DAY, moment, night_start, past, seen

# A night: in bed from 22:30, to the bathroom at 1:50, out at 2:00.
EVENING = [(moment("20:00") - 24 * HOUR, LIVING_MOTION), (moment("22:30") - 24 * HOUR, BEDROOM)]
OUT = [*EVENING, (moment("1:50"), BATHROOM), (moment("2:00"), FRONT_DOOR)]
BACK = [(moment("3:10"), FRONT_DOOR), (moment("3:10") + MINUTE, BEDROOM)]


def leaving(rows, until=None, known=None, **settings):
    return Leaving().judge(seen(rows, until), known or past(), LeavingSettings(**settings))


def door(rows, until=None, known=None):
    return NightDoor().judge(seen(rows, until), known or past(), NightDoorSettings())


def test_somebody_who_is_never_out_by_night_is_missed_after_a_quarter_of_an_hour():
    assert leaving(OUT, moment("2:14")) == []
    (one,) = leaving(OUT, moment("2:15"))
    assert one.since == moment("2:15")
    assert one.said.en == (
        "The front door was used on Tuesday 10 February at 2:00, and nobody has been seen inside since (15 minutes); "
        "in the last 28 nights that usually did not happen at that time. Based on 100 % of the data."
    )
    assert one.said.it.startswith(
        "La porta d\u2019ingresso è stata usata martedì 10 febbraio, ore 2:00 e da allora non si vede nessuno in casa"
    )


def test_back_again_it_is_restated_and_keeps_its_beginning():
    (going_on,) = leaving(OUT, moment("2:40"))
    (over,) = leaving(OUT + BACK)
    assert (over.kind, over.about.start) == (going_on.kind, going_on.about.start)
    assert over.about.end == moment("3:10")
    assert "nobody was seen inside until 3:10 (1 hour and 10 minutes)" in over.said.en
    assert "1 ora e 10 minuti" in over.said.it
    assert over.severity > going_on.severity


def test_it_is_told_of_the_day_before_and_of_its_own_the_same():
    late = [(at - 3 * HOUR, series) for at, series in OUT]  # out at 23:00
    (by_evening,) = leaving(late, moment("0:30"))
    day_before = DAY - ONE_DAY
    scene = seen(late, moment("0:30"), day=day_before)
    (by_day_before,) = Leaving().judge(scene, past(day=day_before), LeavingSettings())
    assert by_evening.about == by_day_before.about


@pytest.mark.parametrize(
    ("hours_earlier", "sleep", "is_told"),
    [
        (3, {}, True),  # out at 23:00
        (4, {}, False),  # out at 22:00, and nobody knows when this person sleeps
        (4, {"sleep_start": 21.0}, True),
        (3, {"sleep_start": 23.0}, False),
        (-3, {}, False),  # out at 5:00
        (-3, {"sleep_end": 31.5}, True),
        (-2, {"sleep_end": 28.5}, False),
    ],
)
def test_night_is_when_this_person_sleeps(hours_earlier, sleep, is_told):
    rows = [(at - hours_earlier * HOUR, series) for at, series in OUT]
    known = past()
    nights = [DAY - n * ONE_DAY for n in range(2, 20)]

    def values(kind, first, last):
        if kind in ("sleep_start", "sleep_end"):
            return {night: sleep.get(kind, np.nan) for night in nights if first <= night <= last}
        return known.values(kind, first, last)

    told = leaving(rows, rows[-1][0] + HOUR, known._replace(values=values))
    assert bool(told) == is_told


def test_whoever_goes_back_to_bed_has_not_left():
    assert leaving([*OUT, (moment("2:01"), BEDROOM)]) == []
    assert leaving([*OUT, (moment("2:01"), FRONT_DOOR), (moment("2:05"), BEDROOM)]) == []


def test_by_day_nobody_is_missed_so_soon():
    assert (
        leaving([(moment("10:00"), LIVING_MOTION), (moment("10:02"), FRONT_DOOR), (moment("13:00"), FRONT_DOOR)]) == []
    )


def outings(minutes: float, nights: int) -> list[Episode]:
    return [
        Episode(
            "outing",
            start := night_start(DAY - (n + 2) * ONE_DAY) + 14 * HOUR,
            start + round(minutes * MINUTE),
            None,
            2,
        )
        for n in range(nights)
    ]


@pytest.mark.parametrize(("nights", "missed_at"), [(1, "2:15"), (20, "3:00")])
def test_whoever_is_often_out_at_that_hour_is_missed_later(nights, missed_at):
    known = past(outings=outings(40, nights))
    (one,) = leaving(OUT, moment("4:00"), known)
    assert one.since == moment(missed_at)
    often, hardly = "somebody is usually seen again within 40 minutes", "that usually did not happen at that time"
    assert (often if nights == 20 else hardly) in one.said.en


def test_whoever_locks_up_and_lies_down_every_night_is_missed_later_as_well():
    known = past(outings=[each._replace(kind="quiet_after_door") for each in outings(40, 20)])
    (one,) = leaving(OUT, moment("4:00"), known)
    assert one.since == moment("3:00")


def test_before_nights_are_known_half_an_hour_is_given():
    unknown = past(door_nights={})
    assert leaving(OUT, moment("2:29"), unknown) == []
    (one,) = leaving(OUT, moment("2:31"), unknown)
    assert "what is usual at that time is not known yet" in one.said.en
    never_watched = past(door_nights={DAY - (n + 1) * ONE_DAY: np.nan for n in range(28)})
    assert leaving(OUT, moment("2:29"), never_watched) == []


def test_a_carer_who_goes_home_late_is_not_the_person():
    carer = ExpectedVisit(1, "Night care", frozenset(range(7)), time(1, 30), time(2), None, date(2026, 1, 1))
    assert leaving(OUT, moment("6:00"), past(visits=[carer])) == []


def test_the_door_alone_is_told_when_somebody_is_seen_again():
    rows = [*OUT, (moment("2:03"), BEDROOM)]
    (one,) = door(rows)
    assert one.since == moment("2:03")
    assert "by night, and somebody stayed at home; in the last 28 nights it was never opened at night" in one.said.en
    assert "nelle ultime 28 notti non è mai stata aperta di notte" in one.said.it
    assert door(OUT, moment("2:30")) == []  # that is somebody who left


def test_of_several_in_a_night_one_is_told():
    rows = [*OUT, (moment("2:03"), BEDROOM), (moment("4:00"), FRONT_DOOR), (moment("4:01"), BEDROOM)]
    assert len(door(rows)) == 1


@pytest.mark.parametrize(
    ("with_door", "nights", "said"),
    [
        (0, 7, "in the last 7 nights it was never opened"),
        (1, 10, "on 1 of the last 10 nights"),
        (2, 20, "on 2 of the last 20 nights"),
        (3, 20, None),
        (0, 6, None),
    ],
)
def test_what_the_person_does_anyway_is_no_news(with_door, nights, said):
    known = {DAY - (n + 2) * ONE_DAY: float(n < with_door) for n in range(nights)}
    found = door([*OUT, (moment("2:03"), BEDROOM)], None, past(door_nights=known))
    assert [said in one.said.en for one in found] == ([] if said is None else [True])
