"""`vicino up`: all services of one machine in the foreground."""

import os

from cli import canary, homes, simulated
from cli.installation import Installation
from cli.machine import SMTP_URL, Machine, machine
from cli.screen import messages, say
from core.clock import Clock
from core.service import stop_on_signals


def up(installation: Installation, clock: Clock, *, port: int | None, simulated_homes: int) -> None:
    """Run all services until Ctrl-C, with so many simulated homes."""
    stop = stop_on_signals()
    with machine(installation, clock, stop, port=port, say=say) as made:
        if stop.is_set():
            return
        canary.watch(made, clock)
        announce(made)
        if simulated_homes:
            with installation.database() as database:
                homes.apply(database, simulated.document_of(simulated.SERVICE, simulated.simulated(simulated_homes)))
            simulated.start(made, simulated_homes, clock)
        made.supervisor.run(stop)
    messages.print("Everything has ended.")


def announce(made: Machine) -> None:
    """Say where the pages are, and what a person has to know."""
    print(f"Vicino: {made.url}", flush=True)
    if SMTP_URL not in os.environ:
        messages.print("[yellow]No mail server is set (VICINO_SMTP_URL): nobody is notified by e-mail.[/yellow]")
