"""From parts of life and what was told to one state: what it may never be, and in which direction it moves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.change.domains import Domain
from analytics.change.runs import Run
from analytics.change.telling import finding as finding_of_change
from analytics.contexts.kinds import ContextKind
from analytics.coverage import LIMIT as SEEN_ENOUGH
from analytics.wellbeing.fusing import RED, URGENT, fuse, points_of
from analytics.wellbeing.state import Because, Sight, State
from tests.unit.analytics.wellbeing.stated import (
    CALM,
    DAY,
    LIMIT,
    ROME,
    all_parts,
    evidences,
    part,
    rarities,
    shown,
    told,
)

GRAVITY = {State.GREEN: 0, State.UNKNOWN: 0, State.YELLOW: 1, State.RED: 2}


def test_a_day_on_which_all_was_seen_and_nothing_stands_out_is_green() -> None:
    found = fuse(DAY, CALM, LIMIT)
    assert (found.state, found.because, found.contributions) == (State.GREEN, None, ())
    assert found.score is not None
    assert found.score < 0
    assert (found.judged, found.shown) == (5, 5)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"coverage": 0.79}, Because.COVERAGE),
        ({"coverage": None}, Because.COVERAGE),
        ({"parts": all_parts(Sight.LEARNING), "shows": ()}, Because.LEARNING),
        ({"parts": all_parts(Sight.NO_SENSOR), "shows": ()}, Because.SENSORS),
        ({"parts": all_parts(Sight.NOT_SEEN), "shows": ()}, Because.COVERAGE),
        ({"parts": (*all_parts()[:2], *all_parts(Sight.LEARNING)[2:])}, Because.LEARNING),
        ({"parts": (part(Domain.NIGHT, Sight.CONTEXT, ContextKind.VISIT), *all_parts()[1:])}, Because.CONTEXT),
        ({"parts": (part(Domain.NIGHT, context=ContextKind.CARER), *all_parts()[1:])}, Because.CONTEXT),
        ({"kept_back": {"outings": ContextKind.HOSPITAL}}, Because.CONTEXT),
    ],
)
def test_what_was_not_seen_not_known_or_in_a_context_is_not_called_as_usual(changes, because) -> None:
    found = fuse(DAY, CALM._replace(**changes), LIMIT)
    assert (found.state, found.because) == (State.UNKNOWN, because)


def test_a_week_that_a_visit_spoils_does_not_keep_the_days_after_it_from_being_judged() -> None:
    parts = (*all_parts()[:4], part(Domain.RHYTHM, Sight.CONTEXT, ContextKind.VISIT))
    found = fuse(DAY, CALM._replace(parts=parts), LIMIT)
    assert (found.state, found.contexts, found.judged) == (State.GREEN, (), 4)


def test_half_of_the_parts_of_life_that_the_sensors_show_are_enough() -> None:
    parts = (*all_parts()[:2], *all_parts(Sight.LEARNING)[2:4], part(Domain.RHYTHM, Sight.NO_SENSOR))
    assert fuse(DAY, CALM._replace(parts=parts), LIMIT).state is State.GREEN


def test_one_part_beyond_what_is_told_is_yellow_and_two_orders_of_magnitude_beyond_it_red() -> None:
    for rarity, state in ((LIMIT - 0.01, State.GREEN), (LIMIT, State.YELLOW), (LIMIT + RED, State.RED)):
        shows = [shown(Domain.NIGHT, rarity)]
        assert fuse(DAY, CALM._replace(shows=shows), LIMIT).state is state


def test_several_parts_short_of_it_are_yellow_together() -> None:
    nearly = LIMIT - 0.4
    one, three = ([shown(domain, nearly) for domain in list(Domain)[:count]] for count in (1, 3))
    assert fuse(DAY, CALM._replace(shows=one), LIMIT).state is State.GREEN
    found = fuse(DAY, CALM._replace(shows=three), LIMIT)
    assert found.state is State.YELLOW
    assert found.score == pytest.approx(math.log10(3) - 0.4, abs=1e-3)
    assert [each.share for each in found.contributions] == [0.333] * 3


def test_the_graver_of_two_that_speak_of_the_same_part_counts_once() -> None:
    shows = [shown(Domain.NIGHT, LIMIT + 0.2)]
    findings = [told(0.3, "sleep_duration", Domain.NIGHT, 1), told(0.9, "night_bathroom_visits", Domain.NIGHT, 2)]
    (only,) = fuse(DAY, CALM._replace(shows=shows, told=findings), LIMIT).contributions
    assert (only.finding_id, only.domain, only.share) == (2, Domain.NIGHT, 1.0)


@pytest.mark.parametrize(
    ("rarity", "state"),
    [(0.2, State.YELLOW), (LIMIT + 1, State.YELLOW), (LIMIT + RED, State.RED), (None, State.YELLOW)],
)
def test_a_change_is_as_grave_as_the_day_shows_it_and_open_until_it_is_over(rarity, state) -> None:
    """Its severity is that of its worst day, which may be a week ago."""
    shows = [] if rarity is None else [shown(Domain.NIGHT, rarity)]
    change = told(1.0, "night_bathroom_visits", Domain.NIGHT)
    assert fuse(DAY, CALM._replace(shows=shows, told=[change]), LIMIT).state is state


def test_what_is_told_in_a_context_still_colours_the_day_and_the_context_is_named() -> None:
    parts = (part(Domain.NIGHT, Sight.CONTEXT, ContextKind.HOSPITAL), *all_parts()[1:])
    found = fuse(DAY, CALM._replace(parts=parts, told=[told(0.4, "cold")]), LIMIT)
    assert (found.state, found.contexts) == (State.YELLOW, (ContextKind.HOSPITAL,))


@pytest.mark.parametrize("rarity", [LIMIT, LIMIT + 1.1, LIMIT + 9])
def test_points_take_the_severity_of_a_change_back_to_how_rare_it_was(rarity: float) -> None:
    day = shown(Domain.NIGHT, rarity)
    run = Run("night_bathroom_visits", DAY, day, day, day)
    severity = finding_of_change(run, LIMIT, 1.0, ROME, lambda *_: []).severity
    assert points_of(severity) == pytest.approx(min(rarity - LIMIT, points_of(1.0)), abs=0.01)


def test_what_is_very_rare_does_not_overflow() -> None:
    shows = [shown(Domain.NIGHT, 4000.0), shown(Domain.OUT, 3999.0)]
    assert fuse(DAY, CALM._replace(shows=shows), LIMIT).state is State.RED


@given(evidences())
def test_it_is_green_only_where_enough_was_seen_and_nothing_is_told(evidence) -> None:
    found = fuse(DAY, evidence, LIMIT)
    assert (found.state is State.UNKNOWN) == (found.because is not None)
    if found.state is State.GREEN:
        assert evidence.coverage is not None
        assert evidence.coverage >= SEEN_ENOUGH
        assert not evidence.told
        assert not found.contexts
        assert found.judged >= max(1, 0.5 * found.shown)
        assert max(one.rarity for one in evidence.shows) < LIMIT


@given(evidences())
def test_what_is_told_is_at_least_yellow_and_red_where_it_is_urgent(evidence) -> None:
    found = fuse(DAY, evidence, LIMIT)
    if evidence.told:
        assert GRAVITY[found.state] >= 1
        assert {one.severity for one in evidence.told} & {one.severity for one in found.contributions}
    if any(one.severity >= URGENT and one.domain is None for one in evidence.told):
        assert found.state is State.RED


@given(evidences(), st.floats(0, 1), st.none() | st.sampled_from(Domain))
def test_one_more_that_is_told_never_makes_a_day_better(evidence, severity, domain) -> None:
    more = evidence._replace(told=[*evidence.told, told(severity, domain=domain, number=99)])
    before, after = fuse(DAY, evidence, LIMIT), fuse(DAY, more, LIMIT)
    assert GRAVITY[after.state] >= max(1, GRAVITY[before.state])
    assert before.score is None or (after.score is not None and after.score >= before.score - 1e-3)


@given(evidences(), st.data(), rarities)
def test_a_rarer_day_is_never_a_better_one(evidence, data, more) -> None:
    if not evidence.shows:
        return
    place = data.draw(st.integers(0, len(evidence.shows) - 1))
    rarer = list(evidence.shows)
    rarer[place] = shown(rarer[place].domain, rarer[place].rarity + more)
    before, after = fuse(DAY, evidence, LIMIT), fuse(DAY, evidence._replace(shows=rarer), LIMIT)
    assert GRAVITY[after.state] >= GRAVITY[before.state]
    assert after.score is not None
    assert before.score is not None
    assert after.score >= before.score - 1e-3


@given(evidences())
def test_shares_add_up_and_stand_in_order(evidence) -> None:
    shares = [each.share for each in fuse(DAY, evidence, LIMIT).contributions]
    assert sum(shares) <= 1.01
    assert shares == sorted(shares, reverse=True)
