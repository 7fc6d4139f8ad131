"""How outcomes move a threshold: within bounds, the same whichever comes first, and never without any."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.domains import STRANDS, Domain, Pace, Strand
from analytics.feedback.shift import HIGHEST, LOWEST, NO_SHIFTS, Judged, Shifts, Times, shift_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NIGHT = Strand(Domain.NIGHT, Pace.SUDDEN)
judged = st.builds(Judged, st.integers(0, 500), st.integers(0, 500))
instants = st.lists(st.integers(0, 500).map(lambda days: NOW - timedelta(days=days)), max_size=30).map(sorted)


def test_without_outcomes_nothing_is_moved() -> None:
    assert shift_of(Judged(), Judged()) == 0
    assert {NO_SHIFTS.at(strand, NOW) for strand in STRANDS} == {0.0}


@given(judged, judged)
def test_it_stays_within_its_bounds(own: Judged, others: Judged) -> None:
    assert LOWEST <= shift_of(own, others) <= HIGHEST


@given(judged, judged)
def test_one_more_false_never_tells_more_and_one_more_true_never_less(own: Judged, others: Judged) -> None:
    shift = shift_of(own, others)
    for worse in ((own._replace(false=own.false + 1), others), (own, others._replace(false=others.false + 1))):
        assert shift_of(*worse) >= shift
    for better in ((own._replace(true=own.true + 1), others), (own, others._replace(true=others.true + 1))):
        assert shift_of(*better) <= shift


@given(st.integers(0, 100), st.integers(0, 100))
def test_as_many_true_as_false_is_what_is_wanted(own: int, others: int) -> None:
    assert shift_of(Judged(own, own), Judged(others, others)) == 0


@pytest.mark.parametrize(
    ("own", "others", "shift"),
    [
        (Judged(0, 1), Judged(), math.log10(5 / 4)),
        (Judged(1, 0), Judged(), math.log10(4 / 5)),
        (Judged(0, 4), Judged(), math.log10(2)),
        (Judged(0, 0), Judged(0, 8), math.log10(3)),
        (Judged(0, 0), Judged(2, 6), math.log10(10 / 6)),
        (Judged(0, 100), Judged(), HIGHEST),
        (Judged(100, 0), Judged(), LOWEST),
    ],
)
def test_what_some_outcomes_come_to(own: Judged, others: Judged, shift: float) -> None:
    assert shift_of(own, others) == pytest.approx(shift, abs=1e-4)


@given(instants, instants, instants, instants, st.permutations(range(4)))
def test_the_order_in_which_they_were_read_does_not_matter(own_true, own_false, true, false, order) -> None:
    given_in = [("own_true", own_true), ("own_false", own_false), ("others_true", true), ("others_false", false)]
    times = Times()
    for place in order:
        name, at = given_in[place]
        times = times._replace(**{name: at})
    assert Shifts({NIGHT: times}) == Shifts({NIGHT: Times(own_true, own_false, true, false)})
    known = Judged(*(sum(NOW - timedelta(days=365) < at <= NOW for at in each) for each in (own_true, own_false)))
    around = Judged(*(sum(NOW - timedelta(days=365) < at <= NOW for at in each) for each in (true, false)))
    assert Shifts({NIGHT: times}).at(NIGHT, NOW) == shift_of(known, around)


def test_an_outcome_counts_from_then_on_for_a_year_and_only_where_it_belongs() -> None:
    shifts = Shifts({NIGHT: Times(own_false=[NOW])})
    assert shifts.at(NIGHT, NOW - timedelta(seconds=1)) == 0
    assert shifts.at(NIGHT, NOW) > 0
    assert shifts.at(NIGHT, NOW + timedelta(days=365)) == 0
    assert shifts.at(Strand(Domain.NIGHT, Pace.SLOW), NOW) == 0
