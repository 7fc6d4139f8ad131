"""The last days of a home: where somebody was, hour by hour, and what is not known, as pictures and as figures."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import alerts.reads
import analytics.reads
import ingest.reads
import registry.reads
from core.database import View
from core.localtime import Interval, day_of, local_day
from dashboards.concern import Concern, Reason, concern_of
from dashboards.pictures.days import Mark, Stay, day_picture
from dashboards.pictures.scale import DayScale
from dashboards.wording import ROOM_KINDS, Words

DAYS = 7
# No sensor of the home has reported for this long: drawn as not known, because nobody can tell what happened.
SILENCE = timedelta(hours=3)


class Day(NamedTuple):
    """One local day: its picture, and the same in words and figures."""

    name: str
    picture: str
    summary: str
    cells: tuple[str, ...]
    gap: str
    alerts: str


class Week(NamedTuple):
    """The days, the latest first, and the lanes of their pictures from top to bottom."""

    lanes: tuple[str, ...]
    days: tuple[Day, ...]


def load(view: View, home: registry.reads.Home, now: datetime, words: Words) -> Week:
    """Return the last days of a home, today included."""
    zone = home.zone
    today = day_of(now, zone)
    days = [today - timedelta(days=back) for back in range(DAYS)]
    start = local_day(days[-1], zone).start
    kinds = {room.room_id: room.kind for room in registry.reads.seen_rooms(view, home.home_id)}
    stays = stays_of(analytics.reads.episodes(view, home.home_id, start, now), kinds)
    before = start - SILENCE
    readings = [row["ts"] for row in ingest.reads.home_readings(view, home.home_id, before, now)]
    marks = [
        Mark(alert.happened_at, concern_of(Reason(alert.public_id, alert.family, alert.severity, now, taken=False)))
        for alert in alerts.reads.alerts_of_home(view, home.home_id)
    ]
    lanes = tuple(kind for kind in ROOM_KINDS if any(stay.lane == kind for stay in stays))
    unknown = silences(readings, Interval(start, now))
    return Week(lanes, tuple(_day(day, zone, lanes, stays, unknown, marks, now, words) for day in days))


def stays_of(episodes: Sequence[Mapping[str, Any]], kinds: Mapping[int, str]) -> list[Stay]:
    """Return the stays in rooms whose kind is known."""
    return [
        Stay(kinds[row["room_id"]], Interval(row["started_at"], row["ended_at"]))
        for row in episodes
        if row["kind"] == "presence" and row["room_id"] in kinds
    ]


def silences(readings: Sequence[datetime], within: Interval) -> list[Interval]:
    """Return the stretches of `within` longer than `SILENCE` in which no reading came; `readings` are ordered."""
    edges = [within.start - timedelta(microseconds=1), *readings, within.end]
    if readings and readings[0] < within.start:
        edges[0] = readings[0]
    found = [Interval(max(one, within.start), other) for one, other in pairwise(edges) if other - one > SILENCE]
    return [gap for gap in found if gap.start < gap.end]


def _day(
    day: date,
    zone: ZoneInfo,
    lanes: Sequence[str],
    stays: Sequence[Stay],
    unknown: Sequence[Interval],
    marks: Sequence[Mark],
    now: datetime,
    words: Words,
) -> Day:
    scale = DayScale(day, zone)
    own = [Stay(stay.lane, part) for stay in stays if (part := scale.clip(stay.interval)) is not None]
    gaps = [part for gap in unknown if (part := scale.clip(gap)) is not None]
    marked = [
        mark for mark in marks if scale.interval.start <= mark.at < scale.interval.end and mark.concern < Concern.USUAL
    ]
    cells = tuple(_cell([stay.interval for stay in own if stay.lane == lane], words) for lane in lanes)
    gap = words.lasted(_total(gaps)) if gaps else ""
    summary = _summary(own, marked, gap, words)
    told = [f"{words.say(ROOM_KINDS[lane])} {cell}" for lane, cell in zip(lanes, cells, strict=True) if cell]
    picture = day_picture(
        scale,
        lanes,
        own,
        gaps,
        marked,
        until=now,
        title=words.day(day),
        description="; ".join([*told, summary]) if told else summary,
    )
    return Day(words.day(day), picture, summary, cells, gap, str(len(marked)) if marked else "")


def _total(intervals: Sequence[Interval]) -> timedelta:
    return sum((interval.duration for interval in intervals), timedelta(0))


def _cell(intervals: Sequence[Interval], words: Words) -> str:
    if not intervals:
        return ""
    ngettext = words.translations.ngettext
    stays = ngettext("%(count)d stay", "%(count)d stays", len(intervals)) % {"count": len(intervals)}
    return f"{words.lasted(_total(intervals))}, {stays}"


def _summary(own: Sequence[Stay], marked: Sequence[Mark], gap: str, words: Words) -> str:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    parts = []
    if not own:
        parts.append(gettext("no movement known"))
    if gap:
        parts.append(gettext("%(duration)s without readings") % {"duration": gap})
    if marked:
        parts.append(ngettext("%(count)d alert", "%(count)d alerts", len(marked)) % {"count": len(marked)})
    return ", ".join(parts)
