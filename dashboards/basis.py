"""What a figure of a day is based on: the episodes that it counts, and the readings of the sensors that it rests on."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import analytics.reads
import devices.reads
import ingest.reads
import registry.reads
from analytics.contexts.effect import Contexts
from analytics.contexts.kinds import NAMES as CONTEXTS
from analytics.figures import FIGURES
from analytics.indicators import INDICATORS
from core.database import View
from core.localtime import Interval
from core.translation import mark
from core.vocabulary import BY_NAME, Flag, Kind
from dashboards.indicators import sentence
from dashboards.quantities import QUANTITIES
from dashboards.wording import ROOM_KINDS, Words

Row = Mapping[str, Any]
PAGE = 50
MOST_PAGES = 2_000
UNITS = {"Cel": "°C", "mm[Hg]": "mmHg", "[ppm]": "ppm", "1": ""}
EPISODES: Mapping[str, str] = {
    "bathroom_visit": mark("Visits to the bathroom"),
    "stillness": mark("Times without movement"),
    "outing": mark("Outings"),
    "in_bed": mark("Times in bed"),
    "sleep": mark("Sleep"),
    "night_rising": mark("Times somebody got up"),
    "kitchen_use": mark("Uses of the kitchen"),
    "meal": mark("Meals"),
    "hot_drink": mark("Hot drinks"),
    "food_use": mark("Uses of fridge, cupboards and stove"),
    "night_walk": mark("Walks through the home"),
    "night_door": mark("Uses of the front door"),
    "company": mark("Signs of several people"),
    "presence": mark("Stays in rooms"),
}
STAYS = "presence"  # what a figure counts that has no episodes of its own: minutes of movement in rooms


class Episode(NamedTuple):
    """An episode that is counted; `number` is by which its readings are asked for."""

    number: int
    when: str
    where: str
    lasted: str
    readings: int


class Reading(NamedTuple):
    """A reading: when, where, of which sensor, what it says, and what is odd about it."""

    at: str
    room: str
    sensor: str
    what: str
    value: str
    remark: str


class Basis(NamedTuple):
    """What the page shows: the figure in a sentence and in facts, the episodes, one page of the readings."""

    name: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    episodes_name: str
    episodes: tuple[Episode, ...]
    chosen: Episode | None
    sensors: tuple[str, ...]
    readings: tuple[Reading, ...]
    total: int
    page: int
    pages: int


def load(
    view: View, home: registry.reads.Home, contexts: Contexts, kind: str, day: date, words: Words, *, episode: int,
    page: int, now: datetime,
) -> Basis | None:  # fmt: skip
    """Return what a figure is based on; None where nothing is stored of that day. Pages are counted from 1."""
    rows = analytics.reads.indicators(view, home.home_id, day, day, [kind])
    if not rows:
        return None
    row, indicator, figure = rows[0], INDICATORS[kind], FIGURES[kind]
    window = indicator.interval(day, home.zone)
    rooms = {room.room_id: room for room in registry.reads.seen_rooms(view, home.home_id)}
    counted = _episodes(view, home, kind, window)
    episodes = [_episode(number, one, rooms, home.zone, now, words) for number, one in enumerate(counted, start=1)]
    chosen = episodes[episode - 1] if 0 < episode <= len(episodes) else None
    span = window if chosen is None else _around(counted[episode - 1])
    installed = devices.reads.seen_sensors(view, home.home_id, window.start, min(window.end, now))
    names = {one.device_id: one.name for one in devices.reads.seen_devices(view, home.home_id)}
    sensors = [
        sensor._replace(device=names.get(sensor.device_id) or sensor.device)
        for sensor in analytics.reads.watched(kind, installed)
    ]
    series = [sensor.series_id for sensor in sensors]
    skipped = (min(max(1, page), MOST_PAGES) - 1) * PAGE
    found, count = ingest.reads.readings_page(
        view, home.home_id, series, span.start, span.end, most=PAGE, skipped=skipped
    )
    by_series = {sensor.series_id: sensor for sensor in sensors}
    why = contexts.excludes(kind, window)
    return Basis(
        words.say(figure.name),
        sentence(row, figure, "" if why is None else words.say(CONTEXTS[why]), words),
        tuple(_facts(row, window, home.zone, now, words)),
        words.say(EPISODES[indicator.evidence or STAYS]),
        tuple(episodes),
        chosen,
        tuple(dict.fromkeys(_sensor(sensor, rooms, words) for sensor in sensors)),
        tuple(_reading(each, by_series[each["series_id"]], rooms, home.zone, words) for each in found),
        count,
        skipped // PAGE + 1,
        max(1, -(-count // PAGE)),
    )


def _episodes(view: View, home: registry.reads.Home, kind: str, window: Interval) -> list[Row]:
    wanted = INDICATORS[kind].evidence or STAYS
    # A week of stays is no evidence that anybody reads.
    if wanted == STAYS and INDICATORS[kind].days > 1:
        return []
    found = analytics.reads.episodes(view, home.home_id, window.start, window.end)
    return [row for row in found if row["kind"] == wanted]


def _around(row: Row) -> Interval:
    """Return the time of an episode, with the readings at both of its ends."""
    return Interval(row["started_at"] - timedelta(minutes=1), row["ended_at"] + timedelta(minutes=1))


def _episode(
    number: int, row: Row, rooms: Mapping[int, registry.reads.Room], zone: ZoneInfo, now: datetime, words: Words
) -> Episode:
    start, end = words.moment(row["started_at"], zone, now), words.clock(row["ended_at"], zone)
    lasted = row["ended_at"] - row["started_at"]
    room = rooms.get(row["room_id"])
    return Episode(
        number,
        start if lasted < timedelta(minutes=1) else f"{start} - {end}",
        "" if room is None else _room(room, words),
        words.lasted(lasted) if lasted >= timedelta(minutes=1) else "",
        row["readings"],
    )


def _facts(row: Row, window: Interval, zone: ZoneInfo, now: datetime, words: Words) -> list[tuple[str, str]]:
    gettext, ngettext = words.translations.gettext, words.translations.ngettext
    said = {"start": words.moment(window.start, zone, now), "end": words.moment(window.end, zone, now)}
    facts = [
        (gettext("Looked at"), gettext("%(start)s to %(end)s") % said),
        (gettext("Share of the data"), words.percent(row["coverage"])),
        (
            gettext("Rests on"),
            ngettext("%(count)d sign", "%(count)d signs", row["readings"]) % {"count": row["readings"]},
        ),
    ]
    if row["days"] is not None:
        days = ngettext("%(count)d day", "%(count)d days", row["days"]) % {"count": row["days"]}
        facts.append((gettext("Compared with"), days))
    computed = {"when": words.moment(row["computed_at"], zone, now), "version": row["code_version"]}
    facts.append((gettext("Computed"), gettext("%(when)s, version %(version)s of the analysis") % computed))
    return facts


def _reading(
    row: Row, sensor: devices.reads.Sensor, rooms: Mapping[int, registry.reads.Room], zone: ZoneInfo, words: Words
) -> Reading:
    gettext = words.translations.gettext
    at = (row["corrected_ts"] or row["ts"]).astimezone(zone)
    remarks = []
    if row["flags"] & Flag.OUT_OF_RANGE:
        remarks.append(gettext("not plausible"))
    if row["corrected_ts"] is not None:
        remarks.append(gettext("time corrected, it was stamped %(time)s") % {"time": words.clock(row["ts"], zone)})
    elif row["flags"] & Flag.UNSYNCHRONISED:
        remarks.append(gettext("stamped by a clock that was not set"))
    room = rooms.get(sensor.room_id or 0)
    return Reading(
        f"{words.short_day(at.date())}, {at:%H:%M:%S}",
        "" if room is None else _room(room, words),
        sensor.device,
        words.say(QUANTITIES[sensor.quantity]) if sensor.quantity in QUANTITIES else sensor.quantity,
        _value(row["value"], sensor.quantity, words),
        ", ".join(remarks),
    )


def _value(value: float, quantity: str, words: Words) -> str:
    known = BY_NAME[quantity]
    if known.kind in (Kind.STATE, Kind.EVENT) and value in (0.0, 1.0):
        if quantity == "contact":
            return words.say(CLOSED if value else OPEN)
        return words.say(YES if value else NO)
    return f"{words.number(value, 2)} {UNITS.get(known.unit, known.unit)}".rstrip()


YES, NO, CLOSED, OPEN = mark("yes"), mark("no"), mark("closed"), mark("open")


def _sensor(sensor: devices.reads.Sensor, rooms: Mapping[int, registry.reads.Room], words: Words) -> str:
    room = rooms.get(sensor.room_id or 0)
    what = words.say(QUANTITIES[sensor.quantity]) if sensor.quantity in QUANTITIES else sensor.quantity
    return f"{sensor.device}: {what}" if room is None else f"{sensor.device} ({_room(room, words)}): {what}"


def _room(room: registry.reads.Room, words: Words) -> str:
    return room.name or words.say(ROOM_KINDS.get(room.kind, ROOM_KINDS["other"]))


def known_kind(kind: str) -> bool:
    """Tell whether there is an indicator of this kind that has a name."""
    return kind in INDICATORS and kind in FIGURES
