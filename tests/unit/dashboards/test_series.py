"""An indicator over weeks: that the band, what is not known and what was going on stand where they belong."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import ContextKind
from analytics.indicators import INDICATORS
from core.localtime import local_day
from dashboards.actogram import numbered
from dashboards.concern import Concern
from dashboards.pictures.days import Caption, Mark
from dashboards.pictures.series import BOTTOM, COVERAGE_TALL, COVERAGE_TOP, TOP, Axis, Value, series_picture
from dashboards.trends import KINDS, Part, Stored, going_on, trends
from dashboards.wording import Words
from registry.reads import Home

ROME = ZoneInfo("Europe/Rome")
LAST = date(2026, 3, 16)
EN, IT = Words("en"), Words("it")
SVG = "{http://www.w3.org/2000/svg}"
AXIS = Axis(0, 10, "0", "10", [(0, "1 Mar"), (4, "4 Mar")])
HOME = Home(1, "x", 1, "o", "h", "Casa", "Mordano", "", "", "Europe/Rome")


def drawn(values: list[Value], axis: Axis = AXIS) -> ET.Element:
    text = series_picture(values, axis, Caption("s", "Sleep & rest", "said"))
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", text)
    return ET.fromstring(text)  # noqa: S314 - our own text


def of(picture: ET.Element, kind: str) -> list[ET.Element]:
    return [one for one in picture.iter() if kind in (one.get("class") or "").split()]


def test_a_value_outside_of_the_band_has_another_shape_and_stands_higher() -> None:
    usual, high = Value(5, 4, 6, 5, 1.0), Value(9, 4, 6, 5, 1.0)
    picture = drawn([usual, high])
    placed = {
        next(iter(one)).get("class"): float(one.get("y", ""))
        for one in picture.iter(f"{SVG}svg")
        if one is not picture and next(iter(one)).get("class") in ("inside", "outside")
    }
    assert placed["inside"] == pytest.approx((TOP + BOTTOM) / 2)
    assert placed["outside"] < placed["inside"]
    # Over a long time only what stands out has a shape of its own: the line shows the others.
    long = drawn([usual] * 60 + [high])
    assert (len(of(long, "inside")), len(of(long, "outside"))) == (0, 1)


def test_a_day_without_a_figure_is_hatched_and_breaks_the_line() -> None:
    picture = drawn([Value(5, 4, 6, 5, 1.0), Value(None, None, None, None, 0.3), Value(5, 4, 6, 5, 0.9)])
    (gap,) = of(picture, "gap-fill")
    assert (gap.get("x"), gap.get("width")) == ("33.333%", "33.333%")
    assert gap.get("fill", "").startswith("url(#s-hatch")
    (line,) = of(picture, "value-line")
    assert line.get("d", "").count("M") == 2


def test_below_each_day_stands_how_much_of_its_data_there_is() -> None:
    picture = drawn([Value(5, None, None, None, 1.0), Value(None, None, None, None, 0.25)])
    (enough,), (poor,) = of(picture, "enough"), of(picture, "poor")
    assert enough.get("d", "").startswith(f"M0 {COVERAGE_TOP:g}h")
    assert poor.get("d", "").startswith(f"M500 {COVERAGE_TOP + 0.75 * COVERAGE_TALL:g}h")


def test_alerts_and_what_was_going_on_stand_on_their_days() -> None:
    values = [Value(5, 4, 6, 5, 1.0)] * 3 + [Value(5, 4, 6, 5, 1.0, Concern.LOOK, (2,))]
    picture = drawn(values)
    (strip,), (head,) = of(picture, "going-on"), of(picture, "mark-look")
    assert (strip.get("x"), strip.get("width")) == ("75%", "25%")
    placed = next(one for one in picture.iter(f"{SVG}svg") if head in list(one))
    assert placed.get("x") == "87.5%"
    assert any(one.text == "2" for one in picture.iter(f"{SVG}text"))


# --- the view ---


def row(kind: str, day: date, value: float | None, **changes: Any) -> dict[str, Any]:
    found = {"kind": kind, "day": day, "value": value, "coverage": 1.0, "low": 6.5, "high": 8.0, "median": 7.0}
    return found | changes


def stored(rows: dict[date, dict[str, Any]], **changes: Any) -> Stored:
    contexts: list[Context] = changes.pop("contexts", [])
    before: list[dict[str, Any]] = changes.pop("before", [])
    values: dict[str, Any] = {
        "home": HOME,
        "now": local_day(LAST, ROME).end,
        "days": tuple(LAST - timedelta(days=back) for back in reversed(range(30))),
        "by_kind": {"sleep_duration": rows},
        "before": {"sleep_duration": before},
        "marks": (),
        "contexts": Contexts(contexts, ROME),
        "numbered": tuple(numbered(contexts)),
    }
    return Stored(**values | changes)


def nights(value: float, count: int = 20, last: date = LAST - timedelta(days=1)) -> dict[date, dict[str, Any]]:
    days = [last - timedelta(days=back) for back in range(count)]
    return {day: row("sleep_duration", day, value) for day in days}


def test_a_view_begins_with_the_first_figure_and_ends_with_the_last() -> None:
    (one,) = trends(stored(nights(7.0)), KINDS[Part.SLEEP], EN)
    assert (one.name, len(one.rows)) == ("Duration of sleep", 20)
    assert one.rows[0].day == LAST - timedelta(days=1)
    assert one.rows[0][2:5] == ("7 hours", "6 hours and 30 minutes to 8 hours", "100 %")
    assert trends(stored({}, by_kind={}), KINDS[Part.SLEEP], EN) == []


def test_over_a_year_the_table_has_a_line_a_week() -> None:
    rows = nights(7.0, 150) | nights(8.0, 3)
    days = tuple(LAST - timedelta(days=back) for back in reversed(range(365)))
    hospital = Context(ContextKind.HOSPITAL, local_day(LAST - timedelta(days=9), ROME).start, None)
    (one,) = trends(stored(rows, days=days, contexts=[hospital]), KINDS[Part.SLEEP], EN)
    assert one.by_week
    assert 150 / 7 <= len(one.rows) <= 150 / 7 + 2
    assert one.rows[0][1:] == ("9 Mar - 15 Mar", "7 hours", "", "100 %", "1 In hospital")
    assert one.rows[-1].usual == "6 hours and 30 minutes to 8 hours"
    assert len(one.figures["days"]) == 150


def test_weeks_are_compared_with_those_before_them_where_they_are_known() -> None:
    before = list(nights(8.0, 30, LAST - timedelta(days=30)).values())
    (one,) = trends(stored(nights(7.0), before=before), KINDS[Part.SLEEP], EN)
    assert one.typical == "On a typical day (20 known): 7 hours; before that (30 known): 8 hours."
    (alone,) = trends(stored(nights(7.0), before=before[:10]), KINDS[Part.SLEEP], EN)
    assert alone.typical == "On a typical day (20 known): 7 hours."
    assert alone.typical in alone.picture


def test_what_a_context_explains_has_no_band_and_says_why() -> None:
    day = LAST - timedelta(days=5)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    given = stored(nights(7.0), contexts=[Context(ContextKind.HOSPITAL, noon, noon + timedelta(days=1))])
    (one,) = trends(given, KINDS[Part.SLEEP], EN)
    line = next(line for line in one.rows if line.day == day)
    assert line.usual == "not judged: In hospital"
    assert line.marked == "1 In hospital"
    assert [period.name for period in going_on(given, EN)] == ["In hospital"]


def test_an_alert_of_the_night_is_marked_on_its_night() -> None:
    day = LAST - timedelta(days=3)
    at = datetime(LAST.year, LAST.month, LAST.day - 2, 2, tzinfo=UTC)  # after midnight, of the night before
    (one,) = trends(stored(nights(7.0), marks=(Mark(at, Concern.LOOK),)), KINDS[Part.SLEEP], EN)
    assert [line.day for line in one.rows if line.marked] == [day]


@pytest.mark.parametrize("part", list(Part))
def test_every_view_shows_indicators_that_there_are(part: Part) -> None:
    assert set(KINDS[part]) <= set(INDICATORS)


@pytest.mark.parametrize("words", [EN, IT])
@pytest.mark.parametrize("kind", sorted({kind for kinds in KINDS.values() for kind in kinds}))
def test_every_indicator_can_be_drawn_and_said(kind: str, words: Words) -> None:
    rows = {
        LAST - timedelta(days=back): row(kind, LAST - timedelta(days=back), value, low=0.1, high=0.3, median=0.2)
        for back, value in enumerate([0.0, 0.2, None, 25.5], start=1)
    }
    part = next(part for part, kinds in KINDS.items() if kind in kinds)
    (one,) = trends(stored({}, by_kind={kind: rows}), KINDS[part], words)
    assert len(one.rows) == 4
    assert ET.fromstring(one.picture).get("role") == "img"  # noqa: S314 - our own text
