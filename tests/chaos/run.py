"""One scenario from its beginning to its row."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import psycopg

from core.mqtt import Connection
from core.topics import Leaf, subscription, topic
from tests.chaos import ledger
from tests.chaos.book import Book
from tests.chaos.chain import Chain, Stage
from tests.chaos.ledger import LEAST_PUBLISHED, Audit, Reading, Row, Token
from tests.chaos.parts import pause
from tests.chaos.scenarios import Scenario
from tests.chaos.vendor import LEVELS, SAFETY, by_series

BEFORE_S = 1.0
AFTER_S = 0.5
WARM_WITHIN_S = 30.0
RECOVER_WITHIN_S = 40.0
FAULT_WITHIN_S = 60.0
POLL_S = 0.1

Say = Callable[[str, int], None]


class Failed(Exception):  # noqa: N818 - it is the scenario that failed
    """The harness could not play the scenario, so that it says nothing about the product."""


class Played(NamedTuple):
    """A scenario that was played, with what is needed to look once more, later."""

    scenario: Scenario
    gateways: tuple[str, ...]
    readings: tuple[Reading, ...]
    recovery_s: float
    doubts: tuple[str, ...]

    def row(self, book: Book) -> Row:
        """Return the outcome as the database has it now."""
        found, alarms = _look(book, self.gateways, self.readings)
        thinned = book.thinned(self.gateways)
        return ledger.row(self.scenario.name, found, alarms, thinned=thinned, recovery_s=self.recovery_s)

    def problems(self, book: Book) -> list[str]:
        """Return what is wrong with it, in words."""
        found = ledger.broken(self.row(book), may_thin=self.scenario.may_thin, must_thin=self.scenario.must_thin)
        rejected = book.rejected(self.gateways)
        return [*found, *([f"{rejected} rejected"] if rejected else []), *self.doubts]


def play(chain: Chain, scenario: Scenario, say: Say) -> Played:
    """Play `scenario`; `say` is told what is happening and how many readings are published.

    Raises `Failed` if the chain did not come up, or too little was published.
    """
    with chain.stage(scenario.name, scenario.setup) as stage, chain.book() as book:
        say("starting", 0)
        _await_gateways(stage)
        stage.vendor.start()
        _warm_up(stage, book)
        pause(BEFORE_S)
        say(scenario.says, stage.vendor.published)
        _let_it_happen(stage, scenario, say)
        doubts = _doubts_of_outage(stage, scenario, book)
        scenario.heal(stage)
        began = time.monotonic()
        due = tuple(stage.vendor.readings())
        say("recovering", stage.vendor.published)
        recovery_s = _recover(stage, book, due, began)
        pause(AFTER_S)
        stage.vendor.stop()
        readings = tuple(stage.vendor.readings())
        say("the rest", stage.vendor.published)
        _recover(stage, book, readings, time.monotonic())
        doubts += [] if scenario.proof(stage) else ["what it says did not happen"]
        doubts += [f"{part.name} ended by itself" for part in stage.parts if not part.alive]
        return Played(scenario, tuple(stage.gateways), readings, recovery_s, tuple(doubts))


def _await_gateways(stage: Stage) -> None:
    """Wait until every gateway listens to its home: what is said before, a home's broker keeps for nobody."""
    heard: set[str] = set()
    listener = Connection(
        stage.broker_address,
        f"listener-{stage.gateways[0]}",
        on_message=lambda message: heard.add(message.topic),
        subscriptions=(subscription(Leaf.INVENTORY),),
    )
    listener.start()
    try:
        _await(stage, lambda: heard >= {topic(gateway, Leaf.INVENTORY) for gateway in stage.gateways})
    finally:
        listener.stop()


def _warm_up(stage: Stage, book: Book) -> None:
    """Wait until readings of every home have come through."""
    _await(
        stage,
        lambda: (
            {series.partition("/")[0] for series in book.stored(stage.gateways, frozenset())} >= set(stage.gateways)
        ),
    )


def _await(stage: Stage, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WARM_WITHIN_S
    while not condition():
        dead = [part for part in stage.parts if not part.alive]
        if dead or time.monotonic() > deadline:
            logs = ", ".join(str(part.log) for part in dead or stage.parts)
            raise Failed(f"the chain did not come up: read {logs}")
        pause(POLL_S)


def _let_it_happen(stage: Stage, scenario: Scenario, say: Say) -> None:
    began, before = time.monotonic(), stage.vendor.published
    scenario.fault(stage)
    while True:
        published = stage.vendor.published
        elapsed = time.monotonic() - began
        if elapsed >= scenario.fault_s and published - before >= LEAST_PUBLISHED:
            return
        if elapsed > max(FAULT_WITHIN_S, 2 * scenario.fault_s):
            raise Failed(f"{scenario.name}: only {published - before} readings were published in {elapsed:.0f} s")
        say(scenario.says, published)
        pause(POLL_S)


def _doubts_of_outage(stage: Stage, scenario: Scenario, book: Book) -> list[str]:
    """Tell whether the fault was none: readings that were published in it would then have been stored."""
    if not scenario.outage or not stage.database.answering:
        return []
    found, _ = _look(book, stage.gateways, tuple(stage.vendor.readings()))
    if found.missing_levels + found.missing_others < LEAST_PUBLISHED // 2:
        return ["what was published in the outage was stored all the same"]
    return []


def _recover(stage: Stage, book: Book, due: tuple[Reading, ...], began: float) -> float:
    """Return the seconds from `began` until all of `due` is stored (or, as a level, thinned); infinite if it is not."""
    while True:
        now = time.monotonic()
        try:
            if _is_there(book, stage, due):
                return round(time.monotonic() - began, 2)
        except psycopg.Error:
            pass
        if now - began > RECOVER_WITHIN_S:
            return math.inf
        pause(POLL_S)


def _is_there(book: Book, stage: Stage, due: tuple[Reading, ...]) -> bool:
    wanted = by_series(due)
    stored = book.stored(stage.gateways, _frozen(due))
    missing_levels = missing_others = 0
    for series, tokens in wanted.items():
        there = stored.get(series, [])
        # A state without a time of its own says only how many there are.
        unique = len(set(tokens)) == len(tokens)
        missing = len(set(tokens) - set(there)) if unique else max(0, len(tokens) - len(there))
        if _quantity(series) in LEVELS:
            missing_levels += missing
        else:
            missing_others += missing
    return not missing_others and missing_levels <= (book.thinned(stage.gateways) if missing_levels else 0)


def _look(
    book: Book, gateways: tuple[str, ...] | list[str], readings: tuple[Reading, ...]
) -> tuple[Audit, ledger.Difference]:
    frozen = _frozen(readings)
    wanted = by_series(readings)
    levels = frozenset(series for series in wanted if _quantity(series) in LEVELS)
    found = ledger.audit(wanted, book.stored(gateways, frozen), levels)
    alarms = by_series([reading for reading in readings if _quantity(reading.series) in SAFETY and reading.value])
    return found, _total(alarms, book.alarms(gateways, frozen))


def _total(published: dict[str, list[Token]], stored: dict[str, list[Token]]) -> ledger.Difference:
    each = [
        ledger.difference(published.get(series, []), stored.get(series, []))
        for series in published.keys() | stored.keys()
    ]
    return (
        ledger.Difference(*(sum(column) for column in zip(*each, strict=True))) if each else ledger.Difference(0, 0, 0)
    )


def _frozen(readings: tuple[Reading, ...]) -> frozenset[str]:
    return frozenset(reading.series for reading in readings if reading.at_ms is not None)


def _quantity(series: str) -> str:
    return series.split("/")[2]
