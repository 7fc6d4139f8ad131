"""What every recording has in common: homes, their readings in order, and an account of every row."""

import csv
import gzip
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.errors import VicinoError
from core.localtime import local_instant
from core.senml import Measurement
from gateway.stamping import LastReading, stamp

_HOUR_TEXT = len("2019-04-01 00")


class RecordingError(VicinoError):
    """A recording is not there, or not in the format it should be."""


class Refusal(NamedTuple):
    """A row that is not taken, and why."""

    file: str
    line: int
    reason: str


class Track:
    """The readings of one home, in order of time, each with a time of its own. Compact: 18 bytes a reading."""

    def __init__(
        self, series: Sequence[tuple[str, str]], at_ms: "array[int]", index: "array[int]", value: "array[float]"
    ) -> None:
        self._series = series
        self._at_ms = at_ms
        self._index = index
        self._value = value

    def __len__(self) -> int:
        return len(self._at_ms)

    def __iter__(self) -> Iterator[Measurement]:
        series = self._series
        for at_ms, index, value in zip(self._at_ms, self._index, self._value, strict=True):
            name, unit = series[index]
            yield Measurement(name, at_ms, value, unit)

    @property
    def names(self) -> list[str]:
        """The names of the series, in order of their first appearance."""
        return [name for name, _ in self._series]


class TrackBuilder:
    """Collects the readings of one home in any order."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str], int] = {}
        self._at_ms = array("q")
        self._index = array("H")
        self._value = array("d")

    def add(self, at_ms: int, name: str, value: float, unit: str) -> None:
        """Add one reading."""
        self._at_ms.append(at_ms)
        self._index.append(self._series.setdefault((name, unit), len(self._series)))
        self._value.append(value)

    def build(self, *, states: bool = False) -> tuple[Track, int]:
        """Return the readings in order, ties resolved, and how many identical ones were left out.

        It depends on the readings alone, so the same recording has the same keys each time. A reading is identical
        to another of its series with the same time and value. With `states`, the readings are changes made from
        intervals: there only one that repeats the value before it is left out, for a state may change several
        times within one tick of the recording's clock.
        """
        order = sorted(range(len(self._at_ms)), key=self._at_ms.__getitem__)
        at_ms, index, value = array("q"), array("H"), array("d")
        latest: dict[int, LastReading] = {}
        seen: dict[int, set[float]] = {}
        identical = 0
        for place in order:
            which, number = self._index[place], self._value[place]
            last = latest.get(which)
            stamped = stamp(last, self._at_ms[place], number)
            fresh = stamped is not None and (last is None or stamped.source_ms != last.source_ms)
            if fresh:
                seen[which] = {number}
            elif stamped is None or (not states and number in seen[which]):
                identical += 1
                continue
            else:
                seen[which].add(number)
            assert stamped is not None
            latest[which] = stamped
            at_ms.append(stamped.at_ms)
            index.append(which)
            value.append(number)
        return Track(list(self._series), at_ms, index, value), identical


@dataclass(frozen=True)
class RecordedHome:
    """A home found in a recording: its entry of the registry file, and its readings."""

    entry: dict[str, Any]
    track: Track

    @property
    def key(self) -> str:
        """The home's key."""
        return str(self.entry["key"])

    @property
    def gateway(self) -> str:
        """The key of the home's gateway."""
        return str(self.entry["gateway"])


@dataclass(frozen=True)
class Recording:
    """What a recording holds. `notes` say what of it is absent; `refused` lists every row that was not taken."""

    recorded: list[RecordedHome]
    rows: int
    identical: int
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def homes(self) -> list[dict[str, Any]]:
        """Return the homes as entries of the registry file."""
        return [home.entry for home in self.recorded]

    def readings(self, home: str) -> Iterator[Measurement]:
        """Return the readings of one home in order of time; raises `KeyError` if there is no such home."""
        return iter({each.key: each.track for each in self.recorded}[home])


class LocalTimes:
    """Turns local times into instants, hour by hour.

    A time that happens twice in autumn is taken as the first, for a recording without offsets cannot say more.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hours: dict[str, int] = {}

    def milliseconds(self, text: str) -> int:
        """Return the instant of `2019-04-01 00:05:46` in milliseconds; raises `ValueError` if it is none."""
        hour = self._hours.get(text[:_HOUR_TEXT])
        if hour is None:
            hour = self._hours[text[:_HOUR_TEXT]] = self._hour(text[:_HOUR_TEXT])
        minutes, seconds = text[_HOUR_TEXT + 1 : _HOUR_TEXT + 3], text[_HOUR_TEXT + 4 :]
        if text[_HOUR_TEXT : _HOUR_TEXT + 4 : 3] != "::":
            raise ValueError(f"{text!r} is not a date and time")
        whole = float(seconds)
        if not (0 <= int(minutes) < 60 and 0 <= whole < 60):  # noqa: PLR2004 - minutes and seconds
            raise ValueError(f"{text!r} is not a date and time")
        return hour + int(minutes) * 60_000 + round(whole * 1000)

    def _hour(self, text: str) -> int:
        day, _, hour = text.partition(" ")
        instant = local_instant(date.fromisoformat(day), time(int(hour)), self._zone)
        return round(instant.timestamp()) * 1000


class ActiveInterval(NamedTuple):
    """A stretch in which a two-state sensor was active, in milliseconds since 1970."""

    start_ms: int
    end_ms: int


def changes(intervals: Sequence[ActiveInterval]) -> Iterator[tuple[int, bool]]:
    """Yield when a sensor became active and inactive, in order of time.

    Intervals that overlap are one. Of two that touch, the first ends before the second starts.
    """
    merged: list[ActiveInterval] = []
    for interval in sorted(intervals):
        if merged and interval.start_ms < merged[-1].end_ms:
            merged[-1] = ActiveInterval(merged[-1].start_ms, max(merged[-1].end_ms, interval.end_ms))
        else:
            merged.append(interval)
    for start_ms, end_ms in merged:
        yield start_ms, True
        yield end_ms, False


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines of a text file, packed with gzip or not.

    Raises `RecordingError` if the file cannot be read or is not text.
    """
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                yield number, line.rstrip("\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise RecordingError(
            f"{path.name} cannot be read after line {number}: {error}.", advice="fetch the file again"
        ) from error


def csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of the rows of a CSV file below its header.

    Raises `RecordingError` if the header is another than `columns`.
    """
    lines = lines_of(path)
    header = next(lines, (1, ""))[1].lstrip("\ufeff")
    if tuple(header.split(",")) != columns:
        raise RecordingError(
            f"{path.name}, line 1: the columns are {header!r}, not {','.join(columns)!r}.",
            advice="check that this is the original file",
        )
    for number, line in lines:
        if line:
            yield number, line.split(",") if '"' not in line else next(csv.reader([line]))


def exactly(count: int, fields: list[str]) -> list[str]:
    """Return `fields`; raises `ValueError` if they are not so many."""
    if len(fields) != count:
        raise ValueError(f"the row has {len(fields)} fields, not {count}")
    return fields


def find(folder: Path, name: str) -> Path | None:
    """Return the file `name` or `name.gz` in `folder`, if there is one."""
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def middle_birth_year(age_band: str, year: int) -> int | None:
    """Return about when somebody was born whose age in `year` is in a band such as `(80, 90]`."""
    try:
        low, high = (int(part) for part in age_band.strip("()[] ").split(","))
    except ValueError:
        return None
    return year - (low + high) // 2
