"""What the bytes of a device mean: by a script that somebody has put here for its model, else by what we know."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.errors import VicinoError
from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.payloads.models import decode_payload, known
from devices.decoders.lorawan.report import Device, Frame
from gateway.codecs.sandbox import Sandbox

PayloadDecoder = Callable[[Device, Frame], Mapping[str, Any] | Refusal]
_MOST_BYTES = 1024 * 1024


def read_scripts(folder: Path) -> Mapping[str, str]:
    """Return the scripts of a folder by the model in their file's name (`em300-th.js`).

    Raises `VicinoError` if the folder or a script cannot be read, or if nothing can run scripts here.
    """
    if importlib.util.find_spec("quickjs") is None:
        raise VicinoError(
            "VICINO_CODECS names a folder of scripts, but the engine that runs them is not installed.",
            advice='install it: pip install "vicino[lorawan]"',
        )
    try:
        found = {file.stem.lower(): file.read_text("utf-8") for file in sorted(folder.iterdir()) if _is_script(file)}
    except (OSError, UnicodeDecodeError) as error:
        raise VicinoError(
            f"The folder of codecs cannot be read: {error}.", advice="correct VICINO_CODECS, or the file it names"
        ) from error
    large = [name for name, script in found.items() if len(script) > _MOST_BYTES]
    if large:
        raise VicinoError(
            f"The codec {large[0]}.js is larger than {_MOST_BYTES} bytes.", advice="put a smaller one there"
        )
    return found


def payload_decoder(scripts: Mapping[str, str], sandbox: Sandbox) -> PayloadDecoder:
    """Return how payloads are decoded where `scripts` go before what is known here."""

    def decode(device: Device, frame: Frame) -> Mapping[str, Any] | Refusal:
        model = known(device.models, scripts) if scripts else None
        if model is not None:
            return sandbox.decode(scripts[model], frame.port, frame.payload)
        return decode_payload(device.models, frame.port, frame.payload)

    return decode


def _is_script(file: Path) -> bool:
    return file.suffix == ".js" and file.is_file()
