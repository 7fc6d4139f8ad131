"""The account a server runs under when Vicino was started by root.

PostgreSQL refuses to run as root, and no server should. The data folder is handed to an account without rights,
and whoever owns it already goes on owning it.
"""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from core.errors import VicinoError
from embedded.privatefile import private_folder


class Account(NamedTuple):
    """Numbers of a user and of its group."""

    uid: int
    gid: int


def hand_over(folder: Path, preferred: Sequence[str]) -> Account | None:
    """Make `folder` private to the account that is to work in it, and return that; None if it is the present one.

    Ordinary users keep their own account. Root hands the folder to its present owner, or, if that is root, with
    all it contains to the first account of `preferred` that exists, else to `nobody`. Raises `VicinoError` if the
    folder belongs to somebody else.
    """
    private_folder(folder)
    found = folder.stat()
    if os.geteuid() != 0:
        if found.st_uid != os.geteuid():
            raise VicinoError(
                f"The folder {folder} belongs to another account (number {found.st_uid}).",
                kept="everything: nothing was touched",
                advice="start Vicino as that account, or give another folder with --data",
            )
        return None
    if found.st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    account = _choose(preferred)
    for parent, _, files in os.walk(folder):
        for name in ["", *files]:
            os.chown(Path(parent) / name, account.uid, account.gid, follow_symlinks=False)
    return account


def _choose(preferred: Sequence[str]) -> Account:
    for name in [*preferred, "nobody"]:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    return Account(65_534, 65_534)
