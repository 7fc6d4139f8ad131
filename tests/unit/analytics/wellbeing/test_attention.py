"""In which order homes ask for attention: what is worse, unseen, open or longer never stands lower."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.attention import FRESH, Attention, Known, Rank, attention, is_rising
from analytics.wellbeing.fusing import RED
from analytics.wellbeing.state import Because, DayState, State
from tests.unit.analytics.wellbeing.stated import DAY, LIMIT, all_parts

ONE_DAY = timedelta(days=1)
GRAVITY = {State.GREEN: 0, State.UNKNOWN: 1, State.YELLOW: 2, State.RED: 3}


def day_state(state: State, score: float | None = -3.0, because: Because | None = None, coverage: float = 0.97):
    if state is State.UNKNOWN:
        because = because or Because.COVERAGE
    contexts = (ContextKind.VISIT,) if because is Because.CONTEXT else ()
    return DayState(DAY, state, score, coverage, because, contexts, (), all_parts(), {}, LIMIT)


def known(*states: State, scores=(), because: Because | None = None, coverage: float = 0.97) -> Known:
    """A home by the states of its days, the last of which is `DAY`."""
    scores = scores or [{State.GREEN: -3.0, State.YELLOW: 0.5, State.RED: RED + 0.2}.get(each) for each in states]
    days = [(DAY - (len(states) - 1 - n) * ONE_DAY, states[n], scores[n]) for n in range(len(states))]
    return Known(day_state(states[-1], scores[-1], because, coverage), days)


@st.composite
def homes(draw: st.DrawFn) -> tuple[Known | None, bool, int, int]:
    if draw(st.integers(0, 9)) == 0:
        return None, draw(st.booleans()), draw(st.integers(0, 3)), draw(st.integers(0, 3))
    states = draw(st.lists(st.sampled_from(State), min_size=1, max_size=7))
    ranges = {State.GREEN: (-4.0, -0.01), State.YELLOW: (0.0, RED - 0.01), State.RED: (RED, 9.0)}
    scores = [draw(st.floats(*ranges[each])) if each in ranges else None for each in states]
    because = draw(st.sampled_from(Because)) if states[-1] is State.UNKNOWN else None
    one = known(*states, scores=scores, because=because, coverage=draw(st.floats(0, 1)))
    return one, draw(st.booleans()), draw(st.integers(0, 3)), draw(st.integers(0, 3))


def of(home: tuple[Known | None, bool, int, int], today=DAY + ONE_DAY) -> Attention:
    one, is_blind, untaken, silent = home
    return attention(one, today, is_blind=is_blind, untaken=untaken, silent=silent)


@given(homes(), homes())
def test_a_worse_state_never_stands_lower(one, other) -> None:
    for worse, better in ((one, other), (other, one)):
        if worse[0] and better[0] and GRAVITY[worse[0].last.state] > GRAVITY[better[0].last.state] and not better[1]:
            assert of(worse).key < of(better).key


@given(homes(), homes())
def test_what_cannot_be_seen_never_stands_with_what_is_fine(blind, fine) -> None:
    seen = of((fine[0], False, *fine[2:]))
    if seen.rank is Rank.GREEN:
        assert of((blind[0], True, *blind[2:])).key < seen.key
        assert of((None, False, *blind[2:])).key < seen.key


@given(homes(), st.integers(3, 400))
def test_a_green_day_that_is_long_past_is_not_known(home, days) -> None:
    assert of(home, DAY + days * ONE_DAY).rank is not Rank.GREEN


@given(homes())
def test_what_nobody_has_taken_what_is_silent_and_what_rises_never_lowers(home) -> None:
    one, is_blind, untaken, silent = home
    before = of(home)
    assert of((one, is_blind, untaken + 1, silent)).key <= before.key
    assert of((one, is_blind, untaken, silent + 1)).key <= before.key
    assert before._replace(rising=True).key <= before.key
    assert before._replace(since=before.since + 1).key <= before.key
    assert of((one, True, untaken, silent)).key <= before.key


@given(st.lists(homes(), max_size=8), st.randoms())
def test_the_order_does_not_depend_on_how_homes_come_in(found, chance) -> None:
    keys = [of(home).key for home in found]
    shuffled = keys[:]
    chance.shuffle(shuffled)
    assert sorted(keys) == sorted(shuffled)


@given(st.floats(-4, 9), st.floats(0, 9))
def test_further_out_of_the_ordinary_never_stands_lower(score, more) -> None:
    one = Attention(Rank.YELLOW, 0, score, 1, rising=False, silent=0, sure=1.0)
    assert one._replace(score=score + more).key <= one.key


def test_a_small_difference_in_score_counts_less_than_how_long_it_lasts() -> None:
    short = attention(known(State.GREEN, State.YELLOW, scores=(-3.0, 0.4)), DAY)
    long = attention(known(State.YELLOW, State.YELLOW, scores=(0.1, 0.1)), DAY)
    assert long.key < short.key
    assert (short.since, long.since) == (1, 2)


def test_days_that_are_missing_end_a_row_and_red_and_yellow_are_one() -> None:
    home = known(State.YELLOW, State.RED, State.YELLOW)
    assert attention(home, DAY).since == 3
    assert attention(replace(home, days=[home.days[0], home.days[2]]), DAY).since == 1


def test_of_what_is_not_known_comes_first_what_nobody_explains() -> None:
    ranks = [attention(known(State.UNKNOWN, because=because), DAY).rank for because in Because]
    assert sorted(ranks) == [Rank.NOT_SEEN, Rank.NO_SENSORS, Rank.LEARNING, Rank.EXPLAINED]
    assert attention(None, DAY).rank is Rank.NOT_SEEN
    # Who is in hospital is not seen, and nobody has to look for that.
    assert attention(known(State.UNKNOWN, because=Because.CONTEXT), DAY, is_blind=True).rank is Rank.EXPLAINED


def test_of_what_stands_out_the_surest_comes_first_and_of_what_is_not_known_the_least_sure() -> None:
    for state, surest_first in ((State.YELLOW, True), (State.UNKNOWN, False)):
        sure, unsure = (attention(known(state, coverage=coverage), DAY).key for coverage in (0.9, 0.5))
        assert (sure < unsure) is surest_first


@pytest.mark.parametrize(
    ("scores", "rising"),
    [
        ((-3.0, -3.0, -3.0, -3.0, -2.0, -1.5, -1.0), True),
        ((-3.0, -3.0, -3.0, -3.0, -2.5, -2.5, -2.5), False),
        ((-1.0, -1.0, -1.0, -1.0, -2.0, -2.0, -2.0), False),
        ((None, None, None, None, 1.0, 1.0, 1.0), False),
        ((None, None, -3.0, None, None, None, -1.0), True),
        ((-1.0,), False),
    ],
)
def test_a_week_that_gets_worse_is_seen(scores, rising) -> None:
    days = [(DAY - (len(scores) - 1 - n) * ONE_DAY, State.GREEN, score) for n, score in enumerate(scores)]
    assert is_rising(days) is rising


def test_yesterday_is_fresh_until_the_day_before_it_would_be() -> None:
    assert attention(known(State.GREEN), DAY + FRESH).rank is Rank.GREEN
    assert attention(known(State.GREEN), DAY + FRESH + ONE_DAY).rank is Rank.NOT_SEEN
