"""What people do with drafts of policies. The database decides who may: `alerts/sql/idempotent`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from alerts.drafts import repository
from alerts.drafts.draft import Policy
from alerts.drafts.reads import Draft, draft
from alerts.policies.plan import Plan
from core.database import View
from core.errors import VicinoError
from core.translation import mark, translator

REASON_CHARACTERS = 500


class DraftError(VicinoError):
    """Base: a policy was not put into force. `message` is the English text, the key of its translations."""

    message = mark("The policy could not be saved. The one that holds goes on.")

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message)

    def __init__(self) -> None:
        super().__init__(self.message)


class NotYoursToDecideError(DraftError):
    """The viewer does not coordinate the organisation, or there is no such draft any more."""

    message = mark("Only a coordinator of the organisation decides who is told. Nothing was changed.")


class NotTriedError(DraftError):
    """What it would have come to is not known yet."""

    message = mark("What it would have come to is still being worked out. Wait until it is shown, then save.")


class OvertakenError(DraftError):
    """Somebody has put another policy into force since the draft was begun."""

    message = mark("Somebody has changed this policy meanwhile. Look at it, and begin anew. Nothing was changed.")


class NoReasonGivenError(DraftError):
    """Nobody would know later why it was changed."""

    message = mark("Say in a few words why you change it (at most 500 characters).")


REASONS: Mapping[str, type[DraftError]] = {
    "not_yours": NotYoursToDecideError,
    "waits": NotTriedError,
    "changed": OvertakenError,
}


def try_out(view: View, policy: Policy, plan: Plan | None, now: datetime) -> UUID:
    """Begin a draft, and have it tried on the alerts of the last days; return its number. Nothing changes yet.

    `plan` None: the policy is to end. Raises `NotYoursToDecideError`.
    """
    asked = repository.ask(view.connection, policy, plan, now)
    if asked is None:
        raise NotYoursToDecideError
    return asked


def save(view: View, public_id: UUID, reason: str, now: datetime) -> Draft:
    """Put a draft into force, and return it. Alerts that are open keep the policy that they were opened with.

    Raises `NotYoursToDecideError`, `NotTriedError`, `OvertakenError` or `NoReasonGivenError`.
    """
    found = draft(view, public_id)
    if found is None:
        raise NotYoursToDecideError
    said = reason.strip()
    if not said or len(said) > REASON_CHARACTERS:
        raise NoReasonGivenError
    came = repository.put(view.connection, public_id, said, now)
    if came in REASONS:
        raise REASONS[came]
    return found
