"""`vicino evaluate reference`: what calm days of simulated homes show, learned by the code of `analytics.change`."""

from functools import partial
from os import sched_getaffinity
from pathlib import Path

import numpy as np

from analytics.change.budget import threshold
from analytics.change.learning import learn
from analytics.change.reference import as_json
from analytics.version import CODE_VERSION
from cli.evaluate.simulated.homes import Run, indicators_of
from cli.replay import progress_bar
from cli.screen import say
from core.processes import pool

BUDGETS = (0.1, 0.25, 0.5)


def write(run: Run, homes: int, workers: int | None, out: Path) -> None:
    """Learn the reference from the homes of a run and write it; say which rarity it makes of some budgets."""
    workers = min(workers or len(sched_getaffinity(0)), homes)
    found = []
    with pool(workers, interruptible=True) as processes, progress_bar() as progress:
        task = progress.add_task(f"{run.days} days of {homes} homes", total=homes)
        for home in processes.map(partial(indicators_of, run), range(homes)):
            found.append({kind: np.array(values) for kind, values in home.items()})
            progress.advance(task)
    made_from = f"{homes} simulated homes of {run.days} days to whom nothing happens, seed {run.seed}"
    reference = learn(found, CODE_VERSION, made_from)
    out.write_text(as_json(reference), encoding="utf-8")
    for budget in BUDGETS:
        said = threshold(reference, budget)
        say(f"A budget of {budget} alerts per home and week: changes are told from rarity {said}")
