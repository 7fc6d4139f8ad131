"""`vicino audit`: whether what was noted of who looked at whom is still what was noted."""

import json
from datetime import datetime
from typing import Annotated, NamedTuple

import typer
from psycopg import Connection

from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data
from cli.screen import errors_in_words, results
from core.database import Row
from core.errors import VicinoError
from dashboards import repository, seals
from dashboards.seals import Fault, Seal, What

app = typer.Typer(help="The audit: who looked at whom.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """Let `verify` be a command of its own, though it is the only one."""


SAID = {
    What.GONE: "batch {seal_id}: it is there no more, with its seal",
    What.COUNT: "batch {seal_id}: {there} entries where {sealed} were sealed: some were removed or inserted",
    What.CONTENTS: "batch {seal_id}: its {there} entries are not those that were sealed: something was changed",
    What.SEAL: "batch {seal_id}: its seal does not fit with itself or with the one before: a seal was changed",
    What.NOTED: "batch {seal_id}: its seal is another than the one that you noted: the chain was made anew",
}


class Seen(NamedTuple):
    """What was found: what is wrong, how much was looked at, the last seal, what waits for one, what was dropped."""

    faults: list[Fault]
    never_given: int
    entries: int
    last: Seal | None
    unsealed: int
    since: datetime | None
    retired: int

    @property
    def is_whole(self) -> bool:
        """Whether everything that was sealed is as it was."""
        return not self.faults and not self.never_given


@app.command("verify")
def verify(
    data: Data = DEFAULT_DATA,
    against: Annotated[
        str,
        typer.Option(
            help="A seal that was noted elsewhere, as BATCH:SEAL: shows whether the whole chain was made anew."
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")] = False,
) -> None:
    """Find what was removed, changed or inserted after it was sealed; exit code 1 if anything was."""
    with errors_in_words():
        noted = _noted(against)
        with Installation(data).database() as database, database.transaction() as connection:
            seen = look(connection, noted)
    if as_json:
        print(json.dumps(_as_json(seen), indent=2))
    else:
        _say(seen)
    if not seen.is_whole:
        raise SystemExit(1)


def look(connection: Connection[Row], noted: tuple[int, str] | None = None) -> Seen:
    """Return what is wrong with the audit; `noted` is a seal that somebody has noted: its number and its digest."""
    chain = list(repository.seals(connection))
    last_id, retired = repository.retired(connection)
    found = list(seals.faults(chain, lambda first, last: repository.entries(connection, first, last), last_id))
    if noted is not None:
        theirs = next((one for one in chain if one.seal_id == noted[0]), None)
        if theirs is None:
            found.append(Fault(noted[0], What.GONE))
        elif theirs.digest.hex() != noted[1]:
            found.append(Fault(noted[0], What.NOTED))
    last = chain[-1] if chain else None
    unsealed, since = repository.unsealed(connection, last.last_id if last else 0)
    entries = sum(one.entries for one in chain)
    return Seen(found, repository.never_given(connection), entries, last, unsealed, since, retired)


def _noted(against: str) -> tuple[int, str] | None:
    if not against:
        return None
    number, _, digest = against.strip().partition(":")
    if not number.isdecimal() or len(number) > 18 or len(digest) != 64 or set(digest.lower()) - set("0123456789abcdef"):  # noqa: PLR2004 - digits
        raise VicinoError(
            f"{against!r} is no seal.", advice="write it as the log and this command do: 12: and 64 letters and digits"
        )
    return int(number), digest.lower()


def _say(seen: Seen) -> None:
    for fault in seen.faults:
        results.print(SAID[fault.what].format(**fault._asdict()), style="bold red", highlight=False, soft_wrap=True)
    if seen.never_given:
        results.print(
            f"{seen.never_given} entries have a number that is never given: they were inserted.", style="bold red"
        )
    if seen.last is not None:
        whole = "as they were sealed" if seen.is_whole else "looked at"
        results.print(f"{seen.entries} entries in {seen.last.seal_id} batches: {whole}.", highlight=False)
        if seen.retired:
            results.print(f"{seen.retired} of them were dropped when their time was over: their seals still stand.")
        results.print(f"The last seal: {seen.last.seal_id}:{seen.last.digest.hex()}", highlight=False, soft_wrap=True)
    waits = f", the first of them since {seen.since:%Y-%m-%d %H:%M} UTC" if seen.since else ""
    results.print(f"{seen.unsealed} entries wait for their seal{waits}.", highlight=False)


def _as_json(seen: Seen) -> dict[str, object]:
    return {
        "whole": seen.is_whole,
        "faults": [fault._asdict() for fault in seen.faults],
        "never_given": seen.never_given,
        "entries": seen.entries,
        "retired": seen.retired,
        "seal": None if seen.last is None else f"{seen.last.seal_id}:{seen.last.digest.hex()}",
        "unsealed": seen.unsealed,
        "unsealed_since": None if seen.since is None else seen.since.isoformat(),
    }
