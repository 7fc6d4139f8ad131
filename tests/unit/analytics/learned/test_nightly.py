"""The learned detector on days as they are kept by hours, and what is said of them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.learned.features import features
from analytics.learned.lately import KIND, lived_of
from analytics.learned.model import Learned, ModelError
from analytics.learned.shipped import shipped
from analytics.learned.telling import begins_within, finding
from analytics.profiles.profile import HOURS, DayProfile

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 29)  # the clock is put forward
DAYS = [DAY - timedelta(days=ago) for ago in reversed(range(40))]


def profile(day: date, an_hour: float = 3.0, coverage: float = 1.0, readings: int = 90) -> DayProfile:
    return DayProfile(day, {KIND: np.full(HOURS, an_hour)}, (), coverage, readings)


def row_of(an_hour: float) -> np.ndarray:
    profiles = {day: profile(day) for day in DAYS} | {DAY: profile(DAY, an_hour)}
    return features(lived_of(profiles, DAYS), (), DAY + timedelta(days=7))[-1]


def test_the_hours_of_each_part_of_a_day_are_those_of_its_profile() -> None:
    hours = np.arange(HOURS, dtype=float)
    lived = lived_of({DAY: profile(DAY)._replace(hours={KIND: hours}, coverage=0.9)}, DAYS)
    assert lived.counts[-1].tolist() == [[7, 8, 9, 10, 11, 12], [13, 14, 15, 16, 17, 18]]
    assert lived.coverage[-1].tolist() == [0.9, 0.9]
    assert lived.present.tolist() == [False] * 39 + [True]


def test_a_part_with_an_hour_that_is_not_known_is_not_known() -> None:
    hours = np.full(HOURS, 2.0)
    hours[9] = np.nan
    lived = lived_of({DAY: profile(DAY)._replace(hours={KIND: hours})}, DAYS)
    assert lived.known[-1].tolist() == [False, True]
    assert not lived_of({}, DAYS).known.any()


def test_the_model_that_is_shipped_is_of_this_version_and_finds_what_is_much() -> None:
    model = shipped()
    assert (model.version, model.labelled > 0, model.threshold is not None) == (Learned.version, True, True)
    calm, restless = model.score(row_of(3.0)), model.score(row_of(40.0))
    assert calm is not None
    assert restless is not None
    assert calm < 1 < restless


def test_a_model_of_another_version_is_refused() -> None:
    with pytest.raises(ModelError):
        Learned.from_state(shipped().state() | {"version": "0"})


def test_what_is_told_names_the_figure_the_part_and_that_a_model_says_so() -> None:
    why = shipped().explain(row_of(40.0))
    assert why is not None
    found = finding(why, shipped(), DAY, 0.974, ROME)
    assert found.explanation_en.startswith("Seen to go from room to room 240 times on Sunday 29 March between ")
    assert "A model that has learned" in found.explanation_en
    assert found.explanation_en.endswith("Based on 97 % of the data.")
    assert "240 volte" in found.explanation_it
    assert "Un modello" in found.explanation_it
    assert 0.3 <= found.severity <= 1
    assert (found.kind, found.family, found.detector) == ("learned", "wellbeing", "learned")
    within = begins_within(DAY, ROME)
    assert within.start <= found.interval.start <= within.end
    assert found.evidence["figures"]["transitions"] == 240.0
