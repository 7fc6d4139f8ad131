"""What the command says to the person at the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from rich.console import Console

from core.errors import VicinoError

# Results go to standard output, everything else to standard error, so that a pipe gets results only.
results = Console()
messages = Console(stderr=True)


def say(text: str) -> None:
    """Say what is being done."""
    messages.print(f"[dim]{text} …[/dim]")


@contextmanager
def in_words(kept: str = "") -> Iterator[None]:
    """Turn what a database or a disk says into what happened, what was `kept` and what to do (`VicinoError`).

    Of what the database says only that is told which is of tables and rights: the rest may quote rows.
    """
    try:
        yield
    except VicinoError as error:
        error.kept = error.kept or kept
        raise
    except psycopg.errors.DiskFull as error:
        raise VicinoError(
            "The disk of the database is full.", kept=kept, advice="make room there, then try again"
        ) from error
    except psycopg.OperationalError as error:
        if "authentication failed" in str(error):
            raise VicinoError(
                "The database refuses this login or its password.", kept=kept, advice="correct its address"
            ) from error
        raise VicinoError(
            f"The database does not answer ({type(error).__name__}).",
            kept=kept,
            advice="check its address and whether it runs, then try again",
        ) from error
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise VicinoError(
                "The address of the database cannot be used.",
                kept=kept,
                advice="write it as postgresql://LOGIN:PASSWORD@HOST:PORT/DATABASE",
            ) from None
        said = error.diag.message_primary if isinstance(error, psycopg.ProgrammingError) else ""
        raise VicinoError(
            f"The database would not do it ({type(error).__name__}{f': {said}' if said else ''}).",
            kept=kept,
            advice="see what `vicino doctor` says and the log of the database; report it if that does not tell",
        ) from error
    except OSError as error:
        raise VicinoError(
            f"A file could not be read or written: {error.strerror or error}"
            f"{f' ({error.filename})' if error.filename else ''}.",
            kept=kept,
            advice="see that this account may, and that there is room; then try again",
        ) from error


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn an error into its sentences and exit code 1: one meant for people, or what a database or a disk says."""
    try:
        with in_words():
            yield
    except VicinoError as error:
        messages.print(f"[bold red]{error.args[0]}[/bold red]", highlight=False)
        if error.kept:
            messages.print(f"[bold]Kept:[/bold] {error.kept}", highlight=False)
        if error.advice:
            messages.print(f"[bold]What to do:[/bold] {error.advice}", highlight=False)
        raise SystemExit(1) from None
