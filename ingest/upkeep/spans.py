"""Stretches of time whose figures have to be computed again. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.localtime import day_of, local_day

HOUR = timedelta(hours=1)


class Span(NamedTuple):
    """Whole hours `[start, stop)` of a home."""

    home_id: int
    start: datetime
    stop: datetime


def merged(spans: Iterable[Span], gap: timedelta = timedelta(0)) -> list[Span]:
    """Return spans that cover the same, those of a home put together where at most `gap` lies between them."""
    found: list[Span] = []
    for span in sorted(spans):
        last = found[-1] if found else None
        if last is not None and last.home_id == span.home_id and span.start - last.stop <= gap:
            found[-1] = last._replace(stop=max(last.stop, span.stop))
        else:
            found.append(span)
    return found


def of_everybody(spans: Iterable[Span], gap: timedelta, longest: timedelta) -> list[Span]:
    """Return the spans of all homes together, as those of home 0, cut where one is longer than `longest`."""
    together = merged((span._replace(home_id=0) for span in spans), gap)
    return [piece for span in together for piece in _pieces(span, longest)]


def whole_days(spans: Iterable[Span], zone: ZoneInfo) -> list[Span]:
    """Return the spans stretched to whole local days of `zone`, so that none overlaps another of its home."""
    stretched = []
    for span in spans:
        if span.start < span.stop:
            first = local_day(day_of(span.start, zone), zone).start
            last = local_day(day_of(span.stop - timedelta(microseconds=1), zone), zone).end
            stretched.append(Span(span.home_id, first, last))
    return merged(stretched)


def since(spans: Iterable[Span], earliest: datetime | None) -> list[Span]:
    """Return what of the spans does not lie before `earliest`; the first hour is one that begins there or later."""
    if earliest is None:
        return list(spans)
    clipped = [span._replace(start=max(span.start, _next_hour(earliest))) for span in spans]
    return [span for span in clipped if span.start < span.stop]


def _next_hour(instant: datetime) -> datetime:
    whole = instant.replace(minute=0, second=0, microsecond=0)
    return whole if whole == instant else whole + HOUR


def _pieces(span: Span, longest: timedelta) -> Iterator[Span]:
    start = span.start
    while start < span.stop:
        stop = min(start + longest, span.stop)
        yield Span(span.home_id, start, stop)
        start = stop
