"""What other folders may know of the analysis. Reads for a person take a `View` and are filtered by the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row

from analytics.batteries import seen_batteries
from analytics.contexts.context import ENOUGH
from analytics.contexts.kinds import LASTING, LEARNING
from analytics.frames import sensors_frame
from analytics.indicators import INDICATORS
from analytics.replacement import Cells, Round, Stop, Why, due, round_of, to_bring
from analytics.repository import SQL
from analytics.sensors import sensors_of
from analytics.silence.battery import Forecast
from analytics.silence.verdict import Silence
from core.columns import column
from core.database import Answer, Row, View, ask
from devices.reads import Device, Sensor
from registry.reads import Home

__all__ = [
    "OUT",
    "Cells",
    "Forecast",
    "Lag",
    "Round",
    "Stays",
    "Stop",
    "Why",
    "ask_latest_coverage",
    "due",
    "episodes",
    "findings_of_home",
    "findings_that_hold",
    "hourly_activity",
    "hourly_indicators",
    "indicators",
    "lag",
    "page_of_findings",
    "replacement_round",
    "shared_days",
    "shared_outings",
    "shared_sight",
    "shared_sleep",
    "silences",
    "stays",
    "to_bring",
    "watched",
]

OUT = -1  # stands for a room where somebody was out of the home
_EPOCH_MS = 946_684_800_000  # 2000-01-01, where PostgreSQL's timestamps start


def findings_that_hold(connection: Connection[DictRow], start: datetime, end: datetime) -> list[Row]:
    """Return the findings of all homes that touch `[start, end)` and still hold, oldest first, those on trial too."""
    return connection.execute(SQL["findings_that_hold"], {"start": start, "end": end}).fetchall()


class Lag(NamedTuple):
    """How far the analysis is behind what is stored.

    `days_due` days of homes should have been computed by now, the oldest since `due_since`; `untaken_since` is when the
    oldest readings came in that were not looked at yet. Both are None where there are none.
    """

    days_due: int
    due_since: datetime | None
    untaken_since: datetime | None

    def seconds(self, now: datetime) -> float:
        """Return for how many seconds the oldest of what is stored has waited for longer than it is meant to."""
        since = min((at for at in (self.due_since, self.untaken_since) if at is not None), default=now)
        return max(0.0, (now - since).total_seconds())


def lag(connection: Connection[DictRow], now: datetime) -> Lag:
    """Return how far the analysis is behind what is stored."""
    row = connection.execute(SQL["lag"], {"now": now}).fetchone()
    assert row is not None
    return Lag(**row)


def findings_of_home(view: View, home_id: int, start: datetime, end: datetime) -> list[Row]:
    """Return the findings about a home that touch `[start, end)` and still hold, newest first.

    `trial` says of each whether it comes of a rule or detector in shadow mode: to be shown as on trial.
    """
    return _seen(view, "seen_findings", home_id=home_id, start=start, end=end)


def page_of_findings(
    view: View,
    before: int | None,
    limit: int,
    *,
    home_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[Row]:
    """Return at most `limit` findings that hold, the latest first, from before the one with a number.

    Of one home, and of those that touch `[start, end)`, where that is given. Columns as in `findings_of_home`.
    """
    return _seen(view, "page_of_findings", before=before, limit=limit, home_id=home_id, start=start, end=end)


def episodes(view: View, home_id: int, start: datetime, end: datetime, kind: str | None = None) -> list[Row]:
    """Return the episodes of a home that touch `[start, end)`: kind, room_id, started_at, ended_at, readings.

    Those of one kind where it is given. Stays in rooms (`presence`) are cut at local midnight: the next piece begins
    where the one before ends.
    """
    return _seen(view, "episodes_of_home", home_id=home_id, start=start, end=end, kind=kind)


class Stays(NamedTuple):
    """Where somebody was, as columns of equal length, ordered by beginning, in milliseconds since 1970.

    The room is `OUT` where that was out of the home.
    """

    room_id: npt.NDArray[np.int64]
    start_ms: npt.NDArray[np.int64]
    end_ms: npt.NDArray[np.int64]


def stays(view: View, home_id: int, start: datetime, end: datetime) -> Stays:
    """Return the stays in rooms and the outings of a home that touch `[start, end)`, for pictures of many days."""
    given = {"home_id": home_id, "start": start, "end": end}
    with view.connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        row = cursor.execute(SQL["seen_stays"], given).fetchone()
    assert row is not None
    room, started, ended = row
    return Stays(column(room, ">i4").astype(np.int64), _milliseconds(started), _milliseconds(ended))


def _milliseconds(sent: bytes | None) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = column(sent, ">i8").astype(np.int64) // 1000 + _EPOCH_MS
    return found


def hourly_activity(view: View, home_id: int, first: date, last: date) -> list[Row]:
    """Return the minutes with movement in the hours of a home's days: day, value (24 figures, None where not known)."""
    return _seen(view, "seen_hourly_activity", home_id=home_id, first=first, last=last)


def indicators(view: View, home_id: int, first: date, last: date, kinds: Sequence[str] | None = None) -> list[Row]:
    """Return the indicators of a home, or some kinds of them, on the days from `first` to `last`, by kind and day.

    Columns: kind, day, value (None: no verdict), unit, coverage (0 to 1), readings, computed_at, code_version, and what
    was usual then: median, spread, low, high, days (all None while still learning).
    """
    wanted = None if kinds is None else list(kinds)
    return _seen(view, "seen_indicators", home_id=home_id, first=first, last=last, kinds=wanted)


def hourly_indicators(view: View, home_id: int, first: date, last: date) -> list[Row]:
    """Return the hourly indicators of a home on the days from `first` to `last`, ordered by kind and day.

    Columns: kind (see `analytics.profiles.profile.HOURLY`), day, value: 24 figures by the hour of the local clock, None
    where too little is known of an hour.
    """
    return _seen(view, "seen_hourly", home_id=home_id, first=first, last=last)


def watched(kind: str, sensors: Sequence[Sensor]) -> list[Sensor]:
    """Return on which of the sensors of a home an indicator rests. Raises `KeyError` for a kind that there is not."""
    if not sensors:
        return []
    rests = set(np.flatnonzero(INDICATORS[kind].watched(sensors_of(sensors_frame(sensors)))).tolist())
    ordered = sorted(sensors, key=lambda sensor: sensor.series_id)
    return [sensor for place, sensor in enumerate(ordered) if place in rests]


def ask_latest_coverage(view: View, first: date, homes: Sequence[int] | None = None) -> Answer[list[Row]]:
    """Ask on how much of the data the last indicators rest of every home that the viewer may see, or of some.

    Of each indicator the last day counts that is not older than `first`. Columns: home_id, day, coverage (the least, 0
    to 1, of the indicators whose last day this is).
    """
    given = {"first": first, "homes": None if homes is None else list(homes)}
    return ask(view.connection, SQL["seen_latest_coverage"], given, list)


def silences(view: View, homes: Collection[int]) -> list[Row]:
    """Return what is silent now, for technical reasons, in some homes that the viewer may see, by home and beginning.

    Columns: home_id, subject_kind ("gateway" or "device"), subject_id, class, cause, since, confidence, battery.
    """
    return _seen(view, "seen_silences", homes=list(homes))


def replacement_round(
    view: View,
    homes: Mapping[int, Home],
    installed: Sequence[Device],
    rooms: Mapping[int, str],
    now: datetime,
    *,
    within: float,
) -> Round:
    """Return the batteries in some homes, by id, that the viewer may see: those due within so many days say why.

    `installed` is what stands in them, `rooms` are names by id. A battery that was changed since its device fell silent
    is not due: whether that helped shows when the device speaks.
    """
    changed = {device.device_id: device.battery_changed_at for device in installed}
    silent = {
        row["subject_id"]
        for row in silences(view, homes)
        if row["subject_kind"] == "device"
        and row["class"] == Silence.BATTERY_LOW
        and ((at := changed.get(row["subject_id"])) is None or at < row["since"])
    }
    forecasts = seen_batteries(view, list(homes), installed, now)
    return round_of(homes, installed, rooms, forecasts, silent, within=within)


def shared_days(view: View, now: datetime, first: date) -> list[Row]:
    """Return how days stand, as far as that is shared with the viewer at `now`: person_id, day, state, because."""
    return _seen(view, "shared_days", now=now, first=first)


def shared_sight(view: View, now: datetime, first: date) -> list[Row]:
    """Return how much is known of what is shared with the viewer: person_id, coverage, context_since."""
    of_contexts = {"enough": ENOUGH, "lasting": sorted(map(str, LASTING)), "learning": LEARNING}
    return _seen(view, "shared_sight", now=now, first=first, **of_contexts)


def shared_sleep(view: View, now: datetime, since: datetime) -> list[Row]:
    """Return the last sleep, as far as that is shared with the viewer: person_id, asleep_at, up_at."""
    return _seen(view, "shared_sleep", now=now, since=since)


def shared_outings(view: View, now: datetime, since: datetime) -> list[Row]:
    """Return outings, as far as they are shared with the viewer: person_id, started_at, ended_at."""
    return _seen(view, "shared_outings", now=now, since=since)


def _seen(view: View, name: str, **parameters: Any) -> list[Row]:
    return view.connection.execute(SQL[name], parameters).fetchall()
