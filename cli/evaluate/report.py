"""What the evaluation of the silence classifier comes to."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from cli.evaluate import page
from cli.evaluate.page import Bar
from cli.evaluate.silence import OTHER, Outcome, outcomes
from cli.replay import progress_bar
from cli.screen import results
from simulator.faults import CLASSES, NOTHING

ZONE = ZoneInfo("Europe/Rome")
LONGEST_SHOWN_H = 72


def silence(seed: int, per_class: int, folder: Path | None, *, as_json: bool) -> None:
    """Evaluate, print the figures and write them with every case into `folder` if one is given."""
    with progress_bar() as progress:
        task = progress.add_task("Cases", total=per_class * len(CLASSES))
        found = list(outcomes(seed, per_class, ZONE, lambda done, _: progress.update(task, completed=done)))
    figures = {"seed": seed, "per_class": per_class, **summary(found)}
    if folder is not None:
        write(figures, found, folder)
    if as_json:
        print(json.dumps(figures, indent=2))
    else:
        _show(figures)


def summary(found: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures of an evaluation.

    `recall` is by class, `balanced_accuracy` its mean; `confusion` counts what was said by what was true. The times
    are medians in seconds from the beginning of the fault: until the right class was told for good, and until anything
    technical was. `technical_as_wellbeing` counts technical cases of which it was ever said that the person is still,
    or away while at home.
    """
    by_class = {truth: [one for one in found if one.case.truth == truth] for truth in CLASSES}
    recall = {truth: sum(one.said == truth for one in cases) / len(cases) for truth, cases in by_class.items() if cases}
    first = [one.first_s for truth in ("power_cut", "line_cut") for one in by_class[truth] if one.first_s is not None]
    return {
        "cases": len(found),
        "without_battery": sum(not one.battery for one in found),
        "balanced_accuracy": round(sum(recall.values()) / len(recall), 4),
        "technical_as_wellbeing": sum(one.as_wellbeing for one in found),
        "recall": {truth: round(share, 4) for truth, share in recall.items()},
        "median_known_s": {truth: _median(one.known_s for one in cases) for truth, cases in by_class.items()},
        "median_first_told_s": {truth: _median(one.first_s for one in cases) for truth, cases in by_class.items()},
        "outage_told_s": {"median": _median(first), "slowest": round(max(first), 1) if first else None},
        "confusion": {truth: dict(Counter(one.said for one in cases)) for truth, cases in by_class.items()},
    }


def write(figures: dict[str, Any], found: Iterable[Outcome], folder: Path) -> None:
    """Write `silence.json` with the figures, `silence-cases.jsonl` with every case, and `silence.html` for people."""
    cases = list(found)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "silence.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    lines = [json.dumps(_line(one)) for one in cases]
    (folder / "silence-cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page.write(folder / "silence.html", "How well silences are told apart", _sections(figures, cases))


def _sections(figures: dict[str, Any], cases: Sequence[Outcome]) -> Iterator[str]:
    yield page.paragraph(
        f"{figures['cases']} simulated cases, {figures['per_class']} of each class, seed {figures['seed']}; "
        f"{figures['without_battery']} in homes whose gateway has no battery. Balanced accuracy "
        f"{figures['balanced_accuracy']:.4f}; technical faults taken for a change of the person: "
        f"{figures['technical_as_wellbeing']}."
    )
    yield page.bars(
        "recall", "Share of the cases of each class that were told right",
        [Bar(_name(truth), share, f"{share:.1%}") for truth, share in figures["recall"].items()],
    )  # fmt: skip
    said = [*CLASSES, OTHER]
    yield page.table(
        "What was said (columns) of what was true (rows)",
        ("true", *map(_name, said)),
        ((_name(truth), *(figures["confusion"][truth].get(name) for name in said)) for truth in CLASSES),
    )
    known = {
        _name(truth): [one.known_s / 3600 for one in cases if one.case.truth == truth and one.known_s is not None]
        for truth in CLASSES
        if truth != NOTHING
    }
    yield page.dots("known", "Hours until the right class was told for good", known, LONGEST_SHOWN_H, "h")


def _name(name: str) -> str:
    return name.replace("_", " ")


def _line(one: Outcome) -> dict[str, Any]:
    event = one.case.event
    return {
        "home": one.home,
        "battery": one.battery,
        "truth": one.case.truth,
        "said": one.said,
        "from": one.case.start.isoformat(),
        "looked_at": one.case.until.isoformat(),
        "changed": dict(event.changed) if event else {},
        "known_s": one.known_s,
        "first_told_s": one.first_s,
        "as_wellbeing": one.as_wellbeing,
    }


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None


def _show(figures: dict[str, Any]) -> None:
    said = [*CLASSES, OTHER]
    table = Table("true \\ said", *map(_name, said), "recall", "known after")
    for truth in CLASSES:
        counts, known = figures["confusion"][truth], figures["median_known_s"][truth]
        share = figures["recall"].get(truth)
        table.add_row(
            _name(truth),
            *(str(counts.get(name, "")) for name in said),
            "" if share is None else f"{share:.1%}",
            "" if known is None else f"{known / 3600:.1f} h",
        )
    results.print(table)
    results.print(
        f"Balanced accuracy {figures['balanced_accuracy']:.4f} on {figures['cases']} cases, seed {figures['seed']}"
    )
    results.print(f"Technical faults taken for a change of the person: {figures['technical_as_wellbeing']}")
