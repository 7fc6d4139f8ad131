"""A release of the edge agent in one file: the wheels of a version for one kind of board, and a signed list of them.

A zip archive: `manifest.json`, `manifest.sig` (64 bytes, Ed25519) and `wheels/*.whl`. A notice is the same without the
wheels: small enough to be asked for every day. Nothing of an archive is believed before its signature is.
"""

import hashlib
import platform
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from core.errors import VicinoError
from gateway.edge.launcher import is_version

FORMAT = 1
SUFFIX = ".bundle"
NOTICE_SUFFIX = ".notice"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
WHEELS = "wheels/"
MOST_BYTES = 200 * 1024 * 1024
MOST_MANIFEST_BYTES = 64 * 1024
_MOST_FILES = 200
_WHEEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]{0,200}\.whl")
_SIGNATURE_BYTES = 64

# What Python's reader of archives raises for one that is damaged.
_DAMAGED = (
    OSError, EOFError, KeyError, ValueError, RuntimeError, OverflowError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip

# Tells whether a signature of some bytes is one that is believed.
Believed = Callable[[bytes, bytes], bool]


class BundleError(VicinoError):
    """An update is refused."""


class Listed(msgspec.Struct, frozen=True):
    """A file of a bundle: its size in bytes and its SHA-256 as hexadecimal digits."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a bundle is: its version, the oldest one that may be replaced by it, the kind of board it is for.

    It is not installed after `expires`, so that nobody can offer a version whose faults are known by now.
    """

    format: int
    version: str
    minimum: str
    target: str
    made: datetime
    expires: datetime
    wheels: dict[str, Listed]


class Bundle(NamedTuple):
    """A bundle whose manifest is signed. `digest` is the SHA-256 of the manifest: the name of exactly this bundle."""

    manifest: Manifest
    digest: str
    archive: zipfile.ZipFile

    def wheels(self) -> Iterator[tuple[str, bytes]]:
        """Give name and content of each wheel; raises `BundleError` at the first that is not as it was signed."""
        for name, listed in self.manifest.wheels.items():
            content = _content(self.archive, WHEELS + name, listed.size)
            if len(content) != listed.size or hashlib.sha256(content).hexdigest() != listed.sha256:
                raise BundleError(f"The update is damaged or was altered: {name} is not the file that was signed.")
            yield name, content


def this_target() -> str:
    """Return the kind of board that this is, as bundles name it: `aarch64-cp311`."""
    return f"{platform.machine()}-cp{sys.version_info.major}{sys.version_info.minor}"


def file_name(target: str, suffix: str = SUFFIX) -> str:
    """Return what the file of a bundle (or a notice) for `target` is called, in a folder and on a server."""
    return f"vicino-gateway-{target}{suffix}"


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare: 1.2 is 1.2.0."""
    parts = [int(part) for part in version.split(".")]
    return tuple(parts + [0] * (4 - len(parts)))


@contextmanager
def opened(file: Path | IO[bytes], believed: Believed, *, with_wheels: bool = True) -> Iterator[Bundle]:
    """Give the bundle in `file`; raises `BundleError` if it is none, or nobody who is believed has signed it."""
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise BundleError("The update is no bundle, or it came only in part.", advice="fetch it again") from error
    with archive:
        names = archive.namelist()
        manifest = _content(archive, MANIFEST, MOST_MANIFEST_BYTES) if MANIFEST in names else b""
        signature = _content(archive, SIGNATURE, _SIGNATURE_BYTES) if SIGNATURE in names else b""
        if not manifest or not signature:
            raise BundleError("The update is not signed.", advice="take one that `vicino release sign` has signed")
        if not believed(manifest, signature):
            raise BundleError(
                "The update is not signed with a key that this gateway trusts, or it was altered.",
                advice="compare VICINO_UPDATE_KEYS with the key of the release",
            )
        yield _checked(archive, manifest, {MANIFEST, SIGNATURE}, with_wheels=with_wheels)


def signed(file: Path, sign: Callable[[bytes], bytes]) -> Manifest:
    """Sign a bundle in its place and write its notice beside it; return what was signed.

    Raises `BundleError` if it is none, or its files are not those that it lists.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise BundleError(f"{file} is no bundle.", advice="make one with `vicino release bundle`") from error
    with archive:
        content = _content(archive, MANIFEST, MOST_MANIFEST_BYTES)
        before = {MANIFEST, SIGNATURE} & set(archive.namelist())
        found = _checked(archive, content, before, with_wheels=True)
        signature = sign(content)
        _write(file, content, signature, found.wheels())
    _write(file.with_suffix(NOTICE_SUFFIX), content, signature, ())
    return found.manifest


def refusal(manifest: Manifest, *, installed: str, target: str, now: datetime) -> str:
    """Return why a signed update is not for a gateway that runs version `installed`; empty if it is."""
    if manifest.target != target:
        return f"it is for {manifest.target}, and this gateway is {target}"
    if number(manifest.version) < number(installed):
        return f"version {manifest.version} is older than {installed}, which is installed"
    if number(manifest.version) == number(installed):
        return f"version {manifest.version} is installed already"
    if number(installed) < number(manifest.minimum):
        return f"it needs version {manifest.minimum} first, and {installed} is installed"
    # A clock before the day it was made is wrong: then nothing can be said of the end either.
    if now > manifest.expires:
        return f"it was to be installed before {manifest.expires:%Y-%m-%d}"
    return ""


def decode_manifest(content: bytes) -> Manifest:
    """Return a manifest; raises `BundleError` if it is none that this version understands."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BundleError(f"The list of the update cannot be read: {error}.") from error
    if manifest.format != FORMAT:
        raise BundleError(f"The update is of format {manifest.format}, and {FORMAT} is known.")
    if manifest.made.tzinfo is None or manifest.expires.tzinfo is None:
        raise BundleError("The list of the update tells its times without a time zone.")
    if not (is_version(manifest.version) and is_version(manifest.minimum)):
        raise BundleError(f"{manifest.version!r} is no version: numbers with dots.")
    sizes = [listed.size for listed in manifest.wheels.values()]
    if not 0 < len(sizes) <= _MOST_FILES or min(sizes) < 0 or sum(sizes) > MOST_BYTES:
        raise BundleError("The update lists no files, too many, or too large ones.")
    if not all(_WHEEL.fullmatch(name) for name in manifest.wheels):
        raise BundleError("The update lists something else than wheels.")
    return manifest


def write_unsigned(path: Path, manifest: bytes, wheels: Sequence[Path]) -> None:
    """Write a bundle that nobody has signed yet. Raises `OSError`."""
    _write(path, manifest, None, ((wheel.name, wheel.read_bytes()) for wheel in wheels))


def listed(wheels: Sequence[Path]) -> Mapping[str, Listed]:
    """Return what a manifest says of files."""
    return {wheel.name: _listed(wheel.read_bytes()) for wheel in sorted(wheels)}


def _listed(content: bytes) -> Listed:
    return Listed(len(content), hashlib.sha256(content).hexdigest())


def _write(path: Path, manifest: bytes, signature: bytes | None, wheels: Iterable[tuple[str, bytes]]) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        archive.writestr(MANIFEST, manifest)
        if signature is not None:
            archive.writestr(SIGNATURE, signature)
        for name, content in wheels:
            archive.writestr(WHEELS + name, content)
    unfinished.replace(path)


def _checked(archive: zipfile.ZipFile, content: bytes, besides: set[str], *, with_wheels: bool) -> Bundle:
    manifest = decode_manifest(content)
    expected = [*besides, *(WHEELS + name for name in manifest.wheels if with_wheels)]
    if sorted(archive.namelist()) != sorted(expected):
        raise BundleError("The update holds other files than its list says.")
    return Bundle(manifest, hashlib.sha256(content).hexdigest(), archive)


def _content(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    """Return a file of the archive, at most one byte more than `most_bytes`: it may lie about its size."""
    try:
        with archive.open(name) as file:
            return file.read(most_bytes + 1)
    except _DAMAGED as error:
        raise BundleError(f"The update is damaged: {name} cannot be read.", advice="fetch it again") from error
