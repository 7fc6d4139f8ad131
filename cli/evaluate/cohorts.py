"""`vicino evaluate cohorts`: what is usual among people of an age, for those who are not known for two weeks."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from os import sched_getaffinity
from pathlib import Path

import numpy as np

from analytics.baseline import DAYS, LEAST_DAYS
from analytics.change.cohort import ALL, Cohorts, Known, as_json, band_of, learn
from analytics.change.departure import spread_of_days
from analytics.change.domains import LOOKS
from analytics.indicators import INDICATORS
from analytics.version import CODE_VERSION
from cli.evaluate.simulated.homes import Run, indicators_of
from cli.evaluate.tihm.recorded import indicators_of as recorded_indicators_of
from cli.evaluate.tihm.recorded import people
from cli.replay import progress_bar
from cli.screen import say
from core.processes import pool
from gateway.recordings.tihm import YEAR


def write(run: Run, homes: int, recorded: Path | None, workers: int | None, out: Path) -> None:
    """Learn the cohorts from the homes of a run and recorded ones; say of how many indicators."""
    workers = min(workers or len(sched_getaffinity(0)), homes)
    persons = [] if recorded is None else people(recorded)
    found: list[tuple[str, Mapping[str, Known]]] = []
    with pool(workers, interruptible=True) as processes, progress_bar() as progress:
        task = progress.add_task("homes", total=homes + len(persons))
        for home in processes.map(partial(indicators_of, run), range(homes)):
            found.append((ALL, known_of(home)))
            progress.advance(task)
        for person, home in zip(persons, processes.map(recorded_indicators_of, persons), strict=True):
            found.append((band_of(person.birth_year, YEAR), known_of(home)))
            progress.advance(task)
    made_from = f"{homes} simulated homes of {run.days} days to whom nothing happens, seed {run.seed}"
    if persons:
        made_from += f"; {len(persons)} recorded homes of TIHM (Palermo et al. 2023, CC BY 4.0)"
    priors = learn(found)
    out.write_text(as_json(Cohorts(CODE_VERSION, made_from, priors)), encoding="utf-8")
    say(f"{len(priors)} indicators of {len(found)} homes")


def known_of(home: Mapping[str, Sequence[float]]) -> dict[str, Known]:
    """Return what the first days of a home tell of each indicator, where they are enough."""
    found = {}
    for kind, looked in LOOKS.items():
        values = np.array(home.get(kind, ()), dtype=np.float64)
        values = values[~np.isnan(values)][:DAYS]
        if len(values) >= LEAST_DAYS:
            own = spread_of_days(values, looked, INDICATORS[kind].spread_floor)
            found[kind] = Known(own.middle, own.spread / math.sqrt(own.days))
    return found
