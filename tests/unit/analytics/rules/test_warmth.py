"""Heat and cold: by room and hour, beside the home's own usual, as one finding while it lasts."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.frames import HOUR
from analytics.rules import warmth as warmth_of_rules
from analytics.rules.cold import Cold, ColdSettings
from analytics.rules.heat import Heat, HeatSettings
from analytics.rules.temperatures import temperatures
from analytics.rules.warmth import runs
from tests.unit.analytics.made import ROME, at
from tests.unit.analytics.rules.made import (
    BEDROOM,
    BEDROOM_CEL,
    DAY,
    LIVING,
    LIVING_CEL,
    ONE_DAY,
    STOVE_CEL,
    moment,
    past,
    seen,
    warm,
)

USUAL = {LIVING: 20.0, BEDROOM: 19.0}
SUMMER = {LIVING: 25.0, BEDROOM: 24.0}


def cold(rows, **settings):
    return Cold().judge(seen(rows), past(rooms=USUAL), ColdSettings(**settings))


def heat(rows, **settings):
    return Heat().judge(seen(rows), past(rooms=SUMMER), HeatSettings(**settings))


def test_a_house_at_20_that_falls_to_15_in_an_evening_is_noticed_while_it_falls():
    falling = {hour: 20.0 - 1.0 * (hour - 17) for hour in range(17, 23)} | {23: 15.0}
    rows = warm(LIVING_CEL, falling, 20.0) + warm(BEDROOM_CEL, {h: v - 1 for h, v in falling.items()}, 19.0)
    (one,) = Cold().judge(seen(rows, moment("24:00")), past(rooms=USUAL), ColdSettings())
    assert one.kind == "cold"
    # Two hours of 2 K below: those from 19 and 20 o'clock, known at 21, when it is still 17 degrees.
    assert one.since == moment("21:00")
    assert one.about.start == moment("19:00")
    assert "14.0 °C (bedroom, Tuesday 10 February at 23:00)" in one.said.en
    assert "usually 19.0 °C at that hour" in one.said.en
    assert "At least 18.0 °C is advised (World Health Organization)." in one.said.en
    assert "Based on 100 % of the data." in one.said.en


def test_it_is_not_known_before():
    falling = {hour: 20.0 - 1.0 * (hour - 17) for hour in range(17, 23)} | {23: 15.0}
    rows = warm(LIVING_CEL, falling, 20.0) + warm(BEDROOM_CEL, {h: v - 1 for h, v in falling.items()}, 19.0)
    early = seen(rows, moment("20:59"))
    assert Cold().judge(early, past(rooms=USUAL), ColdSettings()) == []
    (one,) = Cold().judge(seen(rows, moment("21:00")), past(rooms=USUAL), ColdSettings())
    assert one.said.en.startswith("Colder in the home since Tuesday 10 February at 19:00")


def test_airing_a_room_or_all_of_them_for_an_hour_is_nothing():
    assert cold(warm(LIVING_CEL, {9: 14.0}, 20.0) + warm(BEDROOM_CEL, {9: 13.0}, 19.0)) == []
    assert cold(warm(LIVING_CEL, dict.fromkeys(range(9, 20), 14.0), 20.0) + warm(BEDROOM_CEL, {}, 19.0)) == []


def test_a_house_that_is_always_at_17_is_told_only_where_that_is_set():
    rows = warm(LIVING_CEL, {}, 17.0) + warm(BEDROOM_CEL, {}, 17.0)
    known = past(rooms={LIVING: 17.0, BEDROOM: 17.0})
    assert Cold().judge(seen(rows), known, ColdSettings()) == []
    (one,) = Cold().judge(seen(rows), known, ColdSettings(always=18.0))
    assert "usually 17.0 °C at that hour" in one.said.en


def test_what_has_always_been_so_is_one_finding_a_month():
    rows = warm(LIVING_CEL, {}, 17.0) + warm(BEDROOM_CEL, {}, 17.0)
    known = past(rooms={LIVING: 17.0, BEDROOM: 17.0}, days=60)
    (one,) = Cold().judge(seen(rows), known, ColdSettings(always=18.0))
    assert one.about.start == moment("0:00", DAY.replace(day=1))


def test_before_anything_is_known_only_what_counts_in_any_case_counts():
    rows = warm(LIVING_CEL, dict.fromkeys(range(8, 24), 15.5), 20.0) + warm(
        BEDROOM_CEL, dict.fromkeys(range(8, 24), 15.0), 19.0
    )
    (one,) = Cold().judge(seen(rows), past(), ColdSettings())
    assert "what is usual at that hour is not known yet" in one.said.en
    assert "non si conosce ancora" in one.said.it


def test_one_thermometer_counts_where_there_is_no_other():
    rows = warm(LIVING_CEL, dict.fromkeys(range(12, 24), 16.5), 20.0)
    (one,) = Cold().judge(seen(rows), past(rooms={LIVING: 20.0}), ColdSettings())
    assert one.about.start == moment("12:00")


def test_cold_over_days_is_one_finding_and_ends_when_it_is_warm_again():
    since = DAY - ONE_DAY
    cold_since = dict.fromkeys(range(-10, 6), 15.0)
    rows = warm(LIVING_CEL, cold_since, 20.0) + warm(BEDROOM_CEL, cold_since, 19.0)
    (one,) = Cold().judge(seen(rows), past(rooms=USUAL, day=since), ColdSettings())
    assert one.about.start == moment("14:00", since)
    assert one.about.end == moment("6:00")
    assert one.said.en.startswith("Colder in the home from Monday 9 February at 14:00 to Tuesday 10 February at 6:00")
    assert one.said.it.startswith("Freddo in casa da lunedì 9 febbraio, ore 14:00 a martedì 10 febbraio, ore 6:00")


def test_the_first_hot_afternoon():
    hot = dict.fromkeys(range(13, 24), 29.5)
    (one,) = heat(warm(LIVING_CEL, hot, 25.0) + warm(BEDROOM_CEL, dict.fromkeys(hot, 28.0), 24.0))
    assert (one.about.start, one.since) == (moment("13:00"), moment("16:00"))
    assert "29.5 °C (living room" in one.said.en or "28.0 °C (bedroom" in one.said.en
    assert "(health studies)" in one.said.en


def test_a_hot_night_by_the_bedroom_alone():
    hot = dict.fromkeys(range(6), 27.0)
    (one,) = heat(warm(LIVING_CEL, {}, 25.0) + warm(BEDROOM_CEL, hot, 24.0))
    assert one.since == moment("3:00")
    assert "By night it counts as hot from 26.0 °C on (health studies)." in one.said.en


def test_a_thermometer_in_the_sun_or_by_the_stove_is_not_heat():
    sunny = dict.fromkeys(range(11, 18), 36.0)
    assert heat(warm(LIVING_CEL, sunny, 25.0) + warm(BEDROOM_CEL, {}, 24.0)) == []
    stove = dict.fromkeys(range(8, 22), 45.0)
    assert heat(warm(LIVING_CEL, {}, 25.0) + warm(BEDROOM_CEL, {}, 24.0) + warm(STOVE_CEL, stove, 22.0)) == []


def test_a_house_that_is_warm_all_summer_is_heat_from_the_limit_of_the_who_on():
    rooms = {LIVING: 30.0, BEDROOM: 29.0}
    usual = warm(LIVING_CEL, {}, 30.0) + warm(BEDROOM_CEL, {}, 29.0)
    assert Heat().judge(seen(usual), past(rooms=rooms), HeatSettings()) == []
    hot = dict.fromkeys(range(12, 20), 33.0)
    hotter = warm(LIVING_CEL, hot, 30.0) + warm(BEDROOM_CEL, dict.fromkeys(hot, 32.0), 29.0)
    assert len(Heat().judge(seen(hotter), past(rooms={LIVING: 33.0, BEDROOM: 32.0}), HeatSettings())) == 1


def test_a_limit_that_was_set_is_called_so():
    hot = dict.fromkeys(range(13, 24), 28.0)
    rows = warm(LIVING_CEL, hot, 25.0) + warm(BEDROOM_CEL, hot, 24.0)
    (one,) = heat(rows, day_limit=27.5, night_limit=27.5)
    assert "27.5 °C on (as set for this home)" in one.said.en
    assert "27,5 °C in su (come impostato per questa casa)" in one.said.it


def test_a_sensor_that_is_silent_is_neither_cold_nor_an_end():
    rows = warm(LIVING_CEL, dict.fromkeys(range(6, 24), 16.0), 20.0) + warm(
        BEDROOM_CEL, dict.fromkeys(range(6, 24), 15.0), 19.0
    )
    # A report holds for three hours.
    missing = [row for row in rows if not moment("10:00") <= row[0] < moment("16:00")]
    (one,) = cold(missing)
    assert (one.about.start, one.about.end) == (
        moment("6:00"),
        moment("27:00"),
    )  # the last report holds for three hours
    assert one.coverage < 1


def test_extreme_values_are_said():
    (one,) = cold(
        warm(LIVING_CEL, dict.fromkeys(range(24), -12.345), 20.0)
        + warm(BEDROOM_CEL, dict.fromkeys(range(24), -15.0), 19.0)
    )
    assert one.severity == 1.0
    assert "down to -15.0 °C" in one.said.en
    assert "-15,0 °C" in one.said.it


def test_hours_of_the_clock_across_daylight_saving():
    spring = DAY.replace(month=3, day=29)
    rows = [(at(spring, "0:00") + n * HOUR // 2, LIVING_CEL, 20.0) for n in range(60)]
    hours = temperatures(seen(rows, day=spring).tracks, spring, ROME, at(spring, "24:00"))[LIVING]
    assert np.isnan(hours[2])
    assert np.sum(~np.isnan(hours)) == 23
    autumn = DAY.replace(month=10, day=25)
    rows = [(at(autumn, "0:00") + n * HOUR // 2, LIVING_CEL, 20.0) for n in range(60)]
    hours = temperatures(seen(rows, day=autumn).tracks, autumn, ROME, at(autumn, "24:00"))[LIVING]
    assert np.all(hours == 20.0)


@given(
    st.lists(st.sampled_from(["strong", "holds", "calm", "unknown"]), max_size=120),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_runs_do_not_overlap_and_never_see_later_hours(hours, need, quiet):
    strong, holds, known = (
        np.array([hour in kinds for hour in hours], dtype=bool)
        for kinds in (("strong",), ("strong", "holds"), ("strong", "holds", "calm"))
    )
    found = runs(strong, holds, known, need, quiet)
    assert all(run.first <= run.met <= run.last for run in found)
    assert all(one.last + quiet < other.first for one, other in pairwise(found))
    for cut in range(len(hours)):
        earlier = runs(strong[:cut], holds[:cut], known[:cut], need, quiet)
        assert [(run.first, run.met) for run in earlier] == [(run.first, run.met) for run in found if run.met < cut]


@pytest.mark.parametrize("days", [0, 3, 6])
def test_a_few_days_teach_nothing(days):
    rows = warm(LIVING_CEL, dict.fromkeys(range(24), 17.0), 20.0) + warm(
        BEDROOM_CEL, dict.fromkeys(range(24), 17.0), 19.0
    )
    assert Cold().judge(seen(rows), past(rooms=USUAL, days=days), ColdSettings()) == []


def test_what_is_stored_of_the_day_before_counts_before_what_this_scene_sees_of_it():
    """This scene's first hour lacks the report that held when it began: the beginning must not move by that."""
    cool = dict.fromkeys(range(-24, 6), 16.5)
    rows = [
        row
        for row in warm(LIVING_CEL, cool, 20.0) + warm(BEDROOM_CEL, cool, 19.0)
        if row[0] > moment("0:00") - 23 * HOUR
    ]
    stored = {
        day: {LIVING: np.full(24, 20.0), BEDROOM: np.full(24, 19.0)}
        for day in (DAY - n * ONE_DAY for n in range(2, 30))
    }
    stored[DAY - ONE_DAY] = {LIVING: np.full(24, 16.5), BEDROOM: np.full(24, 16.5)}
    known = past()._replace(temperatures=lambda first, last: {d: h for d, h in stored.items() if first <= d <= last})
    (one,) = Cold().judge(seen(rows), known, ColdSettings())
    assert one.about.start == moment("0:00", DAY - ONE_DAY)


def test_what_begins_on_the_next_day_is_told_of_that_day():
    rows = warm(LIVING_CEL, dict.fromkeys(range(24, 36), 15.0), 20.0, last=36)
    rows += warm(BEDROOM_CEL, dict.fromkeys(range(24, 36), 14.0), 19.0, last=36)
    assert cold(rows) == []
    following = DAY + timedelta(days=1)
    (one,) = Cold().judge(seen(rows, day=following), past(rooms=USUAL, day=following), ColdSettings())
    assert one.about.start == moment("24:00")


@given(
    rule=st.sampled_from([(Cold(), ColdSettings()), (Heat(), HeatSettings())]),
    usual=st.sampled_from([17.0, 19.0, 21.0, 25.0, 27.0]),
    changed=st.dictionaries(st.integers(-20, 35), st.floats(12, 34), max_size=40),
    last=st.integers(1, 36),
    days=st.sampled_from([0, 5, 12, 30]),
)
def test_a_look_at_the_day_alone_tells_whether_there_is_anything_to_look_further_back_for(
    rule, usual, changed, last, days
) -> None:
    rows = warm(LIVING_CEL, changed, usual, last=last) + warm(BEDROOM_CEL, changed, usual - 1, last=last)
    scene = seen(rows, min(moment("0:00") + last * HOUR, moment("0:00") + 36 * HOUR))
    known = past(rooms={LIVING: usual, BEDROOM: usual - 1}, days=days)
    one, settings = rule
    found = one.judge(scene, known, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warmth_of_rules, "goes_on", lambda *_: True)
        assert one.judge(scene, known, settings) == found
