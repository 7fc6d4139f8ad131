import json
from dataclasses import replace

import numpy as np
import pytest

from analytics.learned import choice
from analytics.learned.features import BLOCK, NAMES
from analytics.learned.model import Learned, ModelError, dumps, loads
from tests.unit.analytics.learned.made import examples

POOL = tuple((candidate, 1 / len(choice.POOLED)) for candidate in choice.POOLED)


@pytest.fixture(scope="module")
def seen():
    return examples(4, 80, 1)


@pytest.fixture(scope="module")
def model(seen):
    return replace(Learned(POOL).learn(seen), threshold=0.3)


def test_restless_days_of_homes_it_has_never_seen_come_first(model):
    unseen = examples(4, 80, 2)
    chances = model.chances(unseen.rows)
    order = np.argsort(-chances)
    best = unseen.labelled[order[: int(0.2 * len(order))]]
    assert best.sum() >= 0.8 * unseen.labelled.sum()


def test_a_day_is_as_likely_as_its_likeliest_part(model, seen):
    both = seen.rows[~np.isnan(seen.rows).any(axis=(1, 2))][:20]
    one = both.copy()
    one[:, 1] = np.nan
    other = both.copy()
    other[:, 0] = np.nan
    assert np.array_equal(model.chances(both), np.maximum(model.chances(one), model.chances(other)))


def test_a_day_of_which_nothing_is_known_has_no_score(model, seen):
    row = np.full((2, len(NAMES)), np.nan)
    assert model.score(row) is None
    assert model.explain(row) is None
    assert np.isnan(model.chances(row[None])).all()


def test_it_says_nothing_before_it_has_learned(seen):
    assert Learned(POOL, threshold=0.3).score(seen.rows[0]) is None
    assert Learned(POOL).learn(seen).score(seen.rows[0]) is None  # without a threshold


def test_the_score_is_1_at_the_threshold(model, seen):
    row = seen.rows[7]
    chance = float(model.chances(row[None])[0])
    assert replace(model, threshold=chance).score(row) == 1.0


def test_the_explanation_adds_up_and_names_the_part_that_weighs_most(model, seen):
    for row in seen.rows[:50]:
        why = model.explain(row)
        assert why.score == model.score(row)
        alone = np.full_like(row, np.nan)
        alone[why.part] = row[why.part]
        assert model.score(alone) == why.score
        intercept = sum(member.weight * member.model.intercept for member in model.members)
        logit = intercept + sum(why.added.values())
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(why.score * model.threshold)
        assert why.values["transitions"] == row[why.part, 0]


def test_it_is_the_same_after_saving_and_loading(model, seen):
    back = loads(dumps(model))
    assert back == model
    assert np.array_equal(back.chances(seen.rows), model.chances(seen.rows), equal_nan=True)
    assert loads(dumps(Learned(POOL))) == Learned(POOL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[1, 2]",
        "{}",
        '{"detector": "learned", "version": "0"}',
        '{"detector": "learned", "version": "1"}',
    ],
)
def test_what_is_no_model_is_refused_in_words(text):
    with pytest.raises(ModelError):
        loads(text)


def test_a_model_with_unknown_features_or_families_is_refused(model):
    state = json.loads(dumps(model))
    for place, wrong in ((1, "os.system"), (2, ["secret"])):
        changed = json.loads(json.dumps(state))
        changed["candidates"][0][place] = wrong
        with pytest.raises(ModelError):
            loads(json.dumps(changed))


def test_it_learns_the_same_whatever_the_order_of_the_days(seen):
    order = np.random.default_rng(3).permutation(len(seen.day))
    shuffled = type(seen)(*(column[order] for column in seen))
    one, other = Learned(POOL).learn(seen), Learned(POOL).learn(shuffled)
    assert np.allclose(one.chances(seen.rows), other.chances(seen.rows), equal_nan=True)


def test_what_foretells_better_weighs_more_and_weights_sum_to_1(seen):
    before = int(seen.day.max()) - 1
    found = choice.trials(seen, before, (*choice.POOLED, *choice.COMPARED))
    assert sum(trial.weight for trial in found) == pytest.approx(1)
    by_loss = sorted(found, key=lambda trial: trial.loss)
    assert [trial.weight for trial in by_loss] == sorted((trial.weight for trial in found), reverse=True)


def test_nothing_from_the_day_on_is_looked_at_for_weights_or_thresholds(seen):
    before = int(seen.day.max()) - 20
    later = seen.day >= before
    changed = seen._replace(
        rows=np.where(later[:, None, None], 99.0, seen.rows),
        parts=seen.parts ^ later[:, None],
        labelled=seen.labelled ^ later,
    )
    assert choice.trials(seen, before) == choice.trials(changed, before)
    foretold = choice.foretold(POOL, seen, before)
    assert np.array_equal(foretold, choice.foretold(POOL, changed, before), equal_nan=True)
    assert np.isnan(foretold[later]).all()
    assert not np.isnan(foretold[(seen.day < before) & (seen.day >= before - BLOCK)]).any()


def test_without_labels_before_nothing_is_foretold_and_all_weigh_the_same(seen):
    bare = seen._replace(labelled=np.zeros_like(seen.labelled), parts=np.zeros_like(seen.parts))
    found = choice.trials(bare, int(seen.day.max()))
    assert [trial.weight for trial in found] == pytest.approx([1 / 3] * 3)
    assert found[0].days == 0
