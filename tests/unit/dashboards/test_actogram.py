"""The actogram: every minute of a day of 23 to 25 hours stands where it belongs, nothing unknown looks calm."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contexts.context import Context
from analytics.contexts.kinds import ContextKind
from core.localtime import Interval, local_day
from dashboards.actogram import HEIGHTS, PERIODS, Chosen, Stored, What, shown_days
from dashboards.concern import Concern
from dashboards.life import OUT
from dashboards.pictures.actogram import GAP, Filled, Geometry, Row, actogram, binned
from dashboards.pictures.days import Caption, Mark
from dashboards.pictures.scale import DayScale
from dashboards.stays_of_days import Where, shown, spent_in
from dashboards.wording import Words

ROME = ZoneInfo("Europe/Rome")
PLAIN, SPRING, AUTUMN = date(2026, 3, 16), date(2026, 3, 29), date(2026, 10, 25)
ZONES = ["Europe/Rome", "Australia/Lord_Howe", "America/New_York", "UTC"]
EN = Words("en")
SVG = "{http://www.w3.org/2000/svg}"


def at(day: date, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


def ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def stored(last: date, stays: dict[str, list[tuple[datetime, datetime]]], **changes: Any) -> Stored:
    days = tuple(last - timedelta(days=back) for back in reversed(range(7)))
    values: dict[str, Any] = {
        "zone": ROME,
        "now": local_day(last, ROME).end - timedelta(minutes=1),
        "days": days,
        "lanes": tuple(stays),
        "stays": {
            lane: (np.array([ms(one) for one, _ in found]), np.array([ms(two) for _, two in found]))
            for lane, found in stays.items()
        },
        "movement": dict.fromkeys(days, [1.0] * 24),
        "silences": (),
        "marks": (),
        "contexts": (),
    }
    return Stored(**values | changes)


def drawn(given: Stored, chosen: Chosen | None = None) -> ET.Element:
    text = shown_days(given, chosen or Chosen(7), EN).picture
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)
    return ET.fromstring(text)  # noqa: S314 - our own text


def boxes(picture: ET.Element, look: str) -> list[tuple[float, float, float, float]]:
    """Return what has a look as left and right in minutes of the day, top and height in pixels."""
    found = []
    for path in picture.iter(f"{SVG}path"):
        if path.get("class") == f"fill-{look}":
            for left, bottom, wide, tall in re.findall(r"M(\S+) (\S+)h(\S+?)v(\S+?)h", path.get("d", "")):
                found.append((float(left), float(left) + float(wide), float(bottom), float(tall)))
    return found


def gaps(picture: ET.Element) -> list[tuple[float, float, float]]:
    """Return what is hatched as left and right in minutes of the day, and the top in pixels."""
    found = []
    for box in picture.iter(f"{SVG}rect"):
        if box.get("class") == "gap-fill":
            left, wide = (float((box.get(name) or "").removesuffix("%")) * 14.4 for name in ("x", "width"))
            found.append((left, left + wide, float(box.get("y", ""))))
    return found


# --- stretches ---


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 900)), max_size=12),
    st.integers(1, 400),
    st.integers(1, 30),
)
def test_all_of_a_stay_is_found_in_the_stretches_it_lies_in(
    pairs: list[tuple[int, int]], step: int, count: int
) -> None:
    starts = np.array([start for start, _ in pairs], dtype=np.int64)
    ends = np.array([start + length for start, length in pairs], dtype=np.int64)
    edges = np.arange(0, step * count + 1, step, dtype=np.int64)
    wanted = [
        sum(max(0, min(end, right) - max(start, left)) for start, end in zip(starts, ends, strict=True))
        for left, right in pairwise(edges)
    ]
    assert spent_in(starts, ends, edges).tolist() == wanted


def test_a_stretch_shows_the_room_with_most_of_it_but_a_minute_in_the_bathroom_at_any_rate() -> None:
    spent = np.array([[500, 100, 0, 890], [400, 700, 0, 0], [0, 50, 0, 10]], dtype=np.int64)
    where = Where(("bedroom", "living", "bathroom"), spent)
    assert shown(where, {"bathroom": 10}) == ["bedroom", "bathroom", "", "bathroom"]
    assert shown(where, {"bathroom": 60}) == ["bedroom", "living", "", "bedroom"]
    assert shown(Where((), np.zeros((0, 2), dtype=np.int64)), {}) == ["", ""]


@given(
    st.sampled_from([PLAIN, SPRING, AUTUMN, date(2026, 3, 8), date(2026, 11, 1), date(2026, 10, 4), date(2026, 4, 5)]),
    st.sampled_from(ZONES),
    st.sampled_from([5, 10, 15]),
    st.data(),
)
def test_what_fills_a_day_of_any_length_follows_the_clock_without_overlap(
    day: date, zone: str, minutes: int, data: st.DataObject
) -> None:
    scale = DayScale(day, ZoneInfo(zone))
    count = int(scale.interval.duration / timedelta(minutes=minutes))
    looks = data.draw(st.lists(st.sampled_from(["", "kitchen", GAP]), min_size=count, max_size=count))
    found = binned(scale, looks, minutes, HEIGHTS)
    assert all(0 <= one.left < one.right <= 1 for one in found)
    assert all(one.right <= two.left + 1e-9 for one, two in pairwise(found))
    skipped = scale.missing()
    if skipped is not None:
        assert not any(one.left < skipped[1] - 1e-9 and one.right > skipped[0] + 1e-9 for one in found)
    whole = binned(scale, ["kitchen"] * count, minutes, HEIGHTS)
    covered = sum(one.right - one.left for one in whole)
    assert covered == pytest.approx(1 - (skipped[1] - skipped[0] if skipped else 0))


# --- the picture ---


def test_a_stay_stands_in_the_row_of_its_day_at_its_hours_the_latest_day_on_top() -> None:
    kitchen = [(at(PLAIN, 12), at(PLAIN, 13)), (at(PLAIN - timedelta(days=2), 18), at(PLAIN - timedelta(days=2), 20))]
    picture = drawn(stored(PLAIN, {"kitchen": kitchen}))
    (noon, evening) = sorted(boxes(picture, "kitchen"))
    assert noon[:2] == (720, 780)
    assert evening[:2] == (1080, 1200)
    pitch = PERIODS[7][1].pitch
    assert evening[2] - noon[2] == pytest.approx(2 * pitch)
    assert noon[2] < pitch


def test_rooms_have_heights_of_their_own() -> None:
    stays = {
        "bedroom": [(at(PLAIN, 0), at(PLAIN, 7))],
        "bathroom": [(at(PLAIN, 7), at(PLAIN, 8))],
        OUT: [(at(PLAIN, 8), at(PLAIN, 9))],
    }
    picture = drawn(stored(PLAIN, stays))
    heights = {lane: boxes(picture, lane)[0][3] for lane in stays}
    assert len(set(heights.values())) == 3
    assert heights["bathroom"] > heights["bedroom"] > heights[OUT]


def test_a_stay_over_midnight_fills_both_rows() -> None:
    night = [(at(PLAIN - timedelta(days=1), 22), at(PLAIN, 7))]
    picture = drawn(stored(PLAIN, {"bedroom": night}))
    assert {one[:2] for one in boxes(picture, "bedroom")} == {(0, 420), (1320, 1440)}


def test_the_hour_that_is_skipped_stays_free_and_the_one_that_comes_twice_is_half_as_wide() -> None:
    spring = drawn(stored(SPRING, {"bedroom": [(at(SPRING, 0), at(SPRING, 6))]}))
    assert {one[:2] for one in boxes(spring, "bedroom")} == {(0, 120), (180, 360)}
    twice = [(at(AUTUMN, 2, fold=1), at(AUTUMN, 3))]
    autumn = drawn(stored(AUTUMN, {"bathroom": twice}))
    assert [one[:2] for one in boxes(autumn, "bathroom")] == [(150, 180)]


def test_what_is_not_known_is_hatched_whatever_was_believed_of_it() -> None:
    hours: list[float | None] = [1.0] * 24
    hours[3] = hours[4] = None
    days = stored(PLAIN, {}).days
    movement: dict[date, Any] = dict.fromkeys((*days[:2], *days[3:]), [0.0] * 24) | {PLAIN: hours}
    given = stored(PLAIN, {"bedroom": [(at(PLAIN, 0), at(PLAIN, 7))]}, movement=movement)
    picture = drawn(given)
    assert [one[:2] for one in boxes(picture, "bedroom")] == [(0, 180), (300, 420)]
    (part, day) = sorted(gaps(picture), key=lambda gap: gap[2])
    assert part[:2] == pytest.approx((180, 300), abs=0.1)
    assert day[:2] == pytest.approx((0, 1440), abs=0.1)  # a day of which nothing is stored is not known
    # Stillness is neither hatched nor hidden: nothing stands there, on the ground.
    assert not any(gap[2] not in (part[2], day[2]) for gap in gaps(picture))


def test_the_day_that_goes_on_is_known_by_its_silences_and_ends_now() -> None:
    days = stored(PLAIN, {}).days
    given = stored(
        PLAIN,
        {"living": [(at(PLAIN, 8), at(PLAIN, 12))]},
        now=at(PLAIN, 12),
        movement={day: [1.0] * 24 for day in days[:-1]},
        silences=(Interval(at(PLAIN, 1), at(PLAIN, 5)),),
    )
    picture = drawn(given)
    assert [gap[:2] for gap in gaps(picture)] == [pytest.approx((60, 300), abs=0.1)]
    (later,) = [one for one in picture.iter(f"{SVG}rect") if one.get("class") == "later"]
    assert (later.get("x"), later.get("width")) == ("50%", "50%")
    assert "no data" not in shown_days(given, Chosen(7), EN).summary


def test_movement_is_as_high_as_it_is_and_today_is_not_taken_for_still() -> None:
    hours = [0.0] * 24
    hours[8], hours[9] = 30.0, 15.0
    days = stored(PLAIN, {}).days
    given = stored(PLAIN, {}, movement={days[-2]: hours}, now=at(PLAIN, 12))
    picture = drawn(given, Chosen(7, What.MOVEMENT))
    high, low = sorted(boxes(picture, "movement"), key=lambda box: -box[3])
    assert (high[:2], low[:2]) == ((480, 540), (540, 600))
    assert low[3] == pytest.approx(high[3] / 2, rel=0.06)
    later = [one.get("x") for one in picture.iter(f"{SVG}rect") if one.get("class") == "later"]
    assert "0%" in later


def test_alerts_and_what_was_going_on_are_marked_on_their_rows_with_a_number_in_the_list() -> None:
    hospital = Context(ContextKind.HOSPITAL, at(PLAIN - timedelta(days=2), 12), at(PLAIN - timedelta(days=1), 12))
    given = stored(PLAIN, {}, contexts=(hospital,), marks=(Mark(at(PLAIN, 6), Concern.ACT),))
    shown_there = shown_days(given, Chosen(7), EN)
    picture = drawn(given)
    strips = [one for one in picture.iter(f"{SVG}rect") if one.get("class") == "going-on"]
    assert [(one.get("x"), one.get("width")) for one in strips] == [("0%", "50%"), ("50%", "50%")]
    heads = [one for one in picture.iter(f"{SVG}path") if "mark-act" in (one.get("class") or "")]
    assert len(heads) == 1
    assert [(one.number, one.name) for one in shown_there.contexts] == [(1, "In hospital")]
    assert ">1<" in shown_there.numbers
    assert [row.going_on for row in shown_there.rows] == ["", "1 In hospital", "1 In hospital", "", "", "", ""]
    assert [row.alerts for row in shown_there.rows] == ["1", *[""] * 6]


def test_each_row_may_show_the_day_after_it_as_well() -> None:
    given = stored(PLAIN, {"kitchen": [(at(PLAIN, 12), at(PLAIN, 13))]})
    double = drawn(given, Chosen(7, double=True))
    (again,) = list(double.iter(f"{SVG}use"))
    rows = next(one for one in double.iter(f"{SVG}g"))
    assert again.get("href") == f"#{rows.get('id')}"
    assert float(again.get("y", "")) == PERIODS[7][1].pitch  # one row down: beside the day before


def test_the_words_say_what_the_picture_does() -> None:
    given = stored(PLAIN, {"kitchen": [(at(day, 12), at(day, 13)) for day in stored(PLAIN, {}).days]})
    shown_there = shown_days(given, Chosen(7), EN)
    assert "100 % of the time is known" in shown_there.summary
    assert "kitchen 1 h" in shown_there.summary
    assert [row.cells for row in shown_there.rows] == [("1 h",)] * 7
    picture = drawn(given)
    description = picture.find(f"{SVG}desc")
    assert description is not None
    assert description.text == shown_there.summary
    assert picture.get("role") == "img"


def test_ninety_days_stay_light() -> None:
    filled = [Filled(n / 40, (n + 1) / 40, "kitchen", 1) for n in range(40)]
    rows = [Row(DayScale(PLAIN - timedelta(days=back), ROME), filled) for back in range(90)]
    assert len(actogram(rows, Geometry(12), Caption("x", "t", "d"))) < 120_000
