"""`python -m tests.chaos`: plays the scenarios, prints a table and, as the last line, the same as JSON."""

import argparse
import json
import logging
import math
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from core import log
from core.errors import VicinoError
from tests.chaos.calls import CALL_SCENARIOS, CallScenario, PlayedCalls, play_calls
from tests.chaos.chain import Chain
from tests.chaos.ledger import Row
from tests.chaos.run import Failed, Played, play
from tests.chaos.scenarios import SCENARIOS, Scenario

EVERY: tuple[Scenario | CallScenario, ...] = (*SCENARIOS, *CALL_SCENARIOS)
_COLUMNS = ("published", "stored", "thinned", "lost", "duplicated")
_WIDTH = 110


def main(arguments: list[str] | None = None) -> int:
    """Play what the command line names; return 1 if a promise was broken, 2 if a scenario could not be played."""
    chosen = _parse(arguments)
    if chosen.list:
        for scenario in EVERY:
            print(f"{scenario.name:26} {scenario.says}")  # noqa: T201
        return 0
    log.configure("chaos", level=logging.WARNING)
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="vicino-chaos-"))
    folder.chmod(0o755)
    wanted = [scenario for scenario in EVERY if not chosen.only or scenario.name in chosen.only]
    screen = Console(stderr=True)
    code = 2
    try:
        rows, problems = play_all(folder, wanted, screen)
        _show(rows, problems)
        code = 1 if problems else 0
    except KeyboardInterrupt:
        screen.print("Interrupted: every process was ended.")
        return 130
    except (Failed, RuntimeError, VicinoError) as error:
        screen.print(f"[red]The harness could not go on:[/red] {error}")
        return 2
    finally:
        if code == 0 and not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            screen.print(f"Logs and databases are in {folder}")
    return code


def play_all(
    folder: Path, wanted: Sequence[Scenario | CallScenario], screen: Console
) -> tuple[list[Row], dict[str, list[str]]]:
    """Play the scenarios in `folder`, one after the other; return their rows and, by name, the promises they break.

    The rows are as the database has them after the last scenario: what comes twice may come late.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Chain(folder) as chain:
        played: list[Played | PlayedCalls] = []
        columns = (
            SpinnerColumn(),
            BarColumn(20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=screen, transient=True) as progress:
            task = progress.add_task("starting", total=len(wanted))
            for scenario in wanted:

                def say(text: str, published: int, name: str = scenario.name) -> None:
                    progress.update(task, description=f"[bold]{name}[/bold] {published} published: {text}")

                if isinstance(scenario, CallScenario):
                    played.append(play_calls(chain, scenario, say))
                else:
                    played.append(play(chain, scenario, say))
                progress.console.print(_line(played[-1], chain))
                progress.advance(task)
        with chain.book() as book:
            problems = {each.scenario.name: each.problems(book) for each in played}
            return [each.row(book) for each in played], {name: found for name, found in problems.items() if found}


def _line(played: Played | PlayedCalls, chain: Chain) -> str:
    with chain.book() as book:
        row, found = played.row(book), played.problems(book)
    said = f"[red]{'; '.join(found)}[/red]" if found else "[green]kept[/green]"
    return f"{row.scenario:26} {row.published:6} published, recovered in {row.recovery_s:4.1f} s: {said}"


def _show(rows: list[Row], problems: dict[str, list[str]]) -> None:
    table = Table("scenario", *_COLUMNS, "recovery_s", "")
    for column in table.columns[1:-1]:
        column.justify = "right"
    for row in rows:
        found = problems.get(row.scenario)
        verdict = f"[red]{'; '.join(found)}[/red]" if found else "[green]kept[/green]"
        table.add_row(row.scenario, *(str(getattr(row, name)) for name in _COLUMNS), f"{row.recovery_s:.1f}", verdict)
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(table)
    # JSON has no infinity.
    told = [{**row._asdict(), "recovery_s": row.recovery_s if math.isfinite(row.recovery_s) else None} for row in rows]
    print(json.dumps({"rows": told}), flush=True)  # noqa: T201


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--list", action="store_true", help="name the scenarios and end")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", choices=[each.name for each in EVERY],
        help="play this scenario alone; may be given several times",
    )  # fmt: skip
    return parser.parse_args(arguments)


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
