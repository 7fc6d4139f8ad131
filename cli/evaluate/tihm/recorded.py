"""The homes of a folder of TIHM as the evaluation looks at them: days, labels, measurements, age band and sex."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.frames import MILLISECOND, Columns, Instants, instant, micros
from analytics.layout import Layout, layout
from analytics.learned.days import MOTION, lived
from analytics.learned.features import Lived
from analytics.learned.movement import PARTS, Bools
from cli.evaluate.nightly import indicators
from cli.evaluate.observation import registered
from core.localtime import day_of, local_day
from gateway.recordings import tihm
from gateway.recordings.recording import RecordedHome
from gateway.recordings.tihm import YEAR, ZONE, Label

AGITATION = "Agitation"
BANDS = ((80, "70 to 80"), (90, "80 to 90"), (200, "over 90"))
UNKNOWN = "unknown"
OUTAGE = (date(2019, 6, 15), date(2019, 6, 17))  # the servers failed from the 15th, 04:04, to the 17th, 14:16
ONE_DAY = timedelta(days=1)


class Measured(NamedTuple):
    """A measurement of a vital sign: its day, name and value in the unit of the vocabulary."""

    day: date
    quantity: str
    value: float


class Person(NamedTuple):
    """A person of the recording. `labels` has the days of each kind; `agitated` marks the parts that were labelled.

    `agitated` (days x parts): a label speaks of the latest part of the day that was over when it was given. Labels
    given before any was over speak of the night, of which no part tells.
    """

    key: str
    sex: str
    band: str
    home: Layout
    birth_year: int | None
    motion: Instants
    lived: Lived
    readings: Columns
    labels: Mapping[str, frozenset[date]]
    agitated: Bools
    measured: Sequence[Measured]

    @property
    def labelled(self) -> frozenset[date]:
        """The days with a label of agitation."""
        return self.labels.get(AGITATION, frozenset())

    @property
    def rows(self) -> Bools:
        """The days on which anything was recorded, activation or measurement: one row each, as published."""
        measured = {one.day for one in self.measured}
        rows: Bools = self.lived.present | np.array([day in measured for day in self.lived.days], dtype=bool)
        return rows


def people(folder: Path, progress: Callable[[int, int], None] = lambda _, __: None) -> list[Person]:
    """Return the persons of a folder, ordered by id; raises `RecordingError` if it holds no TIHM with labels."""
    labels, _ = tihm.labels(folder)
    recording = tihm.read(folder)
    found = []
    for number, home in enumerate(recording.recorded, start=1):
        patient = home.key.removeprefix("tihm-")
        found.append(_person(patient, home, [label for label in labels if label.patient == patient]))
        progress(number, len(recording.recorded))
    return found


def indicators_of(person: Person) -> dict[str, list[float]]:
    """Return the indicators of a person's home: a value for each day from the first, NaN without verdict."""
    table = pd.DataFrame(person.readings._asdict())

    def readings(now: datetime, since: datetime) -> pd.DataFrame:
        return table.iloc[slice(*np.searchsorted(person.readings.at, (micros(since), micros(now))))]

    return indicators(person.home, ZONE, person.lived.days, readings)


def without(person: Person, first: date, last: date) -> Person:
    """Return the person as if nothing had been recorded from `first` to `last`."""
    start, end = local_day(first, ZONE).start, local_day(last, ZONE).end
    at, series_id, value = person.readings
    other = (at < micros(start)) | (at >= micros(end))
    kept = Columns(at[other], series_id[other], value[other])
    return person._replace(lived=lived(kept, person.home, person.motion, person.lived.days, ZONE), readings=kept)


def _person(patient: str, home: RecordedHome, labels: Sequence[Label]) -> Person:
    known = registered(home.entry)
    table = np.array([(one.at_ms * MILLISECOND, known.series[one.name], one.value) for one in home.track])
    at = table[:, 0].astype(np.int64)  # exact: microseconds since 1970 stay below 2^53 until the year 2255
    readings = Columns(at, table[:, 1].astype(np.int64), table[:, 2])
    first, last = day_of(instant(at[0]), ZONE), day_of(instant(at[-1]), ZONE)
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    sensed = layout(known.sensors)
    motion = known.sensors.index[known.sensors["quantity"].isin(MOTION)].to_numpy()
    vital = ~np.isin(readings.series_id, sensed.moving)
    quantity = known.sensors["quantity"].to_dict()
    who = home.entry["persons"][0]
    return Person(
        key=patient,
        sex=who.get("sex", UNKNOWN),
        band=_band(who.get("birth_year")),
        birth_year=who.get("birth_year"),
        home=sensed,
        motion=motion,
        lived=lived(readings, sensed, motion, days, ZONE),
        readings=readings,
        labels=_by_kind(labels),
        agitated=_parts(days, [label.at for label in labels if label.kind == AGITATION]),
        measured=[
            Measured(day_of(instant(moment), ZONE), str(quantity[series]), float(value))
            for moment, series, value in zip(*(column[vital] for column in readings), strict=True)
        ],
    )


def _by_kind(labels: Sequence[Label]) -> dict[str, frozenset[date]]:
    kinds = {label.kind for label in labels}
    return {kind: frozenset(label.at.date() for label in labels if label.kind == kind) for kind in sorted(kinds)}


def _parts(days: Sequence[date], labelled_at: Sequence[datetime]) -> Bools:
    marked = np.zeros((len(days), len(PARTS)), dtype=bool)
    rows = {day: row for row, day in enumerate(days)}
    for at in labelled_at:
        day = at.date()
        over = [part for part, hours in enumerate(PARTS) if hours.span(day, ZONE).end <= micros(at)]
        if over and day in rows:
            marked[rows[day], over[-1]] = True
    return marked


def _band(birth_year: int | None) -> str:
    if birth_year is None:
        return UNKNOWN
    return next(name for oldest, name in BANDS if YEAR - birth_year <= oldest)
