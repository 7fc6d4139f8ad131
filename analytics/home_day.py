"""One local day of one home: from its readings to episodes, indicators and what is known of its sensors.

Pure: the same readings, the same past and the same `seen_until` give the same figures, one day at a time or ninety.
A day is looked at together with `BEFORE` it and up to noon of the next day, which is where its night ends; nothing
later than `seen_until` is looked at.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import coverage, reports
from analytics.activity import signs_in
from analytics.contexts.traces import Traces, traces
from analytics.episodes import of_home, outing, presence
from analytics.frames import HOUR, Columns, Episode, Instants, Span, columns, micros, overlap, span
from analytics.indicators import INDICATORS, OfDay, protocol
from analytics.layout import Layout
from analytics.measuring import Sight, Value, value_of
from analytics.observed import Observed, passages, tracks
from analytics.profiles.profile import DayProfile, profile
from analytics.reports import DeviceDay, Heard, SensorSilence
from analytics.rules.scene import Scene, scene
from analytics.silence.blind import SEEING, Blind
from analytics.stillness.quiet import QuietDay, after_rests, kept, quiets
from analytics.stillness.seen import Reporting, Still, stills
from core.localtime import local_day, local_night

BEFORE = timedelta(hours=24)
SETTLED = protocol.SETTLED // timedelta(microseconds=1)


class Rhythm(NamedTuple):
    """When a home spoke on a day: readings, the first and last of them, the longest silence by local hour (seconds)."""

    day: date
    readings: int
    first_at: int | None
    last_at: int | None
    longest_gap_s: npt.NDArray[np.float64]


class Past(NamedTuple):
    """What is known of a home from the days before: silences by hour, and of devices their usual gaps.

    `gaps` has one row of 24 for each day (seconds); `devices` holds the usual gaps (seconds) of each device on those
    days; `last_at` is when the home last spoke before what is read now; `heard` tells the same of each device.
    """

    gaps: npt.NDArray[np.float64]
    devices: Mapping[int, Sequence[float]]
    last_at: int | None
    heard: Mapping[int, Heard] = MappingProxyType({})

    @property
    def limits(self) -> coverage.Limits:
        """The longest silence of the home that is believed at each hour of the local clock (microseconds)."""
        return coverage.home_limits(self.gaps)

    @property
    def patience(self) -> dict[int, int]:
        """The longest silence of each device that reports by itself (microseconds)."""
        return reports.limits_of(self.devices)


class Before(NamedTuple):
    """What follows from a `Past`, as far as a day is computed by it."""

    limits: coverage.Limits
    patience: Mapping[int, int]
    last_at: int | None
    heard: Mapping[int, Heard]

    @classmethod
    def of(cls, past: Past) -> Self:
        """Return what follows from what is known of the days before."""
        return cls(past.limits, past.patience, past.last_at, past.heard)


class HomeDay(NamedTuple):
    """What one day of a home comes to.

    `episodes` are those that begin on the day, `evidence` also those of its night that begin after midnight.
    `silences` are times in which the home was silent beyond its habit, `silent_sensors` those of single devices while
    the home lived. `profile` is there once the day is over; `traces` are what detectors of contexts look at, `scene`
    what the rules do. `stills` are the long times without a sign of anybody that touch the day, `quiet` is what is kept
    of all that began on it. `rooms` are the kinds of the home's rooms (`frames.ROOMS`).
    """

    day: date
    episodes: list[Episode]
    evidence: list[Episode]
    values: list[Value]
    rhythm: Rhythm
    devices: dict[int, DeviceDay]
    silences: list["Silence"]
    silent_sensors: list[SensorSilence]
    profile: DayProfile | None
    traces: Traces
    scene: Scene
    stills: list[Still]
    quiet: QuietDay
    rooms: dict[int, int]


class Silence(NamedTuple):
    """A silence of the whole home, whether it ended within what was seen, and the coverage of 24 hours before."""

    span: Span
    ended: bool
    before: float | None


def reading_window(day: date, zone: ZoneInfo, seen_until: datetime) -> Span:
    """Return of which time the readings are needed to compute `day`."""
    end = min(local_night(day, zone).end, seen_until)
    return Span(micros(local_day(day, zone).start - BEFORE), micros(end))


def compute(
    day: date,
    zone: ZoneInfo,
    home: Layout,
    readings: pd.DataFrame | Columns,
    past: Past | Before,
    seen_until: datetime,
    blind: Blind = SEEING,
) -> HomeDay:
    """Compute `day` from `readings`, which reach at least over its `reading_window`.

    Of the time in which the home was `blind` for technical reasons or paused nothing is known, and where a device was
    that an indicator rests on, nothing of the indicator. What has been told of already is not found again as a silence.
    """
    window = reading_window(day, zone, seen_until)
    own = span(local_day(day, zone))
    seen = home.reported(columns(readings).within(window))
    signs = signs_in(seen, home)
    after_door = outing.after_door(signs, window.end)
    outings = [each for each in after_door if each.kind == outing.KIND]
    limits = past.limits
    unexplained = coverage.unknown(seen.at, window, limits, zone, outings)
    unknown = [*unexplained, *blind.home, *blind.rests]
    spoken = reports.by_device(seen, home)
    away = [Span(e.start, e.end) for e in outings]
    silent = [
        silence
        for silence in reports.silent(spoken, home, window, past.heard, [*unknown, *away])
        if not blind.explains(silence.span, silence.device_id)
    ]
    patience = past.patience
    confirmed = reports.confirmed(spoken, window, patience, home.watching - set(blind.devices))
    not_seen = [*unknown, *blind.of(home.watching)]
    moves, measured = passages(signs), tracks(seen, home.measuring)
    episodes = [
        *of_home.of_watch(signs, outings, not_seen, window, confirmed),
        *after_door,
        *of_home.of_life(day, zone, window, signs, moves, measured, home.watched, outings, not_seen),
    ]
    observed = Observed(day, zone, window, signs, moves, measured, _by_kind(episodes))
    sight = Sight(unknown, reports.unknown(spoken, home, window, patience, silent), blind, away)
    values = _indicators(home, observed, sight)
    over = own.end <= window.end - SETTLED and bool(home.watching)
    quiet = quiets(signs, measured, window.end)
    watching = tuple(sorted(home.watching))
    # Rooms that are known not to be seen are named, and make patient: they do not make the others any less seen.
    seeing = tuple(each for each in watching if each not in blind.devices) or watching
    reporting = Reporting(spoken, patience, signs)
    return HomeDay(
        day,
        of_home.of_day(episodes, own),
        [e for e in episodes if e.kind != presence.KIND and e.end >= own.start],
        values,
        _rhythm(day, zone, seen.at, own, window),
        reports.rhythms(spoken, home, own),
        [
            silence
            for silence in _silences(unexplained, seen.at, window, own, past.last_at, limits, zone)
            if not blind.explains(silence.span)
        ],
        silent,
        profile(observed, not_seen, sight.share(own, watching)) if over else None,
        traces(day, own, window.end, signs, moves, not_seen),
        scene(day, zone, home, window, (signs, outings, measured), sight),
        stills(
            [each for each in after_rests(quiet, blind.rests) if overlap(each.span, own)],
            home,
            reporting,
            unknown,
            blind,
            lambda span: sight.share(span, seeing),
            is_present=window.end == micros(seen_until),
        ),
        kept(quiet, day, own, not_seen, zone),
        home.rooms,
    )


def _indicators(home: Layout, observed: Observed, sight: Sight) -> list[Value]:
    values = []
    seen_until = observed.window.end
    night_is_over = seen_until == micros(local_night(observed.day, observed.zone).end)
    for kind, devices in home.devices.items():
        indicator = INDICATORS[kind]
        if not isinstance(indicator, OfDay):
            continue
        its = indicator.window(observed.day, observed.zone)
        if its.end <= seen_until - SETTLED or (night_is_over and its.end <= seen_until):
            values.append(value_of(indicator, its, devices, observed, sight))
    return values


def _by_kind(episodes: Sequence[Episode]) -> dict[str, list[Episode]]:
    found: dict[str, list[Episode]] = {}
    for episode in episodes:
        found.setdefault(episode.kind, []).append(episode)
    return found


def _rhythm(day: date, zone: ZoneInfo, times: Instants, own: Span, window: Span) -> Rhythm:
    inside = times[slice(*np.searchsorted(times, own))]
    return Rhythm(
        day,
        len(inside),
        int(inside[0]) if len(inside) else None,
        int(inside[-1]) if len(inside) else None,
        coverage.longest_gap_by_hour(times, window, day, zone),
    )


def _silences(
    unknown: Sequence[Span],
    times: Instants,
    window: Span,
    own: Span,
    last_at: int | None,
    limits: coverage.Limits,
    zone: ZoneInfo,
) -> list[Silence]:
    """Return the home's silences that touch the day. One that began before what was read begins at `last_at`."""
    found = []
    for silent in unknown:
        if not overlap(silent, Span(own.start, window.end)):
            continue
        start, before = silent.start, None
        if silent.start == window.start:
            if last_at is None:
                continue  # the home has not spoken yet: there is nothing to miss
            start = last_at
        else:
            day_before = Span(start - 24 * HOUR, start)
            if day_before.start >= window.start:
                before = round(
                    coverage.share(day_before, coverage.unknown(times, day_before, limits, zone), {0: ()}), 4
                )
        found.append(Silence(Span(start, silent.end), silent.end < window.end, before))
    return found
