"""A database that is made for a measurement and removed afterwards, on a server that is there or one of its own."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from cli.bench import repository
from cli.screen import say
from embedded.postgres import EmbeddedPostgres


@contextmanager
def own_database(server: str | None) -> Iterator[str]:
    """Give the address of an empty database, for its administrator.

    `server` is the address of an administrator on a PostgreSQL server; without it a server is started for this alone.
    Raises `psycopg.Error` where the server cannot be used.
    """
    with _administrator(server) as url:
        name = f"vicino_bench_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(url, autocommit=True) as connection:
            repository.make_database(connection, name)
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                repository.drop_database(connection, name)


@contextmanager
def _administrator(server: str | None) -> Iterator[str]:
    if server is not None:
        yield server
        return
    with tempfile.TemporaryDirectory(prefix="vicino-bench-") as folder:
        say("Starting a database")
        with EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "secrets") as made:
            yield made.administrator_url
