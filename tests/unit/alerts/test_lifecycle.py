import re
from pathlib import Path

from alerts.lifecycle import (
    ACTION_LABELS,
    OUTCOME_LABELS,
    TRANSITIONS,
    Action,
    Outcome,
    State,
    Transition,
    actions_between,
)
from core.translation import translator

ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (`.+`) \|$", re.MULTILINE)
DESCRIBED = Path(__file__).parents[3] / "docs/operations/policies.md"


def test_the_description_says_the_same():
    described = {
        Transition(State(before), State(after)): frozenset(map(Action, re.findall(r"`(\w+)`", actions)))
        for before, after, actions in ROW.findall(DESCRIBED.read_text(encoding="utf-8"))
    }
    assert described == TRANSITIONS


def test_who_has_only_seen_an_alert_has_not_stopped_anything():
    """Nothing lies between new, which calls, and in charge, which somebody has by name."""
    assert set(State) == {State.NEW, State.IN_CHARGE, State.RESOLVED}
    assert actions_between(State.NEW, State.IN_CHARGE) == {Action.TAKEN}


def test_every_state_can_be_reached_and_left():
    assert {transition.after for transition in TRANSITIONS} == set(State)
    assert {transition.before for transition in TRANSITIONS} == set(State)


def test_a_resolved_alert_is_only_reopened():
    assert {t.after for t in TRANSITIONS if t.before is State.RESOLVED} == {State.NEW}
    assert not actions_between(State.RESOLVED, State.IN_CHARGE)


def test_only_people_a_new_call_the_end_of_a_technical_matter_and_idleness_change_the_state():
    found = {action for before in State for after in State for action in actions_between(before, after)}
    of_people = {Action.TAKEN, Action.RELEASED, Action.RESOLVED, Action.REOPENED, Action.RETURNED}
    assert found == of_people | {Action.CALLED_AGAIN, Action.OVER, Action.GIVEN_BACK, Action.SHIFT_LEFT}


def test_everything_has_a_name_in_both_languages():
    for labels, names in ((OUTCOME_LABELS, Outcome), (ACTION_LABELS, Action)):
        assert set(labels) == set(names)
        assert all(translator("it").gettext(label) != label for label in labels.values())
