"""`vicino replay`: sends a recording through the gateway's own code, over MQTT, with a progress bar."""

from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from cli import access, homes
from cli.installation import Installation
from cli.screen import messages, results
from core.clock import Clock
from core.service import stop_on_signals
from gateway.recordings import formats
from gateway.sources import replay as source

SHOWN_REFUSALS = 10


def replay(
    installation: Installation, path: Path, form: str, *, speed: float | None, homes_limit: int | None, clock: Clock
) -> bool:
    """Register the homes of a recording and send it; tell whether everything arrived."""
    stop = stop_on_signals()
    with messages.status(f"Reading {path}"):
        recording = formats.read(path, form)
    for note in recording.notes:
        messages.print(f"[yellow]{note}[/yellow]")
    with installation.database() as database:
        entries = recording.homes()[:homes_limit]
        homes.apply(database, homes.document_of(homes.RECORDINGS, entries))
        gateways = [home.gateway for home in recording.recorded[:homes_limit]]
        broker_for = access.signing_in(installation, database, gateways, clock)
    with progress_bar() as progress:
        task = progress.add_task("Stored", total=None)
        summary = source.run(
            recording,
            broker_for=broker_for,
            data_dir=installation.root,
            speed=speed,
            homes_limit=homes_limit,
            clock=clock,
            stop=stop,
            progress=lambda confirmed, total: progress.update(task, completed=confirmed, total=total),
        )
    results.print(
        f"{summary.rows:,} rows of {len(entries)} homes: {summary.sent:,} readings sent, "
        f"{summary.confirmed:,} confirmed as stored, {summary.identical:,} identical rows counted once, "
        f"{summary.refused:,} refused, in {summary.seconds:.1f} s.",
        soft_wrap=True,
    )
    for refusal in recording.refused[:SHOWN_REFUSALS]:
        messages.print(f"[yellow]Refused: {refusal}[/yellow]", highlight=False)
    messages.print(
        f"The homes belong to the organisation {homes.RECORDINGS.key!r}. To see them: "
        f"vicino account add LOGIN --organisation {homes.RECORDINGS.key}",
        soft_wrap=True,
        highlight=False,
    )
    return bool(summary.confirmed == summary.sent)


def progress_bar() -> Progress:
    """Return a progress bar for work of a known amount."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=messages,
    )
