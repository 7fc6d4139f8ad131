"""What is said once a day: never that all is well where that is not known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.verdict import LEAST_COVERAGE, SAID, Sight, Verdict, said, verdict
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.state import Because, DayState, State

TODAY = date(2026, 3, 3)
YESTERDAY = TODAY - timedelta(days=1)


def day(state=State.GREEN, coverage=0.95, because=None, of=YESTERDAY, contexts=()):
    return DayState(of, state, -1.0, coverage, because, contexts, (), (), {}, 3.0)


def sight(last=None, **changes):
    return Sight(**{"is_open": False, "is_seen": True, "is_paused": False, "last": last} | changes)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (sight(day()), Verdict.ALL_WELL),
        (sight(day(), is_open=True), Verdict.OPEN),
        (sight(day(), is_seen=False), Verdict.NOT_KNOWN),
        (sight(day(coverage=0.79)), Verdict.NOT_KNOWN),
        (sight(None), Verdict.NOT_KNOWN),
        (sight(day(of=YESTERDAY - timedelta(days=1))), Verdict.NOT_KNOWN),
        (sight(day(), is_paused=True), Verdict.PAUSED),
        (sight(day(State.UNKNOWN, because=Because.CONTEXT, contexts=(ContextKind.HOSPITAL,))), Verdict.PAUSED),
        (sight(day(State.UNKNOWN, because=Because.COVERAGE)), Verdict.NOT_KNOWN),
        (sight(day(State.UNKNOWN, because=Because.LEARNING)), Verdict.NOT_KNOWN),
        (sight(day(State.YELLOW)), Verdict.UNUSUAL),
        (sight(day(State.RED)), Verdict.UNUSUAL),
    ],
)
def test_what_is_said(found, expected):
    assert verdict(found, TODAY) is expected


@given(
    st.builds(
        Sight,
        is_open=st.booleans(),
        is_seen=st.booleans(),
        is_paused=st.booleans(),
        last=st.none()
        | st.builds(
            day,
            st.sampled_from(State),
            st.floats(0, 1),
            st.none() | st.sampled_from(Because),
            st.dates(TODAY - timedelta(days=3), TODAY),
        ),
    )
)
def test_all_is_well_only_where_everything_says_so(found):
    if verdict(found, TODAY) is Verdict.ALL_WELL:
        assert not found.is_open
        assert found.is_seen
        assert not found.is_paused
        assert found.last.state is State.GREEN
        assert found.last.coverage >= LEAST_COVERAGE
        assert found.last.day >= YESTERDAY


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_words_differ_and_only_one_says_that_all_is_well(language):
    texts = {each: " ".join(said(each, language)) for each in Verdict}
    assert len(set(texts.values())) == len(Verdict) == len(SAID)
    well = "Tutto bene" if language == "it" else "All well"
    assert [each for each, text in texts.items() if well in text] == [Verdict.ALL_WELL]
