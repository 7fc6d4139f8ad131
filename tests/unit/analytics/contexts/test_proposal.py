"""What becomes of proposals beside what people have said."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.contexts.context import Context, Standing
from analytics.contexts.kinds import ContextKind
from analytics.contexts.proposal import DOUBTED, NOTHING, REFUSED_FOR, Changes, Known, Proposal, reconcile

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = START - 60 * DAY
AWAY = Proposal("absence", ContextKind.AWAY, START, None, 0.6, {"by_door": True})


def known(standing=Standing.PROPOSED, *, kind=ContextKind.AWAY, end=None, detector="absence", start=START, number=1):
    return Known(number, Context(kind, start, end, standing, 0.6), detector, START + HOUR, {})


def changes(before, made, back=LONG_AGO) -> Changes:
    return reconcile(before, made, back, {"absence", "visit"})


def test_a_proposal_is_made_once_and_restated_when_more_is_known() -> None:
    assert changes([], [AWAY]) == Changes([AWAY], [], [], [])
    assert changes([known()], [AWAY]) == NOTHING
    over = AWAY._replace(end=START + 2 * DAY, confidence=0.85)
    assert changes([known()], [over]) == Changes([], [(1, over)], [], [])


def test_what_is_not_proposed_any_more_is_withdrawn_unless_it_was_not_looked_at() -> None:
    assert changes([known()], []).withdrawn == [1]
    assert changes([known(end=START + DAY)], [], back=START + 2 * DAY) == NOTHING
    assert changes([known(detector="other")], []) == NOTHING


@pytest.mark.parametrize("standing", [Standing.CONFIRMED, Standing.ENTERED])
def test_what_people_say_stands_and_ends_when_the_person_is_back(standing: Standing) -> None:
    said = known(standing, kind=ContextKind.HOSPITAL, detector="" if standing is Standing.ENTERED else "absence")
    assert changes([said], [AWAY]) == NOTHING
    over = AWAY._replace(end=START + 2 * DAY)
    assert changes([said], [over]) == Changes([], [], [(1, over.end)], [])
    maybe = over._replace(evidence={DOUBTED: 1})
    assert changes([said], [maybe]) == NOTHING, "it may go on"
    ended = said._replace(context=said.context._replace(end=START + DAY))
    assert changes([ended], [over]) == NOTHING
    assert changes([said], []) == NOTHING


def test_what_was_refused_is_not_asked_again_for_a_while() -> None:
    refused = known(Standing.REFUSED)
    assert changes([refused], [AWAY]) == NOTHING
    again = AWAY._replace(start=START + HOUR + REFUSED_FOR)
    assert changes([refused], [again]).made == [again]


def test_visitors_explain_no_absence() -> None:
    visit = known(Standing.ENTERED, kind=ContextKind.VISIT, detector="")
    assert changes([visit], [AWAY]).made == [AWAY]


def test_since_when_a_home_is_judged_again() -> None:
    earlier = AWAY._replace(start=START - DAY)
    assert changes([known()], [earlier]).since([known()]) == START - DAY
    assert changes([known(start=START - HOUR)], []).since([known(start=START - HOUR)]) == START - HOUR
