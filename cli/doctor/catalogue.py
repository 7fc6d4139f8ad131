"""All checks, in the order in which they are made, and what each of them says now."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
import psycopg_pool

from cli.doctor.checks import (
    accounts,
    backups,
    broker,
    care,
    certificates,
    database,
    machine,
    providers,
    services,
    settings,
)
from cli.doctor.finding import Finding, NotKnownError, error
from cli.doctor.surroundings import Surroundings

Check = Callable[[Surroundings], Iterator[Finding]]


class Said(NamedTuple):
    """What a check says: nothing where all is well, None where it could not look."""

    check: str
    findings: tuple[Finding, ...] | None


# The first of the database says why none of the others could look.
WITHOUT_DATABASE: dict[str, Check] = {
    "processes": services.processes,
    "disks": machine.disks,
    "clock": machine.clock,
    "secrets": machine.secrets,
    "dependencies": machine.dependencies,
    "settings known": settings.unknown,
    "settings valid": settings.values,
    "settings together": settings.together,
    "identity providers": providers.identity_providers,
    "broker": broker.broker,
    "certificates": certificates.certificates,
    "backups": backups.backups,
}
DATABASE = "database"
WITH_DATABASE: dict[str, Check] = {
    "migrations": database.migrations,
    "database roles": database.roles,
    "row security": database.row_security,
    "connections": services.connections,
    "beats": services.beats,
    "lags": services.lags,
    "time zones": machine.time_zones,
    "channels": settings.channels,
    "gateways": care.gateways,
    "rejects": care.rejects,
    "recipients": care.recipients,
    "duty": care.duty,
    "second factor": accounts.second_factor,
}


def look(found: Surroundings) -> Iterator[Said]:
    """Make all checks. One that fails itself says so, and the others go on."""
    yield from (_said(name, check, found) for name, check in WITHOUT_DATABASE.items())
    server, answers = _server(found)
    yield server
    for name, check in WITH_DATABASE.items():
        # Each would wait as long for a database that is away, and say nothing else.
        yield _said(name, check, found) if answers else Said(name, None)


def _server(found: Surroundings) -> tuple[Said, bool]:
    """Return what is said of the database, and whether there is one that can be asked more."""
    try:
        return Said(DATABASE, tuple(database.server(found))), found.database_url is not None
    except database.NeverMigratedError as problem:
        return Said(DATABASE, (error(str(problem), database.MIGRATE),)), False
    except (psycopg.Error, psycopg_pool.PoolTimeout) as problem:
        return Said(DATABASE, (database.why_not(found, problem),)), False


def _said(name: str, check: Check, found: Surroundings) -> Said:
    try:
        return Said(name, tuple(check(found)))
    except NotKnownError:
        return Said(name, None)
    except Exception as problem:  # noqa: BLE001 - whatever keeps a check from looking is itself something to tell
        return Said(
            name,
            (
                error(
                    f"{name} could not be looked at ({type(problem).__name__}).",
                    "see what else is wrong; report this if nothing is",
                ),
            ),
        )
