"""What the command says to the person at the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from core.errors import VicinoError

# Results go to standard output, everything else to standard error, so that a pipe gets results only.
results = Console()
messages = Console(stderr=True)


def say(text: str) -> None:
    """Say what is being done."""
    messages.print(f"[dim]{text} …[/dim]")


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn an error meant for people into its sentences and exit code 1."""
    try:
        yield
    except VicinoError as error:
        messages.print(f"[bold red]{error.args[0]}[/bold red]", highlight=False)
        if error.kept:
            messages.print(f"[bold]Kept:[/bold] {error.kept}", highlight=False)
        if error.advice:
            messages.print(f"[bold]What to do:[/bold] {error.advice}", highlight=False)
        raise SystemExit(1) from None
