"""What goes wrong, one scenario each: how it begins, how long it lasts, how it ends.

The clock of the recovery starts when `heal` has returned: the process has been started again, or goes on, or the
network is whole. Whatever a part still needs to become ready is recovery.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from tests.chaos.chain import Network, Setup, Stage
from tests.chaos.parts import Part, pause
from tests.chaos.proxy import Mode, Proxy

FAULT_S = 4.0
LONG_S = 17.0  # longer than the first pauses of everything that tries again

Act = Callable[[Stage], None]
Name = Literal["gateway", "ingest", "broker", "database"]
Line = Literal["gateway_broker", "ingest_broker", "ingest_database"]

_NAMES: tuple[Name, ...] = ("gateway", "ingest", "broker", "database")
_LINES: dict[Line, str] = {
    "gateway_broker": "gateway and broker",
    "ingest_broker": "ingest and broker",
    "ingest_database": "ingest and database",
}
_DROPPING = "messages are being dropped"


@dataclass(frozen=True)
class Scenario:
    """One scenario. `outage` says that nothing can be stored while it lasts, and `proof` that it was what it says."""

    name: str
    says: str
    fault: Act
    heal: Act
    setup: Setup = field(default_factory=Setup)
    fault_s: float = FAULT_S
    may_thin: bool = False
    must_thin: bool = False
    outage: bool = True
    proof: Callable[[Stage], bool] = lambda _: True


def _nothing(_: Stage) -> None:
    """Leave everything as it is."""


def _part(stage: Stage, name: Name) -> Part:
    part: Part = getattr(stage, name)
    return part


def _line(network: Network, name: Line) -> Proxy:
    proxy: Proxy = getattr(network, name)
    return proxy


def _kill(name: Name) -> Scenario:
    return Scenario(
        f"kill-{name}",
        f"kill -9 of {name}, started again after {FAULT_S:.0f} s",
        lambda stage: _part(stage, name).kill(),
        lambda stage: _part(stage, name).start(),
    )


def _freeze(name: Name) -> Scenario:
    return Scenario(
        f"stop-{name}",
        f"SIGSTOP of {name}, SIGCONT after {FAULT_S:.0f} s",
        lambda stage: _part(stage, name).freeze(),
        lambda stage: _part(stage, name).resume(),
    )


def _worsen(word: str, line: Line, mode: Mode, says: str) -> Scenario:
    return Scenario(
        f"{word}-{line.replace('_', '-')}",
        f"the network between {_LINES[line]} {says}",
        lambda stage: _line(stage.network, line).become(mode),
        lambda stage: _line(stage.network, line).heal(),
        outage=mode is not Mode.SLOW,
    )


def _networks() -> Iterator[Scenario]:
    lines: tuple[Line, ...] = ("gateway_broker", "ingest_broker")
    for line in lines:
        yield _worsen("cut", line, Mode.CUT, "is cut")
        yield _worsen("slow", line, Mode.SLOW, "takes 500 ms in each direction")
        yield _worsen("half-open", line, Mode.SWALLOW, "swallows everything and leaves the connections open for ever")
    yield _worsen(
        "half-open", "ingest_database", Mode.DEAF, "drops every packet and leaves the connections open for ever"
    )


# A disk without room


def _fill_disk(stage: Stage) -> None:
    assert stage.disk is not None
    stage.disk.fill(stage.gateway.pid)


def _empty_disk(stage: Stage) -> None:
    assert stage.disk is not None
    stage.disk.empty(stage.gateway.pid)


# A broker that acknowledges and drops


def _has_dropped(stage: Stage) -> bool:
    return _DROPPING in stage.broker.log.read_text(encoding="utf-8", errors="replace")[stage.broker_said :]


# Everything


def _restart_in_turn(stage: Stage) -> None:
    for part in stage.parts:
        part.end()
        part.start()
        part.wait_ready()
        pause(1.0)


def _each(parts: Iterable[Part], act: Callable[[Part], None]) -> None:
    for part in parts:
        act(part)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario("baseline", "nothing goes wrong", _nothing, _nothing, fault_s=3.0, outage=False),
    *(_kill(name) for name in _NAMES),
    *(_freeze(name) for name in _NAMES),
    *_networks(),
    Scenario(
        "disk-full",
        "the disk under the gateway's outbox has no room",
        _fill_disk,
        _empty_disk,
        Setup(small_disk=True),
        may_thin=True,  # its store is full then, by decision 13
    ),
    Scenario(
        "outbox-full",
        "the network is cut until the outbox is over its limit: level readings may be thinned, and nothing else",
        lambda stage: stage.network.gateway_broker.become(Mode.CUT),
        lambda stage: stage.network.gateway_broker.heal(),
        Setup(gateway={"VICINO_OUTBOX_LIMIT": "1000"}),
        fault_s=8.0,
        must_thin=True,
    ),
    Scenario(
        "broker-queue-full",
        "the broker has room for one message, acknowledges what it drops, and ingest is stopped",
        lambda stage: stage.ingest.freeze(),
        lambda stage: stage.ingest.resume(),
        # The broker counts what waits beyond those that may be under way.
        Setup(ingest={"VICINO_INGEST_QUEUE_MESSAGES": "10"}, narrow_broker=True),
        proof=_has_dropped,
    ),
    Scenario(
        "kill-one-of-two",
        "kill -9 of one of two ingest workers that share the messages",
        lambda stage: stage.ingest.kill(),
        lambda stage: stage.ingest.start(),
        Setup(workers=2),
        outage=False,
    ),
    Scenario(
        "long-outage",
        f"kill -9 of broker and ingest, started again after {LONG_S:.0f} s",
        lambda stage: _each((stage.ingest, stage.broker), Part.kill),
        lambda stage: _each((stage.broker, stage.ingest), Part.start),
        fault_s=LONG_S,
    ),
    Scenario(
        "restart-in-turn",
        "database, broker, ingest and gateway are restarted in good order, one after the other",
        _restart_in_turn,
        _nothing,
        fault_s=0.0,
        outage=False,
    ),
    Scenario(
        "kill-everything",
        f"kill -9 of everything at once, started again after {FAULT_S:.0f} s",
        lambda stage: _each(stage.parts, Part.kill),
        lambda stage: _each(stage.parts, Part.start),
    ),
)
