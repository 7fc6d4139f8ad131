"""The catalogue's examples of Tasmota devices: telemetry, and answers that say the same."""

from devices.decoders.decoded import Refusal
from devices.decoders.payload import read_object
from devices.decoders.tasmota import telemetry
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:  # noqa: ARG001 - sensors say what they are
    """Return what a message of a device becomes."""
    said = read_object(example.payload.encode())
    if isinstance(said, Refusal):
        return said
    decoded = telemetry.decode(said)
    return outcome(decoded.measurements, decoded.others)
