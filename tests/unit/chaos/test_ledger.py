"""The arithmetic of the chaos harness must be able to fail: made-up losses and doubles are found, each of them."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.ledger import Audit, Difference, Reading, Row, audit, broken, difference, row
from tests.chaos.vendor import DEVICES, by_series, said

NONE = Difference(0, 0, 0)
LEVELS = frozenset({"level"})


def levels(*values):
    return [(float(value),) for value in values]


def good(**changes):
    kept = Row("made up", published=2_000, stored=2_000, thinned=0, lost=0, duplicated=0, recovery_s=3.0)
    return kept._replace(**changes)


def by_table(first, second):
    """The textbook's longest common subsequence."""
    row = [0] * (len(second) + 1)
    for one in first:
        before = row
        row = [0]
        for place, other in enumerate(second):
            row.append(before[place] + 1 if one == other else max(before[place + 1], row[place]))
    return row[-1]


def test_what_is_stored_once_and_in_order_is_right():
    assert difference(levels(1, 2, 3), levels(1, 2, 3)) == (3, 0, 0)


def test_a_lost_a_doubled_and_a_swapped_reading_are_found():
    assert difference(levels(1, 2, 3, 4), levels(1, 2, 4)) == (3, 1, 0)
    assert difference(levels(1, 2, 3, 4), levels(1, 2, 2, 3, 4)) == (4, 0, 1)
    assert difference(levels(1, 2, 3, 4), levels(1, 3, 2, 4)) == (3, 1, 1)
    assert difference(levels(1, 2), []) == (0, 2, 0)
    assert difference([], levels(1, 2)) == (0, 0, 2)


def test_a_loss_and_a_double_of_a_toggling_state_do_not_balance():
    assert difference(levels(0, 1, 0, 1, 0, 1), levels(0, 1, 1, 0, 1, 1)) == (5, 1, 1)


def test_a_reading_with_a_time_of_its_own_at_another_time_is_lost_and_too_many():
    published = by_series([Reading("s", 1.0, 1_000), Reading("s", 0.0, 2_000)])
    stored = by_series([Reading("s", 1.0, 1_000), Reading("s", 0.0, 2_001)])
    assert difference(published["s"], stored["s"]) == (1, 1, 1)


@given(st.lists(st.integers(0, 3), max_size=14), st.lists(st.integers(0, 3), max_size=14))
def test_the_common_part_is_the_longest(first, second):
    one, other = levels(*first), levels(*second)
    assert difference(one, other).kept == by_table(one, other)


@given(st.integers(1, 200), st.data())
def test_every_made_up_loss_and_double_of_a_level_is_counted(count, data):
    places = st.integers(0, count - 1)
    gone = data.draw(st.sets(places, max_size=count))
    twice = data.draw(st.sets(places, max_size=count)) - gone
    stored = [place for place in range(count) if place not in gone for _ in range(2 if place in twice else 1)]
    assert difference(levels(*range(count)), levels(*stored)) == (count - len(gone), len(gone), len(twice))


def test_levels_and_others_are_told_apart_and_strange_series_count_as_too_many():
    published = {"level": levels(1, 2, 3), "event": levels(1, 0, 1)}
    stored = {"level": levels(1), "event": levels(1, 0), "nobody's": levels(7)}
    assert audit(published, stored, LEVELS) == Audit(kept=3, missing_levels=2, missing_others=1, extra=1)


def test_only_levels_can_have_been_thinned():
    found = Audit(kept=1_990, missing_levels=7, missing_others=3, extra=0)
    assert row("x", found, NONE, thinned=7, recovery_s=1.0).lost == 3
    assert row("x", found, NONE, thinned=5, recovery_s=1.0).lost == 5
    assert row("x", found, NONE, thinned=10, recovery_s=1.0).lost == 3


def test_thinning_that_is_said_and_did_not_happen_is_found():
    told = row("x", Audit(1_990, 5, 0, 0), NONE, thinned=10, recovery_s=1.0)
    assert told.lost == 0
    assert broken(told, may_thin=True) == ["stored and thinned are not what was published"]


def test_an_alarm_that_is_not_in_the_urgent_list_or_is_there_twice_is_found():
    found = Audit(2_000, 0, 0, 0)
    assert row("x", found, Difference(5, 1, 0), thinned=0, recovery_s=1.0).lost == 1
    assert row("x", found, Difference(5, 0, 2), thinned=0, recovery_s=1.0).duplicated == 2


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"lost": 1, "stored": 1_999}, "lost"),
        ({"duplicated": 1}, "duplicated"),
        ({"thinned": 5, "stored": 1_995}, "not full"),
        ({"recovery_s": 10.1}, "10.1 s"),
        ({"recovery_s": math.inf}, "not recover"),
        ({"published": 999, "stored": 999}, "999"),
        ({"stored": 1_999}, "not what was published"),
    ],
)
def test_each_broken_promise_is_said(changes, word):
    assert broken(good()) == []
    assert any(word in said for said in broken(good(**changes)))


def test_thinning_is_allowed_and_expected_where_the_outbox_was_full():
    assert broken(good(thinned=5, stored=1_995), may_thin=True) == []
    assert broken(good(thinned=5, stored=1_995), must_thin=True) == []
    assert broken(good(), may_thin=True) == []
    assert broken(good(), must_thin=True) == ["the outbox was never full"]


def test_every_message_of_the_vendor_says_something_new():
    for device in DEVICES:
        readings = [reading for number in range(2_000) for reading in said("gw", device, number, number)[2]]
        for tokens in by_series(readings).values():
            assert all(one != other for one, other in itertools.pairwise(tokens))
            values = {token[-1] for token in tokens}
            assert len(values) in (2, 2_000)
