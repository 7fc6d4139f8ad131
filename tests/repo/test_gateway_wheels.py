"""Everything that the edge agent needs can be installed on a 64-bit ARM board without a compiler."""

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.13")  # of Raspberry Pi OS 12 and 13
BOARD = {"platform_python_implementation": "CPython", "implementation_name": "cpython", "sys_platform": "linux"}
HEAVY = {"numpy", "pandas", "psycopg", "psycopg-binary", "psycopg-pool", "fastapi", "starlette", "rich", "typer"}


def pins(lock: str) -> dict[str, tuple[str, set[str]]]:
    """Return version and hashes of each package that a lock pins for a board."""
    entry = re.compile(
        r"^([a-z0-9.-]+)(?:\[[^\]]*\])?==(\S+)(?: ; ([^\\\n]+))? \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
    )
    found = {}
    for name, version, marker, hashes in entry.findall((ROOT / lock).read_text() + "\n"):
        if not marker or Marker(marker).evaluate(BOARD):
            found[name] = (version, set(re.findall(r"sha256:([0-9a-f]{64})", hashes)))
    return found


def runs_on(tag: Tag, python: str) -> bool:
    digits = python.replace(".", "")
    interpreter = (
        tag.interpreter in {"py3", f"cp{digits}"}
        if tag.abi != "abi3"
        else int(tag.interpreter.removeprefix("cp3")) <= int(digits[1:])
    )
    # glibc 2.36 and later
    platform = tag.platform == "any" or bool(re.fullmatch(r"manylinux(2014|_2_(1\d|2\d|3[0-6]))_aarch64", tag.platform))
    return interpreter and platform


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pin_has_a_wheel_for_the_board(python: str) -> None:
    fitting: dict[str, set[str]] = {}
    for line in (ROOT / "requirements-gateway.arm64").read_text().splitlines():
        digest, path = line.split()
        folder, file = path.split("/")
        name, version, _, tags = parse_wheel_filename(file)
        if folder == python and any(runs_on(tag, python) for tag in tags):
            fitting.setdefault(f"{name}=={version}", set()).add(digest)
    wanted = pins("requirements-gateway.lock")
    assert len(wanted) > 10
    # The sums tie the names of the files to what the lock pins: nobody can have written down a wheel that is not there.
    without = [
        name
        for name, (version, hashes) in wanted.items()
        if not fitting.get(f"{canonicalize_name(name)}=={version}", set()) & hashes
    ]
    assert not without, f"no wheel for Python {python} on 64-bit ARM: {without} (run `make edge-wheels`)"


def test_the_agent_needs_no_more_than_it_has_to() -> None:
    assert not HEAVY & pins("requirements-gateway.lock").keys()


def test_both_locks_pin_the_same() -> None:
    everything = pins("requirements.lock")
    assert {name: everything[name] for name in pins("requirements-gateway.lock")} == pins("requirements-gateway.lock")
