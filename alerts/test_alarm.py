"""Test alarms: somebody asks a home to press its SOS button now, and sees that the press arrives.

The first press within the announced time opens no alert. Everything else does: a press before or after it, a second
one, one whose time is not of now, and any while an SOS of the home is open, for then somebody may really need help.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from alerts import repository
from alerts.repository import Connection
from core.database import View
from core.errors import VicinoError

LONGEST = timedelta(minutes=15)


class AlarmTest(NamedTuple):
    """An announced test; `pressed_at` is when the button was pressed, None if it has not been."""

    test_alarm_id: int
    home_id: int
    started_at: datetime
    ends_at: datetime
    pressed_at: datetime | None


class AlarmTestError(VicinoError):
    """A test alarm cannot be announced."""


def announce(connection: Connection, home: str, now: datetime, lasts: timedelta, by: str = "") -> AlarmTest:
    """Announce a test in the home of that key, from now on; `by` is who did.

    Raises `AlarmTestError` where there is no such home, or an SOS of it is open.
    """
    if not timedelta(0) < lasts <= LONGEST:
        raise AlarmTestError(f"A test alarm lasts at most {LONGEST // timedelta(minutes=1)} minutes.")
    row = repository.announce_test(connection, home, now, now + lasts, by)
    if row is None:
        raise AlarmTestError(
            f"There is no home '{home}', or an SOS of it is open.",
            kept="everything as it was",
            advice="look at the open alerts first: somebody may really need help",
        )
    return AlarmTest(**row)


def announce_seen(view: View, home_public_id: UUID, now: datetime, lasts: timedelta) -> bool:
    """Announce a test in a home for the viewer, who installs or answers there; tell whether it was done.

    Not where the viewer may not, nor while an SOS of the home is open: then somebody may really need help.
    """
    return repository.announce_test_seen(view.connection, home_public_id, now, now + min(lasts, LONGEST))


def latest_seen(view: View, home_id: int) -> AlarmTest | None:
    """Return the latest test of a home, if the viewer may see it."""
    row = repository.seen_test_alarm(view.connection, home_id)
    return AlarmTest(**row) if row else None


def state_of(connection: Connection, test: AlarmTest) -> AlarmTest:
    """Return how a test stands now."""
    return AlarmTest(**repository.test_alarm(connection, test.test_alarm_id))
