"""`vicino-gateway setup`: make a board a gateway. Run again, it renews units, launcher and settings and keeps the rest.

A board starts with what a bundle holds, unpacked by hand (docs/operations/edge.md); from then on only signed bundles
change it.
"""

import argparse
import os
import pwd
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from core.errors import VicinoError
from gateway.edge import launcher, slot
from gateway.edge.bundle import BundleError, opened, this_target
from gateway.edge.launcher import State
from gateway.edge.signing import is_signed

USER = "vicino-gateway"
UNITS = ("vicino-gateway.service", "vicino-gateway-update.service", "vicino-gateway-update.timer")
_STARTED = ("vicino-gateway.service", "vicino-gateway-update.timer")
_COMMAND = """#!/bin/sh
exec /usr/bin/python3 -I {code}/launcher.py --code {code} --state {state} "$@"
"""


class Places(NamedTuple):
    """Where things go on a board, below `root` (which is `/` but in tests)."""

    root: Path

    @property
    def code(self) -> Path:
        """The versions: root's, the agent only reads them."""
        return self.root / "opt" / USER

    @property
    def state(self) -> Path:
        """What the agent writes."""
        return self.root / "var" / "lib" / USER

    @property
    def settings(self) -> Path:
        """Settings and credentials."""
        return self.root / "etc" / USER

    @property
    def units(self) -> Path:
        """Systemd's own units."""
        return self.root / "etc" / "systemd" / "system"

    @property
    def command(self) -> Path:
        """The command for people at the board."""
        return self.root / "usr" / "local" / "bin" / USER


def environment(keys: str, url: str, folder: str, more: Mapping[str, str]) -> str:
    """Return the file with the settings, which systemd and the command read."""
    said = {
        "VICINO_ENROLMENT": f"/etc/{USER}/gateway.toml",
        "VICINO_DATA": f"/var/lib/{USER}/data",
        "VICINO_LOG_FORMAT": "json",
        "VICINO_UPDATE_KEYS": keys,
        **({"VICINO_UPDATE_URL": url} if url else {}),
        **({"VICINO_UPDATE_FOLDER": folder} if folder else {}),
        **more,
    }
    return "".join(f"{name}={value}\n" for name, value in said.items())


def install(places: Places, bundle: Path, keys: tuple[str, ...]) -> str:
    """Verify a bundle and install it as the good version; return the version. Raises `BundleError`.

    Where a version runs already it stays: that is what `update` is for.
    """
    places.code.mkdir(parents=True, exist_ok=True)
    places.state.mkdir(parents=True, exist_ok=True, mode=0o750)
    known = launcher.read(places.state, places.code)
    if known is None:
        with opened(bundle, lambda content, signature: is_signed(keys, content, signature)) as found:
            if found.manifest.target != this_target():
                raise BundleError(f"The bundle is for {found.manifest.target}; this board is {this_target()}.")
            for _ in slot.install(places.code, found):
                pass
            known = State(found.manifest.version)
        launcher.write(places.state, known)
    shutil.copyfile(launcher.__file__, places.code / "launcher.py")
    return known.chosen


def write_files(places: Places, settings: str, enrolment: Path | None, owner: tuple[int, int] | None) -> None:
    """Write units, command, settings and credentials; `owner` is the agent's user and group."""
    for folder in (places.units, places.settings, places.command.parent):
        folder.mkdir(parents=True, exist_ok=True)
    for name in UNITS:
        (places.units / name).write_text(unit(name))
    code, state = (shlex.quote(f"/{path.relative_to(places.root)}") for path in (places.code, places.state))
    places.command.write_text(_COMMAND.format(code=code, state=state))
    places.command.chmod(0o755)
    if not (places.settings / "gateway.env").exists():
        (places.settings / "gateway.env").write_text(settings)
    if enrolment is not None:
        _keep_secret(places.settings / "gateway.toml", enrolment.read_bytes(), owner)


def unit(name: str) -> str:
    """Return the text of a unit."""
    return (files("gateway.edge") / "systemd" / name).read_text(encoding="utf-8")


def _keep_secret(path: Path, content: bytes, owner: tuple[int, int] | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        if owner is not None:
            os.fchown(file.fileno(), *owner)
        file.write(content)


def _user() -> tuple[int, int]:
    try:
        found = pwd.getpwnam(USER)
    except KeyError:
        _run("useradd", "--system", "--home-dir", f"/var/lib/{USER}", "--shell", "/usr/sbin/nologin", USER)
        found = pwd.getpwnam(USER)
    return found.pw_uid, found.pw_gid


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VicinoError(f"{shlex.join(argv)} failed: {done.stderr.strip()}.", kept="what was done before")


def main(command: str, arguments: list[str]) -> int:
    """Set the board up; return the exit code. Raises `VicinoError`."""
    parser = argparse.ArgumentParser(prog=f"vicino-gateway {command}")
    parser.add_argument("--bundle", type=Path, required=True, help="The signed bundle of the first version.")
    parser.add_argument("--enrolment", type=Path, help="The file with the credentials (`vicino gateway enrol`).")
    parser.add_argument("--update-key", action="append", required=True, help="Public key of the releases.")
    parser.add_argument("--update-url", default="", help="HTTPS address that offers updates; never asked without.")
    parser.add_argument("--update-folder", default="", help="Folder in which updates are looked for.")
    parser.add_argument("--set", action="append", default=[], metavar="VICINO_X=Y", help="A further setting.")
    parser.add_argument("--root", type=Path, default=Path("/"), help="Write below this folder and start nothing.")
    given = parser.parse_args(arguments)
    places = Places(given.root.absolute())
    real = places.root == Path("/")
    if real and os.geteuid() != 0:
        raise VicinoError("Only root can set up a gateway.", advice="put sudo before the command")
    more = dict(item.partition("=")[::2] for item in given.set)
    owner = _user() if real else None
    version = install(places, given.bundle, tuple(given.update_key))
    settings = environment(",".join(given.update_key), given.update_url, given.update_folder, more)
    write_files(places, settings, given.enrolment, owner)
    if owner is not None:
        os.chown(places.state, *owner)
        _run("systemctl", "daemon-reload")
        _run("systemctl", "enable", "--now", *_STARTED)
    print(f"Version {version} is set up. `vicino-gateway status` tells how it is.")
    return 0
