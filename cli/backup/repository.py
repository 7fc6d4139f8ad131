"""What backups read from a database and put into one. Connections belong to an administrator."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier, Literal

from cli.backup.contents import Table
from core.statements import Statements

_sql = Statements.beside(__file__)
Dictionaries = Connection[DictRow]


class Installation(NamedTuple):
    """Which installation a database is; `variant` says whether its series lie in TimescaleDB."""

    public_id: str
    variant: str
    made_at: datetime


class Rights(NamedTuple):
    """Whether a login sees all rows, and whether it may load rows past triggers and references."""

    reads_all: bool
    loads_all: bool


class LastValue(NamedTuple):
    """A sequence and the value it has last given, None where it has given none."""

    schema: str
    name: str
    last_value: int | None


class Place(NamedTuple):
    """Up to where somebody has read in `ingest.touched`."""

    xact: int
    touched_id: int


def rights(connection: Dictionaries) -> Rights:
    """Return what the login of the connection may do."""
    return Rights(**_one(connection.execute(_sql["may_read_all"]).fetchone()))


def steady_text(connection: Dictionaries) -> None:
    """Let the session tell values so that the same ones are the same bytes, and take its time."""
    connection.execute(_sql["steady_text"])


def refuse_to_filter(connection: Dictionaries) -> None:
    """Let a read that a policy would filter fail, in this transaction."""
    connection.execute(_sql["refuse_to_filter"])


def tables(connection: Dictionaries, schemas: Sequence[str]) -> list[Table]:
    """Return the tables of `schemas` with their columns; a continuous aggregate is one, as without TimescaleDB."""
    parameters = {"schemas": list(schemas)}
    timescale = has_timescale(connection)
    found = []
    for row in connection.execute(_sql["tables"], parameters).fetchall():
        spans: tuple[tuple[datetime, datetime], ...] = ()
        if row["partitioned"]:
            spans = _spans(connection, "partitions", row)
        elif timescale:
            spans = _spans(connection, "chunks", row)
        found.append(_table(connection, row, spans))
    if timescale:
        found += [_table(connection, row, ()) for row in connection.execute(_sql["aggregates"], parameters).fetchall()]
    return sorted(found, key=lambda table: table.key)


def has_timescale(connection: Dictionaries) -> bool:
    """Tell whether the database has TimescaleDB."""
    return bool(_one(connection.execute(_sql["has_timescale"]).fetchone())["timescale"])


def stored_in(connection: Dictionaries, schemas: Sequence[str]) -> dict[str, Identifier]:
    """Return where the rows of continuous aggregates lie, by schema and name of the aggregate."""
    if not has_timescale(connection):
        return {}
    return {
        f"{row['schema']}.{row['name']}": Identifier(row["stored_schema"], row["stored_name"])
        for row in connection.execute(_sql["aggregates"], {"schemas": list(schemas)}).fetchall()
    }


def hold(connection: Dictionaries, held: Iterable[Identifier]) -> None:
    """Keep tables from being dropped or rebuilt until the transaction ends; ask before anything else in it."""
    connection.execute(_sql["hold"].format(tables=SQL(", ").join(held)))


def installation(connection: Dictionaries) -> Installation:
    """Return which installation it is."""
    return Installation(**_one(connection.execute(_sql["installation"]).fetchone()))


def copy_out(connection: Dictionaries, table: Table) -> Iterator[bytes]:
    """Give all rows of a table as COPY's text, in the pieces in which they come."""
    statement = _sql["copy_out"].format(columns=_columns(table), table=identifier(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


def copy_in(connection: Dictionaries, into: Identifier, table: Table, pieces: Iterable[bytes]) -> int:
    """Put rows as COPY's text into a table; return how many."""
    statement = _sql["copy_in"].format(table=into, columns=_columns(table))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for piece in pieces:
                copy.write(piece)
        return cursor.rowcount


def sequences(connection: Dictionaries, schemas: Sequence[str]) -> list[LastValue]:
    """Return the sequences of `schemas`."""
    return [LastValue(**row) for row in connection.execute(_sql["sequences"], {"schemas": list(schemas)}).fetchall()]


def set_sequence(connection: Dictionaries, key: str, value: int) -> None:
    """Let a sequence, named by schema and name, go on after `value`."""
    schema, _, name = key.partition(".")
    connection.execute(_sql["set_sequence"], {"schema": schema, "name": name, "value": value})


def foreign_object(connection: Dictionaries) -> str | None:
    """Return the name of something that is in the database already, None if it is empty."""
    row = connection.execute(_sql["foreign_objects"]).fetchone()
    return None if row is None else str(row["name"])


def load_as_they_are(connection: Dictionaries) -> None:
    """Load rows without triggers and references, in this transaction."""
    connection.execute(_sql["as_they_are"])


def load_as_usual(connection: Dictionaries) -> None:
    """Let triggers and references work again."""
    connection.execute(_sql["as_usual"])


def empty(connection: Dictionaries, table: Identifier) -> None:
    """Delete what is in a table."""
    connection.execute(_sql["empty"].format(table=table))


def is_partitioned(connection: Dictionaries, table: Table) -> bool:
    """Tell whether the table is divided into native partitions in this database."""
    found = connection.execute(_sql["is_partitioned"], {"schema": table.schema, "name": table.name}).fetchone()
    return found is not None and bool(found["partitioned"])


def make_partition(connection: Dictionaries, table: Table, first: datetime, last: datetime) -> None:
    """Make the part of a partitioned table from one instant up to another, named as ingest names it."""
    part = Identifier(table.schema, f"{table.name}_{first:%Y_%m}")
    bounds = {"first": Literal(first.isoformat()), "last": Literal(last.isoformat())}
    connection.execute(_sql["make_partition"].format(part=part, table=identifier(table), **bounds))
    connection.execute(_sql["own_partition"].format(part=part))


def set_installation(connection: Dictionaries, public_id: str, made_at: datetime) -> None:
    """Let the database be the installation that was backed up."""
    connection.execute(_sql["set_installation"], {"public_id": public_id, "made_at": made_at})


def renumber_transactions(connection: Dictionaries) -> None:
    """Put numbers that are small everywhere in the place of the transactions of the server that rows come from.

    `ingest.touched` is read in the order of (xact, touched_id), up to the oldest transaction that still runs. The rows
    between two readers' places are one stretch; stretches and places are numbered from 0. What a reader has read, and
    what not, stays the same; what is touched from now on comes after all.
    """
    cursors = [Identifier(row["schema"], row["name"]) for row in connection.execute(_sql["cursors"]).fetchall()]
    found = [
        (cursor, Place(**row))
        for cursor in cursors
        for row in connection.execute(_sql["places"].format(cursor=cursor)).fetchall()
    ]
    places = sorted({place for _, place in found})
    parameters = {"xacts": [place.xact for place in places], "ids": [place.touched_id for place in places]}
    connection.execute(_sql["renumber_touched"], parameters)
    highest = int(_one(connection.execute(_sql["highest_touched"]).fetchone())["highest"])
    last = max([highest, *(place.touched_id for place in places)])
    # From the last place on: what one becomes may be what another was.
    for cursor, place in found:
        stand = {**place._asdict(), "stretch": places.index(place), "last": last}
        connection.execute(_sql["set_place"].format(cursor=cursor), stand)


def analyze(connection: Dictionaries, table: Identifier) -> None:
    """Tell the planner what was loaded into a table."""
    connection.execute(_sql["analyze"].format(table=table))


def identifier(table: Table) -> Identifier:
    """Return the name of a table as it stands in a statement."""
    return Identifier(table.schema, table.name)


def _columns(table: Table) -> Any:
    return SQL(", ").join(map(Identifier, table.columns))


def _spans(connection: Dictionaries, statement: str, row: DictRow) -> tuple[tuple[datetime, datetime], ...]:
    found = connection.execute(_sql[statement], {"schema": row["schema"], "name": row["name"]}).fetchall()
    return tuple((each["first"], each["last"]) for each in found)


def _table(connection: Dictionaries, row: DictRow, spans: tuple[tuple[datetime, datetime], ...]) -> Table:
    found = connection.execute(_sql["columns"], {"schema": row["schema"], "name": row["name"]}).fetchall()
    columns = tuple(each["name"] for each in found)
    return Table(schema=row["schema"], name=row["name"], columns=columns, spans=spans)


def _one(row: DictRow | None) -> DictRow:
    assert row is not None
    return row
