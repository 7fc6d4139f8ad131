"""What people do with the settings of rules. The database decides who may: `analytics/sql/idempotent`."""

from datetime import datetime
from uuid import UUID

from analytics.preview import repository
from analytics.preview.reads import Preview, preview
from analytics.rules.protocol import Mode
from analytics.rules.repository import Scope
from analytics.rules.standing import Setting, settings_of, with_fields
from core.database import View
from core.errors import VicinoError
from core.translation import mark, translator

REASON_CHARACTERS = 500
DAYS = 60


class RuleError(VicinoError):
    """Base: a rule was not set. `message` is the English text, the key of its translations."""

    message = mark("The rule could not be set.")

    def text(self, language: str) -> str:
        """Return what happened in `language`."""
        return translator(language).gettext(self.message)

    def __init__(self) -> None:
        super().__init__(self.message)


class NotYoursToSetError(RuleError):
    """The viewer does not coordinate the organisation, or there is no such place or preview."""

    message = mark("Only a coordinator of the organisation sets its rules.")


class NotWorkedOutError(RuleError):
    """What the setting would have told is not known yet."""

    message = mark("What it would have told is still being worked out. Wait until it is shown, then save.")


class NoReasonError(RuleError):
    """Nobody would know later why it was set."""

    message = mark("Say in a few words why you change it (at most 500 characters).")


def try_out(view: View, scope: Scope, rule: str, mode: Mode, fields: dict[str, object], now: datetime) -> UUID:
    """Have worked out what a setting would have told in the last 60 days; return by which number to ask for it.

    Raises `NotYoursToSetError`, or `VicinoError` where the rule or a value does not fit.
    """
    with_fields(rule, settings_of(rule)(), fields)
    asked = repository.ask(view.connection, scope, Setting(rule, mode, fields), DAYS, now)
    if asked is None:
        raise NotYoursToSetError
    return asked


def save(view: View, public_id: UUID, reason: str, now: datetime) -> Preview:
    """Set a rule as it was tried out, and return that. It holds from the next computation on.

    Raises `NotYoursToSetError`, `NotWorkedOutError` or `NoReasonError`.
    """
    found = preview(view, public_id)
    if found is None:
        raise NotYoursToSetError
    if not found.is_done:
        raise NotWorkedOutError
    said = reason.strip()
    if not said or len(said) > REASON_CHARACTERS:
        raise NoReasonError
    if not repository.set_rule(view.connection, found.scope, found.wished, said, now):
        raise NotYoursToSetError
    return found
