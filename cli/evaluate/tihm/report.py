"""`vicino evaluate tihm`: runs the evaluation, prints its figures, and writes scores, report, model card and model."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import numpy as np
from markupsafe import Markup
from rich.table import Table

from analytics.learned import choice
from analytics.learned.model import Learned, dumps
from cli.evaluate.tihm import pictures
from cli.evaluate.tihm.figures import SHARES, alerted, quality, summary
from cli.evaluate.tihm.outage import outage
from cli.evaluate.tihm.protocol import Walked, examples_of, last_day, walk
from cli.evaluate.tihm.recorded import Person, people
from cli.evaluate.tihm.vital_signs import recall
from cli.replay import progress_bar
from cli.screen import results

FOLDER = Path(__file__).parent
Progress = Callable[[int, int], None]


class Evaluated(NamedTuple):
    """An evaluation: whose homes were tested and which only taught, the walk, the final model and the figures."""

    tested: Sequence[Person]
    trained: Sequence[Person]
    walked: Walked
    final: Learned
    figures: dict[str, Any]


def tihm(
    test: Path, train: Path | None, until: date | None, scores: Path | None, report: Path | None, *, as_json: bool
) -> None:
    """Evaluate, print the figures, and write what is asked for."""
    with progress_bar() as progress:
        reading = progress.add_task("Homes", total=None)
        walking = progress.add_task("Weeks", total=None)

        def told(task: Any) -> Progress:
            return lambda done, total: progress.update(task, completed=done, total=total)

        tested = people(test, told(reading))
        trained = people(train, told(reading)) if train is not None else []
        found = evaluate(tested, trained, until, told(walking))
        if report is not None:
            write(found, report)
    if scores is not None:
        write_scores(found.walked, scores)
    if as_json:
        print(json.dumps(found.figures, indent=2))
    else:
        _show(found.figures)


def evaluate(
    tested: Sequence[Person],
    trained: Sequence[Person],
    until: date | None = None,
    progress: Progress = lambda _, __: None,
) -> Evaluated:
    """Walk through the test weeks and return what came of it; raises `EvaluationError` where that is not possible."""
    walked = walk(tested, trained, until or last_day(tested), progress=progress)
    final = trained_up_to(tested, trained, walked.last)
    after = outage(tested, walked, alerted(walked.judged, max(SHARES.values())))
    return Evaluated(tested, trained, walked, final, summary(tested, trained, walked, final, recall(tested), after))


def trained_up_to(tested: Sequence[Person], trained: Sequence[Person], last: date) -> Learned:
    """Return the model for the days after `last`: learned from all before, its threshold that of the alert budget."""
    examples = examples_of(tested, trained, last)
    after = last.toordinal() + 1
    past = examples.where(examples.day < after)
    believed = choice.pool(choice.trials(past, after))
    earlier = choice.foretold(believed, past, after, choice.THRESHOLD_WEEKS)
    known = earlier[~np.isnan(earlier)]
    threshold = float(np.quantile(known, 1 - SHARES["budget"])) if len(known) else None
    return Learned(believed, threshold).learn(past)


def write_scores(walked: Walked, file: Path) -> None:
    """Write person, day and score (the chance, 0 to 1) of the days of the test weeks that have one."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("person", "day", "score"))
        writer.writerows(
            (one.person, one.day.isoformat(), f"{one.chance:.9f}") for one in walked.judged if one.chance is not None
        )


def write(found: Evaluated, folder: Path) -> None:
    """Write `tihm.json`, `tihm.html`, `model-card.md` and `model.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "f": found.figures,
        "shares": SHARES,
        "figure": _figure,
        "between": _between,
        "model": found.final,
        "tried": tried(found),
    }
    (folder / "tihm.json").write_text(json.dumps(found.figures, indent=2) + "\n", encoding="utf-8")
    (folder / "model.json").write_text(dumps(found.final) + "\n", encoding="utf-8")
    (folder / "model-card.md").write_text(_render("card.txt", told), encoding="utf-8")
    drawn = {
        "curve": pictures.curve(found.walked.judged),
        "calendar": pictures.calendar(found.walked, alerted(found.walked.judged, SHARES["7"])),
        "weights": pictures.weights(found.final),
    }
    # Our own SVG, whose texts are escaped where they are written.
    marked = {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - escaped
    (folder / "tihm.html").write_text(_render("report.html", told | marked), encoding="utf-8")


def tried(found: Evaluated) -> list[dict[str, Any]]:
    """Return how each candidate does alone on the test weeks, and its weight in the pool of the last one."""
    weights = {trial.candidate.name: f"{trial.weight:.2f}" for trial in found.walked.weeks[-1].trials}
    lines = []
    for candidate in (*choice.POOLED, *choice.COMPARED):
        judged = walk(found.tested, found.trained, found.walked.last, (candidate,)).judged
        met = {name: quality(judged, alerted(judged, share)).sensitivity for name, share in SHARES.items()}
        lines.append(
            {
                "name": candidate.name,
                "family": candidate.family,
                "features": ", ".join(name.replace("_", " ") for name in candidate.features),
                "weight": weights.get(candidate.name, "-"),
            }
            | met
        )
    return lines


def _render(name: str, told: dict[str, Any]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(told)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _between(value: tuple[float, float] | None) -> str:
    return "-" if value is None else f"{value[0]:.2f} to {value[1]:.2f}"


def _show(figures: dict[str, Any]) -> None:
    table = Table("days alerted", "sensitivity", "specificity", "alerts per home and week", "threshold from before")
    for name, share in SHARES.items():
        early = figures["threshold_from_earlier_weeks"][name]
        table.add_row(
            f"{share:.1%}",
            _figure(figures[f"sensitivity_at_{name}"]),
            _figure(figures[f"specificity_at_{name}"]),
            _figure(figures["alerts_per_home_week_at"][name]),
            f"{_figure(early['sensitivity'])} at {_figure(early['alerted_share'])}",
        )
    results.print(table)
    results.print(
        f"{figures['agitation_days']} labelled of {figures['person_days']} person-days, "
        f"{figures['scored_days']} of them with a score, of {figures['persons']} persons"
    )
    if figures["outage"] is not None:
        results.print(f"Wellbeing alerts caused by the outage: {figures['wellbeing_alerts_caused_by_outage']}")
    for kind, share in figures["vital_sign_recall"].items():
        results.print(f"{kind}: recall {_figure(share)} of {figures['vital_signs'][kind]['labels']} labels")
