"""The formats of recordings by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from gateway.recordings import kasteren, ordonez, senml, things_stack, tihm, zigbee2mqtt
from gateway.recordings.recording import Recording, RecordingError

FORMATS: Mapping[str, Callable[[Path], Recording]] = {
    "tihm": tihm.read,
    "ordonez": ordonez.read,
    "kasteren": kasteren.read,
    "senml": senml.read,
    "zigbee2mqtt": zigbee2mqtt.read,
    "things_stack": things_stack.read,
}


def read(path: Path, form: str) -> Recording:
    """Read the recording at `path`; raises `RecordingError` if it is not there or not of format `form`."""
    if form not in FORMATS:
        raise RecordingError(f"{form!r} is not a known format.", advice=f"choose one of {', '.join(FORMATS)}")
    if not path.exists():
        raise RecordingError(f"There is nothing at {path}.", advice="check the path of the recording")
    return FORMATS[form](path)
