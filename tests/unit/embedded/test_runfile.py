import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from embedded.lock import FolderInUseError
from embedded.runfile import FILE, Run, RunService, hold, own_birth, read_run, removed_afterwards, write_run


def a_run(**changes):
    values = {
        "pid": os.getpid(),
        "born": own_birth(),
        "started_at": datetime(2024, 3, 1, 8, tzinfo=UTC),
        "http_port": 8080,
        "broker_port": 1883,
        "secrets_dir": "secrets",
        "services": (RunService("ingest", 17, 2), RunService("alerts", None)),
    } | changes
    return Run(**values)


def test_what_was_written_is_read(tmp_path):
    write_run(tmp_path, a_run())
    assert read_run(tmp_path) == a_run()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_there_is_no_run_in_an_empty_folder(tmp_path):
    assert read_run(tmp_path) is None


def test_a_run_whose_process_has_ended_is_none(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write_run(tmp_path, a_run(pid=ended.pid))
    assert read_run(tmp_path) is None


def test_a_process_that_took_over_the_number_is_not_the_run(tmp_path):
    write_run(tmp_path, a_run(born=own_birth() - 60))
    assert read_run(tmp_path) is None


def test_a_broken_file_is_no_run(tmp_path):
    (tmp_path / FILE).write_bytes(b'{"pid": ')
    assert read_run(tmp_path) is None


def test_the_file_is_removed_whatever_happens(tmp_path):
    write_run(tmp_path, a_run())
    with pytest.raises(KeyError), removed_afterwards(tmp_path):
        raise KeyError
    assert not (tmp_path / FILE).exists()


def test_a_second_run_in_a_folder_is_refused_with_the_number_of_the_first(tmp_path):
    with hold(tmp_path), pytest.raises(FolderInUseError, match=f"process {os.getpid()}"), hold(tmp_path):
        pass
    with hold(tmp_path):
        assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_the_lock_dies_with_its_holder(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from embedded.runfile import hold\n"
        "with hold(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(FolderInUseError, match=f"process {holder.pid}"), hold(tmp_path):
            pass
        holder.kill()
    with hold(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
