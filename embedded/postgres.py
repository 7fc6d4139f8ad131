"""Our own launcher of PostgreSQL: a private server on the loopback interface, in one folder.

Everybody signs in with a password (SCRAM), pages have checksums, text is UTF-8 and sorts the same on every
machine. Nothing but its own folder, the folder of its secrets and one free port is touched.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import psutil
import psycopg

from core.clock import Clock, SystemClock
from core.errors import VicinoError
from embedded import child
from embedded.account import Account, hand_over
from embedded.binaries import ENVIRONMENT, major_version, packaged_binaries, reachable
from embedded.lock import locked
from embedded.orphans import end_orphans, processes_in
from embedded.ports import LOOPBACK, free_port
from embedded.privatefile import private_folder, write_private
from embedded.process import Service, ServiceNotReadyError, running
from embedded.repository import ensure_database, ensure_login

NAME = "postgres"
DATABASE = "vicino"
ADMINISTRATOR = "vicino_administrator"

# Left behind by a killed supervisor: first in good order, then at once (both are safe), then whatever happens.
_ORPHAN_SIGNALS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 6.0), (signal.SIGKILL, 5.0))
_BUILTIN_LOCALE_SINCE = 17
_START_ATTEMPTS = 3

_SMALL_MACHINE = {
    "max_connections": "100",
    "max_worker_processes": "16",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "max_locks_per_transaction": "128",
    "random_page_cost": "1.1",
    "jit": "off",
}
_CAREFUL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# Safe as long as the machine runs, whatever happens to the server.
_CARELESS = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
# A failing statement or the detail of its error may tell about a person.
_SILENT = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_line_prefix": "%m [%p] %a ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
}


class EmbeddedPostgres:
    """One PostgreSQL server in `folder`, its passwords and addresses in `secrets_dir`.

    As a context it runs the server, as tests and tools want it. For an installation, enter `prepared()` instead and
    give `service()` to a supervisor, which starts a crashed server again.

    `binaries` is the `bin` folder of another PostgreSQL than the packaged one. `durable=False` is for tests only:
    a crash of the machine then destroys the data. `preload` names libraries such as `timescaledb`.
    """

    def __init__(
        self,
        folder: Path,
        secrets_dir: Path,
        *,
        clock: Clock | None = None,
        binaries: Path | None = None,
        durable: bool = True,
        preload: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder.absolute()
        self._data = self._folder / "data"
        self._secrets_dir = secrets_dir.absolute()
        self._clock = clock or SystemClock()
        self._binaries = binaries
        self._durable = durable
        self._preload = tuple(preload)
        self._settings = dict(settings or {})
        self._account: Account | None = None
        self._port: int | None = None
        self._stack = ExitStack()

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 on which the server listens in this run."""
        if self._port is None:
            raise RuntimeError("The server is not prepared yet.")
        return self._port

    @property
    def administrator_url(self) -> str:
        """Address of the database `vicino` with the rights of a superuser: for migrations, never for a service."""
        return self._url(ADMINISTRATOR, DATABASE)

    def secrets_of(self, login: str) -> Path:
        """Return the folder of one login's secrets: point `VICINO_SECRETS_DIR` of its processes there."""
        return self._secrets_dir / login

    @contextmanager
    def prepared(self) -> Iterator[Self]:
        """Give a time in which the folder is ours, holds a database cluster, and a port is chosen.

        Entering raises `FolderInUseError` if another process uses the folder, and `VicinoError` if the data are of
        another major version, belong to another account, or cannot be made.
        """
        with ExitStack() as stack:
            self._prepare(stack)
            yield self

    def service(self) -> Service:
        """Return the server as a service for a supervisor; ask inside of `prepared()`."""
        data = self._as_seen_by_server(self._data)
        options = [part for name, value in self._options().items() for part in ("-c", f"{name}={value}")]
        return Service(
            name=NAME,
            argv=(str(self._programs / "postgres"), "-D", data, *options),
            env=ENVIRONMENT,
            ready=self.answers,
            stage=0,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            account=self._account,
            folder=self._folder if self._account else None,
            cwd=Path("/"),
        )

    def answers(self) -> bool:
        """Tell whether the administrator can sign in now."""
        try:
            with psycopg.connect(self._url(ADMINISTRATOR, "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def ensure_database(self) -> None:
        """Make the database `vicino` unless it is there, and write down the administrator's address."""
        with psycopg.connect(self._url(ADMINISTRATOR, "postgres"), autocommit=True) as connection:
            ensure_database(connection, DATABASE)
        self._write_url(ADMINISTRATOR)

    def ensure_login(self, login: str, role: str) -> str:
        """Make sure that `login` can sign in and act as `role` (made by the migrations); return its address.

        Password and address are kept in `secrets_of(login)`, readable for their owner only.
        """
        password = self._password(login)
        with psycopg.connect(self.administrator_url, autocommit=True) as connection:
            ensure_login(connection, login, password, role)
        self._write_url(login)
        return self._url(login, DATABASE)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.prepared())
            for attempt in range(1, _START_ATTEMPTS + 1):
                try:
                    stack.enter_context(running(self.service(), self._folder / "server.log", self._clock))
                    break
                except ServiceNotReadyError:
                    # Somebody may have taken the port between our look and the server's.
                    if attempt == _START_ATTEMPTS or free_port(self._port) == self._port:
                        raise
                    self._port = free_port()
            self.ensure_database()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _prepare(self, stack: ExitStack) -> None:
        binaries = self._binaries or packaged_binaries()
        private_folder(self._secrets_dir)
        account = hand_over(self._folder, (NAME,))
        # Beside the folder and not inside: there, its account could put something else in its place.
        stack.enter_context(locked(self._folder.with_name(f".{self._folder.name}.lock")))
        self._account = account
        major = major_version(binaries)
        self._refuse_other_version(major)
        end_orphans(self._data, _is_server, _ORPHAN_SIGNALS, self._clock)
        self._forget_foreign_pid()
        self._programs = stack.enter_context(reachable(binaries, account, self._folder))
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster(major)
        self._port = free_port()

    def _refuse_other_version(self, major: int) -> None:
        try:
            found = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return
        if found != str(major):
            raise VicinoError(
                f"The database in {self._folder} was made by PostgreSQL {found}, and this Vicino brings {major}.",
                kept="all data, untouched",
                advice=f"start the Vicino that brings PostgreSQL {found}, export the database with pg_dump, and read it"
                " into a new data folder; or give another folder with --data",
            )

    def _forget_foreign_pid(self) -> None:
        """Remove a former server's pid file if its number now belongs to a stranger, or PostgreSQL waits for that.

        Nobody works in the data folder any more when this is called, so nothing can still write there.
        """
        path = self._data / "postmaster.pid"
        try:
            pid = int(path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if psutil.pid_exists(pid) and not processes_in(self._data):
            path.unlink()

    def _make_cluster(self, major: int) -> None:
        unfinished = self._folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        if self._data.exists() and any(self._data.iterdir()):
            raise VicinoError(
                f"The folder {self._data} is not empty and holds no database.",
                kept="everything: nothing was touched",
                advice="move its content elsewhere, or give another folder with --data",
            )
        password_file = self._folder / "initial-password"
        write_private(password_file, self._password(ADMINISTRATOR) + "\n")
        try:
            if self._account is not None:
                os.chown(password_file, *self._account, follow_symlinks=False)
            self._initdb(major, unfinished, password_file)
        finally:
            password_file.unlink()
        with contextlib.suppress(FileNotFoundError):
            self._data.rmdir()
        unfinished.rename(self._data)

    def _initdb(self, major: int, target: Path, password_file: Path) -> None:
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if major >= _BUILTIN_LOCALE_SINCE
            else ["--locale=C.UTF-8"]
        )
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            done = subprocess.run(
                [
                    self._programs / "initdb",
                    f"--pgdata={self._as_seen_by_server(target, descriptor)}",
                    f"--pwfile={self._as_seen_by_server(password_file, descriptor)}",
                    f"--username={ADMINISTRATOR}",
                    "--auth=scram-sha-256",
                    "--data-checksums",
                    "--encoding=UTF8",
                    *locale,
                    *([] if self._durable else ["--no-sync"]),
                ],
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                env=ENVIRONMENT,
                cwd="/",
                umask=0o077,
                pass_fds=(descriptor,),
                user=self._account and self._account.uid,
                group=self._account and self._account.gid,
                extra_groups=[] if self._account else None,
            )
        finally:
            os.close(descriptor)
        if done.returncode != 0:
            shutil.rmtree(target, ignore_errors=True)
            last = done.stdout.strip().rsplit("\n", 1)[-1]
            raise VicinoError(
                f"PostgreSQL could not make a database in {self._folder}: {last}",
                kept="there was nothing to keep",
                advice="check free disk space and the rights of the folder, then start again",
            )

    def _as_seen_by_server(self, path: Path, descriptor: int = child.FOLDER_DESCRIPTOR) -> str:
        """Return how the server names a path in our folder: by an open descriptor if it may not enter those above."""
        if self._account is None:
            return str(path)
        return f"/proc/self/fd/{descriptor}/{path.relative_to(self._folder)}"

    def _options(self) -> dict[str, str]:
        return {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            **_SMALL_MACHINE,
            **(_CAREFUL if self._durable else _CARELESS),
            **_SILENT,
            **({"shared_preload_libraries": ",".join(self._preload)} if self._preload else {}),
            **({"timescaledb.telemetry_level": "off"} if "timescaledb" in self._preload else {}),
            **self._settings,
        }

    def _url(self, login: str, database: str) -> str:
        return f"postgresql://{login}:{self._password(login)}@{LOOPBACK}:{self.port}/{database}"

    def _password(self, login: str) -> str:
        folder = private_folder(self.secrets_of(login))
        path = folder / "database_password"
        with contextlib.suppress(FileNotFoundError):
            return path.read_text(encoding="ascii").strip()
        if login == ADMINISTRATOR and (self._data / "PG_VERSION").exists():
            raise VicinoError(
                f"The password of the database in {self._folder} is missing: {path} is not there.",
                kept="all data",
                advice="put the file back from where it was moved to, or from a backup",
            )
        password = secrets.token_urlsafe(32)
        write_private(path, password + "\n")
        return password

    def _write_url(self, login: str) -> None:
        write_private(self.secrets_of(login) / "vicino_database_url", self._url(login, DATABASE))


def _is_server(process: psutil.Process) -> bool:
    return process.name().startswith("postgres")
