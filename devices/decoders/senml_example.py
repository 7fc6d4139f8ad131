"""The catalogue's examples of devices whose measurements come as SenML packs."""

from devices.decoders import senml
from devices.decoders.decoded import Refusal
from devices.decoders.meaning import as_meant
from devices.examples import Outcome, outcome
from devices.models import Example, Model


def decode(model: Model, example: Example) -> Outcome | Refusal:
    """Return what the records of a pack are, whichever device each is of."""
    records = senml.decode(example.payload.encode())
    if isinstance(records, Refusal):
        return records
    refused = next((record for record in records if isinstance(record, Refusal)), None)
    if refused is not None:
        return refused
    measured = tuple(record.measurement for record in records if isinstance(record, senml.Dated))
    others = {record.name: record.value for record in records if isinstance(record, senml.Unmapped)}
    return outcome(as_meant(measured, model.model), others)
