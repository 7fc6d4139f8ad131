"""Which files belong to an installation and cannot be made again.

In: the key that signs the links in messages that are out already, the key by which telephones know us, the accounts of
this machine's own gateways, the authority behind its certificates, and on which port gateways find its broker. Not in:
passwords of the database and of the broker's services (made anew), logs, kept mails, outboxes, and the recovery key.
"""

from collections.abc import Iterator
from pathlib import Path

from cli.backup.sealed import PART_BYTES
from core.errors import VicinoError
from embedded.privatefile import private_folder

FOLDERS = ("secrets", "ca")
SINGLE = ("broker/mosquitto.conf",)
# Folders of logins, whose passwords hold for one server and one run.
_OF_LOGINS = ("vicino_", "_")


def of_installation(root: Path) -> Iterator[tuple[str, Path]]:
    """Give the files of an installation's folder that belong into its backup, each with its path in there."""
    for folder in FOLDERS:
        yield from ((name, path) for name, path in within(root / folder, folder) if not _is_of_login(name))
    for name in SINGLE:
        if (root / name).is_file():
            yield name, root / name


def within(folder: Path, name: str = "") -> Iterator[tuple[str, Path]]:
    """Give all files below a folder, called by their path, below `name`; raises `VicinoError` if one is too large."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > PART_BYTES:
            raise VicinoError(
                f"The file {path} is too large for a key or a setting ({path.stat().st_size:,} bytes).",
                kept="the installation; no backup was made",
                advice="put it elsewhere, and back it up by itself",
            )
        yield (Path(name) / path.relative_to(folder)).as_posix(), path


def put(root: Path, name: str, data: bytes) -> None:
    """Write a file of a backup below `root`, readable for its owner only; raises `VicinoError` if it lies outside."""
    target = (root / name).resolve()
    if not target.is_relative_to(root.resolve()):
        raise VicinoError(
            f"The backup names a file outside of the installation: {name}.",
            kept="everything: nothing was touched",
            advice="do not use this backup: it is none of ours",
        )
    private_folder(target.parent)
    target.write_bytes(data)
    target.chmod(0o600)


def _is_of_login(name: str) -> bool:
    parts = Path(name).parts
    return parts[0] == "secrets" and len(parts) > 2 and parts[1].startswith(_OF_LOGINS)  # noqa: PLR2004 - secrets/LOGIN/file
