"""Coverage: for which share of a time it is known that the sensors were alive.

A silence says nothing by itself: nobody moved, nobody was there, or nothing worked. What is expected decides:

* A device that **reports by itself** (a level, a battery, its link quality, moved or not) is alive as long as its
  reports are no further apart than `PATIENCE` times its own usual gap.
* A device that tells **activations only** is alive while the home as a whole is not silent for longer than the
  home's own habit at that time of day. What is believed of a silence at an hour of the clock is `PATIENCE` times the
  median over the last `DAYS` days of the longest silence that touched that hour, at least `FLOOR` and at most
  `CEILING`; half of those days may be an outage without the median moving much. Each hour of a silence uses up its
  share of what is believed at that hour, so that an ordinary night may be silent for long and a day may not.

* **Any device**, also one that tells activations only, is alive as long as it is silent for no longer than
  `SILENCE_FACTOR` times its own longest silence of the last `DAYS` days, at least `SILENCE_FLOOR`. Longest
  means: on all but one day in twenty, so that one outage or holiday does not make a sensor that speaks every day
  patient for a week. It counts only while the home lives: a bathroom's sensor is missed when somebody is there.

A silence beyond what is expected is unknown from its beginning, because nothing tells when the sensors failed.
An outing (a door, then nothing, then a door) is explained and therefore known.

The price of knowing the home by its activations only: a person who lies still for longer than `PATIENCE` times
the usual (and than `FLOOR`) is reported as a home without data, not as a stillness. It is reported in either case.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from analytics.frames import HOUR, MINUTE, SECOND, Episode, Instants, Span, instant, micros, overlap
from core.localtime import local_instant

LIMIT = 0.8  # below this coverage there is no verdict
PATIENCE = 2.5
FLOOR = 6 * HOUR
CEILING = 20 * HOUR
DAYS = 28
LEARNED_FROM = 7  # days
# What is expected before anything is learned: long silences by night, short ones by day.
PRIOR_NIGHT, PRIOR_DAY = 12 * HOUR, FLOOR
NIGHT_HOURS = frozenset({21, 22, 23, *range(10)})
# A device reports by itself if its gaps are usually below this; rarer reports tell too little.
REPORTS_WITHIN = 150 * MINUTE
DEVICE_FLOOR = 30 * MINUTE
SILENCE_FACTOR = 3.0
SILENCE_FLOOR = 24 * HOUR
LIVED = 12 * HOUR  # how much of a device's silence the home must at least have lived through, of what is read

Limits = npt.NDArray[np.int64]


def gaps(times: Instants, window: Span) -> tuple[Instants, Instants]:
    """Return beginnings and ends of the silences in `window`, which itself counts as both."""
    inside = times[np.searchsorted(times, window.start) : np.searchsorted(times, window.end)]
    return np.concatenate(([window.start], inside)), np.concatenate((inside, [window.end]))


def longest_gap_by_hour(times: Instants, window: Span, day: date, zone: ZoneInfo) -> npt.NDArray[np.float64]:
    """Return, for each hour 0 to 23 of the local clock on `day`, the longest silence that touches it, in seconds.

    The hour that is skipped in spring has that of the hour after it; of the hour that comes twice in autumn, the
    longer counts. `window` is what has been read, wider than the day.
    """
    begins, ends = gaps(times, window)
    lengths = ends - begins
    starts = [micros(local_instant(day, time(hour), zone)) for hour in range(24)]
    starts.append(micros(local_instant(day + timedelta(days=1), time.min, zone)))
    longest = np.zeros(24)
    for hour in range(24):
        first = np.searchsorted(ends, starts[hour], side="right")
        last = np.searchsorted(begins, max(starts[hour + 1], starts[hour] + 1), side="left")
        longest[hour] = lengths[min(first, len(lengths) - 1) : max(last, first + 1)].max() / SECOND
    return longest


def home_limits(history: npt.NDArray[np.float64]) -> Limits:
    """Return the longest silence (microseconds) that is believed at each hour of the local clock.

    `history` holds one row for each day before, as `longest_gap_by_hour` returns them (seconds).
    """
    if len(history) < LEARNED_FROM:
        return np.array([PRIOR_NIGHT if hour in NIGHT_HOURS else PRIOR_DAY for hour in range(24)], dtype=np.int64)
    usual = np.median(history[-DAYS:], axis=0) * SECOND
    return np.clip(PATIENCE * usual, FLOOR, CEILING).astype(np.int64)


def device_limit(usual_gaps_s: Sequence[float]) -> int | None:
    """Return the longest silence (microseconds) of a device that reports by itself; None if it does not.

    `usual_gaps_s` holds the usual gap between its reports on each of the days before, in seconds.
    """
    if len(usual_gaps_s) < LEARNED_FROM:
        return None
    usual = median(usual_gaps_s[-DAYS:]) * SECOND
    return None if usual > REPORTS_WITHIN else max(DEVICE_FLOOR, int(PATIENCE * usual))


def silence_limit(longest_gaps_s: Sequence[float]) -> int | None:
    """Return for how long (microseconds) any device may be silent; None before enough is known of it.

    `longest_gaps_s` holds, for each day on which it spoke, the longest silence that ended on it, in seconds.
    """
    if len(longest_gaps_s) < LEARNED_FROM:
        return None
    longest = sorted(longest_gaps_s)[math.floor(0.95 * (len(longest_gaps_s) - 1))] * SECOND  # a quantile, cheaply
    return max(SILENCE_FLOOR, int(SILENCE_FACTOR * longest))


def device_silences(reports: Instants, last_at: int, window: Span, limit: int, not_lived: Sequence[Span]) -> list[Span]:
    """Return the silences of a device beyond `limit`; the first may have begun at `last_at`, before `window`.

    `not_lived` are times in which the home was silent beyond its habit or nobody was in it.
    """
    earlier = [last_at] if last_at < window.start else []
    points = np.concatenate((np.array(earlier, dtype=np.int64), reports, [window.end]))
    found = []
    for index in np.flatnonzero(np.diff(points) > limit):
        silent = Span(int(points[index]), int(points[index + 1]))
        read = Span(max(silent.start, window.start), silent.end)
        if read.length - _union(read, not_lived) >= LIVED:
            found.append(silent)
    return found


def usual_gap(reports: Instants) -> float | None:
    """Return the gap (seconds) that 95 % of the gaps between reports do not exceed; None with fewer than 6 reports."""
    enough = 6
    if len(reports) < enough:
        return None
    gaps_between = np.sort(np.diff(reports))
    return float(gaps_between[math.ceil(0.95 * (len(gaps_between) - 1))] / SECOND)


def unknown(
    times: Instants, window: Span, limits: Limits, zone: ZoneInfo, outings: Sequence[Episode] = ()
) -> list[Span]:
    """Return the silences in `window` of which nobody knows whether the home was alive."""
    begins, ends = gaps(times, window)
    found = []
    for index in np.flatnonzero(ends - begins > limits.min()):
        silence = Span(int(begins[index]), int(ends[index]))
        out = [Span(outing.start, outing.end) for outing in outings]
        if _patience_used(silence, limits, zone, out) > 1:
            found.append(silence)
    return found


def device_unknown(reports: Instants, window: Span, limit: int) -> list[Span]:
    """Return the silences in `window` of one device that reports by itself."""
    begins, ends = gaps(reports, window)
    return [Span(int(begins[i]), int(ends[i])) for i in np.flatnonzero(ends - begins > limit)]


def share(window: Span, home: Sequence[Span], devices: Mapping[int, Sequence[Span]]) -> float:
    """Return which share of `window` is known, 0 to 1: the mean over the relevant `devices` (id to unknown times).

    What is unknown of the home is unknown of each of its devices.
    """
    if not devices or window.length <= 0:
        return 0.0
    known = [1 - _union(window, [*home, *own]) / window.length for own in devices.values()]
    return min(1.0, max(0.0, sum(known) / len(known)))


def _patience_used(silence: Span, limits: Limits, zone: ZoneInfo, explained: Sequence[Span]) -> float:
    """Return which part of what is believed a silence uses up: hours of it, each by the limit of its local hour."""
    used = 0.0
    begin = silence.start
    while begin < silence.end and used <= 1:
        end = min((begin // HOUR + 1) * HOUR, silence.end)
        piece = Span(begin, end)
        known = min(piece.length, sum(overlap(piece, span) for span in explained))
        used += (piece.length - known) / int(limits[instant(begin).astimezone(zone).hour])
        begin = end
    return used


def _union(window: Span, spans: Sequence[Span]) -> int:
    total, reached = 0, window.start
    for span in sorted(spans):
        begin, end = max(span.start, reached), min(span.end, window.end)
        if end > begin:
            total += end - begin
            reached = end
    return total
