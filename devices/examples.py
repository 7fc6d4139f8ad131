"""Decodes the examples of the catalogue, each by the decoder it names: for tests, documentation and the command line.

Decoders are imported when they are asked for, so that nobody loads those of other systems.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from devices.decoders.decoded import Measurement, Refusal
from devices.models import Example, Model


class Outcome(NamedTuple):
    """What a message becomes: values by quantity or quantity/channel, and the names of what is not mapped."""

    readings: Mapping[str, float]
    others: tuple[str, ...]


Decode = Callable[[Model, Example], Outcome | Refusal]

# Where the decoder of each system is; the name is what a model has as its protocol, or an example as its decoder.
DECODERS: Mapping[str, str] = {
    "zigbee2mqtt": "devices.decoders.zigbee.example",
    "lorawan": "devices.decoders.lorawan.example",
    "ble": "devices.decoders.ble.example",
    "shelly": "devices.decoders.shelly.example",
    "tasmota": "devices.decoders.tasmota.example",
    "senml": "devices.decoders.senml_example",
}


def decode(model: Model, example: Example) -> Outcome | Refusal:
    """Return what an example of `model` becomes. Raises `KeyError` for a decoder that is not listed."""
    module = import_module(DECODERS[example.decoder or model.protocol])
    found: Outcome | Refusal = module.decode(model, example)
    return found


def outcome(measurements: tuple[Measurement, ...], others: Mapping[str, object]) -> Outcome:
    """Return measurements and what is not mapped as examples state them."""
    readings = {
        f"{quantity}/{channel}" if channel else quantity: value for quantity, value, channel in measurements
    }  # fmt: skip
    return Outcome(readings, tuple(sorted(others)))
