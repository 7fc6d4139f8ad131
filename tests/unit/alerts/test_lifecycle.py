from alerts.lifecycle import (
    ACTION_LABELS,
    OUTCOME_LABELS,
    TRANSITIONS,
    Action,
    Outcome,
    State,
    actions_between,
)
from core.translation import translator


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
