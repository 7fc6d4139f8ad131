"""Access to PostgreSQL: a pool of connections that act in one role, and views of the data for one person.

Roles (made by the migrations):

* `vicino_owner` owns tables; migrations act as it.
* `vicino_service` is what ingest, analytics, alerts and jobs act as.
* `vicino_people` is what everything that serves a person acts as: row-level security filters all it reads.
* `vicino_views` owns the security-barrier views through which people see readings; it is filtered likewise.
* `vicino_grafana` reads the pseudonymous views of the schema `grafana`, and nothing else (`dashboards/sql`).
"""

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeVar

import msgspec
import psycopg
from psycopg import Connection, Cursor, sql
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from core.clock import Clock
from core.migrations import LOCK
from core.service import wait_until_there
from core.viewer import Viewer

Row = dict[str, Any]
T = TypeVar("T")
Answer = Callable[[], T]  # gives what was asked for; where several were asked for in a pipeline, waits for it

# A line on which nothing comes through any more is given up within seconds, by us and by the server: what it holds
# there others wait for, and TCP by itself would wait for hours.
CONNECT_S = 5
ANSWERS_WITHIN_S = 2  # libpq knows no less
IDLE_S, PROBE_S, PROBES, UNHEARD_MS = 3, 1, 3, 6_000
_LINE = {
    "connect_timeout": CONNECT_S,
    "keepalives_idle": IDLE_S,
    "keepalives_interval": PROBE_S,
    "keepalives_count": PROBES,
    "tcp_user_timeout": UNHEARD_MS,
}
_SERVERS_LINE = {
    "tcp_keepalives_idle": str(IDLE_S),
    "tcp_keepalives_interval": str(PROBE_S),
    "tcp_keepalives_count": str(PROBES),
    "tcp_user_timeout": str(UNHEARD_MS),
}
# Longer than anything takes that copies: a process that was frozen in the midst of it must not hold up the others.
_IN_TRANSACTION = "30s"


class Role(StrEnum):
    """What a process may do in the database."""

    SERVICE = "vicino_service"
    PEOPLE = "vicino_people"


class View(NamedTuple):
    """The data as one viewer may see them: a transaction in which row-level security knows who is looking.

    Only `Database.seen_by` makes one, so a function that asks for a `View` cannot read around the viewer. Whoever reads
    or changes data of persons through it enters their numbers in `listed`, or those of their homes in `homes`.
    """

    viewer: Viewer
    connection: Connection[DictRow]
    listed: set[int]
    homes: set[int]


class Database:
    """A pool of connections in one role. Sessions run in UTC; rows are dictionaries.

    Whoever asks for a connection waits at most `patience_s` seconds for one; then `PoolTimeout` is raised. A statement
    that takes longer than `limit_s` seconds, if that is given, is ended by the database with an error; so is a
    transaction that waits for us longer than `frozen_s`, with its connection: what it has locked others wait for.
    """

    def __init__(
        self,
        url: str,
        role: Role,
        *,
        name: str,
        maximum: int = 4,
        patience_s: float = 30.0,
        limit_s: float | None = None,
        frozen_s: float | None = None,
    ) -> None:
        self._url = url
        self._role = role
        self._name = name
        self._limit_s = limit_s
        self._frozen_s = frozen_s
        self._note: Callable[[View], None] | None = None
        self._pool: ConnectionPool[Connection[DictRow]] = ConnectionPool(
            url,
            min_size=1,
            max_size=maximum,
            timeout=patience_s,
            open=False,
            connection_class=Connection[DictRow],
            kwargs={"row_factory": dict_row, "application_name": f"vicino {name}", "autocommit": True, **_LINE},
            configure=self._configure,
            check=ConnectionPool.check_connection,
            name=name,
        )

    def _configure(self, connection: Connection[DictRow]) -> None:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(self._role)))
        connection.execute("SET TIME ZONE 'UTC'")
        if self._limit_s is not None:
            connection.execute("SELECT set_config('statement_timeout', %s, false)", (str(round(self._limit_s * 1000)),))
        if self._frozen_s is not None:
            _set(connection, "idle_in_transaction_session_timeout", str(round(self._frozen_s * 1000)))
        for name, value in _SERVERS_LINE.items():
            _set(connection, name, value)
        set_json_loads(msgspec.json.decode, connection)

    def open(self) -> Self:
        """Start the pool; the first connection is made in the background."""
        self._pool.open()
        return self

    def wait_until_there(self, clock: Clock, stop: threading.Event) -> bool:
        """Return True as soon as the server answers, knows our role and is not being migrated; False if `stop` is set.

        To be asked before the pool is opened: a pool that was opened before its server was there tries again after ever
        longer pauses.
        """
        return bool(wait_until_there(self._is_there, "database", (psycopg.Error,), clock, stop))

    def open_when_there(self, clock: Clock, stop: threading.Event) -> None:
        """Open the pool as soon as the server is there, and return at once; until then whoever asks gets an error."""

        def wait() -> None:
            if self.wait_until_there(clock, stop):
                self.open()

        threading.Thread(target=wait, name="waiting for the database", daemon=True).start()

    def _is_there(self) -> bool:
        with self.connect() as connection:
            # Whoever migrates holds this lock from before the roles are made until all is done.
            row = connection.execute("SELECT pg_try_advisory_lock_shared(%s) AS free", (LOCK,)).fetchone()
            if row is None or not row["free"]:
                raise psycopg.errors.LockNotAvailable("The database is being migrated.")
        return True

    def close(self) -> None:
        """End all connections."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Connection[DictRow]]:
        """Give a connection inside a transaction that commits at the end, or rolls back on an error."""
        with self._pool.connection() as connection, connection.transaction():
            yield connection

    @contextmanager
    def connection(self) -> Iterator[Connection[DictRow]]:
        """Give a connection, for several transactions one after the other."""
        with self._pool.connection() as connection:
            yield connection

    @contextmanager
    def seen_by(self, viewer: Viewer) -> Iterator[View]:
        """Give the data as `viewer` may see them, inside one transaction."""
        with self.transaction() as connection:
            connection.execute("SELECT set_config('vicino.account', %s, true)", (str(viewer.account_id),))
            view = View(viewer, connection, set(), set())
            yield view
            if self._note is not None and (view.listed or view.homes):
                self._note(view)

    def noting(self, note: Callable[[View], None]) -> Self:
        """Return the same pool; each view that listed persons or homes is noted before its transaction ends."""
        twin = copy.copy(self)
        twin._note = note  # noqa: SLF001 - its own
        return twin

    def connect(self) -> Connection[DictRow]:
        """Return a connection of one's own, outside the pool and in autocommit, for COPY or LISTEN.

        The server ends it if a transaction on it waits for us for half a minute.
        """
        connection: Connection[DictRow] = Connection.connect(
            self._url,
            row_factory=dict_row,
            autocommit=True,
            application_name=f"vicino {self._name}",
            **_LINE,  # type: ignore[arg-type]  # parameters of libpq
        )
        self._configure(connection)
        _set(connection, "idle_in_transaction_session_timeout", _IN_TRANSACTION)
        return connection


def ask(
    connection: Connection[DictRow], statement: sql.SQL, given: Mapping[str, Any], read: Callable[[list[Row]], T]
) -> Answer[T]:
    """Ask for rows, and return what gives them as `read` understands them.

    Within `connection.pipeline()` this does not wait for the server, which works while something else is done here;
    whoever then takes one answer waits for all that was asked for in the pipeline.
    """
    cursor = connection.execute(statement, given)
    return lambda: read(cursor.fetchall())


def answers(url: str) -> bool:
    """Tell whether a server lets us in at `url` within two seconds."""
    try:
        Connection.connect(url, connect_timeout=ANSWERS_WITHIN_S, application_name="vicino end").close()
    except psycopg.Error:
        return False
    return True


def only(cursor: Cursor[DictRow]) -> Row:
    """Return the row of a statement that always has one; raises `LookupError` where it had none."""
    row = cursor.fetchone()
    if row is None:
        raise LookupError("A statement that always has a row had none.")
    return row


def _set(connection: Connection[DictRow], name: str, value: str) -> None:
    connection.execute(sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))


def asking_for_figures(url: str, role: Role, *, name: str) -> Database:
    """Return a way to the database for figures alone, of one connection: who asks for them holds up nothing else.

    Whoever waits longer than two seconds for it or for its answer gets an error, and the figures are told without.
    """
    return Database(url, role, name=f"{name} figures", maximum=1, patience_s=2.0, limit_s=2.0)
