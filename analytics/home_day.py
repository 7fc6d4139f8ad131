"""One local day of one home: from its readings to episodes, indicators and what is known of its sensors.

Pure: the same readings, the same past and the same `seen_until` give the same figures, one day at a time or ninety.
A day is looked at together with `BEFORE` it and up to noon of the next day, which is where its night ends; nothing
later than `seen_until` is looked at.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics import coverage
from analytics.activity import activity
from analytics.episodes import bathroom, outing, presence, stillness
from analytics.frames import HOUR, SECOND, Episode, Instants, Span, between, micros, overlap, span
from analytics.indicators import INDICATORS, Indicator, protocol
from analytics.layout import Layout
from analytics.silence.blind import SEEING, Blind
from core.localtime import local_day, local_night

NOTHING = np.array([], dtype=np.int64)
BEFORE = timedelta(hours=24)
SETTLED = protocol.SETTLED // timedelta(microseconds=1)


class Rhythm(NamedTuple):
    """When a home spoke on a day: readings, the first and last of them, the longest silence by local hour (seconds)."""

    day: date
    readings: int
    first_at: int | None
    last_at: int | None
    longest_gap_s: npt.NDArray[np.float64]


class DeviceDay(NamedTuple):
    """When a device spoke on a day: reports, the first and last of them, and the longest silence between two (seconds).

    `usual_gap_s` only of a device that also reports when nobody moves.
    """

    reports: int
    first_at: int
    last_at: int
    longest_gap_s: float
    usual_gap_s: float | None


class Heard(NamedTuple):
    """When a device last spoke before a day, and for how long it may be silent (microseconds; None: not learned)."""

    last_at: int
    limit: int | None


class SensorSilence(NamedTuple):
    """A silence of one device beyond its own habit, and whether it ended within what was seen."""

    device_id: int
    span: Span
    ended: bool


class Value(NamedTuple):
    """An indicator on a day: None without verdict. `readings` is on how many signs of somebody it rests."""

    kind: str
    day: date
    value: float | None
    unit: str
    coverage: float
    readings: int


class Running(NamedTuple):
    """What an indicator has come to while its window is open.

    `value` (None without verdict) and `coverage` are of the part of the window seen so far, up to `until`. `since` is
    when the episode began that the value is about, if it is still going on; `ended_at` when it ended, if it is not.
    """

    kind: str
    day: date
    value: float | None
    coverage: float
    until: int
    since: int | None
    ended_at: int | None


class Past(NamedTuple):
    """What is known of a home from the days before: silences by hour, and of devices their usual gaps.

    `gaps` has one row of 24 for each day (seconds); `devices` holds the usual gaps (seconds) of each device on those
    days; `last_at` is when the home last spoke before what is read now; `heard` tells the same of each device.
    """

    gaps: npt.NDArray[np.float64]
    devices: Mapping[int, Sequence[float]]
    last_at: int | None
    heard: Mapping[int, Heard] = MappingProxyType({})


class HomeDay(NamedTuple):
    """What one day of a home comes to.

    `episodes` are those that begin on the day, `evidence` also those of its night that begin after midnight.
    `silences` are times in which the home was silent beyond its habit, `silent_sensors` those of single devices while
    the home lived. `running` is what indicators have come to whose windows are not over yet.
    """

    day: date
    episodes: list[Episode]
    evidence: list[Episode]
    values: list[Value]
    rhythm: Rhythm
    devices: dict[int, DeviceDay]
    silences: list["Silence"]
    silent_sensors: list[SensorSilence]
    running: list[Running]

    @property
    def silent_still(self) -> bool:
        """Whether the home was silent beyond its habit when it was last looked at."""
        return any(not silence.ended for silence in self.silences)


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
    readings: pd.DataFrame,
    past: Past,
    seen_until: datetime,
    blind: Blind = SEEING,
) -> HomeDay:
    """Compute `day` from `readings`, which reach at least over its `reading_window`.

    Of the time in which the home was `blind` for technical reasons nothing is known, and where a device was that an
    indicator rests on, nothing of the indicator. What has been told of already is not found again as a silence.
    """
    window = reading_window(day, zone, seen_until)
    seen = home.reported(between(readings, window))
    times = seen["at"].to_numpy()
    own = span(local_day(day, zone))
    signs = activity(seen, home)
    outings = outing.outings(signs, window.end)
    limits = coverage.home_limits(past.gaps)
    unexplained = coverage.unknown(times, window, limits, zone, outings)
    unknown = [*unexplained, *blind.home]
    reports = _reports_by_device(seen, home)
    silent = [
        silence
        for silence in _silent_sensors(
            reports, home, window, past.heard, [*unknown, *(Span(e.start, e.end) for e in outings)]
        )
        if not blind.explains(silence.span, silence.device_id)
    ]
    unknown_of = _devices_unknown(reports, window, past.devices, silent)
    confirmed = _confirmed(reports, window, past.devices, home.watching - set(blind.devices))
    episodes = [
        *presence.stays(signs, outings, window.end),
        *bathroom.visits(signs),
        *stillness.stillnesses(signs, outings, [*unknown, *blind.of(home.watching)], window.end, confirmed),
        *outings,
    ]
    seen_of = _Seen(signs, episodes, unknown, unknown_of, blind, confirmed)
    values, running = [], []
    for kind, devices in home.devices.items():
        indicator = INDICATORS[kind]
        its = indicator.window(day, zone)
        if its.end <= window.end - SETTLED:
            values.append(_value(indicator, day, its, devices, seen_of))
        elif indicator.running and its.start < window.end:
            running.append(_running(indicator, day, its, devices, seen_of, window.end))
    return HomeDay(
        day,
        sorted(_of_day(episodes, own)),
        [e for e in episodes if e.kind != presence.KIND and e.end >= own.start],
        values,
        _rhythm(day, zone, times, own, window),
        _device_rhythms(seen, home, own),
        [
            silence
            for silence in _silences(unexplained, times, window, own, past.last_at, limits, zone)
            if not blind.explains(silence.span)
        ],
        silent,
        running,
    )


def _of_day(episodes: Sequence[Episode], day: Span) -> list[Episode]:
    """Return the episodes that begin on the day; stays in rooms are cut at its midnights."""
    cut = [
        e._replace(start=max(e.start, day.start), end=min(e.end, day.end)) if e.kind == presence.KIND else e
        for e in episodes
        if e.kind != presence.KIND or overlap(Span(e.start, e.end), day)
    ]
    return [e for e in cut if day.start <= e.start < day.end]


class _Seen(NamedTuple):
    """What was seen of a home: signs of somebody, episodes, unknown times of the home and of its devices."""

    signs: pd.DataFrame
    episodes: Sequence[Episode]
    unknown: Sequence[Span]
    unknown_of: Mapping[int, Sequence[Span]]
    blind: Blind
    confirmed: int


def _value(indicator: Indicator, day: date, window: Span, devices: Sequence[int], seen: _Seen) -> Value:
    watched = {device: seen.unknown_of.get(device, ()) for device in devices}
    unknown = [*seen.unknown, *seen.blind.of(devices)]
    known = coverage.share(window, unknown, watched)
    away = [Span(e.start, e.end) for e in seen.episodes if e.kind == outing.KIND] if indicator.at_home else []
    usable = coverage.share(window, [*unknown, *away], watched)
    value = indicator.value(seen.episodes, window) if usable >= coverage.LIMIT else None
    return Value(indicator.kind, day, value, indicator.unit, round(known, 4), len(between(seen.signs, window)))


def _running(indicator: Indicator, day: date, window: Span, devices: Sequence[int], seen: _Seen, until: int) -> Running:
    so_far = Span(window.start, min(window.end, until))
    one = _value(indicator, day, so_far, devices, seen)
    its = [e for e in seen.episodes if e.kind == indicator.evidence and overlap(Span(e.start, e.end), so_far)]
    longest = max(its, key=lambda e: overlap(Span(e.start, e.end), so_far), default=None)
    since, ended_at = None, None
    if longest is not None and longest.end == seen.confirmed:
        since, until = longest.start, longest.end
    elif longest is not None:
        ended_at = min(longest.end, so_far.end)
    return Running(indicator.kind, day, one.value, one.coverage, until, since, ended_at)


def _silent_sensors(
    reports: Mapping[int, Instants],
    home: Layout,
    window: Span,
    heard: Mapping[int, Heard],
    not_lived: Sequence[Span],
) -> list[SensorSilence]:
    return [
        SensorSilence(device, silent, silent.end < window.end)
        for device in sorted({device for devices in home.devices.values() for device in devices})
        if device in heard and (limit := heard[device].limit) is not None
        for silent in coverage.device_silences(
            reports.get(device, NOTHING), heard[device].last_at, window, limit, not_lived
        )
    ]


def _confirmed(
    reports: Mapping[int, Instants], window: Span, past: Mapping[int, Sequence[float]], watching: frozenset[int]
) -> int:
    """Return up to when it is known that every movement sensor that reports by itself was alive.

    One that has just died has not reported since: what it does not see is nobody's stillness. One that has been silent
    for all of the window is told as silent; one that tells activations only can confirm nothing.
    """
    by_themselves = [each for each in watching if coverage.device_limit(past.get(each, ())) is not None]
    last = [int(reports[each][-1]) for each in by_themselves if len(reports.get(each, NOTHING))]
    return min([window.end, *last])


def _devices_unknown(
    reports: Mapping[int, Instants],
    window: Span,
    past: Mapping[int, Sequence[float]],
    silent: Sequence[SensorSilence],
) -> dict[int, list[Span]]:
    limits = {device: limit for device, gaps in past.items() if (limit := coverage.device_limit(gaps)) is not None}
    found = {
        device: coverage.device_unknown(reports.get(device, NOTHING), window, limit) for device, limit in limits.items()
    }
    for silence in silent:
        found.setdefault(silence.device_id, []).append(silence.span)
    return found


def _device_rhythms(seen: pd.DataFrame, home: Layout, own: Span) -> dict[int, DeviceDay]:
    """Return when each device spoke that an indicator rests on."""
    watched = {device for devices in home.devices.values() for device in devices}
    return {
        device: DeviceDay(
            len(times),
            int(times[0]),
            int(times[-1]),
            float(np.diff(times).max() / SECOND) if len(times) > 1 else 0.0,
            coverage.usual_gap(times) if device in home.by_itself else None,
        )
        for device, times in _reports_by_device(between(seen, own), home).items()
        if device in watched
    }


def _reports_by_device(seen: pd.DataFrame, home: Layout) -> dict[int, Instants]:
    position = home.series.get_indexer(pd.Index(seen["series_id"].to_numpy()))
    known = position >= 0
    device = home.device[position[known]]
    at = seen["at"].to_numpy()[known]
    return {int(one): np.unique(at[device == one]) for one in np.unique(device)}


def _rhythm(day: date, zone: ZoneInfo, times: Instants, own: Span, window: Span) -> Rhythm:
    inside = times[np.searchsorted(times, own.start) : np.searchsorted(times, own.end)]
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
