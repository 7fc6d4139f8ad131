"""How often a detector was right, and how sure that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.feedback.precision import Because, Counts, Judgement, Precision, shares, together

counts = st.builds(Counts, *[st.integers(0, 1000)] * 4)


def test_what_was_explained_or_stayed_unclear_is_counted_and_decides_nothing() -> None:
    found = Counts.of([(Judgement.TRUE, 3), (Judgement.FALSE, 1), (Judgement.EXPLAINED, 5), (Judgement.UNCLEAR, 2)])
    assert found == Counts(3, 1, 5, 2)
    assert (found.all, found.decided, found.precision) == (11, 4, 0.75)
    assert Counts(0, 0, 5, 2).precision is None
    assert Counts(0, 0, 5, 2).interval is None


@pytest.mark.parametrize(
    ("true", "false", "low", "high"), [(10, 0, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (15, 5, 0.5313, 0.8881)]
)
def test_the_interval_is_that_of_wilson(true: int, false: int, low: float, high: float) -> None:
    # Of 10 in 10 it begins at 1 / (1 + z² / 10).
    assert Counts(true, false).interval == pytest.approx((low, high), abs=1e-4)


@given(counts)
def test_the_share_lies_within_its_interval(found: Counts) -> None:
    if found.interval is not None:
        low, high = found.interval
        assert 0 <= low <= found.precision + 1e-12
        assert found.precision - 1e-12 <= high <= 1


@given(st.lists(counts, min_size=1, max_size=5))
def test_a_detector_is_the_sum_of_its_kinds(of_kinds: list[Counts]) -> None:
    rows = [Precision("change", f"kind {number}", one) for number, one in enumerate(of_kinds)]
    (found,) = together(rows).values()
    assert found == tuple(map(sum, zip(*of_kinds, strict=True)))


def test_a_reason_is_a_share_of_all_that_was_judged_and_says_what_is_left_without_it() -> None:
    found = Counts(true=3, false=2, explained=5)
    given = [
        Because("change", "night", Judgement.EXPLAINED, "carer", 5),
        Because("change", "night", Judgement.FALSE, "pet", 1),
        Because("change", "heat", Judgement.FALSE, "pet", 1),
        Because("change", "night", Judgement.TRUE, "phone", 1),
    ]
    assert [tuple(each) for each in shares(found, given)] == [
        (Judgement.TRUE, "phone", 1, 0.1, 0.5),
        (Judgement.FALSE, "pet", 2, 0.2, 1.0),
        (Judgement.EXPLAINED, "carer", 5, 0.5, 0.6),
    ]
    assert shares(Counts(true=1), [Because("change", "night", Judgement.TRUE, "went", 1)])[0].precision_without is None
