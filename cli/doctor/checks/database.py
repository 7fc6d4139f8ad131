"""Whether the database is there, of a version we know, brought up to date, and shows nobody what is not theirs."""

import re
from collections.abc import Iterator

import psycopg
from psycopg.rows import dict_row

from cli.backup.making import SCHEMAS
from cli.doctor import reads
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import Surroundings
from cli.installation import STORING
from core.migrations import MigrationError, missing_files, refuse_foreign

OLDEST, NEWEST = 15, 18
OLDEST_TIMESCALE = (2, 20)
ROLES = ("vicino_owner", "vicino_service", "vicino_people", "vicino_views")
CLOCKS_APART_S = 2.0
CONNECT_S = 5
MIGRATE = "run `vicino migrate` as its administrator"


class NeverMigratedError(Exception):
    """The database is there and lets us in, and nothing of Vicino is in it."""


def server(found: Surroundings) -> Iterator[Finding]:
    """Tell whether the server answers, is of a known version, keeps what it commits, and agrees about the time.

    Raises `NeverMigratedError`, and `psycopg.Error` or `psycopg_pool.PoolTimeout` where it does not answer.
    """
    if found.database_url is None:
        yield error(
            "No database is known, so only the folder was looked at.",
            "start Vicino, or set VICINO_DATABASE_URL (or its file in VICINO_SECRETS_DIR) as its services have it",
        )
        return
    try:
        with found.asking() as connection:
            here = found.now
            there = reads.server(connection)
            lost = reads.not_durable(connection)
    except psycopg.errors.UndefinedTable:
        raise NeverMigratedError("The database has no tables of Vicino.") from None
    major = there.version // 10_000
    if major < OLDEST:
        yield error(f"PostgreSQL {major} is too old.", f"upgrade the server to {OLDEST} or later, {NEWEST} at best")
    elif major > NEWEST:
        yield warning(f"PostgreSQL {major} is newer than what was tried.", f"use {OLDEST} to {NEWEST}")
    if there.variant == "timescale" and _numbers(there.timescale or "") < OLDEST_TIMESCALE:
        yield error(
            f"TimescaleDB {there.timescale or 'is not there'}.",
            f"install {'.'.join(map(str, OLDEST_TIMESCALE))} or later and ALTER EXTENSION timescaledb UPDATE",
        )
    apart_s = abs((there.now - here).total_seconds())
    if apart_s > CLOCKS_APART_S:
        yield warning(f"The clock of the database is {apart_s:,.0f} s off ours.", "synchronise both machines (chrony)")
    for name in lost:
        yield error(
            f"The database has {name} off: what gateways were told is stored may be lost when the machine fails.",
            f"set {name} = on in postgresql.conf and restart the server",
        )


def why_not(found: Surroundings, problem: Exception) -> Finding:
    """Return why the database cannot be asked: the pool itself only says that it waited in vain."""
    assert found.database_url is not None
    try:
        with psycopg.connect(
            found.database_url, connect_timeout=CONNECT_S, autocommit=True, row_factory=dict_row
        ) as connection:
            if reads.missing_roles(connection, ROLES):
                return error("The database answers, and was never migrated: it has no roles of Vicino.", MIGRATE)
    except psycopg.OperationalError as refused:
        if "authentication failed" in str(refused):
            return error(
                "The database answers and refuses the login of the services.",
                "correct VICINO_DATABASE_URL; if it was never migrated, run `vicino migrate` as its administrator:"
                " it makes the login",
            )
    return error(
        f"The database does not answer ({type(problem).__name__}).", "start it, or correct VICINO_DATABASE_URL"
    )


def migrations(found: Surroundings) -> Iterator[Finding]:
    """Tell whether the tables are those that this version wants."""
    with found.asking() as connection:
        there = reads.migrations(connection)
        variant = reads.server(connection).variant
    try:
        refuse_foreign(STORING, there)
    except MigrationError as problem:
        yield error(problem.args[0], problem.advice)
        return
    missing = missing_files(STORING, there, variant)
    if missing:
        yield error(
            f"{len(missing)} migrations were not run yet, {missing[0].folder}/{missing[0].file} for one.",
            "start `vicino up` again, or run `vicino migrate` as the server's administrator",
        )


def roles(found: Surroundings) -> Iterator[Finding]:
    """Tell whether a role may more than it needs."""
    with found.asking() as connection:
        missing, powers, crossing = (
            reads.missing_roles(connection, ROLES),
            reads.powers(connection),
            reads.crossing(connection),
        )
    for name in missing:
        yield error(f"The database role {name} is missing.", "run `vicino migrate` as the server's administrator")
    for each in powers:
        what = [
            word
            for word, has in (("SUPERUSER", each.super), ("BYPASSRLS", each.bypass), ("CREATEROLE", each.makes_roles))
            if has
        ]
        yield error(
            f"The database role {each.name} has {' and '.join(what)}: it may see or change what it should not.",
            f"ALTER ROLE {each.name} " + " ".join(f"NO{word}" for word in what),
        )
    for name in crossing:
        yield error(
            f"The login {name} of the pages can become the services, and so see every home.",
            f"REVOKE vicino_service, vicino_owner FROM {name}",
        )


def row_security(found: Surroundings) -> Iterator[Finding]:
    """Tell which tables show rows whatever their organisation."""
    with found.asking() as connection:
        open_, closed = reads.unprotected(connection, SCHEMAS), reads.without_policy(connection, SCHEMAS)
    for name in open_:
        yield error(
            f"Row-level security of the table {name} is not forced: rows of other organisations can be seen.",
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        )
    for name in closed:
        yield error(
            f"The table {name} has no policy: services cannot work with it.",
            "run `vicino migrate` as the server's administrator",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
