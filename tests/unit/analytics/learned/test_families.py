"""What every family of models must hold, and what is particular to each."""

import json

import numpy as np
import pytest

from analytics.learned.boosting import Boosting
from analytics.learned.logistic import Logistic, probability

FAMILIES = [Logistic(ridge=1.0), Boosting(rounds=40)]


def made(rows: int = 600, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    table = chance.normal(size=(rows, 3)) * [1, 20, 1] + [0, 100, 5]
    truth = chance.random(rows) < probability(2 * table[:, 0] - 2)
    return table, truth


@pytest.mark.parametrize("family", FAMILIES)
def test_it_learns_what_matters(family: Logistic | Boosting) -> None:
    table, truth = made()
    model = family.fit(table, truth)
    unseen, came = made(seed=6)
    logit = model.logit(unseen)
    assert logit[came].mean() - logit[~came].mean() > 1.5
    weight = np.abs(model.contributions(unseen)).mean(axis=0)
    assert weight.argmax() == 0
    assert weight[0] > 4 * weight[1:].max()


@pytest.mark.parametrize("family", FAMILIES)
def test_its_chances_are_of_the_right_size(family: Logistic | Boosting) -> None:
    table, truth = made(4000)
    chances = probability(family.fit(table, truth).logit(table))
    assert chances.mean() == pytest.approx(truth.mean(), abs=0.02)


@pytest.mark.parametrize("family", FAMILIES)
def test_contributions_and_intercept_make_the_logit(family: Logistic | Boosting) -> None:
    table, truth = made()
    model = family.fit(table, truth)
    assert np.allclose(model.contributions(table).sum(axis=1) + model.intercept, model.logit(table))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_without_both_kinds_of_days_it_knows_the_share_only(family: Logistic | Boosting, share: float) -> None:
    table, truth = made(50)
    chances = probability(family.fit(table, np.full(len(truth), bool(share))).logit(table))
    assert np.ptp(chances) < 0.05
    assert abs(chances.mean() - share) < 0.1


@pytest.mark.parametrize("family", FAMILIES)
def test_a_feature_that_never_changes_adds_nothing(family: Logistic | Boosting) -> None:
    table, truth = made()
    table[:, 1] = 7.0
    assert np.allclose(family.fit(table, truth).contributions(table)[:, 1], 0, atol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_not_known_has_no_logit(family: Logistic | Boosting) -> None:
    table, truth = made()
    model = family.fit(table, truth)
    table[3, 1] = np.nan
    assert np.flatnonzero(np.isnan(model.logit(table))).tolist() == [3]


@pytest.mark.parametrize("family", FAMILIES)
def test_it_survives_its_state(family: Logistic | Boosting) -> None:
    table, truth = made()
    model = family.fit(table, truth)
    back = type(family).from_state(json.loads(json.dumps(model.state())))
    assert back == model
    assert np.array_equal(back.logit(table), model.logit(table))


def test_the_logistic_weights_are_where_the_penalised_likelihood_is_largest() -> None:
    table, truth = made(300)
    model = Logistic(ridge=2.0).fit(table, truth)
    scaled = (table - model.centre) / model.scale

    def loss(weights: np.ndarray, intercept: float) -> float:
        logit = scaled @ weights + intercept
        return float(np.logaddexp(0, logit).sum() - logit[truth].sum() + (weights**2).sum())

    weights = np.array(model.weights)
    least = loss(weights, model.intercept)
    for step in np.eye(3) * 0.01:
        assert loss(weights + step, model.intercept) > least
        assert loss(weights - step, model.intercept) > least
    assert loss(weights, model.intercept + 0.01) > least
    assert loss(weights, model.intercept - 0.01) > least


def test_a_stronger_ridge_holds_the_weights_back() -> None:
    table, truth = made(300)
    sizes = [np.abs(Logistic(ridge).fit(table, truth).weights).sum() for ridge in (0.1, 10.0, 1000.0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] / 4


def test_days_that_can_be_told_apart_for_certain_do_not_break_it() -> None:
    table = np.linspace(-1, 1, 100)[:, None]
    model = Logistic(ridge=0.01).fit(table, table[:, 0] > 0)
    assert np.isfinite(model.weights).all()
    assert (model.logit(table) > 0).tolist() == (table[:, 0] > 0).tolist()
