"""When the devices of a home spoke on a day, and what is not known because one of them did not."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from analytics import coverage
from analytics.frames import SECOND, Columns, Instants, Span
from analytics.layout import Layout
from analytics.observed import HOLD

NOTHING = np.array([], dtype=np.int64)


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


def by_device(seen: Columns, home: Layout) -> dict[int, Instants]:
    """Return when each device of the home spoke, each instant once."""
    device = home.devices_at(seen.series_id)
    order = np.argsort(device, kind="stable")
    device, at = device[order], seen.at[order]
    first = np.flatnonzero(np.concatenate(([True], device[1:] != device[:-1]))) if len(device) else NOTHING
    found = {int(device[begin]): times for begin, times in zip(first, np.split(at, first[1:]), strict=False)}
    return {one: _distinct(times) for one, times in found.items() if one >= 0}


def _distinct(times: Instants) -> Instants:
    return times[np.concatenate(([True], times[1:] != times[:-1]))]


def rhythms(reports: Mapping[int, Instants], home: Layout, own: Span) -> dict[int, DeviceDay]:
    """Return when each device that tells of movement spoke within a day."""
    found = {}
    for device in home.watching:
        times = reports.get(device, NOTHING)
        times = times[slice(*np.searchsorted(times, own))]
        if len(times):
            found[device] = DeviceDay(
                len(times),
                int(times[0]),
                int(times[-1]),
                float(np.diff(times).max() / SECOND) if len(times) > 1 else 0.0,
                coverage.usual_gap(times) if device in home.by_itself else None,
            )
    return dict(sorted(found.items()))


def silent(
    reports: Mapping[int, Instants],
    home: Layout,
    window: Span,
    heard: Mapping[int, Heard],
    not_lived: Sequence[Span],
) -> list[SensorSilence]:
    """Return the silences of devices that tell of movement that are beyond their habit, while the home lived."""
    return [
        SensorSilence(device, span, span.end < window.end)
        for device in sorted(home.watching)
        if device in heard and (limit := heard[device].limit) is not None
        for span in coverage.device_silences(
            reports.get(device, NOTHING), heard[device].last_at, window, limit, not_lived
        )
    ]


def confirmed(
    reports: Mapping[int, Instants], window: Span, limits: Mapping[int, int], watching: frozenset[int]
) -> int:
    """Return up to when it is known that every movement sensor that reports by itself was alive.

    One that has just died has not reported since: what it does not see is nobody's stillness. One that has been silent
    for all of the window is told as silent; one that tells activations only can confirm nothing.
    """
    last = [int(reports[each][-1]) for each in watching if each in limits and len(reports.get(each, NOTHING))]
    return min([window.end, *last])


def limits_of(gaps: Mapping[int, Sequence[float]]) -> dict[int, int]:
    """Return the longest silence (microseconds) of each device that reports by itself, by its usual gaps (seconds)."""
    return {device: limit for device, usual in gaps.items() if (limit := coverage.device_limit(usual)) is not None}


def unknown(
    reports: Mapping[int, Instants],
    home: Layout,
    window: Span,
    limits: Mapping[int, int],
    silences: Sequence[SensorSilence],
) -> dict[int, list[Span]]:
    """Return the times of which nothing is known because one device was silent, by its id."""
    expected = dict.fromkeys(home.levels, HOLD) | dict(limits)
    found = {
        device: spans
        for device, limit in expected.items()
        if (spans := coverage.device_unknown(reports.get(device, NOTHING), window, limit))
    }
    for silence in silences:
        found.setdefault(silence.device_id, []).append(silence.span)
    return found
