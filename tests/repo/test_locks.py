"""What is installed is what the locks say, exactly and by its sums; the smaller locks say the same as the whole one.

Whether something known is wrong with a version is not told by anything in here: CONTRIBUTING.md says how to ask.
"""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-gateway.lock", "requirements-service.lock")
ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==(\S+?)(?: ; ([^\\]+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
SUM = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def pinned(lock: str) -> dict[tuple[str, str], set[str]]:
    """Return the sums of each name and version in a lock."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {(name, version): set(SUM.findall(sums)) for name, version, _, sums in ENTRY.findall(text)}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_pins_a_version_and_its_sums(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    left = re.sub(r"^ *#.*\n", "", ENTRY.sub("", text), flags=re.MULTILINE)
    assert left.strip() == ""
    assert len(pinned(lock)) > 10
    assert all(pinned(lock).values())


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_smaller_locks_say_the_same(lock: str) -> None:
    whole = pinned("requirements.lock")
    assert {key: sums for key, sums in pinned(lock).items() if whole.get(key) != sums} == {}


def test_what_is_installed_is_what_is_locked() -> None:
    versions: dict[str, set[str]] = {}
    for name, version in pinned("requirements.lock"):
        versions.setdefault(name, set()).add(version)
    installed = {re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()}
    wrong = {
        name: (installed[name], sorted(locked))
        for name, locked in versions.items()
        if name in installed and installed[name] not in locked
    }
    assert wrong == {}
    assert len(installed.keys() & versions.keys()) > 100
