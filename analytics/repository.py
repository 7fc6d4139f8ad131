"""What analytics stores. The only module beside `reads` that executes its SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from psycopg import Connection, sql
from psycopg.rows import DictRow, tuple_row
from psycopg.types.json import Jsonb

from analytics.findings import SILENT_HOME, SILENT_SENSOR, Finding, Verdict
from analytics.frames import HISTORY, Episode, History, instant, micros
from analytics.home_day import Rhythm
from analytics.measuring import Value
from analytics.memory import REACH, Memory
from analytics.reports import DeviceDay
from analytics.version import CODE_VERSION
from core.columns import array_text, column
from core.localtime import Interval
from core.statements import Statements

SQL = Statements.beside(__file__)


class Home(NamedTuple):
    """The home that is computed: its ids, the person the findings are about (None if it has several), its zone.

    `birth_year` is that of the person, None where it is not known or there are several.
    """

    home_id: int
    organisation_id: int
    person_id: int | None
    zone: ZoneInfo
    birth_year: int | None = None


class Progress(NamedTuple):
    """Up to which touched hour all is in `due_day`."""

    xact: int
    touched_id: int


class Due(NamedTuple):
    """A day of a home and when it is to be computed."""

    home_id: int
    day: date
    due_at: datetime


# --- what is due ---


def progress_for_update(connection: Connection[DictRow]) -> Progress:
    """Return how far touched hours have been worked through; nobody else goes on before the transaction ends."""
    row = connection.execute(SQL["progress_for_update"]).fetchone()
    assert row is not None
    return Progress(row["xact"], row["touched_id"])


def set_progress(connection: Connection[DictRow], progress: Progress) -> None:
    """Remember up to which touched hour all is in `due_day`."""
    connection.execute(SQL["set_progress"], progress._asdict())


def make_due(
    connection: Connection[DictRow], days: Sequence[Due], now: datetime, first: datetime | None = None
) -> None:
    """Make days of homes due; each at most once in `days`. One that is due already keeps the earlier time.

    Days that were never computed are due at `first`, if that is given and earlier.
    """
    columns = {"homes": [d.home_id for d in days], "days": [d.day for d in days], "due": [d.due_at for d in days]}
    connection.execute(SQL["make_due"], columns | {"now": now, "first": first})


def calendar(connection: Connection[DictRow]) -> dict[int, date]:
    """Return up to which local day each home has been put into `due_day`."""
    return {row["home_id"]: row["day"] for row in connection.execute(SQL["calendar"])}


def set_calendar(connection: Connection[DictRow], days: Mapping[int, date]) -> None:
    """Remember up to which local day homes have been put into `due_day`."""
    connection.execute(SQL["set_calendar"], {"homes": list(days), "days": list(days.values())})


def due_homes(connection: Connection[DictRow], now: datetime) -> list[int]:
    """Return the homes that have a day due, the one that waits longest first."""
    return [row["home_id"] for row in connection.execute(SQL["due_homes"], {"now": now})]


def next_due(connection: Connection[DictRow]) -> datetime | None:
    """Return when the next day falls due, None if nothing is."""
    row = connection.execute(SQL["next_due"]).fetchone()
    return row["due_at"] if row else None


def due_of_homes(connection: Connection[DictRow], homes: range, now: datetime) -> dict[int, "DueOfHome"]:
    """Return what is due of homes whose ids lie in a range, of which anything is, the one that waits longest first."""
    given = {"now": now, "first": homes.start, "last": homes.stop - 1}
    rows = connection.execute(SQL["due_of_homes"], given)
    return {row["home_id"]: DueOfHome(row["look"], row["context"], row["days"]) for row in rows}


class DueOfHome(NamedTuple):
    """What of a home is due: a look at its devices, to judge it again for its contexts, some of its days."""

    look: bool
    context: bool
    days: bool


def due_of_home(connection: Connection[DictRow], home_id: int, now: datetime) -> DueOfHome:
    """Return what of a home is due."""
    row = connection.execute(SQL["due_of_home"], {"home_id": home_id, "now": now}).fetchone()
    assert row is not None
    return DueOfHome(**row)


def try_homes(connection: Connection[DictRow], homes: Sequence[int]) -> list[int]:
    """Take the right to compute homes until the end of the transaction; return those that nobody else has."""
    return [row["home_id"] for row in connection.execute(SQL["try_homes"], {"homes": list(homes)}) if row["mine"]]


def try_home(connection: Connection[DictRow], home_id: int) -> bool:
    """Take the right to compute a home until the end of the transaction; False if somebody else has it."""
    row = connection.execute(SQL["try_home"], {"home_id": home_id}).fetchone()
    return bool(row and row["mine"])


def take_home(connection: Connection[DictRow], home_id: int) -> None:
    """Take the right to compute a home until the end of the transaction, after whoever has it."""
    connection.execute(SQL["take_home"], {"home_id": home_id})


def claim_days(connection: Connection[DictRow], home_id: int, now: datetime, at_most: int) -> list[date]:
    """Return the days of a home that are due, in order; they are held until the end of the transaction."""
    parameters = {"home_id": home_id, "now": now, "at_most": at_most}
    return [row["day"] for row in connection.execute(SQL["claim_days"], parameters)]


def claim_days_of_homes(connection: Connection[DictRow], homes: Sequence[int], now: datetime) -> dict[int, list[date]]:
    """Return the days of homes that are due, in order; they are held until the end of the transaction."""
    found: dict[int, list[date]] = {}
    for row in connection.execute(SQL["claim_days_of_homes"], {"homes": list(homes), "now": now}):
        found.setdefault(row["home_id"], []).append(row["day"])
    return found


def settle_days(connection: Connection[DictRow], again: Mapping[tuple[int, date], datetime | None]) -> None:
    """Say of computed days of homes when they are due again, or that they are not (None)."""
    finished = [of for of, due in again.items() if due is None]
    if finished:
        columns = {"homes": [home_id for home_id, _ in finished], "days": [day for _, day in finished]}
        connection.execute(SQL["finish_days"], columns)
    later = [Due(home_id, day, due) for (home_id, day), due in again.items() if due is not None]
    if later:
        columns = {"homes": [d.home_id for d in later], "days": [d.day for d in later]}
        connection.execute(SQL["due_again"], columns | {"due": [d.due_at for d in later]})


def postpone_home(connection: Connection[DictRow], home_id: int, now: datetime, due: datetime) -> None:
    """Push the due days of a home ahead, so that one that cannot be computed does not stop the others."""
    connection.execute(SQL["postpone_home"], {"home_id": home_id, "now": now, "due": due})


def lag(connection: Connection[DictRow], now: datetime) -> tuple[int, datetime | None]:
    """Return how many days of homes are due, and since when."""
    row = connection.execute(SQL["lag"], {"now": now}).fetchone()
    return (row["days"], row["oldest"]) if row else (0, None)


# --- what is known of a home ---


def memory_of(connection: Connection[DictRow], home_id: int, day: date) -> Memory:
    """Return what is known of a home's sensors from the days before `day`, and how the home spoke on it if it did."""
    interval = {"home_id": home_id, "first": day - REACH, "last": day}
    with connection.cursor(row_factory=tuple_row) as cursor:
        rhythms = [
            Rhythm(known, readings, _micros(first_at), _micros(last_at), np.array(gaps, dtype=np.float64))
            for known, readings, first_at, last_at, gaps in cursor.execute(SQL["rhythms"], interval)
        ]
        devices = [
            (known, device_id, DeviceDay(reports, micros(first_at), micros(last_at), longest, usual))
            for known, device_id, reports, first_at, last_at, longest, usual in cursor.execute(
                SQL["device_rhythms"], interval
            )
        ]
        memory = Memory()
        if all(rhythm.last_at is None for rhythm in rhythms if rhythm.day < day):
            spoke = cursor.execute(SQL["last_spoken"], {"home_id": home_id, "day": day}).fetchone()
            memory.last_at = _micros(spoke[0] if spoke else None)
    memory.keep(rhythms, devices)
    return memory


def _micros(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def put_rhythms(connection: Connection[DictRow], home_id: int, rhythms: Sequence[Rhythm]) -> None:
    """Store how a home spoke on some days."""
    if not rhythms:
        return
    connection.execute(
        SQL["put_rhythms"],
        {
            "home_id": home_id,
            "days": [rhythm.day for rhythm in rhythms],
            "readings": [rhythm.readings for rhythm in rhythms],
            "firsts": [None if rhythm.first_at is None else instant(rhythm.first_at) for rhythm in rhythms],
            "lasts": [None if rhythm.last_at is None else instant(rhythm.last_at) for rhythm in rhythms],
            "longest": [array_text(rhythm.longest_gap_s) for rhythm in rhythms],
        },
    )


def put_device_rhythms(
    connection: Connection[DictRow], home_id: int, rows: Sequence[tuple[date, int, DeviceDay]]
) -> None:
    """Store when devices spoke: (day, device_id, what of it)."""
    if rows:
        connection.execute(
            SQL["put_device_rhythms"],
            {
                "home_id": home_id,
                "days": [day for day, _, _ in rows],
                "devices": [device for _, device, _ in rows],
                "reports": [one.reports for _, _, one in rows],
                "firsts": [instant(one.first_at) for _, _, one in rows],
                "lasts": [instant(one.last_at) for _, _, one in rows],
                "longest": [one.longest_gap_s for _, _, one in rows],
                "usual": [one.usual_gap_s for _, _, one in rows],
            },
        )


# --- episodes ---


def episodes_of_home(connection: Connection[DictRow], home_id: int, interval: Interval) -> list[Episode]:
    """Return the episodes of a home that touch an interval, ordered by time."""
    rows = connection.execute(SQL["episodes_of_home"], {"home_id": home_id, **interval._asdict(), "kind": None})
    return [episode_of(row) for row in rows]


def episode_of(row: DictRow) -> Episode:
    """Return the episode that a row tells of."""
    return Episode(row["kind"], micros(row["started_at"]), micros(row["ended_at"]), row["room_id"], row["readings"])


# --- indicators, usual ranges, findings ---


def history(
    connection: Connection[DictRow], home_id: int, kinds: Collection[str], first: date, last: date
) -> dict[str, History]:
    """Return the `history` table (see `analytics.frames`) of some indicators of a home, `first` and `last` included."""
    return histories(connection, [home_id], kinds, first, last)[home_id]


def histories(
    connection: Connection[DictRow], homes: Sequence[int], kinds: Collection[str], first: date, last: date
) -> dict[int, dict[str, History]]:
    """Return the same of several homes, by their ids."""
    given = {"homes": list(homes), "kinds": list(kinds), "first": first, "last": last}
    found: dict[int, dict[str, History]] = {home_id: {} for home_id in homes}
    with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        for home_id, kind, days, value, coverage in cursor.execute(SQL["indicator_history"], given):
            found[home_id][kind] = _history(column(days, ">i4"), column(value, ">f8"), column(coverage, ">f4"))
    return found


def _history(
    ordinals: npt.NDArray[np.int32], value: npt.NDArray[np.float64], coverage: npt.NDArray[np.float32]
) -> History:
    found = np.empty(len(ordinals), dtype=HISTORY)
    found["day"] = [_day(each) for each in ordinals.tolist()]
    # Of the coverage four digits are kept, in a column that holds seven.
    found["value"], found["coverage"] = value, np.round(coverage.astype(np.float64), 4)
    return found


_day = lru_cache(maxsize=4096)(date.fromordinal)


def put_values(
    connection: Connection[DictRow], home: Home, values: Sequence[Value], now: datetime
) -> set[tuple[str, date]]:
    """Store indicators and return kinds and days of those that are new or different."""
    if not values:
        return set()
    rows = connection.execute(
        SQL["put_indicators"],
        {
            **home._asdict(),
            "code_version": CODE_VERSION,
            "now": now,
            "kinds": [v.kind for v in values],
            "days": [v.day for v in values],
            "values": [v.value for v in values],
            "units": [v.unit for v in values],
            "coverages": [v.coverage for v in values],
            "readings": [v.readings for v in values],
        },
    )
    return {(row["kind"], row["day"]) for row in rows}


def put_verdicts(connection: Connection[DictRow], home: Home, verdicts: Sequence[Verdict]) -> None:
    """Store the usual range of each verdict's day; remove it where there is none any more."""
    known = [(verdict, verdict.usual) for verdict in verdicts if verdict.usual is not None]
    gone = [verdict for verdict in verdicts if verdict.usual is None]
    if gone:
        connection.execute(
            SQL["delete_baselines"],
            {"home_id": home.home_id, "kinds": [v.kind for v in gone], "days": [v.day for v in gone]},
        )
    if not known:
        return
    connection.execute(
        SQL["put_baselines"],
        {
            **home._asdict(),
            "kinds": [verdict.kind for verdict, _ in known],
            "days": [verdict.day for verdict, _ in known],
            "medians": [usual.median for _, usual in known],
            "spreads": [usual.spread for _, usual in known],
            "lows": [usual.low for _, usual in known],
            "highs": [usual.high for _, usual in known],
            "known": [usual.days for _, usual in known],
        },
    )


class KnownSilence(NamedTuple):
    """What an earlier computation said of a silence: its end, whether that was final, the coverage before it."""

    end: int
    ended: bool
    before: float | None


def known_silences(connection: Connection[DictRow], home_id: int, start: datetime) -> dict[int, KnownSilence]:
    """Return the silences of a home that reach beyond `start`, by their beginning (microseconds)."""
    rows = connection.execute(SQL["technical_findings"], {"home_id": home_id, "kind": SILENT_HOME, "start": start})
    return {
        micros(row["started_at"]): KnownSilence(
            micros(row["ended_at"]), row["evidence"]["until"] is not None, row["evidence"]["coverage_before"]
        )
        for row in rows
    }


class KnownSensorSilence(NamedTuple):
    """What an earlier computation said of a silence of sensors: of which, its end, whether that was final."""

    devices: frozenset[int]
    end: int
    ended: bool


def known_sensor_silences(
    connection: Connection[DictRow], home_id: int, start: datetime
) -> dict[int, KnownSensorSilence]:
    """Return the silences of a home's sensors that reach beyond `start`, by their beginning (microseconds)."""
    rows = connection.execute(SQL["technical_findings"], {"home_id": home_id, "kind": SILENT_SENSOR, "start": start})
    return {
        micros(row["started_at"]): KnownSensorSilence(
            frozenset(row["evidence"]["devices"]), micros(row["ended_at"]), row["evidence"]["until"] is not None
        )
        for row in rows
    }


class Told(NamedTuple):
    """What is told of a home and holds: of each kind of finding when the latest begins, and how far that lasts.

    `silenced` says whether anything is kept back for a context.
    """

    latest: Mapping[str, tuple[datetime, datetime]]
    silenced: bool

    def begins_since(self, kind: str, start: datetime) -> bool:
        """Tell whether a finding of a kind begins at an instant or later."""
        return kind in self.latest and self.latest[kind][0] >= start

    def lasts_until(self, kind: str, start: datetime) -> bool:
        """Tell whether a finding of a kind reaches to an instant or beyond it."""
        return kind in self.latest and self.latest[kind][1] >= start


def told_of_homes(connection: Connection[DictRow], homes: Sequence[int]) -> dict[int, Told]:
    """Return what is told of homes, so that nothing is looked for to be withdrawn where nothing is told."""
    latest: dict[int, dict[str, tuple[datetime, datetime]]] = {home_id: {} for home_id in homes}
    silenced = set()
    for row in connection.execute(SQL["told_of_homes"], {"homes": list(homes)}):
        if row["kind"] is None:
            silenced.add(row["home_id"])
        else:
            latest[row["home_id"]][row["kind"]] = row["started_at"], row["ended_at"]
    return {home_id: Told(of_home, home_id in silenced) for home_id, of_home in latest.items()}


def put_findings(connection: Connection[DictRow], home: Home, findings: Sequence[Finding], now: datetime) -> int:
    """Store findings; return how many are new or different."""
    changed = 0
    for finding in findings:
        row = finding._asdict() | {
            **home._asdict(),
            "person_id": home.person_id if finding.family == "wellbeing" else None,
            "started_at": finding.interval.start,
            "ended_at": finding.interval.end,
            "evidence": Jsonb(finding.evidence),
            "now": now,
        }
        del row["interval"]
        changed += connection.execute(SQL["put_finding"], row).fetchone() is not None
    return changed


def withdraw(
    connection: Connection[DictRow],
    home_id: int,
    kind: str,
    interval: Interval,
    held: Sequence[datetime],
    now: datetime,
    because: str = "",
) -> int:
    """Withdraw the findings of `kind` that begin in `interval`, but for those `held`; return how many.

    `because` is the context that they lie in, "" where data that came in later refute them.
    """
    parameters = {"home_id": home_id, "kind": kind, "held": list(held), "now": now, "because": because}
    parameters |= interval._asdict()
    return len(connection.execute(SQL["withdraw_findings"], parameters).fetchall())


def withdraw_kinds(
    connection: Connection[DictRow],
    home_id: int,
    kinds: Iterable[str],
    interval: Interval,
    held: Sequence[tuple[str, datetime]],
    now: datetime,
) -> int:
    """Withdraw the findings of some kinds that begin in `interval`, but for those `held` (kind and beginning).

    Data that came in later refute them. Return how many there were.
    """
    parameters = {"home_id": home_id, "kinds": list(kinds), "now": now} | interval._asdict()
    parameters |= {"held": [kind for kind, _ in held], "starts": [start for _, start in held]}
    return len(connection.execute(SQL["withdraw_kinds"], parameters).fetchall())


def withdraw_subject(
    connection: Connection[DictRow], home_id: int, kind: str, subject: str, started_at: datetime, now: datetime
) -> int:
    """Withdraw the finding about one subject that begins at `started_at`; return how many there were."""
    parameters = {"home_id": home_id, "kind": kind, "subject": subject, "started_at": started_at, "now": now}
    return len(connection.execute(SQL["withdraw_subject"], parameters).fetchall())


def tell_finding(connection: Connection[DictRow]) -> None:
    """Tell whoever listens, as soon as the transaction commits, that there is a finding to look at."""
    connection.execute(SQL["tell_finding"])


# --- the job queue's own tables ---


def queue_version(connection: Connection[DictRow]) -> str | None:
    """Return which version of procrastinate's tables there is; nobody else changes them before the end."""
    connection.execute(SQL["lock_queue"])
    row = connection.execute(SQL["queue_version"]).fetchone()
    return row["version"] if row else None


def upgrade_queue(connection: Connection[DictRow], scripts: Sequence[str], version: str) -> None:
    """Run procrastinate's own scripts in its schema and remember the version they lead to."""
    for script in scripts:
        connection.execute(SQL["in_queue_schema"])
        connection.execute(sql.SQL(script))
    connection.execute(SQL["set_queue_version"], {"version": version})
