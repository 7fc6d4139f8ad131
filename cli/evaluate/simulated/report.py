"""The figures of an evaluation on simulated lives for people: on the terminal, and as a page with pictures."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from cli.evaluate import page
from cli.evaluate.page import Bar, Stretch
from cli.evaluate.simulated import figures as figuring
from cli.evaluate.simulated.figures import sort_of
from cli.evaluate.simulated.homes import Home, Run, evaluate
from cli.evaluate.simulated.matching import DETECTS, LEARNED_FROM
from cli.replay import progress_bar
from cli.screen import results
from simulator.library import Sort

ASKED = {Sort.SUDDEN: 0.9, Sort.SLOW: 0.8}
LOOKS = {Sort.SUDDEN: "a", Sort.SLOW: "a", Sort.CONTEXT: "c", Sort.TECHNICAL: "d"}
LONGEST_DELAY_H = 96


def simulated(run: Run, homes: int, workers: int | None, folder: Path | None, *, as_json: bool) -> None:
    """Evaluate, print the figures, and write them with every event and false finding into `folder` if one is given."""
    with progress_bar() as progress:
        task = progress.add_task("Homes", total=homes)
        found = evaluate(run, homes, workers, lambda: progress.advance(task))
    figures = figuring.summary(run, found)
    if folder is not None:
        write(figures, found, folder)
    if as_json:
        print(json.dumps(figures, indent=2))
    else:
        _show(figures)


def write(figures: dict[str, Any], homes: Sequence[Home], folder: Path) -> None:
    """Write `simulated.json`, `simulated-events.jsonl`, `simulated-false.jsonl` and the page `simulated.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "simulated.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    _write_lines(folder / "simulated-events.jsonl", _events(homes))
    _write_lines(folder / "simulated-false.jsonl", _false(homes))
    page.write(folder / "simulated.html", "How well changes are found in simulated homes", _sections(figures, homes))


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _events(homes: Sequence[Home]) -> Iterator[dict[str, Any]]:
    for home in homes:
        for scripted, detected, delay_h in home.judged.outcomes:
            yield {
                "home": home.key, "plan": home.life.bare.plan.key, "scenario": scripted.name,
                "from": scripted.event.start.isoformat(), "until": scripted.event.end.isoformat(),
                "changed": dict(scripted.event.changed), "detected_by": detected.kind if detected else None,
                "delay_h": None if delay_h is None else round(delay_h, 2), "said": detected.said if detected else None,
            }  # fmt: skip


def _false(homes: Sequence[Home]) -> Iterator[dict[str, Any]]:
    for home in homes:
        for one in home.judged.false:
            yield {
                "home": home.key, "plan": home.life.bare.plan.key, "kind": one.kind, "from": one.start.isoformat(),
                "until": one.end.isoformat(), "raised_at": one.raised_at.isoformat(), "said": one.said,
                "caused_by_a_fault": one in home.technical_as_wellbeing, "meanwhile": _meanwhile(home, one.start),
            }  # fmt: skip


def _meanwhile(home: Home, at: datetime) -> list[str]:
    return [one.name for one in home.life.scripted if one.event.start <= at <= one.event.end]


def _sections(figures: dict[str, Any], homes: Sequence[Home]) -> Iterator[str]:
    scenarios = {name: one for name, one in figures["scenarios"].items() if one["events"]}
    for_tuning = " and ".join(f"{seeds.start} to {seeds.stop - 1}" for seeds in figuring.TUNING_SEEDS)
    tuned = "held out: nothing was tuned on it" if figures["held_out"] else "one of those used for tuning"
    yield page.paragraph(
        f"{figures['homes']} homes over {figures['days']} days, seed {figures['seed']}, which is {tuned}. Seeds "
        f"{for_tuning} are for tuning, all others are held out. "
        "Each day was judged by the code of the services with what had come in by then, through the gateway's decoders."
    )
    yield page.table(
        "In short",
        ("figure", "value"),
        (
            ("false wellbeing alerts per home and week", figures["false_wellbeing_alerts_per_home_week"]),
            *((f"the same, with a budget of {budget}", rate) for budget, rate in figures["false_by_budget"].items()),
            ("home weeks that were judged", figures["home_weeks"]),
            ("technical faults reported as wellbeing", figures["technical_as_wellbeing"]),
            ("mean coverage", f"{figures['coverage']:.1%}"),
        ),
    )
    asked = {_name(name): ASKED[sort_of(name)] for name in scenarios if sort_of(name) in ASKED}
    yield page.heading("What was found")
    yield page.bars(
        "recall", "Share of the events that were detected; the mark is what is asked for",
        [Bar(_name(name), one["recall"], f"{one['recall']:.0%}", LOOKS[sort_of(name)])
         for name, one in scenarios.items() if one["recall"] is not None],
        asked,
    )  # fmt: skip
    yield page.table(
        "Scenarios",
        ("scenario", "sort", "events", "detected", "recall", "median delay (h)", "counted kinds of findings"),
        ((_name(name), sort_of(name), one["events"], one["detected"], _percent(one["recall"]), one["median_delay_h"],
          ", ".join(DETECTS.get(name, ()))) for name, one in scenarios.items()),
    )  # fmt: skip
    yield page.dots(
        "delay", "Hours from the beginning of an event until it was raised", _delays(homes), LONGEST_DELAY_H, "h"
    )
    yield page.heading("What was raised for nothing")
    yield page.table("False wellbeing findings by kind", ("kind", "number"), figures["false_by_kind"].items())
    yield page.table("Findings in contexts, which are to raise none", ("context", "findings"),
                     figures["context_findings"].items())  # fmt: skip
    yield page.heading("The homes")
    yield page.paragraph(
        "Each row is a home from its first day to its last. Blue: what happened to the person; ochre: a context; grey: "
        f"a technical fault; red: a false finding. In the first {LEARNED_FROM.days} days habits are learned. The names "
        "and dates appear under the pointer."
    )
    yield page.rows_of_time("homes", "What happened in each home, and false findings", {h.key: _row(h) for h in homes})


def _delays(homes: Sequence[Home]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for home in homes:
        for one in home.judged.outcomes:
            if one.delay_h is not None:
                found.setdefault(_name(one.scripted.name), []).append(one.delay_h)
    return dict(sorted(found.items()))


def _row(home: Home) -> list[Stretch]:
    lasts = home.life.end - home.life.start
    events = [
        Stretch(
            (one.event.start - home.life.start) / lasts,
            (one.event.end - home.life.start) / lasts,
            LOOKS[one.sort],
            f"{_name(one.name)}, {one.event.start:%Y-%m-%d %H:%M} to {one.event.end:%Y-%m-%d %H:%M} UTC",
        )
        for one in home.life.scripted
    ]
    false = [
        Stretch(at, at, "b", f"{one.kind}, {one.raised_at:%Y-%m-%d %H:%M} UTC: {one.said}")
        for one in home.judged.false
        for at in [(one.raised_at - home.life.start) / lasts]
    ]
    return [*events, *false]


def _show(figures: dict[str, Any]) -> None:
    table = Table("scenario", "sort", "events", "detected", "recall", "median delay")
    for name, one in figures["scenarios"].items():
        delay = one["median_delay_h"]
        table.add_row(
            _name(name),
            sort_of(name).value,
            str(one["events"]),
            "" if sort_of(name) is Sort.CONTEXT else str(one["detected"]),
            _percent(one["recall"]) or "",
            "" if delay is None else f"{delay:.1f} h",
        )
    results.print(table)
    results.print(
        f"False wellbeing alerts: {figures['false_wellbeing_alerts_per_home_week']} per home and week "
        f"({figures['false_wellbeing_alerts']} in {figures['home_weeks']} home weeks), seed {figures['seed']}"
        f"{'' if figures['held_out'] else ', which is for tuning'}"
    )
    for budget, rate in figures["false_by_budget"].items():
        results.print(f"With a budget of {budget}: {rate} false per home and week")
    results.print(f"Technical faults reported as wellbeing: {figures['technical_as_wellbeing']}")


def _name(name: str) -> str:
    return name.replace("_", " ")


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
