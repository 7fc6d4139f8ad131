"""The two halves of a backup's key: the machine holds the one that makes backups, people the one that opens them.

Both are of the format age (X25519). Who steals the machine can make backups with what lies there, and open none. The
half that makes backups is kept private all the same: who knows it could write a file that opens like one of ours.
"""

from pathlib import Path
from typing import NamedTuple

from pyrage import IdentityError, RecipientError, x25519

from core.errors import VicinoError

RECOVERY = "AGE-SECRET-KEY-1"
MAKING = "age1"
MAXIMUM_BYTES = 10_000


class Pair(NamedTuple):
    """A new key: what a file for making backups holds, and what is shown once and kept by people."""

    making: str
    recovery: str


def new_pair() -> Pair:
    """Return a new key, made at random."""
    identity = x25519.Identity.generate()
    making = f"# Makes backups of Vicino; opens none. Keep it private all the same.\n{identity.to_public()}\n"
    return Pair(making, str(identity))


def for_making(path: Path) -> x25519.Recipient:
    """Return by what to encrypt; raises `VicinoError` if the file `path` holds no key.

    The recovery key makes backups, too, but need not lie on the machine for that.
    """
    line = _line(path, (MAKING, RECOVERY))
    try:
        return (
            x25519.Identity.from_str(line).to_public() if line.startswith(RECOVERY) else x25519.Recipient.from_str(line)
        )
    except (IdentityError, RecipientError):
        raise _broken(path) from None


def for_opening(path: Path) -> x25519.Identity:
    """Return by what to decrypt; raises `VicinoError` if the file `path` holds no recovery key."""
    line = _line(path, (RECOVERY, MAKING))
    if line.startswith(MAKING):
        raise VicinoError(
            f"The key in {path} makes backups; it cannot open them.",
            kept="everything: nothing was touched",
            advice=f"write the recovery key, which begins with {RECOVERY}, into a file and name that with --key-file",
        )
    try:
        return x25519.Identity.from_str(line)
    except IdentityError:
        raise _broken(path) from None


def _line(path: Path, beginnings: tuple[str, ...]) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(MAXIMUM_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise VicinoError(
            f"The key file {path} cannot be read ({error.strerror}).",
            kept="everything: nothing was touched",
            advice=f"name the right file with --key-file, or make a key with `vicino backup key --to {path}`",
        ) from None
    for line in map(str.strip, text.splitlines()):
        if line.startswith(beginnings):
            return line
    raise _broken(path)


def _broken(path: Path) -> VicinoError:
    return VicinoError(
        f"The file {path} holds no key of backups that is whole.",
        kept="everything: nothing was touched",
        advice=f"it has one line that begins with {MAKING} or {RECOVERY}: check it for missing or mistyped characters",
    )
