"""The catalogue's examples of LoRaWAN: the bytes of a device, decoded as they are where its server does not."""

from devices.decoders.decoded import Refusal
from devices.decoders.lorawan.fields import measure
from devices.decoders.lorawan.payloads.models import decode_payload
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:
    """Return what the bytes of a device of `model` become."""
    fields = decode_payload([model.model], example.port, bytes.fromhex(example.hex))
    if isinstance(fields, Refusal):
        return fields
    mapped = measure(fields).meant(model.model)
    return outcome(mapped.measurements, mapped.others)
