"""What the service does: keeps the list of due days, orders jobs, and computes one home after the other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import PoolTimeout

from analytics import moments, repository
from analytics.analysis import SLICE, analyse_days, analyse_together, judge_again
from analytics.homes import homes as all_homes
from analytics.homes import homes_of
from analytics.recent import Recent
from analytics.repository import DueOfHome, Home, Progress
from analytics.watch import repository as watch
from analytics.watch.silences import look_at_homes
from core.clock import Clock
from core.database import Database
from core.log import logger
from ingest import reads as ingest
from registry import reads as registry

AFTER_AN_ERROR = timedelta(minutes=10)
ONE_DAY = timedelta(days=1)
TOGETHER = 2  # days: the one that goes on, and the one before it, which is final at noon
GROUP = 8  # homes of ids that follow each other, in one job
CADENCE = timedelta(minutes=5)


class Stop(Protocol):
    """Tells whether to stop: an event of threads or of processes."""

    def is_set(self) -> bool:
        """Tell whether to stop."""


class Pace(NamedTuple):
    """How long late readings may go on coming before past days are computed, and how often today is."""

    settle: timedelta = timedelta(seconds=20)
    cadence: timedelta = CADENCE


class Worked(NamedTuple):
    """What came of a home: how many of its days were computed, in which time, and whether something failed."""

    home_id: int
    days: int
    seconds: float
    failed: bool


class Progressed(NamedTuple):
    """How far a walk through stored history has come."""

    home_id: int
    homes_done: int
    homes: int
    day: date
    findings: int


def groups_of(homes: Iterable[int]) -> list[int]:
    """Return the groups that homes are worked on in, each once, in the order of their first homes.

    The queue has a job for a group: where many homes fall due at once, one for each would take as long as a look at it.
    """
    return list(dict.fromkeys(home_id // GROUP for home_id in homes))


def look(database: Database, clock: Clock, pace: Pace, *, calendar: bool = True) -> list[int]:
    """Move touched hours and the days of the `calendar` into the list of due days; return the homes with days due now.

    Who looks every second need not look at the calendar of every home each time.
    """
    now = clock.now()
    with database.transaction() as connection:
        progress = repository.progress_for_update(connection)
        touched = ingest.touched_since(connection, progress.xact, progress.touched_id)
        if touched:
            hours = [(row["home_id"], row["hour"]) for row in touched]
            zones = registry.zones(connection, {home_id for home_id, _ in hours})
            due = moments.due_days(hours, zones, now, pace.settle, pace.cadence)
            repository.make_due(connection, due, now, first=now + pace.settle)
            repository.set_progress(connection, Progress(touched[-1]["xact"], touched[-1]["touched_id"]))
        if calendar:
            _turn_calendar(connection, now, pace)
        return repository.due_homes(connection, now)


def _turn_calendar(connection: Connection[DictRow], now: datetime, pace: Pace) -> None:
    zones = registry.zones(connection)
    new = moments.days_of_the_calendar(repository.calendar(connection), zones, now, pace.cadence)
    if new:
        repository.make_due(connection, new, now)
        repository.set_calendar(connection, {due.home_id: due.day for due in new})


def analyse_group(
    database: Database,
    clock: Clock,
    group: int,
    stop: Stop,
    cadence: timedelta = CADENCE,
    recent: Recent | None = None,
) -> list[Worked]:
    """Analyse the homes of a group that are due; return what came of each.

    Those of which it is only the day that goes on, or a look at their devices, are computed together: each takes its
    share of the time of that. What cannot be done so is done home by home, the one that waits longest first.
    It never raises: where the database cannot be reached, what is due stays due.
    """
    recent = Recent(room=0) if recent is None else recent
    try:
        with database.connection() as connection:
            among = range(group * GROUP, (group + 1) * GROUP)
            homes = repository.due_of_homes(connection, among, clock.now())
            worked = _ticked(connection, clock, homes, stop, cadence, recent)
    except (psycopg.Error, PoolTimeout) as error:
        logger().error("homes stay due", reason=type(error).__name__)
        return []
    for home_id in homes:
        if home_id not in worked and not stop.is_set():
            began, done = clock.monotonic(), _analysed(database, clock, home_id, stop, cadence, recent)
            worked[home_id] = Worked(home_id, done or 0, clock.monotonic() - began, done is None)
    return list(worked.values())


def _ticked(
    connection: Connection[DictRow],
    clock: Clock,
    homes: Mapping[int, DueOfHome],
    stop: Stop,
    cadence: timedelta,
    recent: Recent,
) -> dict[int, Worked]:
    """Do together what is due of homes on every day; return those of which nothing else is due, and what came.

    Nothing of it is done where it cannot be done for one of them: which one it is shows where each is done by itself.
    """
    began, alone = clock.monotonic(), {home_id for home_id, due in homes.items() if due.context}
    try:
        _look_together(connection, clock, [home_id for home_id, due in homes.items() if due.look], recent)
        if stop.is_set():
            return {}
        due_days = [home_id for home_id, due in homes.items() if due.days and not due.context]
        days = _days_together(connection, clock, due_days, cadence, recent)
        alone |= {*due_days} - days.keys()
    except Exception as error:  # noqa: BLE001 - whatever it is, it concerns one home and must not stop the others
        logger().warning("homes are analysed one by one", error=type(error).__name__)
        return {}
    done = [home_id for home_id in homes if home_id not in alone]
    share = (clock.monotonic() - began) / max(1, len(done))
    return {home_id: Worked(home_id, days.get(home_id, 0), share, failed=False) for home_id in done}


def _look_together(connection: Connection[DictRow], clock: Clock, homes: Sequence[int], recent: Recent) -> None:
    if not homes:
        return
    with connection.transaction():
        now = clock.now()
        due = watch.looks_due(connection, repository.try_homes(connection, homes), now)
        look_at_homes(connection, list(homes_of(connection, due).values()), now, recent)


def _days_together(
    connection: Connection[DictRow], clock: Clock, homes: Sequence[int], cadence: timedelta, recent: Recent
) -> dict[int, int]:
    """Compute the days of those homes of which no more are due than every night; return of which homes how many."""
    if not homes:
        return {}
    with connection.transaction():
        mine, now = repository.try_homes(connection, homes), clock.now()
        claimed = repository.claim_days_of_homes(connection, mine, now)
        few = {home_id: days for home_id, days in claimed.items() if len(days) <= TOGETHER}
        known = homes_of(connection, list(few))
        for place in range(TOGETHER):
            days = {home: few[home_id][place] for home_id, home in known.items() if len(few[home_id]) > place}
            if days:
                analyse_together(connection, days, now, recent)
        again = {
            (home_id, day): moments.due_again(day, home.zone, now, cadence)
            for home_id, home in known.items()
            for day in few[home_id]
        }
        repository.settle_days(connection, again)
    return {home_id: len(few[home_id]) for home_id in known}


def analyse_home(
    database: Database,
    clock: Clock,
    home_id: int,
    stop: Stop,
    cadence: timedelta = CADENCE,
    recent: Recent | None = None,
) -> int:
    """Look at what is silent in a home, judge it again and compute its days, each if due; return how many days.

    Each look and each slice of days is a transaction. Today is due again after `cadence`, whether or not anything
    comes in. `recent` is what this process remembers of readings.
    It never raises: days that cannot be computed are pushed ahead and stay due, so that others come first.
    """
    recent = Recent(room=0) if recent is None else recent
    return _analysed(database, clock, home_id, stop, cadence, recent) or 0


def _analysed(
    database: Database, clock: Clock, home_id: int, stop: Stop, cadence: timedelta, recent: Recent
) -> int | None:
    """Return how many days of a home were computed, None where something failed."""
    done = 0
    try:
        with database.connection() as connection:
            due = repository.due_of_home(connection, home_id, clock.now())
            home = homes_of(connection, [home_id]).get(home_id) if any(due) else None
            if home is None:
                return 0
            if due.look:
                _look_together(connection, clock, [home_id], recent)
            if due.context:
                _judge_again(connection, clock, home)
            days = SLICE
            while days == SLICE and not stop.is_set():
                days = _slice(connection, clock, home, cadence, recent)
                done += days
    except Exception as error:  # noqa: BLE001 - whatever it is, it concerns one home and must not stop the others
        logger().error("analysis failed", home_id=home_id, error=type(error).__name__)
        _postpone(database, clock, home_id)
        return None
    return done


def _judge_again(connection: Connection[DictRow], clock: Clock, home: Home) -> None:
    """Judge a home again if its contexts have changed: people see at once what their answer comes to."""
    with connection.transaction():
        if repository.try_home(connection, home.home_id) and judge_again(connection, home, clock.now()):
            repository.tell_finding(connection)


def _slice(connection: Connection[DictRow], clock: Clock, home: Home, cadence: timedelta, recent: Recent) -> int:
    with connection.transaction():
        if not repository.try_home(connection, home.home_id):
            return 0
        now = clock.now()
        days = repository.claim_days(connection, home.home_id, now, SLICE)
        if days:
            recent.follow(connection, now)
            analyse_days(connection, home, days, now, again=False, recent=recent)
            again = {(home.home_id, day): moments.due_again(day, home.zone, now, cadence) for day in days}
            repository.settle_days(connection, again)
    return len(days)


def _postpone(database: Database, clock: Clock, home_id: int) -> None:
    now = clock.now()
    try:
        with database.transaction() as connection:
            repository.postpone_home(connection, home_id, now, now + AFTER_AN_ERROR)
            watch.look_again(connection, [home_id], now + AFTER_AN_ERROR)
    except psycopg.Error as error:
        logger().error("days stay due", home_id=home_id, error=type(error).__name__)


def analyse(
    database: Database,
    from_day: date,
    to_day: date,
    *,
    clock: Clock,
    homes: Sequence[int] | None = None,
    progress: Callable[[Progressed], None] | None = None,
) -> int:
    """Compute stored history walk-forward, `from_day` and `to_day` included; return how many findings changed.

    Each day sees only what was known at the noon after it, and is judged against the days before it only. `homes`
    restricts it to some; `progress` is called after every slice. What was computed before is restated, and stays
    untouched where nothing differs. Safe to stop at any time and to run again, also beside the service.
    """
    with database.transaction() as connection:
        known = all_homes(connection)
    chosen = [known[home_id] for home_id in (sorted(known) if homes is None else homes)]
    changed = 0
    for index, home in enumerate(chosen):
        for first in range(0, (to_day - from_day).days + 1, SLICE):
            days = [from_day + n * ONE_DAY for n in range(first, min(first + SLICE, (to_day - from_day).days + 1))]
            findings = _stretch(database, clock, home, days)
            changed += findings
            if progress is not None:
                progress(Progressed(home.home_id, index + (days[-1] == to_day), len(chosen), days[-1], findings))
    return changed


def _stretch(database: Database, clock: Clock, home: Home, days: Sequence[date]) -> int:
    with database.transaction() as connection:
        repository.take_home(connection, home.home_id)
        return analyse_days(connection, home, days, clock.now())
