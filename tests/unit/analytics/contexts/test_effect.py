"""What contexts do to the judgement: the table, days and nights, what lasts, and that safety is never touched."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contexts.context import ENOUGH, Context, Standing
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import AFFECTED, LASTING, LEARNING, NAMES, Aspect, ContextKind, affects, aspect_of
from analytics.frames import History, history_of
from analytics.indicators import INDICATORS
from core.vocabulary import CALLS

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 10)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ROME).astimezone(UTC)


def window(kind: str, day: date = DAY):
    return INDICATORS[kind].interval(day, ROME)


def history(days: int, last: date = DAY) -> History:
    found = [last - timedelta(days=days - 1 - n) for n in range(days)]
    return history_of((day, 1.0, 1.0) for day in found)


def kept(contexts: Contexts, kind: str, day: date, frame: History) -> list[date]:
    made = contexts.comparable(kind, day, frame, INDICATORS[kind].interval)
    return [one for one, value in zip(made["day"], made["value"], strict=True) if not np.isnan(value)]


@pytest.mark.parametrize("kind", sorted(INDICATORS))
def test_every_indicator_is_about_something(kind: str) -> None:
    assert aspect_of(kind) is not None, f"say in analytics/contexts/kinds.py what {kind} is about"


def test_the_table_is_complete_and_leaves_heat_cold_and_calls_for_help_alone() -> None:
    assert set(AFFECTED) == set(NAMES) == set(ContextKind)
    for kind in ContextKind:
        assert not any(affects(kind, one) for one in CALLS)
    # In a pause nothing is recorded: not even how warm it is.
    for kind in set(ContextKind) - {ContextKind.PAUSED}:
        assert not any(affects(kind, one) for one in ("heat_hours", "night_heat_hours", "cold_hours"))
    assert affects(ContextKind.HOSPITAL, "activity")
    assert affects(ContextKind.VISIT, "night_bathroom_visits")
    assert not affects(ContextKind.VISIT, "longest_stillness")
    assert not affects(ContextKind.PET, "meals")


def test_visitors_in_the_afternoon_leave_the_night_and_the_other_days_alone() -> None:
    contexts = Contexts([Context(ContextKind.VISIT, at(DAY, 14), at(DAY, 17))], ROME)
    assert contexts.excludes("activity", window("activity")) is ContextKind.VISIT
    assert contexts.excludes("sleep_duration", window("sleep_duration")) is None
    assert contexts.excludes("night_bathroom_visits", window("night_bathroom_visits")) is None
    assert contexts.excludes("activity", window("activity", DAY + timedelta(days=1))) is None
    assert contexts.left_out(DAY)
    assert not contexts.left_out(DAY - timedelta(days=1))
    week = window("interdaily_stability", DAY)
    assert contexts.excludes("interdaily_stability", week) is None  # one day of seven


def test_a_stay_in_hospital_is_judged_by_nothing_but_the_air() -> None:
    contexts = Contexts([Context(ContextKind.HOSPITAL, at(DAY, 9), None)], ROME)
    for kind in INDICATORS:
        expected = None if aspect_of(kind) is Aspect.CLIMATE else ContextKind.HOSPITAL
        assert contexts.excludes(kind, window(kind, DAY + timedelta(days=7))) is expected, kind
    assert contexts.going_on(at(DAY + timedelta(days=30), 9)) is not None


@pytest.mark.parametrize(
    ("standing", "confidence", "acts"),
    [
        (Standing.ENTERED, 1.0, True),
        (Standing.CONFIRMED, 0.1, True),
        (Standing.PROPOSED, ENOUGH, True),
        (Standing.PROPOSED, ENOUGH - 0.01, False),
        (Standing.REFUSED, 1.0, False),
        (Standing.WITHDRAWN, 1.0, False),
    ],
)
def test_who_says_so_decides_whether_it_acts(standing: Standing, confidence: float, acts: bool) -> None:
    context = Context(ContextKind.VISIT, at(DAY, 9), at(DAY, 12), standing, confidence)
    assert context.acts is acts
    assert (Contexts([context], ROME).excludes("activity", window("activity")) is not None) is acts


def test_only_a_person_ends_the_question_where_somebody_is_who_left() -> None:
    proposed = Context(ContextKind.AWAY, at(DAY, 9), None, Standing.PROPOSED, 0.9)
    for context, excluded in ((proposed, None), (proposed._replace(standing=Standing.CONFIRMED), ContextKind.AWAY)):
        contexts = Contexts([context], ROME)
        assert contexts.excludes("long_absence", window("activity")) is excluded
        assert contexts.excludes("activity", window("activity")) is ContextKind.AWAY


def test_days_with_a_context_teach_nothing() -> None:
    stay = Context(ContextKind.HOSPITAL, at(DAY - timedelta(days=9), 15), at(DAY - timedelta(days=5), 9))
    contexts = Contexts([stay], ROME)
    days = kept(contexts, "activity", DAY, history(20))
    assert set(history(20)["day"]) - set(days) == {DAY - timedelta(days=n) for n in range(5, 10)}
    assert kept(contexts, "cold_hours", DAY, history(20)) == list(history(20)["day"])


def test_what_lasts_is_learned_anew_and_forgotten_when_it_is_over() -> None:
    began, over = DAY - timedelta(days=20), DAY - timedelta(days=2)
    contexts = Contexts([Context(ContextKind.SECOND_RESIDENT, at(began, 0), at(over, 0))], ROME)
    learning, learned = began + LEARNING - timedelta(days=1), began + LEARNING
    assert contexts.excludes("activity", window("activity", learning)) is ContextKind.SECOND_RESIDENT
    assert contexts.excludes("activity", window("activity", learned)) is None
    frame = history(40)
    assert kept(contexts, "activity", learned, frame) == [began + timedelta(days=n) for n in range(18)]
    with_others = {began + timedelta(days=n) for n in range(18)}
    assert set(kept(contexts, "activity", DAY, frame)) == set(frame["day"]) - with_others


def test_of_days_partly_with_somebody_else_and_partly_without_nothing_is_said() -> None:
    began, over = DAY - timedelta(days=30), DAY - timedelta(days=2)
    contexts = Contexts([Context(ContextKind.SECOND_RESIDENT, at(began, 0), at(over, 0))], ROME)
    kind = "interdaily_stability"  # of the seven days up to one

    def excluded(day: date) -> bool:
        return contexts.excludes(kind, window(kind, day)) is not None

    last_with, first_without = over - timedelta(days=1), over + timedelta(days=5)
    assert not excluded(last_with)
    # Six to two days of seven were with somebody else; one of seven is too little to say so.
    assert all(excluded(over + timedelta(days=n)) for n in range(5))
    assert not excluded(first_without)
    mixed = {over + timedelta(days=n) for n in range(5)} | {began + timedelta(days=n) for n in range(1, 6)}
    assert not mixed & set(kept(contexts, kind, last_with, history(60)))
    assert not mixed & set(kept(contexts, kind, first_without, history(60, first_without)))
    assert kept(contexts, kind, last_with, history(60))


def test_without_contexts_a_history_is_what_it_was() -> None:
    frame = history(10)
    assert Contexts([], ROME).comparable("activity", DAY, frame, INDICATORS["activity"].interval) is frame


@given(
    kind=st.sampled_from(sorted(set(ContextKind) - LASTING)),
    start=st.datetimes(datetime(2026, 2, 20), datetime(2026, 4, 5)),  # noqa: DTZ001
    hours=st.integers(1, 24 * 9),
    indicator=st.sampled_from(["activity", "night_bathroom_visits", "sleep_duration", "meals", "cold_hours"]),
)
def test_a_day_is_either_judged_or_left_out_of_what_is_usual(kind, start, hours, indicator) -> None:
    begins = start.replace(tzinfo=UTC)
    contexts = Contexts([Context(kind, begins, begins + timedelta(hours=hours))], ROME)
    later = date(2026, 5, 1)
    frame = history(80, later)
    days = kept(contexts, indicator, later, frame)
    for day in frame["day"]:
        assert (day in days) is (contexts.excludes(indicator, window(indicator, day)) is None)
