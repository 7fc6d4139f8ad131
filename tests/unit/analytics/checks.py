"""What every detector must hold, whatever it detects. Call `check_detector` with one that has learned nothing."""

import json
from typing import Any

import numpy as np

from analytics.detectors.protocol import Detector


def check_detector(fresh: Detector, calm: np.ndarray, changed: float) -> None:
    """`calm` are values of ordinary days, `changed` is one that everybody would call out of the ordinary."""
    learned = fresh.learn(calm)
    _says_nothing_before_it_has_learned(fresh, calm)
    _is_deterministic(fresh, learned, calm, changed)
    _survives_its_state(learned, calm, changed)
    _does_not_mind_missing_days(fresh, calm, changed)
    _stays_calm(learned, calm)
    _sees_a_change(learned, changed)
    _explains_what_it_scores(learned, changed)
    _does_not_change_when_it_scores(learned, calm, changed)


def _says_nothing_before_it_has_learned(fresh: Detector, calm: np.ndarray) -> None:
    for known in (calm[:0], calm[:3], np.full(28, np.nan)):
        young = fresh.learn(known)
        assert young.score(float(calm[0])) is None
        assert young.explain(float(calm[0])) is None


def _is_deterministic(fresh: Detector, learned: Detector, calm: np.ndarray, changed: float) -> None:
    again = fresh.learn(calm.copy())
    assert [again.score(float(v)) for v in calm] == [learned.score(float(v)) for v in calm]
    assert again.score(changed) == learned.score(changed)


def _survives_its_state(learned: Detector, calm: np.ndarray, changed: float) -> None:
    for one in (learned, learned.learn(calm[:0])):
        state: dict[str, Any] = json.loads(json.dumps(one.state()))
        back = type(one).from_state(state)
        assert back.score(changed) == one.score(changed)
        assert back.state() == one.state()


def _does_not_mind_missing_days(fresh: Detector, calm: np.ndarray, changed: float) -> None:
    holes = np.insert(calm.astype(float), [0, 3, 3, len(calm)], np.nan)
    learned = fresh.learn(holes)
    assert learned.score(float("nan")) is None
    score = learned.score(changed)
    assert score is not None
    assert score >= 1


def _stays_calm(learned: Detector, calm: np.ndarray) -> None:
    for value in calm:
        score = learned.score(float(value))
        assert score is not None
        assert 0 <= score < 1


def _sees_a_change(learned: Detector, changed: float) -> None:
    score = learned.score(changed)
    assert score is not None
    assert score >= 1


def _explains_what_it_scores(learned: Detector, changed: float) -> None:
    reason = learned.explain(changed)
    assert reason is not None
    assert reason.value == changed
    assert reason.score == learned.score(changed)
    assert reason.usual.low <= reason.usual.median <= reason.usual.high


def _does_not_change_when_it_scores(learned: Detector, calm: np.ndarray, changed: float) -> None:
    before = json.dumps(learned.state())
    learned.score(changed)
    learned.explain(changed)
    learned.learn(calm * 3)
    assert json.dumps(learned.state()) == before
