"""What the evaluated homes come to, in figures."""

from collections.abc import Iterable, Sequence
from statistics import mean, median
from typing import Any

from cli.evaluate.simulated.homes import Home, Run
from cli.evaluate.simulated.matching import Outcome, in_context
from simulator.library import SCENARIOS, Sort
from simulator.timeline import FAULTS

HOURS_OF_A_WEEK = 168
# Whoever changes a detector or a limit looks at these seeds only; all others are held out.
TUNING_SEEDS = (range(1, 10), range(1014, 1016), range(1021, 1023), range(2001, 2300))


def summary(run: Run, homes: Sequence[Home]) -> dict[str, Any]:
    """Return the figures of a run.

    `scenarios` has for each: how many events, how many of them were detected, the share, and after how many hours the
    median one was; of a context nothing is to be detected, so there recall is None. `context_findings` counts what was
    raised about the person in each context, `false_by_budget` what each budget of the run would have raised for nothing
    per home and week.
    """
    outcomes = [one for home in homes for one in home.judged.outcomes]
    weeks = sum(home.judged.hours for home in homes) / HOURS_OF_A_WEEK
    false = sum(len(home.judged.false) for home in homes)
    contexts = [in_context(home.judged.outcomes, home.judged.false) for home in homes]
    home_days = len(homes) * run.days
    return {
        "homes": len(homes),
        "days": run.days,
        "seed": run.seed,
        "held_out": not any(run.seed in seeds for seeds in TUNING_SEEDS),
        "calm": run.calm,
        "scenarios": {
            name: _scenario(name, [one for one in outcomes if one.scripted.name == name])
            for name in (*SCENARIOS, *FAULTS)
        },
        "false_wellbeing_alerts_per_home_week": round(false / weeks, 4) if weeks else None,
        "false_wellbeing_alerts": false,
        "home_weeks": round(weeks, 1),
        "false_by_budget": {
            str(budget): round(sum(home.false_at[budget] for home in homes) / weeks, 4) if weeks else None
            for budget in run.budgets
        },
        "technical_as_wellbeing": sum(len(home.technical_as_wellbeing) for home in homes),
        "context_findings": {name: sum(each[name] for each in contexts) for name in (contexts[0] if contexts else {})},
        "nuisances": _counted(event.name for home in homes for event in home.life.nuisances),
        "false_by_kind": _counted(one.kind for home in homes for one in home.judged.false),
        "coverage": round(mean(home.coverage for home in homes), 4),
        "cpu_ms_per_home_day": {
            name: round(1000 * sum(getattr(home.took, name) for home in homes) / home_days, 1)
            for name in ("simulate", "hear", "analyse")
        },
    }


def sort_of(name: str) -> Sort:
    """Return what is asked of the analysis for a scenario."""
    return SCENARIOS[name].sort if name in SCENARIOS else Sort.TECHNICAL


def _scenario(name: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    delays = [one.delay_h for one in outcomes if one.delay_h is not None]
    asked = sort_of(name) is not Sort.CONTEXT and bool(outcomes)
    return {
        "events": len(outcomes),
        "detected": len(delays),
        "recall": round(len(delays) / len(outcomes), 4) if asked else None,
        "median_delay_h": round(median(delays), 2) if delays else None,
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))
