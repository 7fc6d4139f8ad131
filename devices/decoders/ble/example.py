"""The catalogue's examples of Bluetooth devices: what a receiver publishes of an advertisement."""

from devices.decoders.ble import advertisement
from devices.decoders.decoded import Refusal
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:  # noqa: ARG001 - the message names its model
    """Return what a receiver's message of a device becomes."""
    heard = advertisement.decode(example.payload.encode(), {})
    return heard if isinstance(heard, Refusal) else outcome(heard.measurements, heard.others)
