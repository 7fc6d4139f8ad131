"""What the pictures of a home's days are made of: where somebody was, what is not known, alerts, what was going on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import alerts.reads
import analytics.reads
import ingest.reads
import registry.reads
from analytics.contexts.context import Context
from analytics.contexts.effect import Contexts
from core.database import View
from core.localtime import Interval
from core.translation import mark
from dashboards.concern import Concern, Reason, concern_of
from dashboards.pictures.days import Mark, Stay
from dashboards.wording import ROOM_KINDS

# No sensor of the home has reported for this long: drawn as not known, because nobody can tell what happened.
SILENCE = timedelta(hours=3)
OUT, CONTEXT = "out", "context"
LANES: Mapping[str, str] = ROOM_KINDS | {OUT: mark("out of the home"), CONTEXT: mark("going on")}
ALERTS = 500  # of a home that are marked at most, the latest


class Life(NamedTuple):
    """What is stored of some days of a home, until `until`.

    `stays` are in rooms, out of the home and in what is going on; `episodes` are rows as they are stored; `rooms` are
    the kinds of rooms that the home has.
    """

    zone: ZoneInfo
    until: datetime
    stays: tuple[Stay, ...]
    episodes: tuple[Mapping[str, Any], ...]
    unknown: tuple[Interval, ...]
    marks: tuple[Mark, ...]
    contexts: tuple[Context, ...]
    rooms: tuple[str, ...] = ()

    def lanes(self) -> tuple[str, ...]:
        """Return the lanes that pictures of these days have, from top to bottom."""
        used = {stay.lane for stay in self.stays}
        return tuple(lane for lane in LANES if lane in used)


def load(view: View, home: registry.reads.Home, contexts: Contexts, start: datetime, now: datetime) -> Life:
    """Return what is stored of a home from `start` until now."""
    kinds = {room.room_id: room.kind for room in registry.reads.seen_rooms(view, home.home_id)}
    episodes = analytics.reads.episodes(view, home.home_id, start, now)
    unheard = ingest.reads.silences_of_home(view, home.home_id, start - SILENCE, now, SILENCE)
    around = tuple(one for one in contexts.acting if one.interval.end > start and one.start < now)
    going_on = [Stay(CONTEXT, Interval(one.start, min(one.interval.end, now))) for one in around]
    return Life(
        home.zone,
        now,
        (*stays_of(episodes, kinds), *going_on),
        tuple(episodes),
        tuple(Interval(max(gap.start, start), gap.end) for gap in unheard if gap.end > start),
        marks_of(alerts.reads.alerts_of_home(view, home.home_id, ALERTS), now),
        around,
        tuple(kind for kind in ROOM_KINDS if kind in kinds.values()),
    )


def marks_of(found: Sequence[alerts.reads.Alert], now: datetime) -> tuple[Mark, ...]:
    """Return the alerts that ask for a look or more as marks, by what each asks for by itself."""
    marks = [
        Mark(alert.happened_at, concern_of(Reason(alert.public_id, alert.family, alert.severity, now, taken=False)))
        for alert in found
    ]
    return tuple(mark for mark in marks if mark.concern < Concern.USUAL)


def stays_of(episodes: Sequence[Mapping[str, Any]], kinds: Mapping[int, str]) -> list[Stay]:
    """Return the stays in rooms whose kind is known, and the outings."""
    found = []
    for row in episodes:
        lane = {"presence": kinds.get(row["room_id"]), "outing": OUT}.get(row["kind"])
        if lane is not None:
            found.append(Stay(lane, Interval(row["started_at"], row["ended_at"])))
    return found
