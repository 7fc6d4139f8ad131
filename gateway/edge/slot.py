"""A version of the edge agent installed in a folder of its own: a virtual environment made from the wheels of a bundle.

Wheels are unpacked here, without pip: a board then needs nothing but Python, and nothing is asked of a network.
"""

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gateway.edge.bundle import Bundle, BundleError
from gateway.edge.launcher import COMPLETE, SLOTS, is_version

_INSTALL_S = 600.0
_TIMES_UNPACKED = 6  # what a wheel takes on the disk, compiled, for each byte of it
_IMPORTS = "import gateway.edge.run, gateway.edge.status, gateway.edge.update, gateway.edge.__main__"
_SPARE_BYTES = 32 * 1024 * 1024


def folder_of(code: Path, version: str) -> Path:
    """Return the folder of a version."""
    return code / SLOTS / version


def bundle_of(code: Path, version: str) -> str:
    """Return the digest of the bundle that a version was installed from; empty where it is not complete."""
    try:
        return (folder_of(code, version) / COMPLETE).read_text()
    except OSError:
        return ""


def install(code: Path, bundle: Bundle) -> Iterator[str]:
    """Install a bundle into its slot; give the name of each step when it is done.

    Whatever is killed whenever, a slot that is not complete is no slot: it is made anew the next time. Raises
    `BundleError`; then nothing of it is left.
    """
    slot = folder_of(code, bundle.manifest.version)
    if bundle_of(code, bundle.manifest.version) == bundle.digest:
        return
    try:
        _require_room(code, bundle)
        remove(code, bundle.manifest.version)
        yield "cleared"
        slot.mkdir(parents=True)
        _run([sys.executable, "-I", "-m", "venv", "--without-pip", str(slot)])
        yield "environment"
        packages = _packages(slot)
        for name, content in bundle.wheels():
            unpack(name, content, packages)
        yield "unpacked"
        # What cannot even be imported needs no trial. And what is imported is compiled: the agent may not do that.
        _run([str(slot / "bin" / "python"), "-I", "-c", _IMPORTS])
        os.sync()
        yield "tried"
        _mark(slot, bundle.digest)
        yield "complete"
    except BundleError:
        remove(code, bundle.manifest.version)
        raise
    except OSError as error:
        remove(code, bundle.manifest.version)
        raise BundleError(
            f"The update cannot be installed: {error.strerror}.", advice="make room on the gateway's disk"
        ) from error


def remove(code: Path, version: str) -> None:
    """Remove a version; from the first moment on it is no longer complete."""
    slot = folder_of(code, version)
    (slot / COMPLETE).unlink(missing_ok=True)
    if slot.exists():
        shutil.rmtree(slot)


def prune(code: Path, keep: set[str]) -> None:
    """Remove all versions but those to keep."""
    slots = code / SLOTS
    for slot in slots.iterdir() if slots.is_dir() else ():
        if slot.name not in keep and is_version(slot.name):
            remove(code, slot.name)


def unpack(name: str, content: bytes, packages: Path) -> None:
    """Unpack a wheel (PyPA's binary distribution format) into `packages`; raises `BundleError` if it needs more."""
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        for entry in wheel.infolist():
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts or path.parts[0].endswith(".data"):
                raise BundleError(f"{name} cannot be installed: it holds {entry.filename}.")
        wheel.extractall(packages)


def _packages(slot: Path) -> Path:
    return slot / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _require_room(code: Path, bundle: Bundle) -> None:
    needed = _TIMES_UNPACKED * sum(listed.size for listed in bundle.manifest.wheels.values()) + _SPARE_BYTES
    code.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(code).free < needed:
        raise BundleError(
            f"The update needs {needed // 2**20} MB of the gateway's disk.", advice="make room on the gateway's disk"
        )


def _run(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=_INSTALL_S)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise BundleError(f"The version cannot be used on this gateway: {last}.")


def _mark(slot: Path, digest: str) -> None:
    with (slot / COMPLETE).open("w") as file:
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())
    descriptor = os.open(slot, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
