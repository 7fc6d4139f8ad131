"""`vicino release`: makes and signs what gateways install. Done where the private key lies, not on a server."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from core.errors import VicinoError
from gateway.edge import bundle as bundles
from gateway.edge import signing
from gateway.edge.bundle import FORMAT, Manifest
from gateway.edge.launcher import is_version

DAYS = 180
_OWN_WHEEL = re.compile(r"vicino-(?P<version>[0-9.]+)-py3-none-any\.whl")


def make(wheels_folder: Path, output: Path, *, target: str, minimum: str | None, days: int, now: datetime) -> Path:
    """Write an unsigned bundle of all wheels in a folder, Vicino's own among them; return its file.

    `minimum` is the oldest version it may replace, any if not given. Raises `VicinoError`.
    """
    wheels = sorted(wheels_folder.glob("*.whl"))
    own = [match for wheel in wheels if (match := _OWN_WHEEL.fullmatch(wheel.name))]
    if len(own) != 1 or not is_version(own[0]["version"]):
        raise VicinoError(
            f"{wheels_folder} does not hold exactly one wheel of vicino, with a version of numbers and dots.",
            advice="`make wheel` makes it, and docs/operations/edge.md says which others belong beside it",
        )
    _require_distinct(wheels)
    version = own[0]["version"]
    manifest = Manifest(
        format=FORMAT,
        version=version,
        minimum=minimum or "0.0",
        target=target,
        made=now,
        expires=now + timedelta(days=days),
        wheels=dict(bundles.listed(wheels)),
    )
    content = msgspec.json.encode(manifest)
    bundles.decode_manifest(content)
    output.mkdir(parents=True, exist_ok=True)
    file = output / bundles.file_name(target)
    bundles.write_unsigned(file, content, wheels)
    return file


def sign(file: Path, key: Path) -> Manifest:
    """Sign a bundle in its place and write the notice that a server offers beside it; return what was signed.

    Raises `VicinoError` if the bundle is none, its files are not those that it lists, or the key cannot be used.
    """
    return bundles.signed(file, lambda content: signing.sign(key, content))


def _require_distinct(wheels: Sequence[Path]) -> None:
    names = [wheel.name.split("-", 1)[0].lower() for wheel in wheels]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise VicinoError(f"There are several wheels of {', '.join(twice)}.", advice="leave the one for this target")
