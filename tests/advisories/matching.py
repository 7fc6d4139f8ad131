"""Whether a version is one that an advisory in the Open Source Vulnerability format (schema 1.6) says is affected."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cmp_to_key
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

PYPI, NPM = "PyPI", "npm"
_SEPARATORS = re.compile(r"[-_.]+")
_SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$")
_ALL = "0"
_COMPARABLE = frozenset({"ECOSYSTEM", "SEMVER"})  # a third kind of range names commits

# How two versions are compared; None for one that is none.
Order = Callable[[str], Any]


class Package(NamedTuple):
    """What is locked: in which ecosystem, under which name, in which version."""

    ecosystem: str
    name: str
    version: str


class Hole(NamedTuple):
    """What is known to be wrong with a package that is locked, and in which versions no more ('' where in none)."""

    package: Package
    advisory: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]
    summary: str


def normalised(ecosystem: str, name: str) -> str:
    """Return the one form of a name that is written in several (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower() if ecosystem == PYPI else name


def holes(advisory: Mapping[str, Any], locked: Mapping[tuple[str, str], Iterable[Package]]) -> list[Hole]:
    """Return which locked packages, by ecosystem and normalised name, an advisory concerns; none if it is withdrawn."""
    if advisory.get("withdrawn"):
        return []
    found: list[Hole] = []
    for affected in advisory.get("affected", ()):
        named = affected.get("package", {})
        ecosystem = named.get("ecosystem", "")
        there = locked.get((ecosystem, normalised(ecosystem, named.get("name", ""))), ())
        found += [_hole(advisory, affected, package) for package in there if is_affected(affected, package)]
    return found


def is_affected(affected: Mapping[str, Any], package: Package) -> bool:
    """Tell whether one entry of `affected` holds the version: listed by itself, or within a range."""
    if package.version in {str(version) for version in affected.get("versions", ())}:
        return True
    order = _pypi if package.ecosystem == PYPI else _npm
    return any(
        _within(each.get("events", ()), package.version, order)
        for each in affected.get("ranges", ())
        if each.get("type") in _COMPARABLE
    )


def _within(events: Iterable[Mapping[str, Any]], version: str, order: Order) -> bool:
    """Go through what happened in the order of versions, as the format's own description evaluates it."""
    place = order(version)
    if place is None:
        # What cannot be compared is looked at by somebody.
        return True
    told = [(kind, str(at)) for event in events for kind, at in event.items()]
    affected = False
    for kind, at in sorted(told, key=cmp_to_key(lambda one, other: _compared(one, other, order))):
        where = order(at)
        if kind == "introduced" and (at == _ALL or (where is not None and place >= where)):
            affected = True
        elif (kind == "fixed" and where is not None and place >= where) or (
            kind == "last_affected" and where is not None and place > where
        ):
            affected = False
    return affected


def _compared(one: tuple[str, str], other: tuple[str, str], order: Order) -> int:
    first, second = (None if at == _ALL else order(at) for _, at in (one, other))
    if first is None or second is None:
        return (first is not None) - (second is not None)
    return bool(first > second) - bool(first < second)


def _hole(advisory: Mapping[str, Any], affected: Mapping[str, Any], package: Package) -> Hole:
    said = str(advisory.get("summary") or advisory.get("details", ""))
    return Hole(
        package, str(advisory["id"]), tuple(advisory.get("aliases", ())), _fixed(affected), said.split("\n", 1)[0]
    )


def _fixed(affected: Mapping[str, Any]) -> tuple[str, ...]:
    ranges = [each for each in affected.get("ranges", ()) if each.get("type") in _COMPARABLE]
    events = [event for each in ranges for event in each.get("events", ())]
    return tuple(str(event["fixed"]) for event in events if "fixed" in event)


def _pypi(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _npm(text: str) -> tuple[Any, ...] | None:
    """Return a version's place by Semantic Versioning 2.0.0, section 11."""
    found = _SEMVER.match(text)
    if found is None:
        return None
    parts = found[4].split(".") if found[4] else []
    before = tuple((not part.isdigit(), int(part) if part.isdigit() else part) for part in parts)
    return (int(found[1]), int(found[2]), int(found[3]), not parts, before)
