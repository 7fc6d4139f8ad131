"""What a contact of a person may see: kinds of data by hours of the day, by the clock of the home."""

from datetime import datetime
from uuid import UUID

from core.database import View
from core.translation import mark
from registry import repository
from registry.agreement import Data
from registry.consents import DecisionError, NotDecidedHereError
from registry.hours import Hours


class HoursError(DecisionError):
    """Hours are not written as they should."""

    message = mark("Write the hours like 08:00-20:00. Nothing was changed.")


def share(view: View, person: UUID, contact: str, data: Data, hours: Hours | None, now: datetime) -> bool:
    """Share a kind of data with a contact in some hours, or no more (None); tell whether that is new.

    Raises `NotDecidedHereError`.
    """
    changed = repository.set_share(view.connection, person, contact, data, hours, now)
    if changed is None:
        raise NotDecidedHereError
    return changed
