"""Wheels without a network: the project's own is built, those of its dependencies are packed from what is installed."""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
_NOT_IN_WHEELS = {"INSTALLER", "REQUESTED", "direct_url.json"}


def closure(extra: str) -> list[Distribution]:
    """Return the installed distributions that `vicino[extra]` needs, as their metadata say it."""
    found: dict[str, Distribution] = {}
    waiting = [(text, extra) for text in distribution("vicino").requires or ()]
    while waiting:
        text, extra_of = waiting.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra_of}):
            continue
        if requirement.name not in found:
            needed = found[requirement.name] = distribution(requirement.name)
            waiting += [(inner, "") for inner in needed.requires or ()]
    return list(found.values())


def packed(found: Distribution, folder: Path) -> Path:
    """Pack an installed distribution into a wheel of the tags it came with."""
    assert isinstance(found, PathDistribution)
    tags = re.findall(r"^Tag: (.+)$", found.read_text("WHEEL") or "", re.MULTILINE)
    name = re.sub(r"[-_.]+", "_", found.name)
    # PEP 425: the sets of interpreters, ABIs and platforms.
    parts = (".".join(dict.fromkeys(part)) for part in zip(*(tag.split("-") for tag in tags), strict=True))
    wheel = folder / f"{name}-{found.version}-{'-'.join(parts)}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file in found.files or ():
            outside = ".." in file.parts or "__pycache__" in file.parts
            if not outside and not (file.name in _NOT_IN_WHEELS and file.parent.name.endswith(".dist-info")):
                archive.write(str(file.locate()), str(file))
    return wheel


def own_wheel(folder: Path) -> Path:
    """Build the project's wheel as `make wheel` does, from a copy of its sources."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    sources = folder / "sources"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, sources / name)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-index",
            "--no-build-isolation",
            "-w",
            folder,
            ".",
        ],
        cwd=sources,
        check=True,
    )
    (wheel,) = folder.glob("vicino-*.whl")
    return wheel


def bumped(wheel: Path, version: str, folder: Path, changed: Mapping[str, str] | None = None) -> Path:
    """Return a copy of the project's wheel with another version, and with some files changed."""
    before = wheel.name.split("-")[1]
    copy = folder / wheel.name.replace(before, version)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(copy, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            name = entry.filename.replace(f"vicino-{before}.dist-info", f"vicino-{version}.dist-info")
            if name.endswith(".dist-info/METADATA"):
                content = content.replace(f"\nVersion: {before}\n".encode(), f"\nVersion: {version}\n".encode())
            new.writestr(name, (changed or {}).get(name, content))
    return copy
