"""How rare a departure is, and what a budget of alerts buys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.budget import HIGHEST, MOST_PER_WEEK, SHARE, SHARES, rarity_at, threshold
from analytics.change.domains import LOOKS, PATTERNS, STRANDS, Domain, Pace, Strand
from analytics.change.learning import learn
from analytics.change.reference import Reference, as_json, of_json, shipped, spread_of
from analytics.indicators import INDICATORS

NORMAL = np.random.default_rng(7).normal(size=20_000)


def with_rates(homes: int, **rates: list[tuple[float, float]]) -> Reference:
    curves = {Strand(Domain(domain), Pace.SLOW): curve for domain, curve in rates.items()}
    return Reference("1", "", {}, {}, {}, curves, homes)


@pytest.mark.parametrize(("z", "rarity"), [(0.0, 0.301), (1.2816, 1.0), (1.6449, 1.301)])
def test_rarity_is_the_share_of_days_that_show_as_much(z, rarity) -> None:
    spread = spread_of(list(NORMAL))
    assert spread is not None
    assert spread.rarity(z) == pytest.approx(rarity, abs=0.05)


def test_beyond_what_was_seen_it_goes_on_growing() -> None:
    spread = spread_of(list(NORMAL))
    assert spread is not None
    assert spread.rarity(3.09) == pytest.approx(3.0, abs=0.5)
    assert spread.rarity(20.0) > spread.rarity(10.0) > 8


@given(st.lists(st.floats(-5, 5), min_size=200, max_size=300), st.floats(-10, 30), st.floats(0, 10))
def test_more_is_never_less_rare(departures, z, more) -> None:
    spread = spread_of(departures)
    assert spread is not None
    assert spread.rarity(z + more) >= spread.rarity(z) >= 0


def test_of_a_few_days_nothing_is_learned() -> None:
    assert spread_of([0.0] * 199) is None


def test_the_budget_buys_the_lowest_threshold_that_keeps_it() -> None:
    curve = [(2.0, 0.29), (3.0, 0.12), (4.0, 0.02)]
    assert threshold(with_rates(10_000, night=curve), 0.25) == 3.0
    assert threshold(with_rates(10_000, night=curve), 0.6) == 2.0


def test_domains_share_one_budget() -> None:
    curve = [(2.0, 0.1), (3.0, 0.05)]
    assert threshold(with_rates(10_000, night=curve), 0.25) == 2.0
    assert threshold(with_rates(10_000, night=curve, out=curve), 0.25) == 3.0


def test_few_homes_buy_less() -> None:
    allowed = 0.25 * SHARE
    told = allowed - 0.005
    curve = [(2.0, told), (3.0, 0.08), (4.0, 0.01)]
    homes = next(n for n in range(1, 1000) if n / (n + 1) * told + MOST_PER_WEEK / (n + 1) <= allowed)
    assert threshold(with_rates(homes, night=curve), 0.25) == 2.0
    assert threshold(with_rates(homes - 1, night=curve), 0.25) == 3.0


def test_without_a_threshold_that_keeps_it_the_highest_is_taken() -> None:
    assert threshold(with_rates(10, night=[(2.0, 9.0), (3.0, 8.0)]), 0.1) == 3.0
    assert threshold(with_rates(10), 0.1) == HIGHEST


def test_it_is_the_same_after_being_written() -> None:
    rng = np.random.default_rng(1)
    homes = [{"meals": rng.poisson(3, 120).astype(float), "outings": rng.poisson(1, 120).astype(float)} for _ in "abcd"]
    learned = learn(homes[::2], homes[1::2], "1", "four homes")
    assert {name for name, _ in learned.spreads} == {"meals", "outings"}
    assert set(learned.typical) == {"meals", "outings"}
    assert set(learned.shifts) == set(learned.rates) == set(STRANDS)
    assert of_json(as_json(learned)) == learned


def test_what_is_shipped_knows_every_indicator_that_shows_changes() -> None:
    known = {name for name, _ in shipped().spreads}
    assert known == {*LOOKS, *(pattern.name for pattern in PATTERNS)}
    assert set(shipped().typical) == set(LOOKS) <= set(INDICATORS)


@pytest.mark.parametrize("budget", [0.1, 0.25, 0.5])
def test_what_is_shipped_keeps_every_budget(budget) -> None:
    at = threshold(shipped(), budget)
    rate = sum(dict(curve)[at] for curve in shipped().rates.values())
    assert rate <= budget * SHARE


def test_a_reference_takes_homes_of_both_sorts() -> None:
    with pytest.raises(ValueError, match="others for the rates"):
        learn([{}], [], "1", "")


def test_strands_share_what_is_told() -> None:
    assert set(SHARES) == set(STRANDS)
    assert sum(SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize(("rate", "rarity"), [(0.05, 4.0), (0.1, 3.0), (1.0, 2.0), (0.0, HIGHEST)])
def test_the_rarity_at_which_a_strand_is_told_so_often(rate, rarity) -> None:
    assert rarity_at([(2.0, 0.2), (3.0, 0.1), (4.0, 0.02)], rate) == rarity
