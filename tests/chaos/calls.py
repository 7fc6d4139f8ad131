"""What happens to calls for help when an alert worker is killed or frozen while it is at work.

Buttons are pressed, a real broker and ingest take the presses in, alert workers under the real supervisor tell three
people of each by a real mail server that takes its time. At a moment that nobody chooses a worker is struck. Whoever
was to be told of a call that had been published by then has to be told within five seconds of it, by a worker that was
started again or by another one; nobody is told twice but by the same message, called uncertain.
"""

import asyncio
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cli import homes
from cli.bench.alert_latency import WORKS, document, presses
from cli.bench.calls import Call, connect, publish
from core.clock import SystemClock
from core.database import Database, Role
from core.mqtt import BrokerAddress
from devices.reads import series_of_gateways
from embedded.ports import LOOPBACK, free_port
from embedded.process import Service
from embedded.supervisor import Supervisor
from tests.chaos import told
from tests.chaos.book import Book
from tests.chaos.chain import Chain
from tests.chaos.ledger import Row
from tests.chaos.parts import pause, program
from tests.chaos.run import Failed
from tests.chaos.told import PEOPLE, Handed, Round

ROUNDS = 5
CALLS = 12  # in a round
PER_S = 8.0
STRUCK_WITHIN_S = 1.6
FROZEN_S = 7.0  # longer than a lease
MAIL_TAKES_S = 0.15
MOST_RECOVERY_S = 5.0
READY_WITHIN_S = 60.0
PATIENCE_S = 40.0
OWN_GATEWAYS = "bench-"
POLL_S = 0.05

Say = Callable[[str, int], None]


@dataclass(frozen=True)
class CallScenario:
    """A scenario about calls: how many workers there are, and what happens to the first of them."""

    name: str
    says: str
    workers: int
    strike: signal.Signals
    rounds: int = ROUNDS


CALL_SCENARIOS = (
    CallScenario("kill-alerts", "kill -9 of the alert worker while it tells people of calls", 1, signal.SIGKILL),
    CallScenario("kill-one-of-two-alerts", "kill -9 of one of two alert workers", 2, signal.SIGKILL),
    CallScenario(
        "stop-one-of-two-alerts",
        f"SIGSTOP of one of two alert workers, SIGCONT after {FROZEN_S:.0f} s",
        2,
        signal.SIGSTOP,
    ),
)


class PlayedCalls(NamedTuple):
    """A scenario that was played, with what is needed to look once more, later."""

    scenario: CallScenario
    rounds: tuple[Round, ...]
    handed: tuple[Handed, ...]

    def row(self, book: Book) -> Row:
        """Return the outcome: messages that were due as published, those that a server accepted as stored."""
        gateways = [gateway for each in self.rounds for gateway in each.published]
        messages = book.messages(gateways)
        return told.row(self.scenario.name, self.rounds, self.handed, messages, len(gateways) * PEOPLE)

    def problems(self, book: Book) -> list[str]:
        """Return what is wrong with it, in words."""
        found = self.row(book)
        said = [f"{found.lost} lost"] if found.lost else []
        said += [f"{found.duplicated} told twice and not called uncertain"] if found.duplicated else []
        if not found.recovery_s <= MOST_RECOVERY_S:
            said.append(f"recovery took {found.recovery_s:.1f} s")
        if not any(told.under_way(each, self.handed, book.messages(list(each.published))) for each in self.rounds):
            said.append("nothing was under way when the worker was struck")
        return said


class _Mail:
    """Handler of a mail server that takes its time, and notes what it has accepted."""

    def __init__(self) -> None:
        self.handed: list[Handed] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        headers = message_from_bytes(content)
        self.handed.append(Handed(headers["Message-ID"].strip("<>").partition("@")[0], time.monotonic()))
        # A worker that is struck now never hears that it was accepted.
        await asyncio.sleep(MAIL_TAKES_S)
        return "250 accepted"


@contextmanager
def _mail() -> Iterator[tuple[_Mail, str]]:
    handler = _Mail()
    controller = Controller(handler, hostname=LOOPBACK, port=free_port())
    controller.start()
    try:
        yield handler, f"smtp://{LOOPBACK}:{controller.port}"
    finally:
        controller.stop()


def play_calls(chain: Chain, scenario: CallScenario, say: Say) -> PlayedCalls:
    """Play `scenario`; `say` is told what is happening and how many calls were published.

    Raises `Failed` if the workers did not come up.
    """
    chance = random.Random(scenario.name)
    played: list[Round] = []
    with chain.line(scenario.name) as line, chain.book() as book, _mail() as (mail, smtp_url):
        settings = {"VICINO_DATABASE_URL": line.service_url, "VICINO_SMTP_URL": smtp_url, "VICINO_METRICS_PORT": "0"}
        workers = [replace(program("alerts", settings), name=f"alerts-{each}") for each in range(scenario.workers)]
        for number, calls in enumerate(_register(line.service_url, scenario)):
            say("starting", number * CALLS)
            folder = line.folder / f"round-{number}"
            with _supervised(workers, folder) as supervisor:
                if not _until(partial(_ready, workers, folder, book), READY_WITHIN_S):
                    raise Failed(f"the alert workers did not come up: read {folder}")
                say(scenario.says, number * CALLS)
                after_s = chance.uniform(0.2, STRUCK_WITHIN_S)
                played.append(_round(scenario, line.broker, calls, supervisor, after_s))
                _until(partial(_all_told, book, list(played[-1].published), mail), PATIENCE_S)
    return PlayedCalls(scenario, tuple(played), tuple(mail.handed))


def _round(
    scenario: CallScenario, broker: BrokerAddress, calls: Sequence[Call], supervisor: Supervisor, after_s: float
) -> Round:
    """Publish `calls`, and strike the first worker after so many seconds."""
    connections = [connect(call.gateway, broker) for call in calls]
    published: dict[str, float] = {}
    publishing = threading.Thread(target=lambda: published.update(publish(calls, connections)), daemon=True)
    victim = psutil.Process(supervisor.services[0].pid)
    publishing.start()
    pause(after_s)
    struck_s = time.monotonic()
    victim.send_signal(scenario.strike)
    publishing.join(PATIENCE_S)
    if scenario.strike is signal.SIGSTOP:
        pause(max(0.0, struck_s + FROZEN_S - time.monotonic()))
        victim.resume()
    for connection in connections:
        connection.close()
    return Round(published, struck_s)


def _register(service_url: str, scenario: CallScenario) -> list[list[Call]]:
    """Enter a home for each call there will ever be; return the presses of the scenario's rounds."""
    most = ROUNDS * CALLS
    with Database(service_url, Role.SERVICE, name="chaos") as database:
        homes.apply(database, document(most * len(CALL_SCENARIOS)))
        with database.transaction() as connection:
            registered = [each for each in series_of_gateways(connection) if each.gateway_key.startswith(OWN_GATEWAYS)]
    own = presses(registered, PER_S)[most * [each.name for each in CALL_SCENARIOS].index(scenario.name) :]
    rounds = [own[number * CALLS : (number + 1) * CALLS] for number in range(scenario.rounds)]
    return [
        [msgspec.structs.replace(call, due_s=place / PER_S) for place, call in enumerate(calls)] for calls in rounds
    ]


@contextmanager
def _supervised(services: Sequence[Service], folder: Path) -> Iterator[Supervisor]:
    """Keep services running by the supervisor, in a thread of its own that outlives them."""
    stop = threading.Event()
    supervisor = Supervisor(services, clock=SystemClock(), log_dir=folder)
    keeping = threading.Thread(target=supervisor.run, args=(stop,), name="supervisor")
    keeping.start()
    try:
        yield supervisor
    finally:
        stop.set()
        keeping.join()


def _ready(workers: Sequence[Service], folder: Path, book: Book) -> bool:
    """Tell whether all workers work, and have taken in all that there was."""
    logs = [folder / f"{worker.name}.log" for worker in workers]
    works = all(log.exists() and WORKS in log.read_text(encoding="utf-8", errors="replace") for log in logs)
    return works and not book.untaken()


def _all_told(book: Book, gateways: Sequence[str], mail: _Mail) -> bool:
    handed = {each.public_id for each in tuple(mail.handed)}
    done = {(each.gateway_key, each.address) for each in book.messages(gateways) if each.public_id in handed}
    return len(done) == len(gateways) * PEOPLE


def _until(condition: Callable[[], bool], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause(POLL_S)
    return True
