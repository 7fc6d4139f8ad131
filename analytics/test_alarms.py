"""Whether a home has pressed its SOS button as often as it is asked to: a button that nobody presses may be dead.

Any press counts, asked for or not. A home that never pressed has its time from when it was first asked.
"""

from datetime import UTC, datetime, timedelta

from analytics import repository
from analytics.explanation import no_test_alarm
from analytics.findings import Finding
from analytics.repository import Home, Told
from analytics.together import Together
from core.localtime import Interval, day_of, local_day
from devices import reads as devices
from devices.gateways import reads as gateways
from ingest import reads as ingest

NO_TEST_ALARM = "no_test_alarm"
_SOS = "sos_button"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def check(together: Together, home: Home, now: datetime, told: Told) -> int:
    """Store the finding that a home's test alarm is overdue, or withdraw it; return how many findings changed.

    `told` is what is told of the home.
    """
    connection = together.connection
    finding = _overdue(together, home, now)
    if finding is None and not told.begins_since(NO_TEST_ALARM, _BEGINNING):
        return 0
    held = [] if finding is None else [finding]
    changed = repository.put_findings(connection, home, held, now)
    starts = [each.interval.start for each in held]
    return changed + repository.withdraw(
        connection, home.home_id, NO_TEST_ALARM, Interval(_BEGINNING, now), starts, now
    )


def _overdue(together: Together, home: Home, now: datetime) -> Finding | None:
    asked = together.of(home.home_id, gateways.test_alarms)
    if asked is None:
        return None
    sensors = together.of(home.home_id, devices.sensors_of_homes)
    buttons = [each.series_id for each in sensors if each.quantity == _SOS]
    pressed_at = ingest.last_active(together.connection, buttons, now)
    since = pressed_at or asked.since
    due_at = since + timedelta(days=asked.every_days)
    if not buttons or now < due_at:
        return None
    # It changes once a day, not with every look.
    today = local_day(day_of(now, home.zone), home.zone).start
    days = (day_of(now, home.zone) - day_of(since, home.zone)).days
    said = no_test_alarm(days, ever=pressed_at is not None)
    return Finding(
        family="technical",
        kind=NO_TEST_ALARM,
        severity=0.4,
        interval=Interval(due_at, max(due_at, today)),
        coverage=1.0,
        detector=NO_TEST_ALARM,
        detector_version="1",
        explanation_it=said.it,
        explanation_en=said.en,
        evidence={
            "since": due_at.isoformat(),
            "pressed_at": pressed_at.isoformat() if pressed_at else None,
            "every_days": asked.every_days,
        },
    )
