"""What is stored of the days of a home by their hours and rooms."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from psycopg import Connection
from psycopg.rows import DictRow

from analytics.profiles.profile import HOURLY, DayProfile
from analytics.repository import Home
from analytics.version import CODE_VERSION
from core.columns import array_text
from core.statements import Statements

SQL = Statements.beside(__file__)


def profiles_of(connection: Connection[DictRow], home_id: int, first: date, last: date) -> dict[date, DayProfile]:
    """Return the profiles of a home's days, `first` and `last` included; days of which there is none are left out."""
    interval = {"home_id": home_id, "first": first, "last": last}
    hours: dict[date, dict[str, list[float | None]]] = {}
    for row in connection.execute(SQL["hourly"], interval):
        hours.setdefault(row["day"], {})[row["kind"]] = row["value"]
    kinds = {each.kind for each in HOURLY}
    return {
        row["day"]: DayProfile(
            row["day"],
            {kind: np.array(value, dtype=np.float64) for kind, value in hours[row["day"]].items()},
            tuple(row["rooms"]),
            row["coverage"],
            row["readings"],
        )
        for row in connection.execute(SQL["day_profiles"], interval)
        if kinds <= set(hours.get(row["day"], ()))
    }


def put_profiles(connection: Connection[DictRow], home: Home, profiles: Sequence[DayProfile]) -> set[date]:
    """Store the profiles of days; unchanged rows stay untouched. Return the days that are new or different."""
    if not profiles:
        return set()
    hours = [(one.day, kind, value) for one in profiles for kind, value in one.hours.items()]
    given = {
        "organisation_id": home.organisation_id,
        "home_id": home.home_id,
        "code_version": CODE_VERSION,
        "days": [one.day for one in profiles],
        "rooms": [array_text(one.rooms) for one in profiles],
        "coverages": [one.coverage for one in profiles],
        "readings": [one.readings for one in profiles],
        "hourly_days": [day for day, _, _ in hours],
        "kinds": [kind for _, kind, _ in hours],
        "values": [array_text(value) for _, _, value in hours],
    }
    return {row["day"] for row in connection.execute(SQL["put_profiles"], given)}
