"""The machine: room on the disks, the clock, time zones, who can read the secrets, and what is installed."""

import ctypes
import os
import re
import shutil
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import cli
from cli.doctor import reads
from cli.doctor.finding import Finding, error, warning
from cli.doctor.surroundings import SECRETS_DIR, Surroundings

GIB = 1 << 30
LOW_SHARE, LOW_BYTES = 0.10, 5 * GIB
OUT_SHARE, OUT_BYTES = 0.03, 1 * GIB
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_TIMEX_BYTES, _UNSYNCHRONISED = 512, 5
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def disks(found: Surroundings) -> Iterator[Finding]:
    """Tell where room runs out."""
    seen = set()
    for folder in (found.installation.root, found.installation.postgres / "data", Path("/tmp")):  # noqa: S108 - looked at
        if not folder.is_dir() or (device := folder.stat().st_dev) in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(folder)
        share = usage.free / usage.total
        said = f"Only {usage.free / GIB:,.1f} GiB ({share:.0%}) are free where {folder} lies."
        # What is made so small, as the /tmp of a container, is meant to be.
        is_small = usage.total < LOW_BYTES
        if share < OUT_SHARE or (usage.free < OUT_BYTES and not is_small):
            yield error(said, "make room at once: without it nothing can be stored (docs/operations/storage.md)")
        elif share < LOW_SHARE or (usage.free < LOW_BYTES and not is_small):
            yield warning(said, "make room or a larger disk; docs/operations/storage.md says what takes how much")


def kernel_clock() -> int | None:
    """Return the state of the system's clock (5: not synchronised), None where the system does not tell."""
    try:
        return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))
    except (OSError, AttributeError):
        return None


def clock(_: Surroundings, state: Callable[[], int | None] = kernel_clock) -> Iterator[Finding]:
    """Tell whether somebody keeps the clock right."""
    said = state()
    if said == _UNSYNCHRONISED:
        yield warning(
            "Nothing synchronises the clock of this machine.",
            "install chrony or switch on systemd-timesyncd: readings of gateways more than an hour off are refused",
        )
    elif said is None or said < 0:
        yield warning(
            "Whether the clock is synchronised is not to be seen here.", "look on the machine itself: chronyc"
        )


def time_zones(found: Surroundings) -> Iterator[Finding]:
    """Tell where this program and the database do not agree what time it is in a home, over the coming year."""
    instants = [found.now + timedelta(days=days) for days in range(0, 366, 30)]
    with found.asking() as connection:
        zones = reads.zones(connection, instants)
    for each in zones:
        try:
            zone = ZoneInfo(each.zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield error(f"The time zone {each.zone} of homes is not known here.", "update the package tzdata")
            continue
        if [f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}" for instant in instants] != each.said:
            yield error(
                f"This program and the database differ about the time in {each.zone}.",
                "bring tzdata of both up to date, and start both again",
            )


def secrets(found: Surroundings) -> Iterator[Finding]:
    """Tell which secrets others on this machine can read."""
    folders = [found.installation.secrets, found.installation.root / "ca" / "private"]
    given = found.environment.get(SECRETS_DIR)
    for path in [path for folder in folders for path in (folder, *folder.rglob("*")) if path.exists()]:
        if path.stat().st_mode & OTHERS:
            yield error(f"Others on this machine can reach the secret {path}.", f"chmod go-rwx {path}")
    # A container's secrets come with rights for all, in a file system of its own.
    for path in sorted(Path(given).iterdir()) if given and Path(given).is_dir() else ():
        if path.is_file() and path.stat().st_mode & stat.S_IWOTH:
            yield error(f"Everybody can change the secret {path}.", f"chmod o-w {path}")
    if found.installation.root.is_dir() and found.installation.root.stat().st_mode & OTHERS:
        root = found.installation.root
        yield warning(f"Others on this machine can look into {root}.", f"chmod go-rwx {root}")
    if os.geteuid() == 0:
        yield warning(
            "Vicino's commands run as root.", "use an account of its own for Vicino (docs/operations/deploy.md)"
        )


def dependencies(_: Surroundings, lock: Path | None = None) -> Iterator[Finding]:
    """Tell what is installed in another version than the one that was tried, or not at all."""
    lock = lock or Path(cli.__file__ or "").parents[1] / "requirements.lock"
    try:
        found = [(_plain(name), version) for name, version in _PIN.findall(lock.read_text(encoding="utf-8"))]
    except OSError:
        yield warning(
            "Which versions were tried is not known here: requirements.lock does not lie beside the program.",
            "install by `pip install --require-hashes --requirement requirements.lock`",
        )
        return
    # One library may have a pin for each version of Python.
    pins: dict[str, set[str]] = defaultdict(set)
    for name, version in found:
        pins[name].add(version)
    installed = {_plain(each.metadata["Name"]): each.version for each in metadata.distributions()}
    other = [
        f"{name} {installed[name]} instead of {' or '.join(sorted(versions))}"
        for name, versions in sorted(pins.items())
        if installed.get(name, "") not in {"", *versions}
    ]
    if other:
        yield warning(
            f"{len(other)} libraries are not the version that was tried: {', '.join(other[:3])}.",
            "pip install --require-hashes --requirement requirements.lock",
        )
    missing = sorted(name for name in _needed() if name not in installed)
    if missing:
        yield error(f"Libraries are missing: {', '.join(missing)}.", "pip install 'vicino[service]'")


def _needed() -> set[str]:
    """Return the libraries that a service needs, as the package says."""
    try:
        wanted = metadata.requires("vicino") or []
    except metadata.PackageNotFoundError:
        return set()
    return {
        _plain(name.group())
        for each in wanted
        if (name := _NAME.match(each)) and ("extra ==" not in each or re.search(r"extra == ['\"]service['\"]", each))
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
