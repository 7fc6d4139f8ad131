"""A rota and who is on duty by it.

A shift begins and ends by the clock on the wall of the rota's time zone. In the night in which clocks go forward a
shift from 22:00 to 06:00 lasts seven hours, in the one in which they go back nine; the next begins at the instant at
which it ends, so that no hour is without anybody or counted twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from core.localtime import Interval, day_of, local_instant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Who is on duty on some weekdays (0 is Monday) from a time of day until another, which may be of the next day."""

    weekdays: tuple[int, ...]
    begins: time
    ends: time
    people: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is different from `first` to `last` between two times of day: who is on besides, and who is off.

    A swap is one of each. Without times it is the whole day.
    """

    first: date
    last: date
    begins: time = time.min
    ends: time = time.min
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar of a service in its time zone; people are logins."""

    key: str
    name: str
    timezone: str
    shifts: tuple[Shift, ...]
    changes: tuple[Change, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its times are told in."""
        return ZoneInfo(self.timezone)

    @property
    def people(self) -> frozenset[str]:
        """Everybody who is ever on duty by it."""
        return frozenset(login for shift in self.shifts for login in shift.people) | frozenset(
            login for change in self.changes for login in change.on
        )


class Duty(NamedTuple):
    """Half-open interval of time during which the same people are on duty; nobody where `people` is empty."""

    start: datetime
    end: datetime
    people: frozenset[str]


def on_duty(rota: Rota, at: datetime) -> frozenset[str]:
    """Return who is on duty at an instant."""
    week = _pieces(rota, day_of(at, rota.zone))
    return _people(week, at)


def shifts_at(rota: Rota, at: datetime) -> list[Shift]:
    """Return the shifts of the weekly pattern in which an instant lies; none in a gap of it."""
    day = day_of(at, rota.zone)
    return [
        shift
        for begun in (day - DAY, day)
        for shift in rota.shifts
        if begun.weekday() in shift.weekdays
        and (during := _interval(begun, shift.begins, shift.ends, rota.zone)).start <= at < during.end
    ]


def duties(rota: Rota, start: datetime, end: datetime) -> list[Duty]:
    """Return who is on duty between two instants, in order; each interval has other people than the one before it."""
    pieces = [
        piece
        for day in _days(rota, start, end)
        for piece in _of_day(rota, day)
        if piece.interval.end > start and piece.interval.start < end
    ]
    edges = sorted(
        {start, end}
        | {edge for piece in pieces for edge in (piece.interval.start, piece.interval.end) if start < edge < end}
    )
    found: list[Duty] = []
    for begins, ends in pairwise(edges):
        people = _people(pieces, begins)
        if found and found[-1].people == people:
            found[-1] = found[-1]._replace(end=ends)
        else:
            found.append(Duty(begins, ends, people))
    return found


def gaps(rota: Rota, start: datetime, end: datetime) -> list[Interval]:
    """Return when nobody is on duty between two instants."""
    return [Interval(duty.start, duty.end) for duty in duties(rota, start, end) if not duty.people]


class _Piece(NamedTuple):
    interval: Interval
    on: frozenset[str]
    off: frozenset[str]
    is_change: bool


def _people(pieces: Sequence[_Piece], at: datetime) -> frozenset[str]:
    """Return who is on duty: of the weekly pattern without those whom a change takes off, and whom a change puts on."""
    there = [piece for piece in pieces if piece.interval.start <= at < piece.interval.end]
    usual = frozenset().union(*(piece.on for piece in there if not piece.is_change))
    off = frozenset().union(*(piece.off for piece in there))
    return (usual - off) | frozenset().union(*(piece.on for piece in there if piece.is_change))


def _pieces(rota: Rota, day: date) -> list[_Piece]:
    # A shift that began yesterday may go on.
    return [*_of_day(rota, day - DAY), *_of_day(rota, day)]


def _days(rota: Rota, start: datetime, end: datetime) -> Iterator[date]:
    day, last = day_of(start, rota.zone) - DAY, day_of(end, rota.zone)
    while day <= last:
        yield day
        day += DAY


@lru_cache(maxsize=512)
def _of_day(rota: Rota, day: date) -> tuple[_Piece, ...]:
    """Return what begins on a local day."""
    zone = rota.zone
    shifts = [
        _Piece(_interval(day, shift.begins, shift.ends, zone), frozenset(shift.people), frozenset(), is_change=False)
        for shift in rota.shifts
        if day.weekday() in shift.weekdays
    ]
    changes = [
        _Piece(_interval(day, change.begins, change.ends, zone), frozenset(change.on), frozenset(change.off), True)
        for change in rota.changes
        if change.first <= day <= change.last
    ]
    return (*shifts, *changes)


def _interval(day: date, begins: time, ends: time, zone: ZoneInfo) -> Interval:
    until = day if ends > begins else day + DAY
    return Interval(local_instant(day, begins, zone), local_instant(until, ends, zone))
