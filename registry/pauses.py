"""A pause: nothing of the wellbeing of a home is looked at, recorded or shown until it ends. Calls for help go on."""

from datetime import datetime, timedelta
from uuid import UUID

from core.database import View
from registry import repository
from registry.consents import NotDecidedHereError, PeriodError

LONGEST = timedelta(days=366)


def begin(view: View, person: UUID, until: datetime | None, now: datetime) -> datetime:
    """Pause the home of a person until an instant (None: until it is ended); return since when it is.

    One that goes on is kept, and its end becomes this one. Raises `NotDecidedHereError` or `PeriodError`.
    """
    if until is not None and not now < until <= now + LONGEST:
        raise PeriodError
    since = repository.begin_pause(view.connection, person, until, now)
    if since is None:
        raise NotDecidedHereError
    return since


def end(view: View, person: UUID, now: datetime) -> None:
    """End the pause of the home of a person; nothing happens where there is none."""
    repository.end_pause(view.connection, person, now)
