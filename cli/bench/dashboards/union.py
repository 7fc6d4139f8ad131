"""A union of homes as a running installation has it: a year of what was computed, alerts, and a month of readings.

A few homes are simulated and computed by the code of the service; the others are copies of their rows under other
numbers, with people, contacts and addresses of their own, whose readings came some minutes earlier.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from alerts.lifecycle import Family
from alerts.policy import Rules, as_json, decide
from analytics import jobs
from cli import homes as registering
from cli import simulated
from cli.bench.analytics import history
from cli.bench.analytics import repository as computing
from cli.bench.analytics.history import ONE_DAY, ZONE, Span
from cli.bench.dashboards import repository
from cli.bench.dashboards.repository import Filled
from core.clock import SimulatedClock
from core.database import Database, Role, Row
from core.localtime import day_of, local_day
from core.processes import pool
from core.vocabulary import Retention
from registry import reads as registry
from registry.document import Account, Document, Home, Membership, Organisation
from simulator import people

PATTERNS = 4
UNION = Organisation("bench", "Unione", "union")
MUNICIPALITIES = tuple(
    Organisation(f"bench-{number}", name, "municipality", UNION.key)
    for number, name in enumerate(
        (
            "Borgoverde",
            "Castel San Vito",
            "Pieve al Fiume",
            "Rocca Bassa",
            "Monteluce",
            "Sasso Alto",
            "Valdora",
            "Ponte",
        )
    )
)
READINGS = timedelta(days=30)
_PROCESSES = 2

Told = Callable[[str, float], None]


def login(number: int) -> str:
    """Return the login of an operator."""
    return f"bench-operator-{number:03d}"


def document(number: int) -> Document:
    """Return so many homes in eight municipalities."""
    patterns = simulated.simulated(min(PATTERNS, number))
    entries = (_entry(patterns[index % len(patterns)].registry_entry(), index) for index in range(number))
    made = registering.document_of(UNION, entries)
    return Document((UNION, *MUNICIPALITIES), (), tuple(_placed(home, at) for at, home in enumerate(made.homes)))


def people_document(operators: int) -> Document:
    """Return operators whose caseload is the whole union."""
    accounts = tuple(
        Account(login(each), f"Operatrice {each}", memberships=(Membership(UNION.key, "operator"),))
        for each in range(operators)
    )
    return Document((UNION, *MUNICIPALITIES), accounts)


def _placed(home: Home, index: int) -> Home:
    placed = MUNICIPALITIES[index % len(MUNICIPALITIES)]
    return Home(**{name: getattr(home, name) for name in home.__struct_fields__} | {
        "organisation": placed.key, "municipality": placed.name
    })  # fmt: skip


def _entry(entry: dict[str, Any], index: int) -> dict[str, Any]:
    key = _key(index)
    person = people.person(simulated.SEED, index, key)
    street, _ = people.address(simulated.SEED, key)
    named = {"name": f"Casa {person['name'].split()[-1]}", "address": street, "persons": [person]}
    return history.standard(entry, key) | named


def _key(index: int) -> str:
    return f"bench-{index:05d}"


def fill(administrator_url: str, service_url: str, wanted: Filled, told: Told) -> None:
    """Fill an empty database with what is `wanted`; `told` hears how far it is."""
    number, days, now = wanted
    with (
        Database(service_url, Role.SERVICE, name="bench") as database,
        psycopg.connect(administrator_url, autocommit=True, row_factory=dict_row) as connection,
    ):
        _register(database, number, told)
        _compute(database, service_url, administrator_url, min(PATTERNS, number), days, now, told)
        _copy(connection, number, now, told)
        told("Alerts", 0.0)
        policies = plans(now)
        with computing.filling(administrator_url, connection.info.password) as filling:
            repository.put_alerts(filling, policies, now)
            repository.forget_readings(filling, now - READINGS)
        told("Alerts", 0.5)
        computing.settle(connection)
        repository.say_filled(connection, wanted)
        told("Alerts", 1.0)


def plans(now: datetime) -> dict[str, str]:
    """Return the policy of an alert that opens at `now`, by family, as it is kept."""
    return {str(family): as_json(decide(family, now, ZONE, Rules())) for family in Family}


def _register(database: Database, number: int, told: Told) -> None:
    what = f"{number:,} homes registered"
    told(what, 0.0)
    registering.apply(database, document(number))
    registering.apply(database, people_document(2))  # one acts on alerts, and both are told of them
    told(what, 1.0)


def _compute(
    database: Database, service_url: str, administrator_url: str, number: int, days: int, now: datetime, told: Told
) -> None:
    what = f"{days} days of {number} homes lived and computed"
    told(what, 0.0)
    with database.transaction() as asking:
        ids = {home.key: home.home_id for home in registry.homes(asking)}
    with pool(min(_PROCESSES, number), interruptible=False) as processes:
        waiting = [
            processes.submit(_pattern, service_url, administrator_url, index, ids[_key(index)], days, now)
            for index in range(number)
        ]
        for done, each in enumerate(as_completed(waiting), start=1):
            each.result()
            told(what, done / number)


def _pattern(service_url: str, administrator_url: str, index: int, home_id: int, days: int, now: datetime) -> None:
    """Live and compute one home until `now`."""
    today = day_of(now, ZONE)
    span = Span(today - days * ONE_DAY, today - ONE_DAY, now)
    home = simulated.simulated(index + 1)[index]
    with (
        Database(service_url, Role.SERVICE, name="bench", maximum=1) as database,
        psycopg.connect(administrator_url, autocommit=True, row_factory=dict_row) as connection,
    ):
        history.live(database, connection, [(_key(index), home)], local_day(span.first, ZONE).start, now)
        history.compute(database, [home_id], span, lambda _: None)
        jobs.analyse(database, today, today, clock=SimulatedClock(now), homes=[home_id])


def _copy(connection: Connection[Row], number: int, now: datetime, told: Told) -> None:
    patterns = min(PATTERNS, number)
    copies = [(_key(index), _key(index % patterns)) for index in range(patterns, number)]
    tables = repository.shown(connection)

    def fill_some(address: str, password: str, some: Sequence[tuple[str, str]]) -> None:
        with computing.filling(address, password) as filling:
            computing.pair(filling, some)
            for retention in Retention:
                repository.copy_readings(filling, retention, now - READINGS)
            for table in tables:
                computing.copy_computed(filling, table)

    history.fill_copies(connection, copies, fill_some, lambda share: told("The same for the other homes", share))
