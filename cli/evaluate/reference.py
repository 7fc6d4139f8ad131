"""`vicino evaluate reference`: what calm days of homes show, learned by the code of `analytics.change`."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from os import sched_getaffinity
from pathlib import Path

import numpy as np
from rich.progress import Progress, TaskID

from analytics.change.budget import threshold
from analytics.change.learning import Home, learn
from analytics.change.reference import as_json
from analytics.version import CODE_VERSION
from cli.evaluate.simulated.homes import Run, indicators_of
from cli.evaluate.tihm.recorded import indicators_of as recorded_indicators_of
from cli.evaluate.tihm.recorded import people
from cli.replay import progress_bar
from cli.screen import say
from core.processes import pool

BUDGETS = (0.1, 0.25, 0.5)


def write(run: Run, homes: int, recorded: Path | None, workers: int | None, out: Path) -> None:
    """Learn the reference from the homes of a run and recorded ones; say which rarity it makes of some budgets.

    Every other home gives the spreads. What is told in the others, simulated and recorded, prices the budget.
    """
    workers = min(workers or len(sched_getaffinity(0)), homes)
    with pool(workers, interruptible=True) as processes, progress_bar() as progress:
        task = progress.add_task(f"{run.days} days of {homes} homes", total=homes)
        simulated = _all(processes.map(partial(indicators_of, run), range(homes)), progress, task)
        lived: list[Home] = []
        if recorded is not None:
            persons = people(recorded)
            task = progress.add_task(f"{len(persons)} recorded homes", total=len(persons))
            lived = _all(processes.map(recorded_indicators_of, persons), progress, task)
        made_from = f"{homes} simulated homes of {run.days} days to whom nothing happens, seed {run.seed}"
        if lived:
            made_from += f"; {len(lived)} recorded homes of TIHM (Palermo et al. 2023, CC BY 4.0)"
        homes_of_each = [*simulated, *lived]
        task = progress.add_task("what is told in them", total=len(homes_of_each))
        reference = learn(
            [*simulated[::2], *lived[::2]],
            [*simulated[1::2], *lived[1::2]],
            CODE_VERSION,
            made_from,
            partial(progress.advance, task),
        )
    out.write_text(as_json(reference), encoding="utf-8")
    for budget in BUDGETS:
        said = threshold(reference, budget)
        say(f"A budget of {budget} alerts per home and week: changes are told from rarity {said}")


def _all(found: Iterable[Mapping[str, Sequence[float]]], progress: Progress, task: TaskID) -> list[Home]:
    homes: list[Home] = []
    for home in found:
        homes.append({kind: np.array(values) for kind, values in home.items()})
        progress.advance(task)
    return homes
