"""SenML packs in files, as a gateway would send them: `{gateway}.json` holds one pack, `.jsonl` one pack a line."""

from pathlib import Path
from typing import Any

from core.senml import SenmlError, decode
from core.topics import KEY
from core.vocabulary import BY_NAME
from gateway.recordings.recording import (
    RecordedHome,
    Recording,
    RecordingError,
    Refusal,
    Track,
    TrackBuilder,
    lines_of,
)

_TIMEZONE = "Europe/Rome"
_ENDINGS = (".json", ".jsonl", ".json.gz", ".jsonl.gz")


def read(path: Path) -> Recording:
    """Read a file, or the files of a folder; raises `RecordingError` if there is none or one is no SenML."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.name.endswith(_ENDINGS))
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise RecordingError(
            f"There is no .json or .jsonl file of SenML packs: {path.name}.",
            advice="name a file, or a folder of files called after their gateways",
        )
    homes, rows, identical = [], 0, 0
    refused: list[Refusal] = []
    for file in files:
        gateway = _gateway(file)
        builder = TrackBuilder()
        rows += _read_file(file, builder, refused)
        track, same = builder.build()
        identical += same
        homes.append(RecordedHome(_home(gateway, track), track))
    return Recording(homes, rows, identical, refused)


def _gateway(file: Path) -> str:
    name = file.name[: min(file.name.find(ending) for ending in _ENDINGS if ending in file.name)].lower()
    if not KEY.fullmatch(name):
        raise RecordingError(
            f"{file.name} is not called after a gateway.",
            advice="use a-z, 0-9, '.', '_' and '-' before the ending of the file's name",
        )
    return name


def _read_file(file: Path, builder: TrackBuilder, refused: list[Refusal]) -> int:
    rows = 0
    for line, text in _packs(file):
        if not text.strip():
            continue
        try:
            measurements, faults = decode(text.encode())
        except SenmlError as error:
            raise RecordingError(f"{file.name}, line {line}: {error}", advice="correct the file") from error
        rows += len(measurements) + len(faults)
        refused.extend(Refusal(file.name, line, f"record {fault.position + 1}: {fault.detail}") for fault in faults)
        for name, at_ms, value, unit in measurements:
            quantity = BY_NAME.get(_quantity(name))
            if quantity is None:
                refused.append(Refusal(file.name, line, f"{name!r} is not device/quantity of a known quantity"))
            elif unit not in ("", quantity.unit):
                refused.append(Refusal(file.name, line, f"{name!r} is in {unit!r}, not in {quantity.unit!r}"))
            else:
                builder.add(at_ms, name, value, quantity.unit)
    return rows


def _packs(file: Path) -> list[tuple[int, str]]:
    lines = list(lines_of(file))
    if ".jsonl" in file.name:
        return lines
    return [(1, "\n".join(text for _, text in lines))]


def _quantity(name: str) -> str:
    parts = name.split("/")
    return parts[1] if len(parts) in (2, 3) and all(parts) else ""


def _home(gateway: str, track: Track) -> dict[str, Any]:
    key = gateway.removeprefix("gw-") or gateway
    devices: dict[str, list[str]] = {}
    for name in track.names:
        quantities = devices.setdefault(name.split("/")[0], [])
        if _quantity(name) not in quantities:
            quantities.append(_quantity(name))
    return {
        "key": key,
        "name": key,
        "timezone": _TIMEZONE,
        "rooms": [],
        "persons": [{"key": key, "name": key}],
        "gateway": gateway,
        "devices": [
            {"key": device, "name": device, "model": "", "room": "", "place": "", "quantities": quantities}
            for device, quantities in devices.items()
        ],
    }
