"""The indicators of a home as the nightly run leaves them: each day computed once, when its night is over."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.home_day import BEFORE, compute
from analytics.layout import Layout
from analytics.measuring import values_of_days
from analytics.memory import Memory
from core.localtime import local_day, local_night

if TYPE_CHECKING:
    from analytics.profiles.profile import DayProfile

AFTER_NIGHT = timedelta(minutes=30)


def indicators(
    home: Layout, zone: ZoneInfo, days: Sequence[date], readings: Callable[[datetime, datetime], pd.DataFrame]
) -> dict[str, list[float]]:
    """Return each indicator of a home: one figure for each of `days` (in order), NaN without verdict.

    `readings` returns what is known at an instant of what was measured since another. What the classifier of silences
    knows of devices is not asked: for homes in which little fails.
    """
    memory = Memory()
    profiles: dict[date, DayProfile] = {}
    found: dict[str, dict[date, float]] = {}
    for day in days:
        now = local_night(day, zone).end + AFTER_NIGHT
        computed = compute(day, zone, home, readings(now, local_day(day, zone).start - BEFORE), memory.before(day), now)
        memory.keep_day(computed)
        if computed.profile is not None:
            profiles[day] = computed.profile
        of_days = values_of_days(day, profiles) if day in profiles else ()
        for value in (*computed._asdict()["values"], *of_days):
            if value.value is not None:
                found.setdefault(value.kind, {})[value.day] = value.value
    return {kind: [values.get(day, float("nan")) for day in days] for kind, values in found.items()}
