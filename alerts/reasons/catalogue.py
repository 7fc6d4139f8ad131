"""The reasons that can be given with an outcome, each with the one outcome it goes with.

The table `alerts.reason` says the same; a code is never given another meaning.
"""

from enum import StrEnum

from alerts.lifecycle import Outcome
from core.translation import mark


class Reason(StrEnum):
    """Why an alert ended as it did."""

    PHONE = "phone"
    WENT = "went"
    EMERGENCY = "emergency"
    MISTAKE = "mistake"
    TRIAL = "trial"
    SENSOR = "sensor"
    PET = "pet"
    CARER = "carer"
    VISITOR = "visitor"
    AWAY = "away"
    WORKS = "works"
    UNREACHED = "unreached"


REASONS: dict[Outcome, dict[Reason, str]] = {
    Outcome.TRUE: {
        Reason.PHONE: mark("Settled by telephone"),
        Reason.WENT: mark("Somebody went there"),
        Reason.EMERGENCY: mark("Emergency service called"),
    },
    Outcome.FALSE: {
        Reason.MISTAKE: mark("Pressed by mistake"),
        Reason.TRIAL: mark("Somebody tried it out"),
        Reason.SENSOR: mark("Mistake of a sensor"),
        Reason.PET: mark("An animal"),
    },
    Outcome.EXPLAINED: {
        Reason.CARER: mark("A carer was there"),
        Reason.VISITOR: mark("Visitors"),
        Reason.AWAY: mark("Away from home"),
        Reason.WORKS: mark("Works or repairs"),
    },
    Outcome.UNCLEAR: {
        Reason.UNREACHED: mark("Nobody could be reached"),
    },
}
PRESSED = frozenset({"sos_button"})  # kinds of alerts that somebody makes with a hand
OUTCOME_OF: dict[Reason, Outcome] = {reason: outcome for outcome, some in REASONS.items() for reason in some}
LABELS: dict[Reason, str] = {reason: label for some in REASONS.values() for reason, label in some.items()}


def parse(said: str) -> tuple[Outcome, Reason | None] | None:
    """Return the outcome and the reason of what was tapped, as in `true` or `explained:carer`; None if it is none."""
    outcome, _, reason = said.partition(":")
    if outcome not in REASONS or (reason and reason not in LABELS):
        return None
    found = Reason(reason) if reason else None
    if found is not None and OUTCOME_OF[found] != outcome:
        return None
    return Outcome(outcome), found
