import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.localtime import Interval
from dashboards.concern import Concern
from dashboards.pictures.days import LARGE, Caption, Mark, Stay, day_picture, hours_axis, swatch
from dashboards.pictures.scale import NOON, DayScale

ROME = ZoneInfo("Europe/Rome")
PLAIN, SPRING, AUTUMN = date(2026, 3, 16), date(2026, 3, 29), date(2026, 10, 25)
LANES = ("bedroom", "bathroom", "kitchen")
SVG = "{http://www.w3.org/2000/svg}"


def at(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


def drawn(day: date, stays: list[Stay], unknown: list[Interval] | None = None, marks: list[Mark] | None = None,
          until: datetime | None = None) -> ET.Element:  # fmt: skip
    text = day_picture(
        DayScale(day, ROME), LANES, stays, unknown or [], marks or [],
        until=until or at(day, 23, 59) + timedelta(days=2), caption=Caption("x", "Monday <1>", 'Slept & "rested"'),
    )  # fmt: skip
    return ET.fromstring(text)  # noqa: S314 - our own text


def by_class(picture: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in picture.iter() if name in (one.get("class") or "").split()]


def percent(text: str | None) -> float:
    assert text is not None
    return float(text.removesuffix("%"))


@pytest.mark.parametrize("day", [PLAIN, SPRING, AUTUMN])
def test_the_clock_on_the_wall_stands_at_the_same_place_every_day(day: date) -> None:
    scale = DayScale(day, ROME)
    for hour in (0, 1, 5, 12, 23):
        assert scale.fraction(at(day, hour)) == pytest.approx(hour / 24)
    assert scale.fraction(scale.interval.end) == 1


def test_the_hour_that_is_skipped_in_spring_stays_empty() -> None:
    scale = DayScale(SPRING, ROME)
    assert scale.interval.duration == timedelta(hours=23)
    assert scale.missing() == pytest.approx((2 / 24, 3 / 24))
    before, after = at(SPRING, 1, 59), at(SPRING, 3)
    assert after - before == timedelta(minutes=1)
    assert scale.fraction(after) - scale.fraction(before) == pytest.approx((1 + 1 / 60) / 24)
    assert DayScale(PLAIN, ROME).missing() is None
    assert DayScale(AUTUMN, ROME).missing() is None


def test_the_hour_that_happens_twice_in_autumn_is_drawn_twice_half_as_wide() -> None:
    scale = DayScale(AUTUMN, ROME)
    assert scale.interval.duration == timedelta(hours=25)
    assert scale.fraction(at(AUTUMN, 2, 30)) == pytest.approx(2.25 / 24)
    assert scale.fraction(at(AUTUMN, 2, 0, fold=1)) == pytest.approx(2.5 / 24)
    assert scale.fraction(at(AUTUMN, 2, 30, fold=1)) == pytest.approx(2.75 / 24)
    assert scale.fraction(at(AUTUMN, 3)) == pytest.approx(3 / 24)


@given(
    st.sampled_from([PLAIN, SPRING, AUTUMN]),
    st.sampled_from(["Europe/Rome", "Australia/Lord_Howe", "America/New_York", "UTC"]),
    st.lists(st.floats(-3600, 26 * 3600), min_size=2, max_size=12),
)
def test_time_never_runs_backwards(day: date, zone: str, seconds: list[float]) -> None:
    scale = DayScale(day, ZoneInfo(zone))
    fractions = [scale.fraction(scale.interval.start + timedelta(seconds=s)) for s in sorted(seconds)]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction <= 1 for fraction in fractions)


@given(st.sampled_from([SPRING, AUTUMN, PLAIN]), st.integers(0, 1500), st.integers(0, 1500))
def test_nothing_is_drawn_outside_the_picture(day: date, start: int, length: int) -> None:
    begin = DayScale(day, ROME).interval.start
    stay = Stay("kitchen", Interval(begin + timedelta(minutes=start), begin + timedelta(minutes=start + length + 1)))
    for box in by_class(drawn(day, [stay]), "stay-kitchen"):
        assert percent(box.get("x")) >= 0
        assert percent(box.get("x")) + percent(box.get("width")) <= 100.01


@pytest.mark.parametrize("day", [PLAIN, SPRING, AUTUMN])
def test_a_night_stands_from_noon_to_noon_and_the_clock_may_be_changed_in_it(day: date) -> None:
    evening = day - timedelta(days=1)
    scale = DayScale(evening, ROME, NOON)
    assert (scale.interval.start, scale.interval.end) == (at(evening, 12), at(day, 12))
    assert scale.fraction(at(evening, 22)) == pytest.approx(10 / 24) == pytest.approx(scale.hour(22))
    assert scale.fraction(at(day, 6)) == pytest.approx(18 / 24) == pytest.approx(scale.hour(6))
    assert scale.between(22, 6) == [pytest.approx((10 / 24, 18 / 24))]
    assert DayScale(day, ROME).between(22, 6) == [pytest.approx((0, 6 / 24)), pytest.approx((22 / 24, 1))]
    skipped = scale.missing()
    assert (skipped is not None) == (day == SPRING)
    if skipped is not None:
        assert skipped == pytest.approx((14 / 24, 15 / 24))
    if day == AUTUMN:
        assert scale.fraction(at(day, 2, 0, fold=1)) == pytest.approx(14.5 / 24)


@given(
    st.sampled_from([PLAIN, SPRING, AUTUMN]),
    st.sampled_from(["Europe/Rome", "Australia/Lord_Howe", "America/New_York", "UTC"]),
    st.lists(st.floats(-3600, 26 * 3600), min_size=2, max_size=12),
)
def test_time_never_runs_backwards_at_night(day: date, zone: str, seconds: list[float]) -> None:
    scale = DayScale(day - timedelta(days=1), ZoneInfo(zone), NOON)
    fractions = [scale.fraction(scale.interval.start + timedelta(seconds=s)) for s in sorted(seconds)]
    assert fractions == sorted(fractions)
    assert all(0 <= fraction <= 1 for fraction in fractions)


def test_the_last_movement_is_ringed_in_its_lane_and_large_lanes_are_high() -> None:
    stay = Stay("kitchen", Interval(at(PLAIN, 6), at(PLAIN, 12)))
    text = day_picture(
        DayScale(PLAIN, ROME), LANES, [stay], [], [], until=at(PLAIN, 13), caption=Caption("x", "t", "d"), size=LARGE,
        seen=Stay("kitchen", Interval(at(PLAIN, 12), at(PLAIN, 12))),
    )  # fmt: skip
    picture = ET.fromstring(text)  # noqa: S314 - our own text
    (box,), (ring,) = by_class(picture, "stay-kitchen"), by_class(picture, "seen")
    placed = next(one for one in picture.iter() if ring in list(one))
    assert percent(placed.get("x")) == 50
    top, height = float(box.get("y", "")), float(box.get("height", ""))
    assert float(placed.get("y", "")) == top + height / 2
    assert height == LARGE.bar
    order = [one.get("class") for one in picture.iter()]
    assert order.index("stay-kitchen") < order.index("now") < order.index("seen")


def test_what_is_not_known_covers_what_was_believed_of_it() -> None:
    stay = Stay("bedroom", Interval(at(PLAIN, 0), at(PLAIN, 9)))
    order = [one.get("class") for one in drawn(PLAIN, [stay], [Interval(at(PLAIN, 3), at(PLAIN, 7))]).iter()]
    assert order.index("stay-bedroom") < order.index("gap-ground") < order.index("gap")


def test_a_picture_has_words_for_those_who_do_not_see_it_and_no_inline_style() -> None:
    stays = [Stay("bedroom", Interval(at(PLAIN, 0), at(PLAIN, 7)))]
    marks = [Mark(at(PLAIN, 3, 12), Concern.ACT), Mark(at(PLAIN, 9), Concern.LOOK)]
    picture = drawn(PLAIN, stays, [Interval(at(PLAIN, 12), at(PLAIN, 15))], marks, at(PLAIN, 20))
    assert picture.get("role") == "img"
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text, description.text) == ("Monday <1>", 'Slept & "rested"')
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    texts = [
        ET.tostring(picture, encoding="unicode"),
        hours_axis("hours", "hours", begins=12, step=3),
        *[swatch(kind) for kind in ("gap", "night", "now", "seen", "act", "look")],
    ]
    for text in texts:
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)


def test_stays_stand_in_the_lane_of_their_room_and_at_their_hours() -> None:
    stays = [
        Stay("bedroom", Interval(at(PLAIN, 0), at(PLAIN, 6))),
        Stay("kitchen", Interval(at(PLAIN, 12), at(PLAIN, 18))),
        Stay("cellar", Interval(at(PLAIN, 1), at(PLAIN, 2))),
    ]
    picture = drawn(PLAIN, stays)
    (bed,), (kitchen,) = by_class(picture, "stay-bedroom"), by_class(picture, "stay-kitchen")
    assert (percent(bed.get("x")), percent(bed.get("width"))) == (0, 25)
    assert (percent(kitchen.get("x")), percent(kitchen.get("width"))) == (50, 25)
    assert float(bed.get("y", "")) < float(kitchen.get("y", ""))
    assert not by_class(picture, "stay-cellar")


def test_what_is_not_known_is_hatched_and_the_future_left_open() -> None:
    picture = drawn(PLAIN, [], [Interval(at(PLAIN, 6), at(PLAIN, 12))], until=at(PLAIN, 18))
    (gap,) = by_class(picture, "gap")
    assert (percent(gap.get("x")), percent(gap.get("width"))) == (25, 25)
    assert gap.get("fill", "").startswith("url(#")
    (later,) = by_class(picture, "later")
    assert (percent(later.get("x")), percent(later.get("width"))) == (75, 25)


def test_alerts_are_marked_each_with_its_own_shape() -> None:
    marks = [
        Mark(at(PLAIN, 6), Concern.ACT),
        Mark(at(PLAIN, 12), Concern.LOOK),
        Mark(at(PLAIN, 1) - timedelta(days=1), Concern.ACT),
    ]
    picture = drawn(PLAIN, [], marks=marks)
    heads = [one for kind in ("mark-act", "mark-look") for one in by_class(picture, kind) if one.tag == f"{SVG}path"]
    assert len(heads) == 2
    assert len({head.get("d") for head in heads}) == 2
