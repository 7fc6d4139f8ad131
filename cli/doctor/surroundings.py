"""What the checks look at: a folder, what runs on it, with which settings, and its database."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import psutil
from psycopg import Connection
from psycopg.rows import DictRow

from cli.installation import Installation
from core.clock import Clock
from core.database import Database, Role
from embedded.runfile import Run, read_run

PREFIX = "VICINO_"
DATABASE_URL, SECRETS_DIR = "VICINO_DATABASE_URL", "VICINO_SECRETS_DIR"
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Surroundings:
    """One installation as it stands. `environment` is that of whoever asks, for services that do not run here."""

    installation: Installation
    clock: Clock
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    @cached_property
    def run(self) -> Run | None:
        """What runs on the folder; None if nothing does."""
        return read_run(self.installation.root)

    @cached_property
    def is_served(self) -> bool:
        """Whether the services run elsewhere: no run of ours, and the address of a database is given."""
        return self.run is None and bool(self._given(DATABASE_URL))

    def settings(self, service: str) -> dict[str, str]:
        """Return what a service is told, by the names of its settings: its own environment, where it runs here.

        Nothing is known of a service that should run here and does not, nor where nothing runs.
        """
        environment = self._environment_of(service)
        folder = environment.get(SECRETS_DIR)
        return {**_in_files(folder), **{k: v for k, v in environment.items() if k.startswith(PREFIX) and v}}

    def knows(self, name: str) -> bool:
        """Tell whether a setting that `settings` does not give is known not to be given.

        Of services that run elsewhere we are not told everything: a container has the secrets that it needs itself.
        What is empty is known to be so.
        """
        return not self.is_served or name in {**_in_files(self.environment.get(SECRETS_DIR)), **self.environment}

    def is_emptied(self, service: str, name: str) -> bool:
        """Tell whether a service is given a setting without a value, where that means something else than none."""
        environment = self._environment_of(service)
        return {**_in_files(environment.get(SECRETS_DIR)), **environment}.get(name) == ""

    @property
    def database_url(self) -> str | None:
        """Address of the database for services; None where none is known."""
        if self.run is not None:
            return self.installation.service_url
        return self._given(DATABASE_URL)

    @contextmanager
    def asking(self) -> Iterator[Connection[DictRow]]:
        """Give a connection as the services have it, in one transaction that changes nothing.

        Raises `psycopg.Error` or `psycopg_pool.PoolTimeout`, `LookupError` where no address is known.
        """
        if self.database_url is None:
            raise LookupError("No address of a database is known.")
        with (
            Database(
                self.database_url, Role.SERVICE, name="doctor", maximum=1, patience_s=PATIENCE_S, limit_s=30.0
            ) as database,
            database.transaction() as connection,
        ):
            yield connection

    def _given(self, name: str) -> str | None:
        return self.environment.get(name) or _in_files(self.environment.get(SECRETS_DIR)).get(name)

    def _environment_of(self, service: str) -> Mapping[str, str]:
        for each in self.run.services if self.run else ():
            if service in (each.name, each.kind) and each.pid is not None:
                try:
                    return psutil.Process(each.pid).environ()
                except psutil.Error:
                    break
        return self.environment if self.is_served else {}


def _in_files(folder: str | None) -> dict[str, str]:
    """Return the settings that stand in files of a folder."""
    found = {}
    for path in sorted(Path(folder).glob(f"{PREFIX.lower()}*")) if folder else ():
        try:
            found[path.name.upper()] = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
    return found
