"""The list of erasures that lies beside the database and its backups, so that nobody comes back with an older one.

It names nobody: a number of a certificate, an instant, and a digest of a random number of the person, by which the
person is found in a backup that was made before.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from cli.persons.erasing.repository import Recorded
from core.errors import VicinoError
from embedded.privatefile import write_private

FILE = "erasures.jsonl"


class Erased(msgspec.Struct, frozen=True):
    """One line: the certificate's number, when it was, the digest in hexadecimal, and the reference of the request."""

    number: str
    at: str
    whose: str
    reference: str = ""


def of(recorded: Iterable[Recorded]) -> list[Erased]:
    """Return the lines of erasures that a database has recorded."""
    return [
        Erased(each.number, each.erased_at.isoformat(), each.digest.hex(), each.certificate.get("reference", ""))
        for each in recorded
    ]


def read(path: Path) -> list[Erased]:
    """Return the lines of a list, none where there is no such file; raises `VicinoError` where it is none."""
    try:
        return [msgspec.json.decode(line, type=Erased) for line in path.read_bytes().splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        raise VicinoError(
            f"{path} is no list of erasures ({error}).",
            kept="it; nothing was done",
            advice="give the list that lies beside the latest backup, or that of the installation's folder",
        ) from None


def merged(*lists: Iterable[Erased]) -> list[Erased]:
    """Return the lines of several lists, each once, the earliest first."""
    found = {each.number: each for lines in lists for each in lines}
    return sorted(found.values(), key=lambda each: (each.at, each.number))


def write(path: Path, lines: Iterable[Erased]) -> None:
    """Write lines into a list beside what is in it; raises `OSError`."""
    kept = merged(read(path), lines)
    if kept:
        write_private(path, "".join(msgspec.json.encode(each).decode() + "\n" for each in kept))
