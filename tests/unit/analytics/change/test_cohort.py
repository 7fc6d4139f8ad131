"""What is usual among people of an age, and how somebody who is hardly known is drawn towards it."""

import math
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.baseline import LEAST_DAYS
from analytics.change import watch
from analytics.change.cohort import (
    ALL,
    EARLIEST,
    LEAST_HOMES,
    UNCERTAIN,
    Known,
    Prior,
    as_json,
    band_of,
    drawn,
    is_early,
    learn,
    of_json,
    priors_of,
    shipped,
)
from analytics.change.departure import departure
from analytics.change.domains import LOOKS, Look
from analytics.change.reference import shipped as reference
from analytics.contexts.effect import Contexts
from analytics.indicators.protocol import Direction

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)
CALM = Contexts([], ROME)
PRIOR = Prior(4.0, 2.0, 40)
MORE = Look(Direction.MORE, (1, 2, 3), is_amount=False)


@given(st.lists(st.floats(0, 50), min_size=1, max_size=13))
def test_the_usual_lies_between_the_person_s_own_and_the_cohort_s(figures: list[float]) -> None:
    own = float(np.median(figures))
    found = drawn(np.array(figures), 1.0, 3.0, 0.1, PRIOR)
    assert min(own, PRIOR.middle) - 1e-9 <= found.middle <= max(own, PRIOR.middle) + 1e-9
    assert found.days > 0
    assert found.spread >= 0.1


def test_the_more_days_are_known_the_less_the_cohort_counts() -> None:
    usual = [drawn(np.full(days, 10.0), 1.0, 3.0, 0.1, PRIOR) for days in (1, 5, 13, 1000)]
    assert [one.middle for one in usual] == sorted(one.middle for one in usual)
    assert usual[0].middle < 9.0
    assert usual[-1].middle == pytest.approx(10.0, abs=0.01)


def test_people_who_are_all_alike_teach_more_than_people_who_differ() -> None:
    figures = np.array([10.0, 9.0, 11.0, 10.0, 12.0])
    alike, differ = (drawn(figures, 1.0, 3.0, 0.1, PRIOR._replace(between=each)) for each in (0.2, 5.0))
    assert alike.middle < 5.0
    assert differ.middle > 9.5
    assert alike.days > differ.days


def test_it_is_efron_s_and_morris_s_estimate() -> None:
    """With a deviation of 1.0 in the cohort and in the person's days, k is 1 / 4 of a day and five days are 3.2."""
    figures = np.array([9.0, 10.0, 10.0, 10.0, 11.0])
    found = drawn(figures, 0.0, 0.0, 1.0, PRIOR)
    prior_days = (UNCERTAIN / 2.0) ** 2
    counts = 5 * 2 / math.pi
    assert found.middle == pytest.approx((counts * 10.0 + prior_days * 4.0) / (counts + prior_days))
    assert found.days == pytest.approx(counts + prior_days)


@pytest.mark.parametrize(("known", "judged"), [(EARLIEST - 1, False), (EARLIEST, True), (LEAST_DAYS, True)])
def test_a_few_days_are_enough_with_a_cohort_and_none_without(known: int, judged: bool) -> None:
    values = [*([4.0, 5.0] * 7)[:known], 9.0]
    found = departure(np.array(values), 1, MORE, 0.5, 1.0, prior=PRIOR)
    assert (found is not None) == judged
    assert (departure(np.array(values), 1, MORE, 0.5, 1.0) is not None) == (known >= LEAST_DAYS)
    if known == EARLIEST:
        assert found is not None
        assert found.usual.days == EARLIEST
        assert found.usual.low < found.usual.median < found.usual.high


def test_after_two_weeks_the_cohort_counts_for_nothing() -> None:
    values = np.array([4.0, 5.0] * 7 + [9.0])
    assert departure(values, 1, MORE, 0.5, 1.0, prior=PRIOR) == departure(values, 1, MORE, 0.5, 1.0)


def test_what_is_counted_is_said_as_a_count() -> None:
    found = departure(
        np.array([0.0] * 8 + [9.0]), 1, LOOKS["night_bathroom_visits"], 0.5, 0.4, prior=Prior(1.2, 0.4, 40)
    )
    assert found is not None
    assert 0.0 <= found.usual.low <= found.usual.median <= found.usual.high < 4.0


@pytest.mark.parametrize(
    ("born", "band"), [(None, ALL), (1990, "under 80"), (1947, "under 80"), (1946, "80 to 89"), (1930, "90 and over")]
)
def test_bands_go_by_the_year(born: int | None, band: str) -> None:
    assert band_of(born, 2026) == band


def test_a_band_of_few_homes_is_that_of_all() -> None:
    many = [("under 80", {"meals": Known(2.0 + 0.1 * each, 0.05)}) for each in range(LEAST_HOMES)]
    few = [("90 and over", {"meals": Known(1.0, 0.05)})]
    priors = learn([*many, *few])
    assert set(priors["meals"]) == {"under 80", ALL}
    cohorts = shipped()._replace(priors=priors)
    assert priors_of(cohorts, "90 and over")["meals"] == priors["meals"][ALL]
    assert priors_of(cohorts, "under 80")["meals"].middle == pytest.approx(2.35)


def test_what_people_differ_by_is_found_again() -> None:
    rng = np.random.default_rng(3)
    middles = rng.normal(5.0, 2.0, 400)
    homes = [(ALL, {"meals": Known(float(one + rng.normal(0, 1.0)), 1.0)}) for one in middles]
    prior = learn(homes)["meals"][ALL]
    assert prior.middle == pytest.approx(5.0, abs=0.3)
    assert prior.between == pytest.approx(2.0, abs=0.3)


def test_what_is_shipped_knows_every_indicator_and_comes_back_from_its_text() -> None:
    cohorts = shipped()
    assert of_json(as_json(cohorts)) == cohorts
    assert set(cohorts.priors) == set(LOOKS)
    assert all(prior.between > 0 for of_kind in cohorts.priors.values() for prior in of_kind.values())
    assert "TIHM" in cohorts.made_from


def test_bad_nights_in_the_second_week_are_told_and_it_is_said_how_little_is_known() -> None:
    figures = [1.0, 2.0, 1.0, 0.0, 2.0, 1.0, 1.0, 0.0, 9.0, 10.0, 9.0]
    known = {"night_bathroom_visits": {DAY + ahead * ONE_DAY: (value, 0.97) for ahead, value in enumerate(figures)}}

    def told(**more):
        seen = []
        for ahead in range(len(figures)):
            seen += watch.looked_at(known, DAY + ahead * ONE_DAY, reference(), CALM, before=seen, **more)
        return seen, watch.told(seen, known, 3.0, ROME, lambda *_: ())

    assert told() == ([], [])
    seen, (found,) = told(priors=priors_of(shipped(), ALL))
    assert all(one.is_early for one in seen)
    assert found.kind == "night_bathroom_visits"
    assert "days are known so far: they are compared with other people, too." in found.explanation_en
    assert "altre persone" in found.explanation_it
    assert found.evidence["usual"]["days"] < LEAST_DAYS


def test_calm_first_weeks_tell_nothing() -> None:
    figures = [1.0, 2.0, 1.0, 0.0, 3.0, 1.0, 2.0, 0.0, 1.0, 2.0, 2.0, 1.0, 1.0, 3.0]
    known = {"night_bathroom_visits": {DAY + ahead * ONE_DAY: (value, 0.97) for ahead, value in enumerate(figures)}}
    priors = priors_of(shipped(), ALL)
    seen = [
        one
        for ahead in range(14)
        for one in watch.looked_at(known, DAY + ahead * ONE_DAY, reference(), CALM, priors=priors)
    ]
    assert seen
    assert max(one.rarity for one in seen) < 3.0


def test_who_is_early_is_known_for_less_than_two_weeks() -> None:
    assert [is_early(days) for days in (0, EARLIEST - 1, EARLIEST, LEAST_DAYS - 1, LEAST_DAYS)] == [
        False, False, True, True, False,
    ]  # fmt: skip


def test_what_is_slow_waits_for_two_weeks_of_the_person_s_own() -> None:
    week = MORE._replace(scales=(7,))
    values = np.array([4.0, 5.0] * 5 + [9.0] * 7)
    assert departure(values, 7, week, 0.5, 1.0, prior=PRIOR) is None
