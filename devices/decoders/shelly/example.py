"""The catalogue's examples of Shelly devices: RPC messages."""

from devices.decoders.decoded import Refusal
from devices.decoders.shelly import components, message
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:  # noqa: ARG001 - components say what they are
    """Return what the components in a message of a device become."""
    said = message.read(example.payload.encode())
    return said if isinstance(said, Refusal) else outcome(*components.measure(said.status))
