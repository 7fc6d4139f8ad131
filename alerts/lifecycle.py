"""The life of an alert: its states, what leads from one to the next, and how it ends.

The table `TRANSITIONS` is the same as `alerts.transition` in the database, which refuses every other change.
"""

from enum import StrEnum
from typing import NamedTuple

from core.translation import mark

# As long as a note in the history may be; the database holds it too.
NOTE_CHARACTERS = 2000


class State(StrEnum):
    """Where an alert stands."""

    NEW = "new"
    IN_CHARGE = "in_charge"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How an alert ended: in the operator's judgement, or, where it was technical and nobody took it, by itself."""

    TRUE = "true"
    FALSE = "false"
    EXPLAINED = "explained"
    UNCLEAR = "unclear"
    OVER = "over"


JUDGED = (Outcome.TRUE, Outcome.FALSE, Outcome.EXPLAINED, Outcome.UNCLEAR)


class Family(StrEnum):
    """The three families of alerts, which are never mixed, most pressing first."""

    SAFETY = "safety"
    WELLBEING = "wellbeing"
    TECHNICAL = "technical"


class Action(StrEnum):
    """What an entry of an alert's history says."""

    OPENED = "opened"
    JOINED = "joined"
    CLEARED = "cleared"
    TAKEN = "taken"
    RELEASED = "released"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NOTED = "noted"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"
    CALLED_AGAIN = "called_again"
    CANCELLED = "cancelled"
    CONTACT_TOLD = "contact_told"
    OVER = "over"
    PASSED_ON = "passed_on"
    REMINDED = "reminded"
    GIVEN_BACK = "given_back"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    GROUPED = "grouped"
    OVERFLOW = "overflow"
    AGAIN_AFTER_OUTCOME = "again_after_outcome"
    THERE = "there"
    SHIFT_OFFERED = "shift_offered"
    SHIFT_TAKEN = "shift_taken"
    SHIFT_LEFT = "shift_left"


class Transition(NamedTuple):
    """One permitted change of state."""

    before: State
    after: State


# Which actions change the state, and from where to where. All other actions leave it as it is.
TRANSITIONS: dict[Transition, frozenset[Action]] = {
    Transition(State.NEW, State.IN_CHARGE): frozenset({Action.TAKEN}),
    Transition(State.IN_CHARGE, State.NEW): frozenset(
        {Action.RELEASED, Action.CALLED_AGAIN, Action.GIVEN_BACK, Action.RETURNED, Action.SHIFT_LEFT}
    ),
    Transition(State.NEW, State.RESOLVED): frozenset({Action.RESOLVED, Action.OVER}),
    Transition(State.IN_CHARGE, State.RESOLVED): frozenset({Action.RESOLVED}),
    Transition(State.RESOLVED, State.NEW): frozenset({Action.REOPENED}),
}
OPEN: frozenset[State] = frozenset({State.NEW, State.IN_CHARGE})

OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.TRUE: mark("It was a real need"),
    Outcome.FALSE: mark("False alarm"),
    Outcome.EXPLAINED: mark("There was a known reason"),
    Outcome.UNCLEAR: mark("It is not clear"),
    Outcome.OVER: mark("It ended by itself"),
}
ACTION_LABELS: dict[Action, str] = {
    Action.OPENED: mark("Alert opened"),
    Action.JOINED: mark("Happened again"),
    Action.CLEARED: mark("The sensor says that it is over"),
    Action.TAKEN: mark("Taken in charge"),
    Action.RELEASED: mark("Given back to the queue"),
    Action.RESOLVED: mark("Resolved"),
    Action.REOPENED: mark("Opened again"),
    Action.NOTED: mark("Note"),
    Action.UNANSWERED: mark("Nobody took charge"),
    Action.WITHDRAWN: mark("Late data changed the figures: the reason for this alert does not hold any more"),
    Action.CALLED_AGAIN: mark("It happened again while somebody was in charge: people are called again"),
    Action.CANCELLED: mark("Cancelled at the button in the home"),
    Action.CONTACT_TOLD: mark("The gateway in the home has told one of its contacts itself"),
    Action.OVER: mark("It is over: the alert has closed by itself"),
    Action.PASSED_ON: mark("Nobody could be told at this step: the next one came at once"),
    Action.REMINDED: mark("Whoever is in charge was reminded: nothing had happened"),
    Action.GIVEN_BACK: mark("Given back because nothing happened: people are called again"),
    Action.HANDED_OVER: mark("Handed over as a task"),
    Action.RETURNED: mark("The task came back"),
    Action.GROUPED: mark("Belongs to what else happened in this home: no message of its own"),
    Action.OVERFLOW: mark("More alerts today than can be read one by one: it is on the board and in the summary"),
    Action.AGAIN_AFTER_OUTCOME: mark("It came again soon after it had been judged: noted here, no new alert"),
    Action.THERE: mark("Says to be there with the person"),
    Action.SHIFT_OFFERED: mark("Handed over to the next shift, until somebody takes it over"),
    Action.SHIFT_TAKEN: mark("Taken over from the shift before"),
    Action.SHIFT_LEFT: mark("Given back because nobody of the next shift took it over: people are called again"),
}


def actions_between(before: State, after: State) -> frozenset[Action]:
    """Return the actions that lead from `before` to `after`, none if there is no such change."""
    return TRANSITIONS.get(Transition(before, after), frozenset())
