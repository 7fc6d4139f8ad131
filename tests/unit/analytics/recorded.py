"""Recorded homes with what is known to have happened in them, as the analysis takes them."""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.frames import MILLISECOND, MINUTE, SECOND, Episode, Span, instant, micros, overlap, sensors_frame
from analytics.home_day import HomeDay, compute
from analytics.layout import layout
from analytics.memory import Memory
from core.localtime import day_of, local_day
from devices.reads import Sensor
from gateway.recordings import kasteren, ordonez
from gateway.recordings.recording import RecordedHome

ONE_DAY = timedelta(days=1)
KASTEREN = {1: "out", 4: "toilet", 5: "wash", 6: "wash", 10: "sleep", 13: "meal", 15: "meal", 17: "drink"}
ORDONEZ = {
    "Leaving": "out", "Toileting": "toilet", "Showering": "wash", "Grooming": "wash", "Sleeping": "sleep",
    "Breakfast": "meal", "Lunch": "meal", "Dinner": "meal", "Snack": "drink",
}  # fmt: skip


class Recorded(NamedTuple):
    """A home day by day as the analysis sees it, and what its resident noted: (what, when)."""

    zone: ZoneInfo
    days: list[HomeDay]
    truth: list[tuple[str, Span]]

    def noted(self, *what: str, least: int = 0) -> list[Span]:
        return [span for name, span in self.truth if name in what and span.length >= least]

    def found(self, kind: str) -> list[Episode]:
        return [e for one in self.days for e in one.episodes if e.kind == kind]

    def figures(self, kind: str) -> dict[date, float | None]:
        return {each.day: each.value for one in self.days for each in one._asdict()["values"] if each.kind == kind}


def touching(spans: list[Span], others: list[Episode], within: int = 2 * MINUTE) -> int:
    """Return how many of `spans` one of `others` touches, a little before or after."""
    return sum(any(overlap(Span(e.start - within, e.end + within), span) for e in others) for span in spans)


def ordonez_home(data: Path) -> Recorded:
    lines = (data / "ordonez" / "OrdonezA_ADLs.txt").read_text(encoding="utf-8").splitlines()[2:]
    truth = []
    for line in lines:
        start, end, what = (part.strip() for part in re.split(r"\t+", line.strip()))
        times = [micros(datetime.fromisoformat(text).replace(tzinfo=ordonez.ZONE)) for text in (start, end)]
        if what in ORDONEZ and times[0] < times[1]:  # one was noted to end before it began
            truth.append((ORDONEZ[what], Span(*times)))
    return _recorded(ordonez.read(data / "ordonez").recorded[0], truth)


def kasteren_home(data: Path, house: str) -> Recorded:
    rows = (line.split() for line in (data / "kasteren" / f"house{house}.activities").read_text().splitlines())
    truth = [
        (KASTEREN[int(what)], Span(int(start) * SECOND, (int(start) + int(lasted)) * SECOND))
        for start, lasted, what in rows
    ]
    homes = {home.key[-1].upper(): home for home in kasteren.read(data / "kasteren").recorded}
    return _recorded(homes[house], truth)


def _recorded(home: RecordedHome, truth: list[tuple[str, Span]]) -> Recorded:
    zone = ZoneInfo(home.entry["timezone"])
    rooms = {room["key"]: (number, room["kind"]) for number, room in enumerate(home.entry["rooms"], start=1)}
    sensors, series = [], {}
    for number, device in enumerate(home.entry["devices"], start=1):
        quantity, (room_id, kind) = device["quantities"][0], rooms[device["room"]]
        series[f"{device['key']}/{quantity}"] = number
        sensors.append(
            Sensor(number, quantity, number, device["key"], "", room_id, device["room"], kind, device["place"])
        )
    readings = pd.DataFrame(
        [(each.at_ms * MILLISECOND, series[each.name], each.value) for each in home.track],
        columns=["at", "series_id", "value"],
    )
    sensed, memory = layout(sensors_frame(sensors)), Memory()
    day, last = (day_of(instant(at), zone) for at in (truth[0][1].start, max(span.end for _, span in truth)))
    days = []
    while day <= last:
        days.append(compute(day, zone, sensed, readings, memory.before(day), local_day(day + 2 * ONE_DAY, zone).end))
        memory.keep_day(days[-1])
        day += ONE_DAY
    return Recorded(zone, days, truth)


def mealtimes(spans: list[Span], zone: ZoneInfo, times: list[int]) -> set[tuple[date, int]]:
    """Return in which mealtimes (by the hours at which they begin and end) of which days some spans begin."""
    found = set()
    for span in spans:
        local = instant(span.start).astimezone(zone)
        found |= {(local.date(), begin) for begin, end in pairwise(times) if begin <= local.hour < end}
    return found
