"""Announced tests: somebody is about to try what calls for help in a home, and sees that the call arrives.

A test is announced for one device, or for whichever SOS button of a home is pressed first. The first call of it within
the announced time opens no alert. Everything else does: a call before or after it, a second one, one of another device,
one whose time is not of now, and any while a call for help of the home is open, for then somebody may really need help.
The first call of a smoke alarm and its like lasts until it is over; each press of a button is one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from alerts.announced import repository
from alerts.repository import Connection
from core.database import Row, View
from core.errors import VicinoError
from core.vocabulary import BY_ID, BY_NAME, CALLS

LONGEST = timedelta(minutes=15)
_SOS = "sos_button"


class AlarmTest(NamedTuple):
    """An announced test of a quantity, of the device or of any of the home.

    `pressed_at` is when its call came, `ended_at` when it was called off or was over; both are None if it was not so.
    """

    test_alarm_id: int
    home_id: int
    device_id: int | None
    quantity: str
    started_at: datetime
    ends_at: datetime
    pressed_at: datetime | None
    ended_at: datetime | None

    def waits(self, now: datetime) -> bool:
        """Tell whether the next call would be the test."""
        return self.pressed_at is None and self.ended_at is None and now < self.ends_at


class Announced(StrEnum):
    """What came of announcing a test."""

    ANNOUNCED = "announced"
    CHANGED = "changed"  # it was tried, or called off, since the viewer looked
    OPEN = "open"  # a call for help of the home is open: somebody may really need help


class AlarmTestError(VicinoError):
    """A test alarm cannot be announced."""


def announce(connection: Connection, home: str, now: datetime, lasts: timedelta, by: str = "") -> AlarmTest:
    """Announce a press of an SOS button of the home of that key, from now on; `by` is who did.

    One that waits already lasts longer. Raises `AlarmTestError` where there is no such home, or a call of it is open.
    """
    if not timedelta(0) < lasts <= LONGEST:
        raise AlarmTestError(f"A test alarm lasts at most {LONGEST // timedelta(minutes=1)} minutes.")
    row = repository.announce_test(connection, home, [BY_NAME[_SOS].id], now, now + lasts, by)
    if row is None:
        raise AlarmTestError(
            f"There is no home '{home}', or a call for help of it is open.",
            kept="everything as it was",
            advice="look at the open alerts first: somebody may really need help",
        )
    return _test(row)


def announce_seen(
    view: View, home_public_id: UUID, device_id: int, seen: int, now: datetime, lasts: timedelta
) -> Announced | None:
    """Announce for the viewer, who installs or answers in a home, that a device of it is about to be tried.

    `seen` is the id of the latest test of it that the viewer has seen, 0 for none: what was asked for before a later
    one is not done again. None where the viewer may not, or nothing of the device calls for help.
    """
    outcome = repository.announce_test_seen(
        view.connection,
        home_public_id,
        device_id,
        [BY_NAME[name].id for name in sorted(CALLS)],
        seen,
        now,
        now + min(lasts, LONGEST),
    )
    return None if outcome is None else Announced(outcome)


def call_off_seen(view: View, home_public_id: UUID, now: datetime) -> int:
    """Call off for the viewer whatever waits in a home to be tried; return how many there were."""
    return repository.call_off_tests_seen(view.connection, home_public_id, now)


def seen_tests(view: View, home_id: int) -> Sequence[AlarmTest]:
    """Return the latest test of each quantity of each device of a home, if the viewer may see it."""
    return [_test(row) for row in repository.seen_test_alarms(view.connection, home_id)]


def state_of(connection: Connection, test: AlarmTest) -> AlarmTest:
    """Return how a test stands now."""
    return _test(repository.test_alarm(connection, test.test_alarm_id))


def _test(row: Row) -> AlarmTest:
    return AlarmTest(quantity=BY_ID[row.pop("quantity_id")].name, **row)
