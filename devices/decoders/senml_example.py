"""The catalogue's examples of devices whose measurements come as SenML packs."""

from core.senml import SenmlError
from core.senml import decode as read_pack
from devices.decoders.decoded import Measurement, Refusal
from devices.decoders.meaning import as_meant
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:
    """Return what the records of a pack are, each named `{device}/{quantity}` or `{device}/{quantity}/{channel}`."""
    try:
        records, faults = read_pack(example.payload.encode())
    except SenmlError as error:
        return Refusal("syntax", str(error))
    if faults:
        return Refusal(faults[0].reason, faults[0].detail)
    parts = [(name.split("/"), value) for name, _, value, _ in records]
    measured = tuple(Measurement(named[1], value, "/".join(named[2:])) for named, value in parts)
    return outcome(as_meant(measured, model.model), {})
