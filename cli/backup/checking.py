"""Reads a backup from beginning to end and checks all of it, before anything is touched."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from pyrage import x25519

from cli.backup import sealed
from cli.backup.contents import FORMAT, VERSION, Foot, Head, Sum, Summing
from cli.backup.making import FILES, FOOT, HEAD, TABLES, Made, Progress
from cli.backup.sealed import BrokenBackupError, Member
from cli.installation import STORING
from core.errors import VicinoError
from core.migrations import Known, MigrationError, refuse_foreign

_T = TypeVar("_T")
_PART = re.compile(rf"{TABLES}/([^/]+)/(\d{{6}})\.copy")


def check(path: Path, identity: x25519.Identity, progress: Progress) -> Made:
    """Return what the backup `path` holds, after all of it was read.

    Raises `VicinoError` if the key does not open it, anything in it is not as it was written, or a newer one made it.
    """
    sums: dict[str, dict[str, Summing]] = {TABLES: {}, FILES: {}}
    foot: Foot | None = None
    with sealed.read(path, identity) as members:
        head = first(path, members)
        sums[TABLES] = {table.key: Summing() for table in head.tables}
        for member in members:
            if foot is not None:
                raise _odd(path)
            if part := _PART.fullmatch(member.name):
                _into(sums[TABLES], part.group(1), path).add(member.data)
                progress(part.group(1), len(member.data))
            elif member.name.startswith(f"{FILES}/"):
                sums[FILES].setdefault(member.name.removeprefix(f"{FILES}/"), Summing()).add(member.data)
            elif member.name == FOOT:
                foot = _decode(path, member, Foot)
    if foot is None or _sums(sums[TABLES]) != foot.tables or _sums(sums[FILES]) != foot.files:
        raise BrokenBackupError(
            f"The backup {path} does not hold what it says it holds.",
            kept="everything: nothing was touched",
            advice="use another backup, and report this as an error of Vicino",
        )
    return Made(head, foot)


def first(path: Path, members: Iterator[Member]) -> Head:
    """Return what a backup is, from its first member; raises `VicinoError` if this version cannot read it."""
    member = next(members, None)
    if member is None or member.name != HEAD:
        raise _odd(path)
    said = _decode(path, member, dict[str, object])
    if said.get("format") != FORMAT:
        raise _odd(path)
    if not isinstance(version := said.get("version"), int) or version > VERSION:
        raise VicinoError(
            f"The backup {path} was made by a newer Vicino ({said.get('vicino')}), in a form that is not known here.",
            kept="everything: nothing was touched",
            advice="restore it with that version, or a later one",
        )
    head = _decode(path, member, Head)
    try:
        refuse_foreign(STORING, [Known(each.folder, each.file, each.checksum) for each in head.migrations])
    except MigrationError as error:
        raise VicinoError(
            f"The backup {path} was made by Vicino {head.vicino}, whose tables this one does not know. {error.args[0]}",
            kept="everything: nothing was touched",
            advice="restore it with that version, or a later one",
        ) from error
    return head


def parts(member: Member) -> str | None:
    """Return of which table a member is a part; None if it is of none."""
    found = _PART.fullmatch(member.name)
    return found and found.group(1)


def _into(sums: dict[str, Summing], key: str, path: Path) -> Summing:
    if key not in sums:
        raise _odd(path)
    return sums[key]


def _sums(found: dict[str, Summing]) -> dict[str, Sum]:
    return {key: summing.sum for key, summing in found.items()}


def _decode(path: Path, member: Member, of: type[_T]) -> _T:
    try:
        return msgspec.json.decode(member.data, type=of)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise _odd(path) from None


def _odd(path: Path) -> BrokenBackupError:
    return BrokenBackupError(
        f"The file {path} can be opened with this key, but it is no backup of Vicino.",
        kept="everything: nothing was touched",
        advice="name a file that `vicino backup` has made",
    )
