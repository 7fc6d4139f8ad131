"""Works out what settings would have told, one home after the other, each as soon as it is known."""

from collections.abc import Sequence
from datetime import date, timedelta

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg_pool import PoolTimeout

from analytics.backtest import backtests, days_until
from analytics.findings import Finding
from analytics.homes import homes_of
from analytics.jobs import Stop
from analytics.preview import repository
from analytics.preview.repository import Task, Told
from analytics.repository import Home
from analytics.rules.protocol import Mode
from analytics.rules.repository import put_setting_for_a_try, standings_of
from analytics.rules.standing import QUIET_TIMES, Standing, default
from core.clock import Clock
from core.database import Database
from core.errors import VicinoError
from core.localtime import day_of
from core.log import logger

SLICE_S = 3.0  # what analyses homes waits no longer for it
ONE_DAY = timedelta(days=1)


def work(database: Database, clock: Clock, stop: Stop, seconds: float = SLICE_S) -> bool:
    """Work out homes for so many seconds, one at least; tell whether any is left. It never raises.

    Each home is a transaction. One that cannot be worked out is noted as such, so that the others come to their end.
    """
    began = clock.monotonic()
    try:
        while not stop.is_set():
            with database.transaction() as connection:
                task = repository.take_home(connection)
                if task is None:
                    return False
                repository.put_home(connection, task, _tried(connection, task), clock.now())
            if clock.monotonic() - began >= seconds:
                break
        with database.transaction() as connection:
            return repository.anything_left(connection)
    except (psycopg.Error, PoolTimeout) as error:
        logger().error("previews stay due", reason=type(error).__name__)
        return False


def previews_wait(database: Database) -> bool:
    """Tell whether anything is to be worked out."""
    with database.transaction() as connection:
        return repository.anything_left(connection)


def _tried(connection: Connection[DictRow], task: Task) -> tuple[list[Told], list[Told]] | None:
    try:
        with connection.transaction():
            home = homes_of(connection, [task.home_id]).get(task.home_id)
            if home is None:
                return [], []
            return compared(connection, home, task)
    except (VicinoError, psycopg.errors.DataError, ArithmeticError, LookupError, ValueError) as error:
        logger().error("preview failed", home_id=task.home_id, error=type(error).__name__)
        return None


def compared(connection: Connection[DictRow], home: Home, task: Task) -> tuple[list[Told], list[Told]]:
    """Return what would have been told in a home as it is set, and as it would be with what is wished.

    Nothing is known of what is judged only while nothing moves.
    """
    rule = task.wished.rule
    if rule in QUIET_TIMES:
        return [], []
    as_set = standings_of(connection, home).get(rule) or default(rule)
    # What is wished is set and taken back again: so it meets what is set above and below it as it would for good.
    with connection.transaction(force_rollback=True):
        put_setting_for_a_try(connection, task.scope, task.wished, task.asked_at)
        as_wished = standings_of(connection, home).get(rule) or default(rule)
    days = days_until(day_of(task.asked_at, home.zone) - ONE_DAY, task.days)
    found = backtests(connection, home, rule, [as_set.settings, as_wished.settings], days, task.asked_at)
    first, second = (
        _told(each, standing, home, days) for each, standing in zip(found, (as_set, as_wished), strict=True)
    )
    return first, second


def _told(found: Sequence[Finding], standing: Standing, home: Home, days: Sequence[date]) -> list[Told]:
    if standing.mode is Mode.OFF:
        return []
    return [
        Told(
            max(days[0], day_of(one.interval.start, home.zone)).isoformat(),
            one.kind,
            one.explanation_it,
            one.explanation_en,
        )
        for one in found
    ]
