"""What is stored of quiet times: those of each day, and what is expected of the days that are judged now."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import msgspec
import numpy as np
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from analytics.baseline import REACH
from analytics.repository import Home
from analytics.stillness.detector import Expected
from analytics.stillness.quiet import QuietDay
from analytics.together import Together
from analytics.version import CODE_VERSION
from core.statements import Statements

SQL = Statements.beside(__file__)
ONE_DAY = timedelta(days=1)


def put_quiet_days(connection: Connection[DictRow], home: Home, days: Sequence[QuietDay]) -> None:
    """Store the quiet times of days; unchanged ones stay untouched. What was learned from others is forgotten."""
    changed = [one.day for one in days if _put(connection, home, one)]
    if changed:
        connection.execute(SQL["forget_expected"], {"home_id": home.home_id, "day": min(changed)})


def _put(connection: Connection[DictRow], home: Home, one: QuietDay) -> bool:
    row = {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "day": one.day,
        "begins": one.begin.tolist(),
        "lasted": one.lasted.tolist(),
        "rooms": one.room_id.tolist(),
        "wheres": one.where.tolist(),
        "code_version": CODE_VERSION,
    }
    return connection.execute(SQL["put_quiet_day"], row).fetchone() is not None


def quiet_days(connection: Connection[DictRow], home_id: int, first: date, last: date) -> list[QuietDay]:
    """Return what is kept of the quiet times of a home from `first` on and before `last`, in order."""
    rows = connection.execute(SQL["quiet_days"], {"home_id": home_id, "first": first, "last": last})
    return [
        QuietDay(
            row["day"],
            *(np.array(row[name], dtype=np.int64) for name in ("begins", "lasted", "rooms", "wheres")),
        )
        for row in rows
    ]


def expected(
    together: Together, home: Home, rooms: Mapping[int, int], days: Sequence[date]
) -> Callable[[date], Expected]:
    """Return what tells what is expected on a day, as the days before it tell; each is learned once.

    It is asked for some of `days` and the days before each of them. `rooms` are the kinds of the home's rooms.
    """
    connection = together.connection
    fresh = Expected(rooms)
    earliest = min(days) - ONE_DAY

    @cache
    def past() -> list[QuietDay]:
        return quiet_days(connection, home.home_id, earliest - REACH, max(days))

    @cache
    def of(day: date) -> Expected:
        if len(days) == 1 and (known := together.of(home.home_id, _known, day)) is not None and known.rooms == rooms:
            return known
        learned = fresh.learn([one for one in past() if day - REACH <= one.day < day])
        if day >= max(days) - ONE_DAY:
            _keep(connection, home, day, learned)
        return learned

    return of


def _known(connection: Connection[DictRow], homes: Sequence[int], day: date) -> dict[int, Expected | None]:
    rows = connection.execute(SQL["expected"], {"homes": list(homes), "day": day, "version": Expected.version})
    known = {row["home_id"]: Expected.from_state(msgspec.json.decode(row["state"])) for row in rows}
    return {home_id: known.get(home_id) for home_id in homes}


def _keep(connection: Connection[DictRow], home: Home, day: date, learned: Expected) -> None:
    row = {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "day": day,
        "state": Jsonb(learned.state()),
        "version": Expected.version,
    }
    connection.execute(SQL["put_expected"], row)
    connection.execute(SQL["drop_expected"], {"home_id": home.home_id, "day": day - 2 * ONE_DAY})
