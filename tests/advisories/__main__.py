"""`python -m tests.advisories FOLDER ...`: looks for known holes in what is locked, in copies of lists of advisories.

A folder holds records of the Open Source Vulnerability format as JSON or YAML: a copy of pypa/advisory-database or of
github/advisory-database, for instance. Nothing is asked of a network. Exit code 0: nothing is known; 1: something is;
2: it could not be looked up.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.advisories.matching import NPM, PYPI, Hole, Package, holes, normalised

ROOT = Path(__file__).parents[2]
FOUND, UNKNOWN = 1, 2
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)


def locked(root: Path) -> dict[tuple[str, str], list[Package]]:
    """Return all that the locks of a working tree name, by ecosystem and name."""
    found: dict[tuple[str, str], set[Package]] = defaultdict(set)
    for path in sorted(root.glob("requirements*.lock")):
        for name, version in _PIN.findall(path.read_text(encoding="utf-8")):
            found[PYPI, normalised(PYPI, name)].add(Package(PYPI, name, version))
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for place, each in packages.items():
        name = each.get("name") or place.rpartition("node_modules/")[2]
        if place and "version" in each:
            found[NPM, name].add(Package(NPM, name, each["version"]))
    return {key: sorted(each) for key, each in found.items()}


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """Return the advisories below a folder; what is none is passed over."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".yaml", ".yml"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        try:
            read = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)  # noqa: S506 - see _Loader
        except (ValueError, yaml.YAMLError):
            continue
        if isinstance(read, dict) and "id" in read and "affected" in read:
            yield read


class _Loader(yaml.CSafeLoader):
    """Reads texts as they stand: a version such as 1.10 is no number."""


_Loader.yaml_implicit_resolvers = {}


class Looked(NamedTuple):
    """What was found, in how many advisories, of which ecosystems and up to which day of theirs."""

    holes: list[Hole]
    advisories: int
    newest: dict[str, str]


def look(pins: Mapping[tuple[str, str], Sequence[Package]], folders: Iterable[Path]) -> Looked:
    """Look for what is locked in all advisories of the folders."""
    found: dict[tuple[Package, str], Hole] = {}
    newest: dict[str, str] = {}
    counted = 0
    for folder in folders:
        for advisory in records(folder):
            counted += 1
            for affected in advisory["affected"]:
                ecosystem = affected.get("package", {}).get("ecosystem", "")
                newest[ecosystem] = max(newest.get(ecosystem, ""), str(advisory.get("modified", ""))[:10])
            found |= {(hole.package, hole.advisory): hole for hole in holes(advisory, pins)}
    return Looked([*found.values()], counted, newest)


def main(folders: Sequence[str], root: Path = ROOT) -> int:
    """Look, print what was found and how new it is what was looked into, and return the exit code."""
    if not folders:
        print(__doc__)
        return UNKNOWN
    pins = locked(root)
    looked = look(pins, [Path(folder) for folder in folders])
    for hole in looked.holes:
        known = ", ".join((hole.advisory, *hole.aliases))
        fixed = f"fixed in {', '.join(hole.fixed)}" if hole.fixed else "not fixed in any version"
        package = hole.package
        print(f"{package.name} {package.version} ({package.ecosystem}): {known}; {fixed}. {hole.summary}")
    known_of = {ecosystem: day for ecosystem, day in looked.newest.items() if ecosystem in (PYPI, NPM)}
    said = ", ".join(f"{ecosystem} up to {day}" for ecosystem, day in sorted(known_of.items()))
    total = sum(len(each) for each in pins.values())
    print(f"{total} locked packages, {looked.advisories:,} advisories ({said or 'none of PyPI or npm'}).")
    missing = {ecosystem for ecosystem, _ in pins} - known_of.keys()
    if missing:
        print(f"Nothing could be looked up for {', '.join(sorted(missing))}.", file=sys.stderr)
    if looked.holes:
        return FOUND
    return UNKNOWN if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
