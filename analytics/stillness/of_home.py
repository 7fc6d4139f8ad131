"""The findings about quiet times as they are stored: told, restated, and withdrawn where somebody moved after all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from psycopg import Connection
from psycopg.rows import DictRow

from analytics import repository
from analytics.contexts.effect import Contexts
from analytics.contexts.repository import traces_of
from analytics.contexts.traces import Traces
from analytics.frames import instant
from analytics.home_day import HomeDay
from analytics.repository import Home, Told
from analytics.rules.standing import Standing, held
from analytics.stillness import repository as quiet_times
from analytics.stillness.judging import KINDS, judge
from analytics.stillness.quiet import Quiet
from analytics.stillness.unvisited import DAYS, unvisited
from analytics.together import Together
from core.localtime import Interval, day_of, local_day

INSTANT = timedelta(microseconds=1)


def judge_stillness(
    together: Together,
    home: Home,
    computed: Sequence[HomeDay],
    standings: Mapping[str, Standing],
    contexts: Contexts,
    now: datetime,
    *,
    heard: bool,
    told: Told | None = None,
) -> int:
    """Judge the times without a sign that touch some days, also those that go on; return how many findings changed.

    What a context excludes is not told, and withdrawn with that reason if it was; `standings` say what is on trial.
    `told` is what is told already, where that is known.
    """
    connection, rooms = together.connection, computed[-1].rooms
    expected = quiet_times.expected(together, home, rooms, [one.day for one in computed])
    doubted = _doubted(connection, home, {one.day: one.traces for one in computed}, rooms)
    changed = 0
    for one in computed:
        judged = judge(one.stills, expected, rooms, home.zone, heard=heard, doubted=doubted)
        changed += _withdraw_excluded(
            connection, home, contexts, [(found.kind, found.interval) for found in judged.findings], now
        )
        wanted = held(judged.findings, standings)
        shown = [found for found in wanted if contexts.excludes(found.kind, found.interval) is None]
        changed += repository.put_findings(connection, home, shown, now)
        own = local_day(one.day, home.zone)
        for kind in KINDS:
            if told is not None and not told.begins_since(kind, own.start):
                continue
            starts = [found.interval.start for found in wanted if found.kind == kind]
            starts += [instant(start) for start in judged.held]
            changed += repository.withdraw(connection, home.home_id, kind, own, starts, now)
    return changed


def _doubted(
    connection: Connection[DictRow], home: Home, computed: Mapping[date, Traces], rooms: Mapping[int, int]
) -> Callable[[Quiet], tuple[int, ...]]:
    """Return what tells which rooms may not be seen before a time; the days before are read once it is asked."""

    @cache
    def stored(day: date) -> dict[date, Traces]:
        return traces_of(connection, home.home_id, day - timedelta(days=DAYS), day)

    def of(quiet: Quiet) -> tuple[int, ...]:
        day = day_of(instant(quiet.start), home.zone)
        until = {each: one for each, one in computed.items() if each <= day}
        return unvisited(quiet, stored(day) | until, day, rooms)

    return of


def _withdraw_excluded(
    connection: Connection[DictRow],
    home: Home,
    contexts: Contexts,
    told: Sequence[tuple[str, Interval]],
    now: datetime,
) -> int:
    changed = 0
    for kind, interval in told:
        because = contexts.excludes(kind, interval)
        if because is not None:
            about = Interval(interval.start, interval.start + INSTANT)
            changed += repository.withdraw(connection, home.home_id, kind, about, [], now, because)
    return changed
