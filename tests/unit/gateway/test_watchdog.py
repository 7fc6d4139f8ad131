"""What hangs stops the word to systemd; real threads, a real datagram socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core import systemd
from core.clock import SimulatedClock
from core.mqtt import BrokerAddress, Connection
from gateway.agent import Agent
from gateway.configuration import Configuration
from gateway.outbox import Outbox
from gateway.publisher import Publisher
from gateway.rules.offline import OfflineRules
from gateway.synchronisation import Timekeeper
from gateway.watchdog import STUCK_S, Watchdog

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALLOWED_S = 60.0
STEP_S = 5


class PatientClock(SimulatedClock):
    """Time passes only when the test says so. Who waits looks again all the same, so that every thread has a turn
    at each time: one that began to wait just after the time was changed would else sleep through it."""

    def __init__(self) -> None:
        super().__init__(NOW)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(min(seconds, 0.01))


class HangingSource:
    """Takes its turns until it is made to hang."""

    alive = True

    def __init__(self, clock: PatientClock) -> None:
        self.clock = clock
        self.turned_at = 0.0
        self.hangs = threading.Event()
        self.freed = threading.Event()
        self.woken = threading.Event()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.turned_at = self.clock.monotonic()
            if self.hangs.is_set():
                self.freed.wait()
            self.clock.wait(self.woken, 2.0)

    def wake(self) -> None:
        self.woken.set()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.setblocking(False)
        yield opened


def heard(listener: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words += listener.recv(4096).decode().split("\n")
        except BlockingIOError:
            return words


def until(condition: Callable[[], object]) -> None:
    waiting = threading.Event()
    for _ in range(12_000):
        if condition():
            return
        waiting.wait(0.005)
    raise AssertionError("this did not happen in time")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    clock = PatientClock()
    outbox = Outbox(tmp_path / "outbox.sqlite", clock, "boot", durable=False)
    nowhere = BrokerAddress("127.0.0.1", 9, None, None, tls=False)
    publisher = Publisher("gw-1", outbox, nowhere, clock)
    home, configuration = Connection(nowhere, "home"), Configuration(outbox.notes)
    rules = OfflineRules("gw-1", configuration, outbox, home, "zigbee2mqtt", {}, clock, Timekeeper(clock))
    source = HangingSource(clock)
    agent = Agent("gw-1", outbox, publisher, rules, [source])
    agent.start()
    yield clock, agent, publisher, source
    source.freed.set()
    agent.begin_stop()
    agent.finish_stop()


def test_a_thread_that_hangs_ends_the_word_to_systemd(made: Any, listener: socket.socket) -> None:
    clock, agent, publisher, source = made
    environment = {"NOTIFY_SOCKET": listener.getsockname()}
    watchdog = Watchdog(
        [agent], clock, allowed_s=ALLOWED_S, tell=lambda *words: systemd.notify(*words, environment=environment)
    )

    def let_pass(seconds: int, *, hanging: bool = False) -> list[str]:
        said: list[str] = []
        for _ in range(0, seconds, STEP_S):
            clock.advance(STEP_S)
            since = clock.monotonic() - STEP_S
            until(lambda since=since: publisher.turned_at > since and (hanging or source.turned_at > since))
            watchdog.look()
            said += heard(listener)
        return said

    said = let_pass(120)
    assert said[0] == "READY=1"
    assert said.count("READY=1") == 1
    # Several times within what is allowed, so that one that is lost is no death.
    assert said.count("WATCHDOG=1") == 120 / (ALLOWED_S / 4)
    assert "STATUS=0 of 1 gateways connected, 0 readings not stored yet" in said
    source.hangs.set()
    let_pass(round(STUCK_S) + 3 * STEP_S, hanging=True)
    assert "WATCHDOG=1" not in let_pass(300, hanging=True)
    assert agent.alive, "it hangs, it is not dead: only the watchdog can help"
    source.hangs.clear()
    source.freed.set()
    let_pass(2 * STEP_S, hanging=True)
    assert "WATCHDOG=1" in let_pass(60)
    watchdog.end()
    assert heard(listener) == ["STOPPING=1"]


def test_without_a_watchdog_nothing_but_readiness_is_told(made: Any) -> None:
    clock, agent, *_ = made
    told: list[str] = []
    watchdog = Watchdog([agent], clock, allowed_s=None, tell=lambda *words: bool(told.extend(words)) or True)
    assert watchdog.look()
    assert "READY=1" in told
    assert "WATCHDOG=1" not in told
