"""`vicino migrate` on a server that is there, and on one that comes later."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from cli.migrate import bring_up
from core.clock import SystemClock
from core.database import Database, Role
from core.errors import VicinoError
from embedded.postgres import EmbeddedPostgres
from embedded.process import running
from tests.integration.cli.backup.content import empty_database

ROOT = Path(__file__).parents[3]


def vicino(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def login(postgres_url, tmp_path):
    """Give a file with the address of a login in a database; the login is removed afterwards."""
    made = []

    def write(url, name):
        parts = urlsplit(url)
        path = tmp_path / name
        path.write_text(urlunsplit(parts._replace(netloc=f"{name}:a%20p%40ss@{parts.hostname}:{parts.port}")) + "\n")
        made.append(name)
        return path

    yield write
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def test_tables_and_logins_are_made_and_made_again(postgres_url, login, tmp_path):
    mark = os.getpid()
    with empty_database(postgres_url, f"vicino_migrated_{mark}") as url:
        services, pages = login(url, f"services_{mark}"), login(url, f"pages_{mark}")
        (tmp_path / "vicino_database_admin_url").write_text(url)
        for expected in ("migrations were run", "0 migrations were run"):
            done = vicino("migrate", "--services", services, "--pages", pages, VICINO_SECRETS_DIR=str(tmp_path))
            out, err = done.communicate(timeout=120)
            assert done.returncode == 0, err
            assert expected in out
            assert "a p@ss" not in out + err
        for path, role in ((services, Role.SERVICE), (pages, Role.PEOPLE)):
            with (
                Database(path.read_text().strip(), role, name="test") as database,
                database.transaction() as connection,
            ):
                assert connection.execute("SELECT current_user::text AS it").fetchone() == {"it": str(role)}
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            psycopg.connect(pages.read_text().strip()) as connection,
        ):
            connection.execute("SET ROLE vicino_service")


def test_it_waits_for_a_server_that_comes_later(tmp_path):
    with EmbeddedPostgres(tmp_path / "postgres", tmp_path / "secrets", durable=False) as server:
        url, port = server.administrator_url, server.port
    process = vicino("migrate", VICINO_DATABASE_ADMIN_URL=url)
    time.sleep(2)
    assert process.poll() is None
    later = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "secrets", durable=False)
    with later.prepared():
        later._port = port  # where it was before
        with running(later.service(), tmp_path / "log", SystemClock()):
            out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "migrations were run" in out


def test_a_password_that_is_wrong_is_said_once_while_it_goes_on_waiting(tmp_path):
    with EmbeddedPostgres(tmp_path / "postgres", tmp_path / "secrets", durable=False) as server:
        parts = urlsplit(server.administrator_url)
        wrong = parts._replace(netloc=f"{parts.username}:no-such-secret@{parts.hostname}:{parts.port}")
        process = vicino("migrate", VICINO_DATABASE_ADMIN_URL=urlunsplit(wrong))
        time.sleep(6)
        assert process.poll() is None
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.count("password authentication failed") == 1, err
    assert "no-such-secret" not in out + err


def test_addresses_that_cannot_be_used(tmp_path):
    (tmp_path / "no-password").write_text("postgresql://somebody@127.0.0.1/x")
    with pytest.raises(VicinoError, match="names no login with a password"):
        bring_up("postgresql://x", tmp_path / "no-password", None)
    with pytest.raises(VicinoError, match="cannot be read"):
        bring_up("postgresql://x", tmp_path / "missing", None)
    with pytest.raises(VicinoError, match="is not given"):
        bring_up(None, None, None)
