"""From seeds to outcomes: each home simulated, heard by the gateway's own code, walked through and compared.

A home depends on the seed and its number alone, so homes are shared out over processes and come back in any order.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from functools import partial
from os import sched_getaffinity
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.change.budget import DEFAULT_BUDGET
from analytics.contexts.context import Context
from analytics.contexts.kinds import ContextKind
from cli.evaluate.nightly import indicators
from cli.evaluate.observation import Installed, Listener, Observation, installed
from cli.evaluate.simulated.matching import Judged, compare, faults_about
from cli.evaluate.simulated.timetable import expected_visits
from cli.evaluate.simulated.walk import Raised, Walked, walk
from core.errors import VicinoError
from core.localtime import day_of
from core.processes import pool
from simulator.timeline import Life, draw_life

ZONE = ZoneInfo("Europe/Rome")


class Run(NamedTuple):
    """What is run: the seed, for how many days, whether nothing happens to the persons, and the budgets of alerts.

    The first of the budgets is gone by; of the others only what is false is counted.
    """

    seed: int
    days: int
    calm: bool = False
    budgets: Sequence[float] = (DEFAULT_BUDGET,)


class Took(NamedTuple):
    """CPU seconds of one home: to simulate it, to hear it, and to analyse it."""

    simulate: float
    hear: float
    analyse: float


class Home(NamedTuple):
    """One home that was evaluated: what was raised, what it comes to, and what a fault alone has caused.

    `false_at` is how many findings are false with each budget.
    """

    key: str
    life: Life
    raised: list[Raised]
    judged: Judged
    technical_as_wellbeing: list[Raised]
    coverage: float
    took: Took
    false_at: dict[float, int]


def evaluate(run: Run, homes: int, workers: int | None, done: Callable[[], None]) -> list[Home]:
    """Return the homes of a run, in their order, computed on so many cores (all of them if None).

    Raises `VicinoError` if one of the processes was ended from outside.
    """
    workers = min(workers or len(sched_getaffinity(0)), homes)
    if workers == 1:
        return list(_told(map(partial(one_home, run), range(homes)), done))
    with pool(workers, interruptible=True) as processes:
        waiting = [processes.submit(one_home, run, index) for index in range(homes)]
        try:
            for each in as_completed(waiting):
                each.result()
                done()
        except BrokenProcessPool:
            raise VicinoError(
                "One of the processes that evaluate homes was ended from outside.",
                kept="Nothing was written.",
                advice="Run it again; with --workers 1 if the machine has little memory.",
            ) from None
        return [each.result() for each in waiting]


def _told(homes: Iterator[Home], done: Callable[[], None]) -> Iterator[Home]:
    for home in homes:
        done()
        yield home


def one_home(run: Run, index: int) -> Home:
    """Return the home number `index` of a run."""
    life = draw_life(run.seed, index, run.days, ZONE, calm=run.calm)
    registered = installed(life.home)
    walked, took = _walked(life, registered, run.budgets)
    judged = compare(life, walked.raised, registered.devices)
    caused = list(_caused(life, registered, run.budgets, judged.suspects))
    false_at = {
        budget: len(compare(life, raised, registered.devices).false) for budget, raised in walked.at_budgets.items()
    }
    return Home(life.bare.key, life, walked.raised, judged, caused, walked.coverage, took, false_at)


def _caused(
    life: Life, registered: Installed, budgets: Sequence[float], suspects: Sequence[Raised]
) -> Iterator[Raised]:
    """Yield the findings that are not raised if the faults of whose time they speak do not happen; all else does."""
    left = list(suspects)
    while left:
        faults = faults_about(life, left[0])
        alike = [one for one in left if faults_about(life, one) == faults]
        otherwise = _walked(life.without(faults), registered, budgets)[0].raised
        yield from (one for one in alike if not any(_tell_the_same(one, other) for other in otherwise))
        left = [one for one in left if one not in alike]


def _tell_the_same(one: Raised, other: Raised) -> bool:
    """Tell whether two findings say the same of about the same time: a change may be told a day sooner or later."""
    alike = (one.family, one.kind, one.subject) == (other.family, other.kind, other.subject)
    return alike and one.start <= other.end and other.start <= one.end


def indicators_of(run: Run, index: int) -> dict[str, list[float]]:
    """Return the indicators of a home: a value for each day from the first, NaN without verdict."""
    life = draw_life(run.seed, index, run.days, ZONE, calm=run.calm)
    observation, _ = _observed(life, installed(life.home))
    days = [day_of(life.start, ZONE) + timedelta(days=ahead) for ahead in range(run.days - 1)]  # the last night is open
    return indicators(observation.home.layout, ZONE, days, observation.readings)


def _entered(life: Life) -> list[Context]:
    """Return the contexts that somebody enters: of the stays in hospital about every second one."""
    events = [one.event for one in life.scripted if one.name == "hospital_stay" and one.event.changed["entered"]]
    return [Context(ContextKind.HOSPITAL, event.start, event.end) for event in events]


def _walked(life: Life, registered: Installed, budgets: Sequence[float]) -> tuple[Walked, Took]:
    observation, took = _observed(life, registered)
    began = time.process_time()
    visits = expected_visits(life.bare.household, day_of(life.start, ZONE))
    walked = walk(observation, life.start, life.end, _entered(life), visits, budgets)
    return walked, took._replace(analyse=time.process_time() - began)


def _observed(life: Life, registered: Installed) -> tuple[Observation, Took]:
    began = time.process_time()
    home = life.home
    messages = list(home.messages(life.start, life.end))
    simulated = time.process_time()
    heard = Listener(home, registered, life.start).hear(messages, life.gateway)
    observation = Observation(ZONE, registered, heard.in_order(), life.gateway.words())
    return observation, Took(simulated - began, time.process_time() - simulated, 0.0)
