"""What is stored for rules: what they are set to, who is expected, how warm rooms were."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from analytics.change.domains import DOMAIN_OF
from analytics.digests.digest import Digest
from analytics.findings import Finding
from analytics.frames import Span, instant
from analytics.repository import Home, episodes_of_home, history
from analytics.rules.protocol import Mode, Past, RoomHours
from analytics.rules.standing import CHANGES, Setting, Standing, standings
from analytics.rules.timetable import ExpectedVisit
from core.columns import array_text
from core.localtime import Interval
from core.statements import Statements

SQL = Statements.beside(__file__)
ONE_DAY = timedelta(days=1)


def past_of(
    connection: Connection[DictRow],
    home: Home,
    visits: Sequence[ExpectedVisit] | None = None,
    digest: Digest | None = None,
) -> Past:
    """Return what rules may ask of a home's earlier days, read when it is asked for.

    `visits` are those that are expected, and `digest` tells temperatures, where that is known already.
    """

    def values(kind: str, first: date, last: date) -> Mapping[date, float]:
        table = history(connection, home.home_id, [kind], first, last).get(kind)
        return {} if table is None else dict(zip(table["day"], table["value"].tolist(), strict=True))

    read: dict[date, tuple[date, Mapping[date, RoomHours]]] = {}
    if digest is not None:
        read[digest.day - ONE_DAY] = digest.temperatures_from, digest.temperatures

    def temperatures(first: date, last: date) -> Mapping[date, RoomHours]:
        begun, days = read.get(last, (last + ONE_DAY, {}))
        if first < begun:
            days = {**temperatures_of(connection, home.home_id, first, begun - ONE_DAY), **days}
            read[last] = first, days
        return {day: hours for day, hours in days.items() if first <= day}

    return Past(
        temperatures,
        lambda kinds, span: [
            each for each in episodes_of_home(connection, home.home_id, _interval(span)) if each.kind in kinds
        ],
        values,
        visits_of(connection, home.home_id) if visits is None else visits,
    )


def _interval(span: Span) -> Interval:
    return Interval(instant(span.start), instant(span.end))


def standings_of(connection: Connection[DictRow], home: Home) -> dict[str, Standing]:
    """Return what rules and detectors are set to for a home."""
    return standings_of_homes(connection, [home.home_id], home.organisation_id)[home.home_id]


def standings_of_homes(
    connection: Connection[DictRow], homes: Sequence[int], organisation_id: int
) -> dict[int, dict[str, Standing]]:
    """Return what rules and detectors are set to for homes of an organisation."""
    rows = connection.execute(SQL["rule_settings"], {"homes": list(homes), "organisation_id": organisation_id})
    settings = [
        (row["home_id"], Setting(row["rule"], row["mode"] and Mode(row["mode"]), row["fields"])) for row in rows
    ]
    return {
        home_id: standings(setting for of_home, setting in settings if of_home in (None, home_id)) for home_id in homes
    }


class Scope(NamedTuple):
    """Where a rule is set: for an organisation and those below it, or for one home of it."""

    organisation_id: int
    home_id: int | None = None


def put_setting(
    connection: Connection[DictRow],
    scope: Scope,
    setting: Setting,
    set_by: int | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Set a rule; what was set there before stays known. `set_by` is an account, None for the command.

    Where it tells changes, the homes are due to be judged again: of their figures nothing is new that would do it.
    """
    row = scope._asdict() | setting._asdict() | {"fields": Jsonb(dict(setting.fields)), "set_by": set_by, "now": now}
    connection.execute(SQL["put_rule_setting"], row | {"reason": reason})
    if setting.rule == CHANGES or setting.rule in DOMAIN_OF:
        connection.execute(SQL["judge_homes_again"], scope._asdict() | {"now": now})


def put_setting_for_a_try(connection: Connection[DictRow], scope: Scope, setting: Setting, now: datetime) -> None:
    """Set a rule in a transaction that will be rolled back: nothing is judged again."""
    row = scope._asdict() | setting._asdict() | {"fields": Jsonb(dict(setting.fields)), "set_by": None, "now": now}
    connection.execute(SQL["put_rule_setting"], row | {"reason": ""})


def settings_of_all(connection: Connection[DictRow]) -> list[DictRow]:
    """Return what was set last of each rule: organisation_id, home_id, rule, mode, fields, reason, set_by, set_at."""
    return connection.execute(SQL["rule_settings_of_all"]).fetchall()


def visits_of(connection: Connection[DictRow], home_id: int) -> list[ExpectedVisit]:
    """Return who is expected at a home, or was."""
    return visits_of_homes(connection, [home_id])[home_id]


def visits_of_homes(connection: Connection[DictRow], homes: Sequence[int]) -> dict[int, list[ExpectedVisit]]:
    """Return who is expected at some homes, or was."""
    found: dict[int, list[ExpectedVisit]] = {home_id: [] for home_id in homes}
    for row in connection.execute(SQL["expected_visits"], {"homes": list(homes)}):
        found[row["home_id"]].append(_visit(row))
    return found


def visits_of_all(connection: Connection[DictRow]) -> list[tuple[int, ExpectedVisit]]:
    """Return who is expected at any home, or was, with the home."""
    return [(row["home_id"], _visit(row)) for row in connection.execute(SQL["expected_visits_of_all"])]


def _visit(row: DictRow) -> ExpectedVisit:
    return ExpectedVisit(
        row["visit_id"],
        row["who"],
        frozenset(row["weekdays"]),
        row["begins"],
        row["ends"],
        row["grace"],
        row["first_day"],
        row["last_day"],
    )


def put_visit(
    connection: Connection[DictRow], home_id: int, visit: ExpectedVisit, entered_by: int | None, now: datetime
) -> int:
    """Enter a visit that is expected (its own number does not matter) and return the number that it gets."""
    row: dict[str, Any] = {
        "home_id": home_id,
        "who": visit.who,
        "weekdays": sorted(visit.weekdays),
        "begins": visit.begins,
        "ends": visit.ends,
        "grace": visit.grace,
        "first_day": visit.first,
        "last_day": visit.last,
        "entered_by": entered_by,
        "now": now,
    }
    entered = connection.execute(SQL["put_expected_visit"], row).fetchone()
    assert entered is not None
    return int(entered["visit_id"])


def end_visit(connection: Connection[DictRow], visit_id: int, last: date) -> bool:
    """Say until which day a visit was expected; False where there is no such visit."""
    return (
        connection.execute(SQL["end_expected_visit"], {"visit_id": visit_id, "last_day": last}).fetchone() is not None
    )


def temperatures_of(connection: Connection[DictRow], home_id: int, first: date, last: date) -> dict[date, RoomHours]:
    """Return the temperatures of a home's rooms on the days from one to another, both included."""
    found: dict[date, dict[int, np.ndarray]] = {}
    for row in connection.execute(SQL["room_temperatures"], {"home_id": home_id, "first": first, "last": last}):
        found.setdefault(row["day"], {})[row["room_id"]] = np.array(row["celsius"], dtype=np.float64)
    return dict(found)


def put_temperatures(connection: Connection[DictRow], home: Home, days: Mapping[date, RoomHours]) -> None:
    """Store the temperatures of a home's rooms on some days."""
    rows = [(day, room, hours) for day, rooms in days.items() for room, hours in rooms.items()]
    if rows:
        given = {
            "organisation_id": home.organisation_id,
            "home_id": home.home_id,
            "days": [day for day, _, _ in rows],
            "rooms": [room for _, room, _ in rows],
            "celsius": [array_text(hours) for _, _, hours in rows],
        }
        connection.execute(SQL["put_room_temperatures"], given)


def known_to_last(
    connection: Connection[DictRow], home_id: int, kinds: Sequence[str], end: datetime
) -> set[tuple[str, str, datetime]]:
    """Return kind, subject and beginning of the findings that are known to reach beyond an instant."""
    rows = connection.execute(SQL["lasting_findings"], {"home_id": home_id, "kinds": list(kinds), "end": end})
    return {(row["kind"], row["subject"], row["started_at"]) for row in rows}


def withdraw_unmet(
    connection: Connection[DictRow],
    home_id: int,
    looked: Sequence[tuple[str, Interval]],
    held: Sequence[Finding],
    now: datetime,
) -> int:
    """Withdraw the findings of the kinds in `looked` that begin in the time of each and are not `held`.

    Return how many there were.
    """
    row = {
        "home_id": home_id,
        "now": now,
        "kinds": [kind for kind, _ in looked],
        "starts": [about.start for _, about in looked],
        "ends": [about.end for _, about in looked],
        "held_kinds": [each.kind for each in held],
        "held_subjects": [each.subject for each in held],
        "held_starts": [each.interval.start for each in held],
    }
    return len(connection.execute(SQL["withdraw_unmet"], row).fetchall())
