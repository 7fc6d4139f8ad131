"""Certificates that were issued anew reach containers, whoever runs the machine."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.ca.authority import Authority
from cli.deploy.secrets import SERVERS, prepare, refresh

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILES = {f"{name}.{kind}" for name in SERVERS for kind in ("crt", "key")}
# capabilities(7): version 3 of the call, and the rights to write and to read what the modes of a file forbid.
VERSION, PAST_MODES = 0x20080522, 1 << 1 | 1 << 2


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Be let in by the modes of files alone, also where root runs the tests."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(VERSION, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    had = sets[0]
    sets[0] = had & ~PAST_MODES
    assert libc.capset(header, sets) == 0
    try:
        yield
    finally:
        sets[0] = had
        assert libc.capset(header, sets) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with without_roots_rights():
        yield tmp_path / "secrets"


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("mode", [0o644, 0o444])  # 0444 is what earlier versions left
def test_new_certificates_are_put_into_the_files_that_containers_have(folder: Path, mode: int) -> None:
    prepare(folder, "vicino.example", NOW)
    for path in folder.iterdir():
        if path.is_file():
            path.chmod(mode)
    before = content(folder)
    inodes = {name: (folder / name).stat().st_ino for name in FILES}
    authority = Authority(folder / "ca")
    authority.renew(NOW, every=True)
    assert set(refresh(folder)) == FILES
    after = content(folder)
    assert all(after[name] != before[name] for name in FILES)
    assert after["pages.crt"] == authority.certificate_of("pages").read_bytes()
    assert {name: (folder / name).stat().st_ino for name in FILES} == inodes
    assert {(folder / name).stat().st_mode & 0o777 for name in FILES} == {0o644}
    assert refresh(folder) == []
