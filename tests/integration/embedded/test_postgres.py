import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
import threading
from pathlib import Path

import psutil
import psycopg
import pytest

from core.clock import SystemClock
from core.errors import VicinoError
from core.migrations import migrate
from embedded.binaries import SHARED_FOLDERS, packaged_binaries
from embedded.lock import FolderInUseError
from embedded.orphans import processes_in
from embedded.postgres import ADMINISTRATOR, EmbeddedPostgres
from embedded.supervisor import Supervisor

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = 65_534

# Runs a server in a process of its own until it is killed or told to go on.
HOLDER = """
import sys
from pathlib import Path
from embedded.postgres import EmbeddedPostgres
folder = Path(sys.argv[1])
with EmbeddedPostgres(folder / "postgres", folder / "secrets", durable=False) as server:
    print(server.administrator_url, flush=True)
    sys.stdin.read()
"""


def a_server(folder, **options):
    return EmbeddedPostgres(folder / "postgres", folder / "secrets", **({"durable": False} | options))


def ask(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchone()


def do(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def setting(url, name):
    return ask(url, f"SELECT current_setting('{name}')")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def server(folder):
    with a_server(folder, durable=True) as server:
        yield server


def test_the_cluster_is_careful_private_and_the_same_everywhere(server):
    url = server.administrator_url
    assert setting(url, "data_checksums") == "on"
    assert setting(url, "listen_addresses") == "127.0.0.1"
    assert setting(url, "unix_socket_directories") == ""
    assert (setting(url, "fsync"), setting(url, "synchronous_commit")) == ("on", "on")
    assert ask(
        url,
        "SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding)"
        " FROM pg_database WHERE datname = 'vicino'",
    ) == ("b", "C.UTF-8", "UTF8")
    assert ask(url, "SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules")[0]


def test_nobody_signs_in_without_the_password(server):
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://{ADMINISTRATOR}:wrong@127.0.0.1:{server.port}/vicino")


def test_folders_and_secrets_are_for_their_owners_only(server, folder):
    assert (folder / "postgres").stat().st_mode & 0o777 == 0o700
    assert (folder / "postgres" / "data").stat().st_mode & 0o777 == 0o700
    assert not (folder / "postgres" / "initial-password").exists()
    for path in (folder / "secrets").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
        assert path.stat().st_uid == os.geteuid()


def test_logins_act_in_their_role_and_are_no_superusers(server):
    with psycopg.connect(server.administrator_url, autocommit=True) as connection:
        migrate(connection, [])
    url = server.ensure_login("vicino_app_service", "vicino_service")
    assert server.ensure_login("vicino_app_service", "vicino_service") == url
    server.ensure_login("vicino_app_people", "vicino_people")
    secret = server.secrets_of("vicino_app_service") / "vicino_database_url"
    assert secret.read_text() == url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE vicino_service")
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user").fetchone() == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE vicino_people")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE other")


def test_errors_in_the_log_tell_nothing_about_people(server, folder):
    do(server.administrator_url, "CREATE TABLE guest (name text PRIMARY KEY)", "INSERT INTO guest VALUES ('Ermelinda')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        do(server.administrator_url, "INSERT INTO guest VALUES ('Ermelinda')")
    log = (folder / "postgres" / "server.log").read_text()
    assert "duplicate key" in log
    assert "Ermelinda" not in log


def test_a_second_server_in_the_folder_is_refused_and_the_first_goes_on(server, folder):
    with pytest.raises(FolderInUseError, match=f"process {os.getpid()}"), a_server(folder):
        pass
    assert server.answers()


def test_data_are_kept_and_no_process_is(tmp_path):
    with a_server(tmp_path) as server:
        do(server.administrator_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert processes_in(tmp_path / "postgres" / "data") == []
    with a_server(tmp_path) as server:
        assert ask(server.administrator_url, "SELECT answer FROM kept") == (42,)


def test_another_major_version_is_refused_and_the_data_are_untouched(tmp_path):
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(VicinoError, match=r"made by PostgreSQL 14.*Kept: all data.*What to do:"), a_server(tmp_path):
        pass
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_folder_with_something_else_is_refused(tmp_path):
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "letter.txt").write_text("dear")
    with pytest.raises(VicinoError, match="is not empty and holds no database"), a_server(tmp_path):
        pass
    assert (data / "letter.txt").read_text() == "dear"


def test_what_an_interrupted_first_start_left_is_made_anew(tmp_path):
    unfinished = tmp_path / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with a_server(tmp_path) as server:
        assert server.answers()
    assert not unfinished.exists()


def test_a_pid_file_whose_number_now_belongs_to_a_stranger_does_no_harm(tmp_path):
    with a_server(tmp_path):
        pass
    pid_file = tmp_path / "postgres" / "data" / "postmaster.pid"
    owner = pid_file.parent.stat()
    stranger = subprocess.Popen(
        [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"] if owner.st_uid == os.geteuid() else ["/bin/cat"],
        stdin=subprocess.PIPE,
        user=owner.st_uid if os.geteuid() == 0 else None,
        cwd="/",
    )
    with stranger:
        pid_file.write_text(f"{stranger.pid}\n/somewhere\n1700000000\n20000\n\n127.0.0.1\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        with a_server(tmp_path) as server:
            assert server.answers()
        assert stranger.poll() is None
        stranger.stdin.close()


@pytest.mark.parametrize("frozen", [False, True], ids=["ends by itself", "is still there"])
def test_a_server_of_a_killed_supervisor_is_ended_and_its_data_are_kept(tmp_path, frozen):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        url = holder.stdout.readline().strip()
        do(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster = psutil.Process(
            int((tmp_path / "postgres" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        )
        if frozen:
            # A server that is held cannot follow the kernel's signal: it is still there when the next run begins.
            for member in [postmaster, *postmaster.children()]:
                member.send_signal(signal.SIGSTOP)
        holder.kill()
    if frozen:
        assert postmaster.is_running()
    with a_server(tmp_path) as server:
        assert ask(server.administrator_url, "SELECT answer FROM kept") == (42,)
        assert not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE


def test_a_killed_server_comes_back_on_the_same_port_with_its_data(tmp_path):
    clock, stop = SystemClock(), threading.Event()
    with (
        a_server(tmp_path, durable=True).prepared() as server,
        Supervisor(clock=clock, log_dir=tmp_path / "log") as supervisor,
    ):
        assert supervisor.start(server.service(), stop)
        server.ensure_database()
        url = server.administrator_url
        do(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(supervisor.services[0].pid, signal.SIGKILL)
        watch = threading.Thread(target=_stop_when_restarted, args=(supervisor, server, url, stop))
        watch.start()
        supervisor.run(stop)
        watch.join()
    assert processes_in(tmp_path / "postgres" / "data") == []


def _stop_when_restarted(supervisor, server, url, stop):
    for _ in range(200):
        if supervisor.services[0].restarts and server.answers():
            break
        stop.wait(0.1)
    try:
        assert ask(url, "SELECT answer FROM kept") == (42,)
        assert supervisor.services[0].restarts >= 1
    finally:
        stop.set()


@as_root
def test_root_hands_the_data_to_an_account_and_the_server_runs_under_it(server, folder):
    postmaster = processes_in(folder / "postgres" / "data")[0]
    uid = (folder / "postgres").stat().st_uid
    assert uid != 0
    assert postmaster.uids().effective == uid
    assert postmaster.uids().real == uid
    assert postmaster.gids().effective != 0


@as_root
def test_programs_in_a_closed_folder_of_root_are_copied_and_the_copy_is_removed(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = packaged_binaries().parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        subprocess.run(["cp", "-r", part, closed / part.name], check=True)
    programs = closed / package.name / "pginstall" / "bin"
    before = _copies()
    with a_server(tmp_path, binaries=programs) as server:
        assert len(_copies() - before) == 1
        do(server.administrator_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert _copies() == before
    with a_server(tmp_path, binaries=programs) as server:
        assert ask(server.administrator_url, "SELECT answer FROM kept") == (42,)


def _copies():
    return {path for shared in SHARED_FOLDERS for path in shared.glob("vicino-postgres-*")}


@as_root
def test_data_that_were_restored_as_root_are_handed_over_again(tmp_path):
    with a_server(tmp_path) as server:
        do(server.administrator_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    subprocess.run(["chown", "-R", "0:0", tmp_path / "postgres"], check=True)
    with a_server(tmp_path) as server:
        assert ask(server.administrator_url, "SELECT answer FROM kept") == (42,)


@as_root
def test_an_ordinary_user_runs_it_too_and_root_can_take_over(tmp_path_factory):
    # Not below pytest's folder, which only root may enter.
    made = subprocess.run(
        ["mktemp", "--directory", "--tmpdir=/var/tmp", "vicino-test-XXXXXXXX"],
        check=True, capture_output=True, text=True, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/",
    )  # fmt: skip
    folder = Path(made.stdout.strip())
    user = {
        "user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": Path(__file__).parents[3],
        "env": {"PATH": os.defpath, "PYTHONPATH": sysconfig.get_path("purelib")},
    }  # fmt: skip
    try:
        python = _python_of(user)
        if python is None:
            pytest.skip("another account cannot run this Python or read its libraries")
        done = subprocess.run(
            [python, "-c", HOLDER, str(folder)],
            check=False, input="", capture_output=True, text=True, timeout=60, **user,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert (folder / "postgres" / "data").stat().st_uid == NOBODY
        with a_server(folder) as server:
            assert server.answers()
            assert processes_in(folder / "postgres" / "data")[0].uids().effective == NOBODY
    finally:
        subprocess.run(["rm", "-r", folder], check=True)


def _python_of(user):
    """A Python that the account may run, with the libraries of this one; None if there is none."""
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            answer = subprocess.run([python, "-c", "import psycopg, embedded.postgres"], check=False, **user)
            if answer.returncode == 0:
                return python
    return None


@pytest.mark.skipif(not DEBIAN_15.is_dir(), reason="Debian's PostgreSQL 15 is not installed (postgresql-15)")
def test_another_postgresql_can_be_named_and_does_not_read_newer_data(tmp_path):
    with a_server(tmp_path, binaries=DEBIAN_15) as server:
        assert ask(server.administrator_url, "SHOW server_version_num")[0].startswith("15")
        assert setting(server.administrator_url, "data_checksums") == "on"
    with pytest.raises(VicinoError, match="made by PostgreSQL 15"), a_server(tmp_path):
        pass
    with a_server(tmp_path, binaries=DEBIAN_15) as server:
        assert server.answers()


def test_a_folder_without_programs_is_refused(tmp_path):
    with pytest.raises(VicinoError, match="holds no PostgreSQL server"), a_server(tmp_path, binaries=tmp_path):
        pass


def test_lost_password_is_told_and_the_data_are_kept(tmp_path):
    with a_server(tmp_path):
        pass
    (tmp_path / "secrets" / ADMINISTRATOR / "database_password").unlink()
    with pytest.raises(VicinoError, match=r"password of the database.*missing.*Kept: all data"), a_server(tmp_path):
        pass
