import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from core.clock import SystemClock
from embedded.process import LOG_LIMIT_BYTES, Service, ServiceNotReadyError
from embedded.supervisor import Supervisor

CLOCK = SystemClock()
STUBBORN = "import signal, sys, time\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n"
WAIT = "time.sleep(600)\n"
# Starts a child in a session of its own, as PostgreSQL does; both ignore what asks them to end.
STUBBORN_FAMILY = (
    STUBBORN
    + "import subprocess\n"
    + "child = subprocess.Popen([sys.executable, '-c', "
    + repr(STUBBORN + WAIT)
    + "], start_new_session=True)\n"
    + "print('child', child.pid, flush=True)\n"
    + WAIT
)


def python(name, code, **options):
    return Service(name=name, argv=(sys.executable, "-u", "-c", code), **options)


def until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def run(tmp_path):
    """Run services in a supervisor on a thread; at the end all must be gone."""
    stop = threading.Event()
    threads = []

    def start(*services, **options):
        supervisor = Supervisor(services, clock=CLOCK, log_dir=tmp_path / "log", **options)
        thread = threading.Thread(target=supervisor.run, args=(stop,))
        thread.start()
        threads.append(thread)
        until(lambda: [kept.pid is not None for kept in supervisor.services] == [True] * len(services))
        return supervisor

    start.stop = stop
    start.threads = threads
    yield start
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_crashed_service_is_started_again_and_that_is_told(run, tmp_path):
    changes = []
    supervisor = run(python("fragile", "import time\n" + WAIT), on_change=changes.append)
    first = supervisor.services[0].pid
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.services[0].restarts == 1 and supervisor.services[0].pid is not None)
    assert supervisor.services[0].pid != first
    until(lambda: len(changes) == 3)  # it is told after it is so
    assert [change[0].pid is None for change in changes] == [False, True, False]


def test_output_goes_to_a_private_log_of_each_service_and_a_large_one_is_put_aside(run, tmp_path):
    (tmp_path / "log").mkdir()
    log = tmp_path / "log" / "speaker.log"
    log.write_bytes(b"x" * (LOG_LIMIT_BYTES + 1))
    run(python("speaker", "import sys, time; print('out'); print('err', file=sys.stderr)\n" + WAIT))
    until(lambda: log.exists() and log.read_text() == "out\nerr\n")
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.with_name("speaker.log.1").stat().st_size == LOG_LIMIT_BYTES + 1


def test_services_start_in_order_each_after_the_former_is_ready(run, tmp_path):
    flag = tmp_path / "flag"
    slow = python("slow", f"import time, pathlib; time.sleep(0.5); pathlib.Path({str(flag)!r}).touch()\n" + WAIT,
                  ready=flag.exists)  # fmt: skip
    supervisor = run(slow, python("second", f"import os; print(os.path.exists({str(flag)!r}))\nimport time\n" + WAIT))
    log = tmp_path / "log" / "second.log"
    until(lambda: log.exists() and log.read_text())
    assert log.read_text() == "True\n"
    assert [service.name for service in supervisor.services] == ["slow", "second"]


def test_a_service_that_never_gets_ready_is_told_with_its_log_and_all_are_ended(tmp_path):
    broken = python("broken", "raise SystemExit(3)", ready=lambda: False, ready_within_s=1.5)
    supervisor = Supervisor([python("other", "import time\n" + WAIT), broken], clock=CLOCK, log_dir=tmp_path)
    seen = []
    with pytest.raises(ServiceNotReadyError, match=r"broken.*broken\.log"):
        _collecting(supervisor, seen)
    assert seen
    assert not any(alive(pid) for pid in seen)


def _collecting(supervisor, seen):
    supervisor._on_change = lambda services: seen.extend(service.pid for service in services if service.pid)
    supervisor.run(threading.Event())


def test_a_program_that_does_not_exist_is_tried_again_and_its_log_says_why(run, tmp_path):
    supervisor = run(Service("missing", ("/nowhere/at-all",)))
    until(lambda: supervisor.services[0].restarts >= 1)
    assert "could not be started" in (tmp_path / "log" / "missing.log").read_text()


def test_stages_end_from_the_highest_to_the_lowest(run, tmp_path):
    def telling(name, stage):
        code = (
            "import signal, sys, time, pathlib\n"
            "def end(*_):\n"
            f"    with open({str(tmp_path / 'order')!r}, 'a') as f: f.write({name!r} + ' ')\n"
            "    sys.exit()\n"
            "signal.signal(signal.SIGTERM, end)\n"
            f"pathlib.Path({str(tmp_path / name)!r}).touch()\n"
        )
        return python(name, code + WAIT, stage=stage, ready=(tmp_path / name).exists)

    run(telling("database", 0), telling("broker", 1), telling("web", 2))
    until((tmp_path / "web").exists)
    run.stop.set()
    run.threads[0].join(10)
    assert (tmp_path / "order").read_text() == "web broker database "


def test_everything_ends_within_8_s_even_what_ignores_it_and_its_children(run, tmp_path):
    supervisor = run(
        python("base", STUBBORN_FAMILY, stage=0),
        python("middle", STUBBORN_FAMILY, stage=1),
        python("top", STUBBORN_FAMILY),
        python("other", STUBBORN_FAMILY),
    )
    logs = [tmp_path / "log" / f"{service.name}.log" for service in supervisor.services]
    until(lambda: all(log.exists() and log.read_text().endswith("\n") for log in logs))
    pids = [int(log.read_text().split()[1]) for log in logs] + [service.pid for service in supervisor.services]
    assert all(alive(pid) for pid in pids)
    began = time.monotonic()
    run.stop.set()
    run.threads[0].join(10)
    assert time.monotonic() - began < 8
    assert not any(alive(pid) for pid in pids)


def test_what_a_crashed_service_had_started_is_ended_with_it(run, tmp_path):
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid)\n"
        "time.sleep(0.3)\n"
        "os._exit(1)\n"
    )
    run(python("parent", code))
    log = tmp_path / "log" / "parent.log"
    until(lambda: log.exists() and log.read_text())
    child = int(log.read_text().split()[0])
    until(lambda: not alive(child))


MAIN = """
import sys, threading
from pathlib import Path
from core.clock import SystemClock
from core.log import configure
from core.service import stop_on_signals
from embedded.process import Service
from embedded.supervisor import Supervisor
configure('supervisor')
def tell(services):
    print(*[service.pid for service in services], flush=True)
services = [Service(name, (sys.executable, "-c", code)) for name, code in zip("ab", sys.argv[2:])]
Supervisor(services, clock=SystemClock(), log_dir=Path(sys.argv[1]), on_change=tell).run(stop_on_signals())
"""


@pytest.fixture
def main(tmp_path):
    """A supervisor as a process of its own, with one obedient and one stubborn service."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, str(tmp_path / "log"), "import time\n" + WAIT, STUBBORN + WAIT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with process:
        pids = []
        while len(pids) < 2:
            pids = [int(pid) for pid in process.stdout.readline().split()]
        # The wrapper must have become the program.
        until(lambda: all("child.py" not in " ".join(psutil.Process(pid).cmdline()) for pid in pids))
        yield process, pids
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_within_8_s(main, number):
    process, pids = main
    began = time.monotonic()
    # As a terminal does: to the whole group, in which the services are not.
    os.killpg(process.pid, number)
    assert process.wait(10) == 0
    assert time.monotonic() - began < 8
    assert not any(alive(pid) for pid in pids)


def test_services_die_when_the_supervisor_is_killed(main):
    process, pids = main
    process.kill()
    process.wait()
    until(lambda: not any(alive(pid) for pid in pids), 5)
