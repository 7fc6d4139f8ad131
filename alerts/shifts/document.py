"""The file in which organisations write their rotas, and what may stand in it."""

import re
from collections.abc import Collection, Iterator
from datetime import date, time
from pathlib import Path as FilePath
from zoneinfo import available_timezones

import msgspec

from alerts.shifts import calendar
from alerts.shifts.calendar import WEEKDAYS
from core import topics
from registry import reading
from registry.rules import Fault, Path

DAILY = "daily"
LONGEST_CHANGE_DAYS = 366
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


class Shift(msgspec.Struct, frozen=True):
    """Who is on duty on some weekdays, between two times of day."""

    days: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    people: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """What is different on some days."""

    date: str = ""
    until: str = ""
    begins: str = ""
    ends: str = ""
    added: tuple[str, ...] = ()
    away: tuple[str, ...] = ()


class Rota(msgspec.Struct, frozen=True):
    """The calendar of a service."""

    key: str
    organisation: str
    name: str = ""
    timezone: str = "Europe/Rome"
    shifts: tuple[Shift, ...] = ()
    changes: tuple[Change, ...] = ()


class File(msgspec.Struct, frozen=True):
    """All rotas of the organisations that it names."""

    rotas: tuple[Rota, ...] = ()


def load(path: FilePath, organisations: Collection[str], logins: Collection[str]) -> list[tuple[str, calendar.Rota]]:
    """Return the rotas that a file describes, each with its organisation's key.

    Raises `FileError` with each fault and its line, and `VicinoError` if the file cannot be read at all.
    """
    return parse(reading.text_of(path), path.name, organisations, logins)


def parse(
    text: str, name: str, organisations: Collection[str], logins: Collection[str]
) -> list[tuple[str, calendar.Rota]]:
    """Return the rotas that a text describes. Raises `FileError`."""
    found = reading.parse(text, name, File, lambda file: faults(file, organisations, logins), "rotas")
    return [(rota.organisation, _rota(rota)) for rota in found.rotas]


def faults(file: File, organisations: Collection[str], logins: Collection[str]) -> Iterator[Fault]:
    """Yield everything that is wrong in a file beyond its shape."""
    if not file.rotas:
        yield Fault((), "the file has no rotas")
    seen: set[tuple[str, str]] = set()
    for index, rota in enumerate(file.rotas):
        path: Path = ("rotas", index)
        if not topics.KEY.fullmatch(rota.key):
            yield Fault((*path, "key"), f"{rota.key!r} cannot be the key of a rota: use a-z, 0-9, '.', '_' and '-'")
        if (rota.organisation, rota.key) in seen:
            yield Fault((*path, "key"), f"{rota.organisation!r} has two rotas {rota.key!r}")
        seen.add((rota.organisation, rota.key))
        yield from _known(rota.organisation, organisations, (*path, "organisation"), "organisation")
        if rota.timezone not in available_timezones():
            yield Fault((*path, "timezone"), f"{rota.timezone!r} is no time zone; use a name as Europe/Rome")
        if not rota.shifts:
            yield Fault((*path, "shifts"), "the rota has no shifts: nobody would be on duty")
        for number, shift in enumerate(rota.shifts):
            yield from _shift(shift, (*path, "shifts", number), logins)
        for number, change in enumerate(rota.changes):
            yield from _change(change, (*path, "changes", number), logins)


def _shift(shift: Shift, path: Path, logins: Collection[str]) -> Iterator[Fault]:
    if not shift.days:
        yield Fault((*path, "days"), f"the shift has no days; use {', '.join(WEEKDAYS)}, mon-fri or {DAILY}")
    for index, day in enumerate(shift.days):
        if _weekdays(day) is None:
            said = f"{day!r} is no weekday; use {', '.join(WEEKDAYS)}, mon-fri or {DAILY}"
            yield Fault((*path, "days", index), said)
    for name in ("begins", "ends"):
        yield from _clock(getattr(shift, name), (*path, name), needed=True)
    if not shift.people:
        yield Fault((*path, "people"), "the shift has no people: nobody would be on duty")
    yield from _people(shift.people, (*path, "people"), logins)


def _change(change: Change, path: Path, logins: Collection[str]) -> Iterator[Fault]:
    first, last = _day(change.date), _day(change.until or change.date)
    for name, found in (("date", first), ("until", last)):
        if found is None:
            yield Fault((*path, name), f"'{name}' is {getattr(change, name)!r}; a day as 2026-12-25 is expected")
    if first and last and not 0 <= (last - first).days <= LONGEST_CHANGE_DAYS:
        yield Fault((*path, "until"), f"a change lasts from its date on, for at most {LONGEST_CHANGE_DAYS} days")
    if bool(change.begins) != bool(change.ends):
        yield Fault((*path, "begins" if change.begins else "ends"), "a change of some hours needs 'begins' and 'ends'")
    for name in ("begins", "ends"):
        yield from _clock(getattr(change, name), (*path, name), needed=False)
    if not change.added and not change.away:
        yield Fault(path, "the change changes nothing: say who is 'added' or 'away'")
    for name in ("added", "away"):
        yield from _people(getattr(change, name), (*path, name), logins)


def _clock(said: str, path: Path, *, needed: bool) -> Iterator[Fault]:
    if (said or needed) and not _CLOCK.fullmatch(said):
        yield Fault(path, f"'{path[-1]}' is {said!r}; a time as 08:00 is expected")


def _people(people: tuple[str, ...], path: Path, logins: Collection[str]) -> Iterator[Fault]:
    for index, login in enumerate(people):
        yield from _known(login, logins, (*path, index), "account")


def _known(value: str, choices: Collection[str], path: Path, what: str) -> Iterator[Fault]:
    if value not in choices:
        yield Fault(path, f"there is no {what} {value!r}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _weekdays(text: str) -> tuple[int, ...] | None:
    """Return the weekdays that a word means: one of them, a span as fri-mon, or all; None where it means none."""
    if text == DAILY:
        return tuple(range(7))
    first, dash, last = text.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        return None
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _rota(rota: Rota) -> calendar.Rota:
    return calendar.Rota(
        key=rota.key,
        name=rota.name or rota.key,
        timezone=rota.timezone,
        shifts=tuple(
            calendar.Shift(
                weekdays=tuple(sorted({number for day in shift.days for number in _weekdays(day) or ()})),
                begins=_time(shift.begins),
                ends=_time(shift.ends),
                people=shift.people,
            )
            for shift in rota.shifts
        ),
        changes=tuple(
            calendar.Change(
                first=date.fromisoformat(change.date),
                last=date.fromisoformat(change.until or change.date),
                begins=_time(change.begins),
                ends=_time(change.ends),
                on=change.added,
                off=change.away,
            )
            for change in rota.changes
        ),
    )


def _time(text: str) -> time:
    """Return a time of day; midnight ends the day as well as it begins it."""
    return time.min if text in {"", "24:00"} else time.fromisoformat(text)
